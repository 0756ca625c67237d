#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/clock.h"

/// What may become of an appointment, as rules over plain values.
namespace sas::booking {

enum class State {
  kUnspecified = 0,
  kPending = 1,
  kBooked = 2,
  kFulfilled = 3,
  kNoShow = 4,
  kCancelled = 5,
  kAbandoned = 6,
};

enum class Arrival {
  kUnspecified = 0,
  kExpected = 1,
  kArrived = 2,
  kInConsultation = 3,
  kLeft = 4,
};

enum class FollowUp {
  kUnspecified = 0,
  kNone = 1,
  kTreatingDoctor = 2,
  kImaging = 3,
  kEmergency = 4,
};

/// Holds its seat and its order: everything but a cancelled one.
constexpr bool IsLive(State state) {
  return state != State::kCancelled && state != State::kUnspecified;
}

/// FAILED_PRECONDITION `APPOINTMENT_STATE_FORBIDS` unless the appointment is booked,
/// `ARRIVAL_NOT_FORWARD` unless `next` comes after `now`.
absl::Status CheckArrival(State state, Arrival now, Arrival next);

/// `APPOINTMENT_STATE_FORBIDS` for one that has ended, `PATIENT_IN_CONSULTATION` once the patient
/// is with the doctor.
absl::Status CheckCancel(State state, Arrival arrival);

/// PATIENT, SITE, UPGRADE, ERROR or OTHER; INVALID_ARGUMENT `UNKNOWN_CODE`.
absl::Status CheckCancelReason(std::string_view code, std::string_view field);

/// How a passage ended, without its motif: codes are the caller's matter.
struct Resolution {
  State state = State::kUnspecified;  ///< kFulfilled, kNoShow or kAbandoned.
  bool outcome_given = false;
  FollowUp follow_up = FollowUp::kUnspecified;
  std::string_view abandon_reason = {};
};

/// LEFT_BEFORE_CONSULTATION, REFUSED_CARE, WENT_ELSEWHERE, WAIT_TOO_LONG or OTHER; INVALID_ARGUMENT
/// `UNKNOWN_CODE`.
absl::Status CheckAbandonReason(std::string_view code, std::string_view field);

/// INVALID_ARGUMENT `INVALID_RESOLUTION`, `OUTCOME_REQUIRED`, `FOLLOW_UP_REQUIRED`,
/// `OUTCOME_FORBIDDEN` (nobody was seen); FAILED_PRECONDITION `APPOINTMENT_STATE_FORBIDS`,
/// `NO_SHOW_TOO_EARLY` before the start, `PATIENT_HAS_ARRIVED`, `ABANDON_TOO_EARLY` of one who has
/// not come and may still cancel; INVALID_ARGUMENT `ABANDON_REASON_FORBIDDEN` with another end.
absl::Status CheckResolve(State state, Arrival arrival, base::Instant start, base::Instant now,
                          const Resolution& resolution);

/// From the arrival, or the consultation's start, to the exit, or to now while he has not left;
/// nothing when the start was not recorded.
std::optional<std::chrono::seconds> TimeUntilLeft(std::optional<base::Instant> start,
                                                  std::optional<base::Instant> left,
                                                  base::Instant now);

std::string_view StateName(State state);

}  // namespace sas::booking
