#include "services/regulation/domain/care_order.h"

#include <algorithm>
#include <array>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

using enum OrderAct;
using enum OrderState;

struct Step {
  OrderAct act;
  OrderState from;
  OrderState to;
};

// Everything that is not here is refused.
constexpr std::array<Step, 62> kSteps{{
    {kClaim, kToDo, kTreatingDoctor},
    {kClaim, kTreatingDoctor, kTreatingDoctor},
    {kClaim, kSearching, kSearching},
    {kClaim, kPendingAcceptance, kPendingAcceptance},
    {kClaim, kBooked, kBooked},
    {kTakeEntry, kToDo, kSearching},
    {kTakeEntry, kSearching, kSearching},
    {kTakeEntry, kPendingAcceptance, kPendingAcceptance},
    {kTakeEntry, kBooked, kBooked},
    {kDoctorSees, kTreatingDoctor, kTakenByTreatingDoctor},
    {kDoctorSees, kSearching, kTakenByTreatingDoctor},  // He calls back during the search.
    {kDoctorCannot, kTreatingDoctor, kSearching},
    {kDoctorCannot, kSearching, kSearching},
    {kRefuseProposal, kSearching, kSearching},
    {kRefuseProposal, kPendingAcceptance, kPendingAcceptance},
    {kTryContact, kTreatingDoctor, kTreatingDoctor},
    {kTryContact, kSearching, kSearching},
    {kTryContact, kPendingAcceptance, kPendingAcceptance},
    {kTryContact, kBooked, kBooked},
    {kConfirmInformed, kBooked, kConfirmedToPatient},
    {kReturnNoSlot, kSearching, kNoSlot},
    {kReturnNoSlot, kPendingAcceptance, kNoSlot},
    {kReturnRefused, kTreatingDoctor, kPatientRefused},
    {kReturnRefused, kSearching, kPatientRefused},
    {kReturnRefused, kPendingAcceptance, kPatientRefused},
    {kReturnUnreachable, kTreatingDoctor, kPatientUnreachable},
    {kReturnUnreachable, kSearching, kPatientUnreachable},
    {kReturnUnreachable, kPendingAcceptance, kPatientUnreachable},
    {kReturnUnreachable, kBooked, kPatientUnreachable},
    {kAskCommunity, kSearching, kPendingAcceptance},
    {kEndCommunity, kPendingAcceptance, kSearching},
    {kAskThirdParty, kToDo, kPendingAcceptance},
    {kAskThirdParty, kTreatingDoctor, kPendingAcceptance},
    {kAskThirdParty, kSearching, kPendingAcceptance},
    {kBook, kToDo, kBooked},
    {kBook, kTreatingDoctor, kBooked},
    {kBook, kSearching, kBooked},
    {kBook, kPendingAcceptance, kBooked},
    {kBook, kNoSlot, kBooked},
    {kBook, kPatientRefused, kBooked},
    {kBook, kPatientUnreachable, kBooked},
    {kUnbook, kPendingAcceptance, kSearching},
    {kUnbook, kBooked, kSearching},
    {kUnbook, kConfirmedToPatient, kSearching},
    {kSupersede, kToDo, kSuperseded},
    {kSupersede, kTreatingDoctor, kSuperseded},
    {kSupersede, kSearching, kSuperseded},
    {kSupersede, kPendingAcceptance, kSuperseded},
    {kSupersede, kBooked, kSuperseded},
    {kSupersede, kConfirmedToPatient, kSuperseded},
    {kClose, kNoSlot, kClosed},
    {kClose, kPatientRefused, kClosed},
    {kClose, kPatientUnreachable, kClosed},
    {kReorient, kToDo, kReoriented},
    {kReorient, kTreatingDoctor, kReoriented},
    {kReorient, kSearching, kReoriented},
    {kReorient, kPendingAcceptance, kReoriented},
    {kReorient, kBooked, kReoriented},
    {kReorient, kConfirmedToPatient, kReoriented},
    {kReorient, kNoSlot, kReoriented},
    {kReorient, kPatientRefused, kReoriented},
    {kReorient, kPatientUnreachable, kReoriented},
}};

constexpr std::array<std::string_view, 14> kNames{"UNSPECIFIED",
                                                  "TO_DO",
                                                  "TREATING_DOCTOR",
                                                  "SEARCHING",
                                                  "PENDING_ACCEPTANCE",
                                                  "BOOKED",
                                                  "CONFIRMED_TO_PATIENT",
                                                  "NO_SLOT",
                                                  "PATIENT_REFUSED",
                                                  "PATIENT_UNREACHABLE",
                                                  "TAKEN_BY_TREATING_DOCTOR",
                                                  "SUPERSEDED",
                                                  "CLOSED",
                                                  "REORIENTED"};

bool Searches(OrderAct act) {
  return act == kRefuseProposal || act == kReturnNoSlot || act == kAskCommunity;
}

OrderBooking Without(OrderBooking order) {
  order.appointment.clear();
  order.site.clear();
  order.start = {};
  if (order.end_reason == kAppointmentOnStoppedOrder) order.end_reason = kAppointmentCancelled;
  return order;
}

}  // namespace

std::string_view OrderStateName(OrderState state) {
  return kNames.at(static_cast<std::size_t>(state));
}

