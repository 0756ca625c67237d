#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/contact_attempt.h"
#include "services/regulation/domain/values.h"

/// Contre-appel: somebody hung up, or nobody had answered him, and is called back (hazard H-08,
/// domain.md §1.7). The silent caller may be the one who has lost consciousness, so that no
/// technical event ends it: he is reached, means are sent, or a person gives up with a reason.
namespace sas::regulation {

/// How many calls back there are, and how far apart. The medical board's to say, so it is data.
struct ReturnRules {
  /// Before each call, from the one before that counted.
  std::vector<std::chrono::minutes> spacing{std::chrono::minutes(0), std::chrono::minutes(5),
                                            std::chrono::minutes(10)};
};

inline constexpr std::size_t kReturnsMin = 3;   ///< Calls back before anybody may give up.
inline constexpr std::size_t kReturnsMax = 10;  ///< Of a setting.

/// "0", "5", "10": minutes. INVALID_ARGUMENT `INVALID_CALL_RETURNS` unless there are 3 to 10, each
/// from 0 to 60.
absl::StatusOr<ReturnRules> ParseReturnRules(const std::vector<std::string>& minutes);

/// Calls to somebody who was promised one (hazard H-13): three before a regulator decides, as far
/// apart as the first calls back of `returns`.
ReturnRules PromiseRules(const ReturnRules& returns);

/// Where a return stands. `due` means nothing once decided.
struct ReturnState {
  int counted = 0;  ///< Calls back without an answer that were due when they were made.
  base::Instant due{};
  bool number_known = true;
};

/// A call back now is one of those that must be made. One before its time is kept and does not
/// count: three calls within a minute find nobody who has dropped the telephone.
bool Counts(const ReturnRules& rules, const ReturnState& state, base::Instant now);

/// After a call without an answer at `now`. A wrong number is no number.
ReturnState AfterReturn(const ReturnRules& rules, ReturnState state, ContactResult result,
                        base::Instant now);

/// Nothing is left to try: a regulator or the supervisor decides; of a promise a regulator.
bool IsDecisionDue(const ReturnRules& rules, const ReturnState& state);

/// Somebody who was promised a call was reached at `now`: from then on the calls are counted anew.
ReturnState AfterReached(const ReturnRules& rules, base::Instant now);

/// How a return ends; values equal ResolveLostCallRequest.Outcome.
enum class ReturnEnd { kUnspecified = 0, kReached = 1, kMeansSent = 2, kGivenUp = 3 };

/// PERMISSION_DENIED `REGULATOR_REQUIRED`, INVALID_ARGUMENT `REASON_REQUIRED`, FAILED_PRECONDITION
/// `RETURN_NOT_TRIED`.
absl::Status CheckReturnEnd(const ReturnRules& rules, const ReturnState& state, ReturnEnd end,
                            base::Role role, bool reason_given);

/// Sending means to somebody who does not answer any more is proposed, and no more.
bool ProposesSending(Priority priority, bool place_known);

}  // namespace sas::regulation
