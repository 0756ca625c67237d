#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/regulation/domain/board_line.h"

namespace sas::regulation {

/// What needs an answer by a person; values equal BoardCard.Alarm. An alarm never moves a line.
enum class BoardAlarm {
  kPriorityUnset = 1,
  kWaitTarget = 2,
  kWaitLate = 3,
  kStarving = 4,
  kCallbackSoon = 5,
  kCallbackDue = 6,
  kClaimEnding = 7,
  kOrderHalf = 8,
  kOrderLate = 9,
  kOrderOverdue = 10,
  kLostCallLate = 11,
  kOfferUnanswered = 12,
  kReturnUndecided = 13,
  kRaised = 14,
  kNothingSent = 15,
  kOrderUnclaimed = 16,
  kOrderIdle = 17,
  kVitalMotifLow = 18,
  kOrderCalledAgain = 19,
  kCallbackFailed = 20,
  kPlaceConflict = 21,
  kRingingLate = 22,
  kCommunityAccepted = 23,
  kCommunityDeclined = 24,
};

/// Alarms of one line: a bit for each.
class BoardAlarms {
 public:
  void Add(BoardAlarm alarm) { bits_ |= 1U << static_cast<unsigned>(alarm); }

  void Add(const BoardAlarms& others) { bits_ |= others.bits_; }

  bool Has(BoardAlarm alarm) const { return (bits_ >> static_cast<unsigned>(alarm) & 1U) != 0; }

  /// The most urgent last.
  std::vector<BoardAlarm> List() const;
  bool operator==(const BoardAlarms&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

/// Alarm levels as data. The national delays are those of PriorityRules; a site may be stricter for
/// a priority, and for P2, P3 and NR laxer. The ledger keeps with each wait the limits that were
/// its site's when they were set, and board, lists and figures all look at these. [OUR ASSUMPTION]:
/// factors and delays below, to be confirmed by the medical board like those of PriorityRules.
struct AlarmRules {
  struct Wait {
    std::chrono::seconds target{};
    std::chrono::seconds alarm{};
  };

  std::map<std::pair<std::string, Priority>, Wait> sites;  ///< By territory and priority.
  int starving_factor = 3;                                 ///< Times the delay of the alarm.
  int claim_ending_divisor = 4;                            ///< The last quarter of a lease.
  std::chrono::minutes lost_call{10};
  std::chrono::seconds ringing{15};          ///< Of a call before it is picked up (K04).
  std::chrono::seconds nothing_sent{30};     ///< A P0 (hazard H-04).
  std::chrono::minutes order_unclaimed{10};  ///< Nobody has it (hazard H-15).
  std::chrono::minutes order_idle{15};       ///< Nobody acts on it.

  /// Limits of a wait there: the site's own, or the national ones. A promise rules its own.
  WaitLimits LimitsOf(const std::string& territory, Priority priority, base::Instant wait_start,
                      const std::optional<CallbackWindow>& callback) const;
};

/// "85:P2:900:1200,85:P0:0:20": territory, priority ("-" for unset), seconds to target and alarm.
/// INVALID_ARGUMENT `INVALID_BOARD_TARGETS` naming the part that cannot be read, or that a site may
/// not say: neither P0, P1 nor unset is told later than PriorityRules do, P2 no later than twice
/// that, nothing later than after 24 h (hazard H-49).
absl::StatusOr<AlarmRules> ParseAlarmRules(const std::vector<std::string>& parts);

/// The motif may be vital, the priority is low, and no regulator has decided yet (hazard H-02).
bool IsVitalMotifLow(const BoardLine& line);

/// Alarms of a dossier whoever has it: nothing was sent for a P0 that nobody has decided otherwise
/// (hazard H-04), a vital motif is low, promised calls reached nobody (hazard H-13), the telephone
/// was elsewhere than the place that was said (hazard H-05).
BoardAlarms CaseAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
/// A wait of which nobody thinks any more: several times as long as until its alarm.
bool Starves(const BoardLine& line, const AlarmRules& rules, base::Instant now);
/// Alarms of a dossier that waits, of one that somebody has, of an order and of a lost call.
BoardAlarms WaitAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
BoardAlarms ClaimAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
/// Nobody has it, nobody acts on it, the caller has called again (hazards H-15, H-07), or the
/// community that was asked takes the patient or does not, until somebody acts on it: also while
/// the patient is to be told of his appointment. Without one: at half and at five sixths of the
/// delay (S3-14: 24 h and 40 h of 48 h), and past the deadline; past a promised call to the patient
/// (S2-22).
BoardAlarms OrderAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
BoardAlarms LostCallAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
/// Of a call that rings.
BoardAlarms RingingAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);

}  // namespace sas::regulation
