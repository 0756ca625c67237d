#pragma once

#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"

/// Calls of the OSNP to the patient (S2-22, hazard H-15): who cannot be reached is handed back to a
/// regulator, and not before somebody has tried.
namespace sas::regulation {

/// Values equal ContactAttempt.Result.
enum class ContactResult {
  kUnspecified = 0,
  kReached = 1,
  kNoAnswer = 2,
  kVoicemail = 3,
  kBusy = 4,
  kWrongNumber = 5,
};

/// Calls without an answer before an order may go back as "unreachable": as many as the
/// contre-appels to a caller who hung up (domain.md §1.7, our assumption).
inline constexpr int kUnansweredMin = 3;

/// Attempts that an order keeps.
inline constexpr int kContactAttemptsMax = 30;

/// Of `results`, oldest first, those without an answer since the patient was last reached. A wrong
/// number is no attempt at the patient.
int UnansweredOf(const std::vector<ContactResult>& results);

/// FAILED_PRECONDITION `TOO_FEW_ATTEMPTS` unless tried often enough; a regulator decides by
/// himself.
absl::Status CheckUnreachable(int unanswered, base::Role role);

/// INVALID_ARGUMENT `INVALID_CALLBACK_TIME` unless after `now` and before the order's deadline.
absl::Status CheckCallback(base::Instant now, base::Instant callback, base::Instant due);

}  // namespace sas::regulation
