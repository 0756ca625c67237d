#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

/// What a priority demands (domain.md §1.4). Where no national figure exists the delay is our
/// assumption, to be confirmed by the medical board.
struct PriorityRule {
  Priority priority;
  std::string_view code;             ///< As HubSante.priorite; "-" while nobody has set it.
  int band;                          ///< 0 is taken first; bands never overtake one another.
  std::chrono::seconds wait_target;  ///< The wait should have ended.
  std::chrono::seconds wait_alarm;   ///< The wait is an alarm. 24 h where a promise rules instead.
  std::chrono::seconds claim_lease;  ///< A claim without an act of its owner ends.
};

/// One rule for each priority, P0 first.
std::span<const PriorityRule> PriorityRules();
const PriorityRule& RuleOf(Priority priority);

/// Promised callbacks past their window rank in this band, with their priority unchanged.
inline constexpr int kDueCallbackBand = 3;

inline constexpr std::chrono::hours kCallbackWindowMax{4};   ///< From now to the window's end.
inline constexpr std::chrono::minutes kCallbackWarning{10};  ///< Before the window's end.
inline constexpr int kReasonCharactersMax = 200;

/// Is `to` taken before `from`? The first setting is neither a raise nor a lowering.
bool IsRaise(Priority from, Priority to);
bool IsLowering(Priority from, Priority to);

struct CallbackWindow {
  base::Instant start{};
  base::Instant end{};
  bool consent = false;
};

/// A request to set the priority, with what the rules look at.
struct PriorityChange {
  Priority from = Priority::kUnspecified;
  Priority to = Priority::kUnspecified;
  bool by_regulator = false;
  bool etag_given = false;  ///< Whether it matched is checked by the caller.
  bool reason_given = false;
  bool vital_motif = false;
  bool vital_motif_confirmed = false;
  bool callback_number_known = false;
  /// What the answers to triage protocols come to; unspecified when they demand nothing.
  Priority protocol_minimum = Priority::kUnspecified;
  std::optional<CallbackWindow> callback;
  /// The calls that were promised reached nobody, or a regulator was asked and has not answered.
  bool regulator_awaited = false;
  base::Instant now{};
};

/// P3 and NR: nobody looks at it now.
bool PutsOff(Priority priority);

/// Raising always wins and asks for nothing. Lowering: PERMISSION_DENIED `REGULATOR_REQUIRED`,
/// INVALID_ARGUMENT `ETAG_REQUIRED`, `REASON_REQUIRED`. A low priority on a vital motif:
/// FAILED_PRECONDITION `VITAL_MOTIF_UNCONFIRMED`, then `REASON_REQUIRED` (hazard H-02). Below the
/// minimum of a protocol and no raise: PERMISSION_DENIED `BELOW_PROTOCOL_MINIMUM` for who is no
/// regulator, `REASON_REQUIRED` for him (hazards H-02, H-03). P3:
/// INVALID_ARGUMENT `CALLBACK_REQUIRED`, `INVALID_CALLBACK_WINDOW`, FAILED_PRECONDITION
/// `CALLBACK_CONSENT_REQUIRED`, `CALLBACK_NUMBER_REQUIRED`; while a regulator is
/// awaited, he alone promises a call or says that nobody waits: `REGULATOR_REQUIRED` (hazards H-13,
/// H-15).
absl::Status CheckPriorityChange(const PriorityChange& change);

inline constexpr std::chrono::hours kReassessmentMax{24};  ///< From a decision to its call's end.

/// Somebody is promised a call within this window, which ends at most `longest` from now:
/// INVALID_ARGUMENT `INVALID_CALLBACK_WINDOW`, FAILED_PRECONDITION `CALLBACK_CONSENT_REQUIRED`,
/// `CALLBACK_NUMBER_REQUIRED`.
absl::Status CheckPromise(const CallbackWindow& window, bool number_known, base::Instant now,
                          std::chrono::hours longest);

/// Until when a wait that began at `wait_start` is fine, and when it is an alarm. A P3's promise
/// rules its own: warning before the window's end, alarm at its end.
struct WaitLimits {
  base::Instant target{};
  base::Instant alarm{};
};

WaitLimits LimitsOf(Priority priority, base::Instant wait_start,
                    const std::optional<CallbackWindow>& callback);

}  // namespace sas::regulation
