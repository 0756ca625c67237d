#include "services/booking/domain/order_check.h"

#include <array>
#include <string_view>

#include "common/base/status.h"
#include "common/care/entry_way.h"
#include "services/booking/domain/code_list.h"
#include "services/booking/domain/eligibility.h"

namespace sas::booking {
namespace {

absl::Status Refuse(std::string_view reason, std::string_view message,
                    base::Metadata metadata = {}) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, reason, message, std::move(metadata));
}

absl::Status NotSearching(std::string_view message) {
  return Refuse("ORDER_NOT_SEARCHING", message);
}

absl::Status CheckState(const OrderFacts& order) {
  switch (order.state) {
    case OrderState::kSearching:
      return absl::OkStatus();
    case OrderState::kSuperseded:
      return Refuse("ORDER_SUPERSEDED",
                    "a regulator has stopped this order: book nothing, read the dossier again");
    case OrderState::kBooked:
    case OrderState::kConfirmedToPatient:
      return base::Fail(absl::StatusCode::kAlreadyExists, "ORDER_ALREADY_BOOKED",
                        "this order has an appointment; cancel that one first");
    case OrderState::kToDo:
      return NotSearching("nobody has claimed this order; claim it and ask the treating doctor");
    case OrderState::kTreatingDoctor:
      return NotSearching("record first what came of the call to the treating doctor");
    case OrderState::kPendingAcceptance:
      if (order.community_asked) return absl::OkStatus();
      return NotSearching("a third party has been asked and has not answered yet");
    default:
      return NotSearching("this order has ended or went back to the regulator");
  }
}

absl::Status CheckWay(const OrderFacts& order, const OrderClaim& claim) {
  const bool entered = order.entry != EntryPoint::kUnspecified;
  const bool own =
      claim.entry_point == order.entry || (order.local && claim.entry_point == EntryPoint::kLocal);
  if (!(entered ? own : !claim.by_regulation || IsRegulationLine(claim.entry_point))) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN",
                      "book it by the way by which it came: an entry by its own entry point, a "
                      "regulator's order by 15 or 116 117");
  }
  // Two pharmacies have one entry point and not one patient.
  if (!entered || claim.by_regulation ||
      care::IsOwnEntry(claim.booker, order.organization, order.submitter)) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_ENTRY",
                    "another structure or person entered this order: sign in for that structure, "
                    "or let it book, or the OSNP");
}

absl::Status CheckReasonOfLate(bool given) {
  if (given) return absl::OkStatus();
  return Refuse("LATE_REASON_REQUIRED",
                "the slot starts after the order's deadline: say why in late_reason_code");
}

}  // namespace

absl::Status CheckOrder(const OrderFacts& order, const OrderClaim& claim) {
  SAS_RETURN_IF_ERROR(CheckState(order));
  if (order.version != claim.version) {
    return Refuse("ORDER_SUPERSEDED",
                  "the order has changed since it was read: read it again before booking",
                  {{"version", std::to_string(order.version)}});
  }
  SAS_RETURN_IF_ERROR(CheckWay(order, claim));
  if (!order.patient.empty() && order.patient != claim.patient) {
    return Refuse("ORDER_OF_OTHER_PATIENT", "the order is for another patient of the dossier");
  }
  return absl::OkStatus();
}

absl::Status CheckLateReason(std::string_view code, std::string_view field) {
  constexpr std::array<std::string_view, 5> kReasons{"PATIENT", "NO_EARLIER_SLOT", "DISTANCE",
                                                     "MODE", "OTHER"};
  return code.empty() ? absl::OkStatus() : CheckCode(code, kReasons, field);
}

absl::Status CheckDue(base::Instant start, base::Instant due, const base::Actor& actor,
                      const LateClaim& claim) {
  if (start <= due) return absl::OkStatus();
  const bool agreed = claim.agreed_until && start <= *claim.agreed_until;
  if (!agreed && !IsRegulator(actor.role)) {
    return Refuse("PAST_DUE",
                  "the slot starts after the order's deadline: take an earlier one, or let a "
                  "regulator agree on the order (AgreeLateAppointment) or book it himself");
  }
  return CheckReasonOfLate(claim.reason_given);
}

absl::Status CheckDueUnread(base::Instant start, base::Instant now, std::chrono::hours late_after,
                            bool reason_given) {
  return start <= now + late_after ? absl::OkStatus() : CheckReasonOfLate(reason_given);
}

}  // namespace sas::booking
