#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/booking/domain/values.h"

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
  kReoriented = 13,
};

/// True once nothing is to be booked on it any more without a new act of the regulation.
constexpr bool IsStopped(OrderState state) {
  return state >= OrderState::kNoSlot;
}

/// What the regulation says of an order now.
struct OrderFacts {
  OrderState state = OrderState::kUnspecified;
  std::int64_t version = 0;
  std::string patient;  ///< Empty: the order names none.
  /// By which way it was entered without regulation; unspecified: a regulator ordered it.
  EntryPoint entry = EntryPoint::kUnspecified;
  bool local = false;        ///< Outside the SAS.
  std::string organization;  ///< Of who entered it; empty where the credentials named none.
  std::string submitter;     ///< Who entered it, subject.
  /// A community is asked, and no source of an appointment: who finds a slot meanwhile books it.
  bool community_asked = false;
};

/// What a booking on it says.
struct OrderClaim {
  std::int64_t version = 0;
  std::string patient;
  EntryPoint entry_point = EntryPoint::kUnspecified;
  bool by_regulation = false;  ///< An OSNP or a regulator books.
  base::Actor booker;          ///< By his credentials.
};

/// May this order be booked? FAILED_PRECONDITION `ORDER_SUPERSEDED` when a regulator has stopped or
/// changed it (hazard H-14), `ORDER_NOT_SEARCHING` when nobody has it, when the treating doctor has
/// not been asked (S1-09) or when it has ended, `ORDER_OF_OTHER_PATIENT`; ALREADY_EXISTS
/// `ORDER_ALREADY_BOOKED`; PERMISSION_DENIED `ENTRY_POINT_FORBIDDEN` for an entry by another way
/// than its own, and for a regulator's order by another than 15 or 116 117 where the OSNP books;
/// `NOT_OWN_ENTRY` for an entry that is not the booker's (care::IsOwnEntry), which only a
/// regulation may book for him.
absl::Status CheckOrder(const OrderFacts& order, const OrderClaim& claim);

/// After how long a start is out of delay for certain, unless the operations say otherwise: a
/// regulator gives no order more time.
inline constexpr std::chrono::hours kLateAfterStandard{48};

/// What is said of a start after the deadline.
struct LateClaim {
  bool reason_given = false;
  std::optional<base::Instant> agreed_until;  ///< A regulator's recorded act on the order.
};

/// PATIENT, NO_EARLIER_SLOT, DISTANCE, MODE or OTHER, or nothing; INVALID_ARGUMENT `UNKNOWN_CODE`.
absl::Status CheckLateReason(std::string_view code, std::string_view field);

/// Of a start after the order's deadline (S1-01): FAILED_PRECONDITION `PAST_DUE` unless a regulator
/// books himself or has agreed to so late a start, `LATE_REASON_REQUIRED` without a reason.
absl::Status CheckDue(base::Instant start, base::Instant due, const base::Actor& actor,
                      const LateClaim& claim);

/// The same of an order that cannot be read, so that its booker has asked by voice: a start that is
/// after every deadline that an order can have today, `late_after` from now, needs the reason;
/// whoever agreed was on the line. FAILED_PRECONDITION `LATE_REASON_REQUIRED`.
absl::Status CheckDueUnread(base::Instant start, base::Instant now, std::chrono::hours late_after,
                            bool reason_given);

}  // namespace sas::booking
