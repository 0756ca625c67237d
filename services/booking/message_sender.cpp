#include "services/booking/message_sender.h"

#include <algorithm>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/calendar.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {
namespace {

using v1::Message;

constexpr char kZoneStandard[] = "Europe/Paris";
constexpr char kAction[] = "SendMessage";

// The latest word to the same recipient, sent or perhaps sent.
std::optional<Told> ToldBefore(const std::vector<Message>& messages, const Message& message) {
  std::optional<Told> latest;
  for (const Message& each : messages) {
    if (each.kind() != message.kind() || each.name() == message.name()) continue;
    if (!each.has_told_start_time()) continue;
    const base::Instant time = ToInstant(each.attempt_time());
    if (latest && time < latest->time) continue;
    latest = Told{ToValue(each.told_occasion()), ToInstant(each.told_start_time()),
                  each.told_slot(), time};
  }
  return latest;
}

bool HasSuccessor(const std::vector<Message>& messages, const Message& message) {
  bool after = false;
  for (const Message& each : messages) {
    if (after && each.kind() == message.kind() && each.occasion() != Message::OCCASION_REMINDER) {
      return true;
    }
    after = after || each.name() == message.name();
  }
  return false;
}

bool TaskIsDue(const Message& message, base::Instant now) {
  return message.has_task_due_time() && message.task() == Message::TASK_UNSPECIFIED &&
         ToInstant(message.task_due_time()) <= now;
}

// Looks again then, and not later than the hour at which the practice is called.
void LookAgain(Message& message, std::optional<base::Instant> next) {
  if (message.has_task_due_time() && message.task() == Message::TASK_UNSPECIFIED) {
    const base::Instant due = ToInstant(message.task_due_time());
    next = std::min(next.value_or(due), due);
  }
  message.clear_next_attempt_time();
  if (next) *message.mutable_next_attempt_time() = ToTimestamp(*next);
}

void OpenTask(Message& message, Message::Task task, const slots::v1::Site& site) {
  if (message.task() == task) return;  // Open, or done by somebody: once is enough.
  message.set_task(task);
  message.set_task_open(task != Message::TASK_UNSPECIFIED);
  message.clear_task_resolution_code();
  if (task == Message::TASK_CALL_PRACTICE) message.set_task_phone_number(site.direct_line());
}

void ForgetTold(Message& message) {
  message.clear_told_start_time();
  message.clear_told_slot();
  message.clear_told_occasion();
}

}  // namespace

std::string OutgoingId(const Message& message) {
  std::string id(base::LastId(AppointmentOf(message.name())));
  id.append(".").append(base::LastId(message.name()));
  if (message.retry_count() > 0) id += ".r" + std::to_string(message.retry_count());
  return id;
}

absl::Status MessageSender::Handle(const base::Call& call, const std::string& name, bool may_send) {
  SAS_ASSIGN_OR_RETURN(const Sheet sheet, Look(call, name));
  const base::Instant now = parts_.clock.Now();
  if (TaskIsDue(sheet.message, now)) return CallPractice(call, sheet);
  if (!may_send) return absl::OkStatus();
  if (sheet.message.state() == Message::STATE_SENT) return FollowUp(call, sheet);
  if (!IsPending(sheet.message)) {
    return Settle(call, sheet.message, false, [](Message& message) { LookAgain(message, {}); });
  }
  const v1::Appointment& appointment = sheet.record.appointment;
  const Verdict verdict =
      Judge(ToValue(sheet.message.occasion()),
            {ToValue(appointment.state()), ToInstant(appointment.start_time()), appointment.slot()},
            sheet.told, now);
  if (verdict.occasion == Occasion::kUnspecified) {
    return Stop(call, sheet, verdict.reason, Message::TASK_UNSPECIFIED, {});
  }
  return Deliver(call, sheet, verdict);
}

absl::StatusOr<MessageSender::Sheet> MessageSender::Look(const base::Call& call,
                                                         const std::string& name) {
  Sheet sheet;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(sheet.message, transaction.messages().Get(name));
    SAS_ASSIGN_OR_RETURN(sheet.record, transaction.Get(AppointmentOf(name)));
    SAS_ASSIGN_OR_RETURN(const auto messages,
                         transaction.messages().OfAppointment(AppointmentOf(name)));
    sheet.told = ToldBefore(messages, sheet.message);
    sheet.superseded = HasSuccessor(messages, sheet.message);
    return absl::OkStatus();
  }));
  return sheet;
}

