#include "services/booking/message_acts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/request_shape.h"
#include "services/booking/convert.h"
#include "services/booking/convert_messages.h"
#include "services/booking/message_recipient.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

using v1::Message;

constexpr char kMessageName[] = "regions/*/appointments/*/messages/*";
constexpr int kShownMax = 8;
constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;
constexpr std::array<std::string_view, 3> kResolutions{"DONE", "UNREACHABLE", "NOT_NEEDED"};

absl::Status CheckMessageName(const base::Call& call, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(kMessageName, name, "name"));
  return rpc::CheckRegion(call, ids[0]);
}

absl::Status CheckEtag(const Message& message, const std::string& etag) {
  if (etag.empty()) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "give the version on the screen, so that the right one is changed");
  }
  if (message.etag() == etag) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the message has changed since it was read: read it again first",
                    {{"etag", message.etag()}});
}

absl::Status StateForbids(const Message& message, std::string_view what) {
  const std::string state = Message::State_Name(message.state()).substr(6);
  return base::Fail(absl::StatusCode::kFailedPrecondition, "MESSAGE_STATE_FORBIDS",
                    "the message is " + state + "; " + std::string(what), {{"state", state}});
}

// A message of an appointment that the caller sees.
absl::StatusOr<Message> Seen(BookingTransaction& transaction, const base::Call& call,
                             const std::string& name) {
  SAS_ASSIGN_OR_RETURN(Message message, transaction.messages().Get(name));
  SAS_ASSIGN_OR_RETURN(const AppointmentRecord record, transaction.Get(AppointmentOf(name)));
  SAS_RETURN_IF_ERROR(CheckSees(call.actor, record.appointment));
  return message;
}

// An act on one message, once per request_id.
template <typename Request, typename Change>
absl::StatusOr<Message> OnMessage(const BookingParts& parts, const base::Call& call,
                                  const Request& request, std::string_view action, Change change) {
  SAS_RETURN_IF_ERROR(CheckMessageName(call, request.name()));
  return ledger::WriteOnce<Message>(
      parts.store, call, request, [&](BookingTransaction& transaction) -> absl::StatusOr<Message> {
        SAS_ASSIGN_OR_RETURN(Message message, Seen(transaction, call, request.name()));
        const base::Instant now = parts.clock.Now();
        SAS_RETURN_IF_ERROR(change(message, now));
        Touch(message, now);
        SAS_RETURN_IF_ERROR(transaction.messages().Update(message));
        SAS_RETURN_IF_ERROR(RecordMessage(transaction.journal(), action, message));
        return message;
      });
}

void CloseTask(Message& message, std::string_view resolution) {
  if (!message.task_open()) return;
  message.set_task_open(false);
  message.set_task_resolution_code(std::string(resolution));
}

void SendNow(Message& message, base::Instant now) {
  message.set_state(Message::STATE_WAITING);
  message.clear_reason_code();
  *message.mutable_next_attempt_time() = ToTimestamp(now);
}

std::string QueryOf(const v1::ListMessagesRequest& request) {
  v1::ListMessagesRequest query = request;
  query.clear_page_size();
  query.clear_page_token();
  return query.SerializeAsString();
}

