#include "services/booking/batch.h"

#include <numeric>
#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/booking/caps.h"
#include "services/booking/confirmation.h"
#include "services/booking/convert.h"
#include "services/booking/domain/group.h"
#include "services/booking/parse.h"

namespace sas::booking {
namespace {

using Request = v1::BatchCreateAppointmentsRequest;
using Response = v1::BatchCreateAppointmentsResponse;

// The member's own refusal, with its number, and with paths as in this request.
absl::Status OfMember(const absl::Status& status, std::size_t member) {
  base::ErrorDetail detail = base::DetailOf(status);
  const std::string number = std::to_string(member);
  detail.metadata.emplace_back("member", number);
  for (base::FieldViolation& violation : detail.violations) {
    violation.field = "members[" + number + "]." + violation.field;
  }
  return base::WithDetail(status, detail);
}

absl::Status FirstRefusal(const std::vector<Passage>& passages) {
  for (std::size_t i = 0; i < passages.size(); ++i) {
    if (!passages[i].status.ok()) return OfMember(passages[i].status, i);
  }
  return absl::OkStatus();
}

v1::CreateAppointmentRequest OneOf(const Request& request, const Request::Member& member) {
  v1::CreateAppointmentRequest one;
  one.set_parent(request.parent());
  *one.mutable_appointment() = member.appointment();
  one.set_hold_token(member.hold_token());
  one.set_request_id(request.request_id());
  return one;
}

absl::Status CheckShape(const Request& request) {
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  std::vector<GroupMember> members;
  for (const Request::Member& member : request.members()) {
    members.push_back({member.appointment().regulation_case(), member.appointment().patient(),
                       member.hold_token()});
  }
  return CheckGroup(static_cast<GroupKind>(request.kind()), members);
}

}  // namespace

absl::StatusOr<std::vector<Passage>> BatchBooking::Parse(const base::Call& call,
                                                         const Request& request) const {
  SAS_RETURN_IF_ERROR(CheckShape(request));
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  std::vector<Passage> passages(static_cast<std::size_t>(request.members_size()));
  v1::Group group;
  group.set_kind(request.kind());
  for (std::size_t i = 0; i < passages.size(); ++i) {
    const Request::Member& member = request.members(static_cast<int>(i));
    Passage& passage = passages[i];
    auto draft = ParseDraft(call, OneOf(request, member), parts_.test_identities);
    if (!draft.ok()) return OfMember(draft.status(), i);
    passage.call = &call;
    passage.draft = *std::move(draft);
    passage.draft.set_name(base::JoinName(
        {{"regions", ids[0]},
         {"appointments", AppointmentId(call.actor.subject, call.method,
                                        request.request_id() + "|" + std::to_string(i))}}));
    passage.hold_token = member.hold_token();
    passage.request_id = request.request_id();
    group.add_appointments(passage.draft.name());
  }
  for (Passage& passage : passages) *passage.draft.mutable_group() = group;
  return passages;
}

absl::StatusOr<Response> BatchBooking::Run(const base::Call& call, const Request& request) {
  SAS_ASSIGN_OR_RETURN(std::vector<Passage> passages, Parse(call, request));
  SAS_ASSIGN_OR_RETURN(auto known, StoredAnswer<Response>(parts_.store, call, request));
  if (known) {
    parts_.metrics.Counted("repeated");
    return *std::move(known);
  }
  absl::StatusOr<Response> booked = Book(call, request, passages);
  for (const Passage& passage : passages) {
    if (passage.prepared) steps_.GiveBackIfRefused(passage, booked.status());
  }
  steps_.NoteBusy(call, booked.status());
  if (!booked.ok()) {
    // A twin of this request may have booked it meanwhile, or an earlier run whose answer is gone.
    SAS_ASSIGN_OR_RETURN(auto twin, StoredAnswer<Response>(parts_.store, call, request));
    if (twin) {
      parts_.metrics.Counted("repeated");
      return *std::move(twin);
    }
    const absl::Status made = CheckNotCarriedOut(call, passages);
    if (!made.ok()) booked = made;
  }
  if (!booked.ok()) parts_.metrics.Counted(OutcomeOf(booked.status(), ""));
  if (!booked.ok()) return booked;
  for (const v1::Appointment& each : booked->appointments()) {
    parts_.metrics.Counted("booked");
    if (!each.supernumerary_reason_code().empty()) parts_.metrics.Supernumerary();
  }
  return booked;
}

absl::Status BatchBooking::CheckNotCarriedOut(const base::Call& call,
                                              const std::vector<Passage>& passages) const {
  const absl::Status made = parts_.store.Read(call, [&](BookingTransaction& transaction) {
    return BookingSteps::CheckNotCarriedOut(transaction, passages.front());
  });
  return made.ok() ? made : OfMember(made, 0);
}

absl::Status BatchBooking::Ready(std::vector<Passage>& passages) const {
  for (Passage& passage : passages) passage.status = BookingSteps::PassGate(passage);
  SAS_RETURN_IF_ERROR(FirstRefusal(passages));
  steps_.AskRegulation(passages, [](const Passage& passage, const auto& order) {
    return CheckOrderOf(passage, order);
  });
  SAS_RETURN_IF_ERROR(FirstRefusal(passages));
  steps_.Prepare(passages);
  for (Passage& passage : passages) {
    if (!passage.prepared) continue;
    passage.status = steps_.CheckAndFill(passage, parts_.clock.Now());
  }
  return FirstRefusal(passages);
}

absl::StatusOr<Response> BatchBooking::Book(const base::Call& call, const Request& request,
                                            std::vector<Passage>& passages) const {
  SAS_RETURN_IF_ERROR(Ready(passages));
  if (request.kind() == v1::Group::KIND_TWO_RESOURCES) {
    SAS_RETURN_IF_ERROR(
        CheckTogether(GroupSeatOf(passages[0].draft), GroupSeatOf(passages[1].draft)));
  }
  std::vector<std::size_t> written(passages.size());
  std::iota(written.begin(), written.end(), std::size_t{0});
  OrderWrites(passages, written);
  CountedIn counted;
  for (const Passage& passage : passages) AddCounted(passage, counted);
  const Stage stage(parts_.metrics, parts_.clock, "ledger");
  return ledger::WriteOnce<Response>(
      parts_.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<Response> {
        const base::Instant now = parts_.clock.Now();
        SAS_RETURN_IF_ERROR(transaction.TakeCounted(counted));
        Response response;
        for (std::size_t i = 0; i < passages.size(); ++i) response.add_appointments();
        for (const std::size_t i : written) {
          auto booked = InsertBooked(transaction, passages[i], now, "BatchCreateAppointments",
                                     parts_.messages);
          if (!booked.ok()) return OfMember(booked.status(), i);
          *response.mutable_appointments(static_cast<int>(i)) = *std::move(booked);
        }
        return response;
      });
}

}  // namespace sas::booking