absl::Status MessageSender::Deliver(const base::Call& call, const Sheet& sheet,
                                    const Verdict& verdict) {
  const Message& message = sheet.message;
  const v1::Appointment& appointment = sheet.record.appointment;
  const base::Instant now = parts_.clock.Now();
  const base::Instant start = ToInstant(appointment.start_time());
  auto found = parts_.contacts.GetSite(call, appointment.site());
  // A site that has left the directory: its name stands on the appointment.
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  const slots::v1::Site site = found.ok() ? *std::move(found) : slots::v1::Site();
  SAS_ASSIGN_OR_RETURN(
      const care::Zone zone,
      care::Zone::Load(site.time_zone().empty() ? kZoneStandard : site.time_zone()));
  const MessageKind kind = ToValue(message.kind());
  if (IsToPatient(kind) && parts_.policy.quiet_hours) {
    if (const auto until = QuietUntil(now, SetsOffFor(verdict, start, now), zone)) {
      return Settle(call, message, false, [&](Message& changed) {
        changed.set_reason_code("QUIET_HOURS");
        LookAgain(changed, *until);
      });
    }
  }
  regulation::v1::PatientContact contact;
  if (kind != MessageKind::kPractice) {
    auto asked = parts_.contacts.GetPatientContact(call, appointment.patient(),
                                                   kind == MessageKind::kTreatingDoctor);
    if (!asked.ok() && !absl::IsNotFound(asked.status())) return asked.status();
    if (asked.ok()) contact = *std::move(asked);
  }
  const Recipient recipient =
      RecipientOf(message.kind(), verdict.occasion, parts_.policy, contact, site, appointment, now);
  if (recipient.address.empty()) return Stop(call, sheet, recipient.reason, recipient.task, site);
  if (message.attempt_count() >= kAttemptsMax) {
    return Stop(call, sheet, "ATTEMPTS_SPENT", TaskOf(message.kind(), message.occasion()), site);
  }
  SAS_ASSIGN_OR_RETURN(const bool begun, Begin(call, sheet, verdict));
  if (!begun) return absl::OkStatus();  // It has changed: the next turn reads it anew.
  const LetterFacts letter = LetterOf(appointment, contact);
  MessageText text =
      Compose(kind, verdict.occasion, FactsOf(appointment, site, verdict.replaced), letter, zone);
  const SendOutcome outcome = parts_.channel.Send(
      {OutgoingId(message), recipient.address, std::move(text.subject), std::move(text.body)});
  return Finish(call, sheet, outcome, site);
}

absl::StatusOr<bool> MessageSender::Begin(const base::Call& call, const Sheet& sheet,
                                          const Verdict& verdict) {
  bool begun = false;
  SAS_RETURN_IF_ERROR(
      parts_.store.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
        begun = false;
        SAS_ASSIGN_OR_RETURN(Message message, transaction.messages().Get(sheet.message.name()));
        SAS_ASSIGN_OR_RETURN(const AppointmentRecord record,
                             transaction.Get(AppointmentOf(message.name())));
        if (message.etag() != sheet.message.etag() || record.version != sheet.record.version) {
          return absl::OkStatus();
        }
        begun = true;
        message.set_state(Message::STATE_SENDING);
        message.clear_reason_code();
        message.set_attempt_count(message.attempt_count() + 1);
        *message.mutable_attempt_time() = ToTimestamp(parts_.clock.Now());
        *message.mutable_told_start_time() = record.appointment.start_time();
        message.set_told_slot(record.appointment.slot());
        message.set_told_occasion(ToProto(verdict.occasion));
        Touch(message, parts_.clock.Now());
        return transaction.messages().Update(message);
      }));
  return begun;
}

