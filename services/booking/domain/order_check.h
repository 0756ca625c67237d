#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::booking {

/// Values equal CareOrder.State.
enum class OrderState {
  kUnspecified = 0,
  kToDo = 1,
  kTreatingDoctor = 2,
  kSearching = 3,
  kPendingAcceptance = 4,
  kBooked = 5,
  kConfirmedToPatient = 6,
  kNoSlot = 7,
  kPatientRefused = 8,
  kPatientUnreachable = 9,
  kTakenByTreatingDoctor = 10,
  kSuperseded = 11,
  kClosed = 12,
};

/// What the regulation says of an order now.
struct OrderFacts {
  OrderState state = OrderState::kUnspecified;
  std::int64_t version = 0;
  std::string patient;  ///< Empty: the order names none.
};

/// What a booking on it says.
struct OrderClaim {
  std::int64_t version = 0;
  std::string patient;
};

/// May this order be booked? FAILED_PRECONDITION `ORDER_SUPERSEDED` when a regulator has stopped or
/// changed it (hazard H-14), `ORDER_NOT_SEARCHING` when nobody has it, when the treating doctor has
/// not been asked (S1-09) or when it has ended, `ORDER_OF_OTHER_PATIENT`; ALREADY_EXISTS
/// `ORDER_ALREADY_BOOKED`.
absl::Status CheckOrder(const OrderFacts& order, const OrderClaim& claim);

/// FAILED_PRECONDITION `PAST_DUE` for a start after the order's deadline, unless a regulator books
/// himself (S1-01).
absl::Status CheckDue(base::Instant start, base::Instant due, const base::Actor& actor);

}  // namespace sas::booking
