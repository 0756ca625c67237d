#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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
};

/// Alarms of one line, the most urgent last: a bit for each.
class BoardAlarms {
 public:
  void Add(BoardAlarm alarm) { bits_ |= 1U << static_cast<unsigned>(alarm); }

  bool Has(BoardAlarm alarm) const { return (bits_ >> static_cast<unsigned>(alarm) & 1U) != 0; }

  std::vector<BoardAlarm> List() const;
  bool operator==(const BoardAlarms&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

/// Alarm levels as data. The national delays are those that the ledger keeps with each wait
/// (PriorityRules); a site may be stricter or laxer for a priority. [OUR ASSUMPTION]: factors and
/// delays below, to be confirmed by the medical board like those of PriorityRules.
struct AlarmRules {
  struct Wait {
    std::chrono::seconds target{};
    std::chrono::seconds alarm{};
  };

  std::map<std::pair<std::string, Priority>, Wait> sites;  ///< By territory and priority.
  int starving_factor = 3;                                 ///< Times the delay of the alarm.
  int claim_ending_divisor = 4;                            ///< The last quarter of a lease.
  std::chrono::minutes lost_call{10};

  /// The wait's limits of this line: the site's own, or the ledger's. A promise rules its own.
  WaitLimits LimitsOf(const BoardLine& line) const;
};

/// "85:P2:900:1200,85:P0:0:20": territory, priority ("-" for unset), seconds to target and alarm.
/// INVALID_ARGUMENT `INVALID_BOARD_TARGETS` naming the part that cannot be read.
absl::StatusOr<AlarmRules> ParseAlarmRules(const std::vector<std::string>& parts);

/// Alarms of a dossier that waits, of one that somebody has, of an order and of a lost call.
BoardAlarms WaitAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
BoardAlarms ClaimAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);
/// At half and at five sixths of the delay (S3-14: 24 h and 40 h of 48 h), and past the deadline;
/// past a promised call to the patient (S2-22). None once an appointment exists.
BoardAlarms OrderAlarms(const BoardLine& line, base::Instant now);
BoardAlarms LostCallAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now);

}  // namespace sas::regulation