absl::Status MessageSender::Finish(const base::Call& call, const Sheet& sheet,
                                   const SendOutcome& outcome, const slots::v1::Site& site) {
  using Kind = SendOutcome::Kind;
  const MessageKind kind = ToValue(sheet.message.kind());
  const bool accepted = outcome.kind == Kind::kAccepted;
  const bool refused = outcome.kind == Kind::kRefused;
  parts_.metrics.Counted(kind, accepted ? "sent" : refused ? "failed" : "retried");
  const base::Instant now = parts_.clock.Now();
  const std::uint64_t chance = parts_.random.Next();
  const std::string name = sheet.message.name();
  SAS_RETURN_IF_ERROR(
      parts_.store.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(Message message, transaction.messages().Get(name));
        // A change may have voided it while it was on its way. What was told counts all the same.
        const bool living = message.state() == Message::STATE_SENDING;
        if (!accepted && outcome.kind != Kind::kUnknown && !sheet.message.has_told_start_time()) {
          ForgetTold(message);
        }
        if (accepted) {
          message.set_state(Message::STATE_SENT);
          *message.mutable_send_time() = ToTimestamp(now);
          message.set_provider_reference(outcome.reference);
          const auto wait = ReceiptWait(now, now);
          LookAgain(message, parts_.channel.HasReceipts() && wait ? std::optional(now + *wait)
                                                                  : std::nullopt);
        } else if (living && refused) {
          message.set_state(Message::STATE_FAILED);
          message.set_reason_code("REFUSED");
          OpenTask(message, TaskOf(message.kind(), message.occasion()), site);
          LookAgain(message, std::nullopt);
        } else if (living) {
          message.set_state(Message::STATE_WAITING);
          message.set_reason_code("UNREACHABLE");
          LookAgain(message, now + RetryWait(message.attempt_count(), chance));
        }
        Touch(message, now);
        SAS_RETURN_IF_ERROR(transaction.messages().Update(message));
        if (!accepted && !refused) return absl::OkStatus();
        return RecordMessage(transaction.journal(), kAction, message);
      }));
  if (accepted || refused) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kUnavailable, "CHANNEL_UNREACHABLE",
                    "the operator of the messages does not take them; they wait",
                    {{"cause", outcome.reason}});
}

absl::Status MessageSender::Stop(const base::Call& call, const Sheet& sheet,
                                 std::string_view reason, Message::Task task,
                                 const slots::v1::Site& site) {
  const bool failed = task != Message::TASK_UNSPECIFIED;
  parts_.metrics.Counted(ToValue(sheet.message.kind()), failed ? "failed" : "void");
  return Settle(call, sheet.message, failed, [&](Message& message) {
    message.set_state(failed ? Message::STATE_FAILED : Message::STATE_VOID);
    message.set_reason_code(std::string(reason));
    if (failed) OpenTask(message, task, site);
    message.clear_task_due_time();
    LookAgain(message, std::nullopt);
  });
}

absl::Status MessageSender::CallPractice(const base::Call& call, const Sheet& sheet) {
  const auto found = parts_.contacts.GetSite(call, sheet.record.appointment.site());
  const slots::v1::Site site = found.ok() ? *found : slots::v1::Site();
  parts_.metrics.Counted(ToValue(sheet.message.kind()), "task");
  return Settle(call, sheet.message, true, [&](Message& message) {
    OpenTask(message, Message::TASK_CALL_PRACTICE, site);
    message.set_reason_code("NO_RECEIPT");
    // What is not sent yet goes on trying.
    LookAgain(message, IsPending(message) ? std::optional(parts_.clock.Now()) : std::nullopt);
  });
}

absl::Status MessageSender::FollowUp(const base::Call& call, const Sheet& sheet) {
  const Message& read = sheet.message;
  const base::Instant now = parts_.clock.Now();
  const Receipt receipt = parts_.channel.HasReceipts() && !read.provider_reference().empty()
                              ? parts_.channel.AskReceipt(read.provider_reference())
                              : Receipt::kNone;
  if (receipt != Receipt::kNone) {
    parts_.metrics.Counted(ToValue(read.kind()),
                           receipt == Receipt::kReceived ? "received" : "failed");
  }
  return Settle(call, read, receipt != Receipt::kNone, [&](Message& message) {
    switch (receipt) {
      case Receipt::kReceived:
        message.set_state(Message::STATE_RECEIVED);
        *message.mutable_receipt_time() = ToTimestamp(now);
        return LookAgain(message, std::nullopt);
      case Receipt::kUndelivered:
        message.set_state(Message::STATE_FAILED);
        message.set_reason_code("UNDELIVERED");
        ForgetTold(message);
        if (!sheet.superseded) OpenTask(message, TaskOf(message.kind(), message.occasion()), {});
        return LookAgain(message, std::nullopt);
      case Receipt::kNone:
        break;
    }
    const auto wait = ReceiptWait(ToInstant(message.send_time()), now);
    if (!wait || !parts_.channel.HasReceipts()) return LookAgain(message, std::nullopt);
    LookAgain(message, now + *wait);
  });
}

absl::Status MessageSender::Settle(const base::Call& call, const Message& read, bool told,
                                   const Change& change) {
  return parts_.store.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(Message message, transaction.messages().Get(read.name()));
    if (message.etag() != read.etag()) return absl::OkStatus();
    change(message);
    Touch(message, parts_.clock.Now());
    SAS_RETURN_IF_ERROR(transaction.messages().Update(message));
    return told ? RecordMessage(transaction.journal(), kAction, message) : absl::OkStatus();
  });
}

}  // namespace sas::booking
