#include "services/booking/domain/move.h"

#include <array>
#include <string>

#include "common/base/status.h"
#include "services/booking/domain/code_list.h"

namespace sas::booking {
namespace {

constexpr std::array<std::string_view, 5> kMoveReasons{"PATIENT", "SITE", kReassign, "ERROR",
                                                       "OTHER"};

absl::Status Refuse(std::string_view reason, std::string_view message) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, reason, message);
}

}  // namespace

absl::Status CheckMoveReason(std::string_view code, std::string_view field) {
  return CheckCode(code, kMoveReasons, field);
}

absl::Status CheckMove(const Displacement& move) {
  if (move.state != State::kBooked) {
    const std::string name(StateName(move.state));
    return base::Fail(absl::StatusCode::kFailedPrecondition, "APPOINTMENT_STATE_FORBIDS",
                      "the appointment is " + name + "; it can be moved only while it is booked",
                      {{"state", name}});
  }
  if (move.from_slot == move.to_slot) {
    return Refuse("SLOT_UNCHANGED", "the appointment is in this slot already; choose another");
  }
  const bool reassign = move.reason_code == kReassign;
  if (reassign && move.from_site != move.to_site) {
    return Refuse("REASSIGN_ELSEWHERE",
                  "another practitioner takes over at the same site; for another site give the "
                  "reason PATIENT, SITE, ERROR or OTHER");
  }
  if (move.arrival >= Arrival::kInConsultation) {
    return Refuse("PATIENT_IN_CONSULTATION",
                  "the patient is with the doctor: resolve the appointment instead");
  }
  if (move.arrival > Arrival::kExpected && !reassign) {
    return Refuse(
        "PATIENT_HAS_ARRIVED",
        "the patient is there: another practitioner of the site may take over (REASSIGN)");
  }
  if (move.moves < kMovesMax) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED",
                    "the appointment was moved too often; cancel it and book anew",
                    {{"moves_max", std::to_string(kMovesMax)}});
}

absl::Status CheckMovedOrder(OrderState state) {
  if (state == OrderState::kSuperseded) {
    return Refuse("ORDER_SUPERSEDED",
                  "a regulator has stopped this order: move nothing, read the dossier again");
  }
  if (state == OrderState::kClosed || state == OrderState::kTakenByTreatingDoctor) {
    return Refuse("ORDER_ENDED",
                  "this order has ended: cancel the appointment, or ask for a new order");
  }
  return absl::OkStatus();
}

}  // namespace sas::booking