absl::StatusOr<OrderState> Advance(OrderState state, OrderAct act) {
  const auto* step = std::find_if(kSteps.begin(), kSteps.end(),
                                  [&](const Step& s) { return s.act == act && s.from == state; });
  if (step != kSteps.end()) return step->to;
  const base::Metadata where{{"state", std::string(OrderStateName(state))}};
  if (state == kSuperseded) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "ORDER_SUPERSEDED",
                      "the regulator has stopped this order; stop, free the hold and read the "
                      "dossier again",
                      where);
  }
  if (Searches(act) && (state == kToDo || state == kTreatingDoctor)) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TREATING_DOCTOR_FIRST",
                      "record the call to the treating doctor first: sees the patient, "
                      "unavailable, not reached or none",
                      where);
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "ORDER_STATE_FORBIDS",
                    "the order is not where this act begins; read it again", where);
}

bool IsOpen(OrderState state) {
  switch (state) {
    case kToDo:
    case kTreatingDoctor:
    case kSearching:
    case kPendingAcceptance:
    case kBooked:
      return true;
    default:
      return false;
  }
}

bool IsReturned(OrderState state) {
  return state == kNoSlot || state == kPatientRefused || state == kPatientUnreachable;
}

bool IsUnsettled(OrderState state) {
  return IsOpen(state) || IsReturned(state) || state == kConfirmedToPatient;
}

absl::Status CheckDelay(std::chrono::seconds delay) {
  for (const int hours : {4, 8, 12, 24, 48}) {
    if (delay == std::chrono::hours(hours)) return absl::OkStatus();
  }
  return base::InvalidField("care_order.delay", "INVALID_DELAY",
                            "a consultation is ordered within 4, 8, 12, 24 or 48 h");
}

absl::Status CheckLateStart(OrderState state, base::Instant due, base::Instant latest) {
  if (state == kSuperseded || state == kClosed || state == kReoriented ||
      state == kTakenByTreatingDoctor) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "ORDER_STATE_FORBIDS",
                      "the order is not where this act begins; read it again",
                      {{"state", std::string(OrderStateName(state))}});
  }
  if (latest > due && latest <= due + kLateMax) return absl::OkStatus();
  return base::InvalidField("latest_start_time", "INVALID_LATE_START",
                            "after the order's deadline, and at most 14 days after it");
}

absl::StatusOr<OrderClock> ClockOf(base::Instant decided,
                                   const std::vector<base::Instant>& earlier_origins,
                                   std::chrono::seconds delay, base::Instant now) {
  OrderClock clock{decided, {}};
  for (const base::Instant origin : earlier_origins) clock.origin = std::min(clock.origin, origin);
  clock.due = clock.origin + delay;
  if (clock.due > now) return clock;
  return base::Fail(absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED",
                    "the delay runs from the first decision of the episode and is over; order a "
                    "longer one, or decide otherwise");
}

absl::Status CheckPrerequisites(const OrderPrerequisites& known) {
  base::ErrorDetail detail;
  detail.reason = "ORDER_PREREQUISITES_MISSING";
  std::string list;
  const auto need = [&](bool has, const char* field, const char* what) {
    if (has) return;
    detail.violations.push_back({field, what});
    list.append(list.empty() ? "" : ",").append(field);
  };
  need(known.motif, "regulation_case.motif_code", "the motif was not asked (M07.00)");
  need(known.place, "regulation_case.patient_place", "no commune and no point to search around");
  need(known.mobility, "regulation_case.mobility", "how the patient travels was not asked");
  need(known.age, "patient.age", "the patient's age with its unit is unknown");
  need(known.callback_number, "regulation_case.origin.callback_phone_number",
       "no number to call the patient back");
  if (detail.violations.empty()) return absl::OkStatus();
  detail.metadata = {{"missing", list}};
  return base::WithDetail(
      absl::FailedPreconditionError("the OSNP cannot work this order: ask what is missing first"),
      detail);
}

std::optional<OrderBooking> React(const OrderBooking& order, const BookingFact& fact) {
  if (fact.kind == BookingFact::Kind::kOther) return std::nullopt;
  if (fact.kind == BookingFact::Kind::kCancelled) {
    if (order.appointment != fact.appointment) return std::nullopt;
    OrderBooking after = Without(order);
    // A stopped or returned order stays what it is: only its appointment has gone.
    if (const auto state = Advance(order.state, kUnbook); state.ok()) after.state = *state;
    return after;
  }
  const OrderAct act = fact.kind == BookingFact::Kind::kPending ? kAskThirdParty : kBook;
  OrderBooking after = order;
  after.appointment = fact.appointment;
  after.site = fact.site;
  after.start = fact.start;
  if (const auto state = Advance(order.state, act); state.ok()) {
    after.state = *state;
  } else if (order.appointment == fact.appointment) {
    if (order.site == fact.site && order.start == fact.start) return std::nullopt;
    // It was moved: the patient knows the old place and time.
    if (order.state == kConfirmedToPatient) after.state = kBooked;
  } else if (!IsOpen(order.state)) {
    after.end_reason = std::string(kAppointmentOnStoppedOrder);
  }
  return after;
}

}  // namespace sas::regulation