absl::StatusOr<MessageQuery> ParseList(const base::Call& call,
                                       const v1::ListMessagesRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/appointments/*-", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  if (!request.site().empty()) {
    SAS_RETURN_IF_ERROR(base::ParseName("regions/*/sites/*", request.site(), "site").status());
  }
  // The same narrowing as of appointments: by territory, and a practice to its site.
  AppointmentQuery appointments;
  appointments.region = ids[0];
  appointments.site = request.site();
  SAS_RETURN_IF_ERROR(Narrow(call.actor, appointments));
  MessageQuery query;
  query.region = ids[0];
  if (ids[1] != "-") query.appointment = request.parent();
  query.territories = appointments.territories;
  query.site = appointments.site;
  query.task = request.task();
  query.state = request.state();
  query.open_tasks_only = request.open_tasks_only();
  SAS_ASSIGN_OR_RETURN(query.limit, base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string position,
                       base::ParsePageToken(QueryOf(request), request.page_token()));
  std::from_chars(position.data(), position.data() + position.size(), query.after);
  return query;
}

}  // namespace

absl::Status ShowMessages(BookingTransaction& transaction, const MessagePolicy& policy,
                          v1::Appointment& appointment) {
  SAS_ASSIGN_OR_RETURN(std::vector<Message> messages,
                       transaction.messages().OfAppointment(appointment.name()));
  const std::size_t from = messages.size() > kShownMax ? messages.size() - kShownMax : 0;
  for (std::size_t i = from; i < messages.size(); ++i) {
    *appointment.add_messages() = std::move(messages[i]);
  }
  appointment.set_messaging(policy.Any() ? v1::MESSAGING_CONFIGURED : v1::MESSAGING_NOT_CONFIGURED);
  return absl::OkStatus();
}

absl::StatusOr<Message> GetMessage(const BookingParts& parts, const base::Call& call,
                                   const v1::GetMessageRequest& request) {
  SAS_RETURN_IF_ERROR(CheckMessageName(call, request.name()));
  Message message;
  SAS_RETURN_IF_ERROR(parts.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(message, Seen(transaction, call, request.name()));
    return absl::OkStatus();
  }));
  return message;
}

absl::StatusOr<v1::ListMessagesResponse> ListMessages(const BookingParts& parts,
                                                      const base::Call& call,
                                                      const v1::ListMessagesRequest& request) {
  SAS_ASSIGN_OR_RETURN(MessageQuery query, ParseList(call, request));
  const int page_size = query.limit;
  query.limit = page_size + 1;  // One more tells whether there is another page.
  std::vector<MessageRow> found;
  SAS_RETURN_IF_ERROR(parts.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(found, transaction.messages().List(query));
    return absl::OkStatus();
  }));
  v1::ListMessagesResponse response;
  const bool more = static_cast<int>(found.size()) > page_size;
  if (more) {
    found.pop_back();
    response.set_next_page_token(
        base::MakePageToken(QueryOf(request), std::to_string(found.back().sequence)));
  }
  for (MessageRow& row : found) *response.add_messages() = std::move(row.message);
  return response;
}

absl::StatusOr<Message> RetryMessage(const BookingParts& parts, const base::Call& call,
                                     const v1::RetryMessageRequest& request) {
  return OnMessage(
      parts, call, request, "RetryMessage",
      [&](Message& message, base::Instant now) -> absl::Status {
        SAS_RETURN_IF_ERROR(CheckEtag(message, request.etag()));
        if (message.state() != Message::STATE_FAILED || message.kind() == Message::KIND_SOURCE) {
          return StateForbids(message, "only one that has failed is tried again");
        }
        CloseTask(message, "RETRIED");
        message.clear_task();
        message.set_attempt_count(0);
        message.set_retry_count(message.retry_count() + 1);
        SendNow(message, now);
        return absl::OkStatus();
      });
}

absl::StatusOr<Message> ResolveMessageTask(const BookingParts& parts, const base::Call& call,
                                           const v1::ResolveMessageTaskRequest& request) {
  const std::string& code = request.resolution_code();
  if (std::find(kResolutions.begin(), kResolutions.end(), code) == kResolutions.end()) {
    return base::InvalidField("resolution_code", "UNKNOWN_CODE",
                              "must be DONE, UNREACHABLE or NOT_NEEDED");
  }
  return OnMessage(parts, call, request, "ResolveMessageTask",
                   [&](Message& message, base::Instant) -> absl::Status {
                     SAS_RETURN_IF_ERROR(CheckEtag(message, request.etag()));
                     if (!message.task_open()) {
                       return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_OPEN_TASK",
                                         "nothing is to be done about this message; read it again");
                     }
                     CloseTask(message, code);
                     return absl::OkStatus();
                   });
}

absl::StatusOr<Message> ApproveMessage(const BookingParts& parts, const base::Call& call,
                                       const v1::ApproveMessageRequest& request) {
  return OnMessage(parts, call, request, "ApproveMessage",
                   [&](Message& message, base::Instant now) -> absl::Status {
                     SAS_RETURN_IF_ERROR(CheckEtag(message, request.etag()));
                     if (message.state() != Message::STATE_PROPOSED) {
                       return StateForbids(message, "only a proposed letter is approved");
                     }
                     // As every act, it can be undone for a moment.
                     *message.mutable_not_before_time() = ToTimestamp(now + kUndo);
                     SendNow(message, now + kUndo);
                     return absl::OkStatus();
                   });
}

absl::StatusOr<Message> RecordMessageReceipt(const BookingParts& parts, const base::Call& call,
                                             const v1::RecordMessageReceiptRequest& request) {
  const Message::State receipt = request.receipt();
  if (receipt != Message::STATE_RECEIVED && receipt != Message::STATE_READ &&
      receipt != Message::STATE_FAILED) {
    return base::InvalidField("receipt", "INVALID_RECEIPT",
                              "must be STATE_RECEIVED, STATE_READ or STATE_FAILED");
  }
  return OnMessage(parts, call, request, "RecordMessageReceipt",
                   [&](Message& message, base::Instant now) -> absl::Status {
                     // Only forward: what was read is not merely received.
                     const bool arrived = message.state() == Message::STATE_RECEIVED;
                     const bool fits = message.state() == Message::STATE_SENT ||
                                       (arrived && receipt == Message::STATE_READ);
                     if (!fits) return StateForbids(message, "a receipt is for one that was sent");
                     message.set_state(receipt);
                     *message.mutable_receipt_time() = ToTimestamp(now);
                     message.clear_task_due_time();
                     message.clear_next_attempt_time();
                     if (receipt != Message::STATE_FAILED) {
                       message.clear_reason_code();
                       CloseTask(message, "RECEIVED");
                       return absl::OkStatus();
                     }
                     message.set_reason_code("UNDELIVERED");
                     const Message::Task task = TaskOf(message.kind(), message.occasion());
                     if (message.task() == task) return absl::OkStatus();
                     message.set_task(task);
                     message.set_task_open(task != Message::TASK_UNSPECIFIED);
                     return absl::OkStatus();
                   });
}

}  // namespace sas::booking
