#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "services/booking/domain/appointment.h"
#include "services/booking/domain/order_check.h"

/// When an appointment may go to another seat (hazard H-26).
namespace sas::booking {

/// Places that an appointment remembers.
inline constexpr int kMovesMax = 20;

/// To another practitioner of the same site.
inline constexpr std::string_view kReassign = "REASSIGN";

/// PATIENT, SITE, REASSIGN, ERROR or OTHER; INVALID_ARGUMENT `UNKNOWN_CODE`.
absl::Status CheckMoveReason(std::string_view code, std::string_view field);

/// Where an appointment stands, and where it shall go.
struct Displacement {
  State state = State::kUnspecified;
  Arrival arrival = Arrival::kUnspecified;
  int moves = 0;  ///< So far.
  std::string_view reason_code;
  std::string_view from_slot;
  std::string_view to_slot;
  std::string_view from_site;
  std::string_view to_site;
};

/// FAILED_PRECONDITION `APPOINTMENT_STATE_FORBIDS`, `PATIENT_IN_CONSULTATION`,
/// `PATIENT_HAS_ARRIVED` (only another practitioner of the same site can take him over then),
/// `SLOT_UNCHANGED`, `REASSIGN_ELSEWHERE`; RESOURCE_EXHAUSTED `LIMIT_REACHED` after kMovesMax.
absl::Status CheckMove(const Displacement& move);

/// Of an appointment that stands, does its order let it go elsewhere? `ORDER_SUPERSEDED`,
/// `ORDER_ENDED`: it is cancelled instead.
absl::Status CheckMovedOrder(OrderState state);

}  // namespace sas::booking
