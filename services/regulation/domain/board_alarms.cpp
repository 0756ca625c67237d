#include "services/regulation/domain/board_alarms.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr int kPartWords = 4;
constexpr std::int64_t kSecondsMax = 24 * 3600;
constexpr int kLaxFactor = 2;  // How much later a site may be told of a P2.

// The least urgent first.
constexpr std::array<BoardAlarm, 24> kByUrgency{BoardAlarm::kPriorityUnset,
                                                BoardAlarm::kWaitTarget,
                                                BoardAlarm::kWaitLate,
                                                BoardAlarm::kStarving,
                                                BoardAlarm::kCallbackSoon,
                                                BoardAlarm::kCallbackDue,
                                                BoardAlarm::kClaimEnding,
                                                BoardAlarm::kOrderIdle,
                                                BoardAlarm::kOrderUnclaimed,
                                                BoardAlarm::kOrderHalf,
                                                BoardAlarm::kOrderLate,
                                                BoardAlarm::kOrderOverdue,
                                                BoardAlarm::kCommunityDeclined,
                                                BoardAlarm::kCommunityAccepted,
                                                BoardAlarm::kOrderCalledAgain,
                                                BoardAlarm::kLostCallLate,
                                                BoardAlarm::kOfferUnanswered,
                                                BoardAlarm::kReturnUndecided,
                                                BoardAlarm::kCallbackFailed,
                                                BoardAlarm::kPlaceConflict,
                                                BoardAlarm::kRingingLate,
                                                BoardAlarm::kVitalMotifLow,
                                                BoardAlarm::kRaised,
                                                BoardAlarm::kNothingSent};

std::vector<std::string_view> Words(std::string_view part) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t colon = part.find(':');
    words.push_back(part.substr(0, colon));
    if (colon == std::string_view::npos) return words;
    part.remove_prefix(colon + 1);
  }
}

bool ReadSeconds(std::string_view text, std::chrono::seconds& seconds) {
  std::int64_t value = -1;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return false;
  seconds = std::chrono::seconds(value);
  return value >= 0 && value <= kSecondsMax;
}

// No site makes a vital alarm later (hazard H-49).
bool MaySay(const PriorityRule& rule, const AlarmRules::Wait& wait) {
  const int lowest = RuleOf(Priority::kP2).band;
  if (rule.band > lowest) return true;  // The bound of ReadSeconds.
  const int factor = rule.band < lowest ? 1 : kLaxFactor;
  return wait.target <= factor * rule.wait_target && wait.alarm <= factor * rule.wait_alarm;
}

bool ReadPart(std::string_view part, AlarmRules& rules) {
  const std::vector<std::string_view> words = Words(part);
  if (words.size() != kPartWords || words[0].empty()) return false;
  const auto known = PriorityRules();
  const auto rule = std::find_if(known.begin(), known.end(),
                                 [&](const PriorityRule& each) { return each.code == words[1]; });
  AlarmRules::Wait wait;
  if (rule == known.end() || !ReadSeconds(words[2], wait.target) ||
      !ReadSeconds(words[3], wait.alarm) || wait.target > wait.alarm || !MaySay(*rule, wait)) {
    return false;
  }
  return rules.sites.try_emplace({std::string(words[0]), rule->priority}, wait).second;
}

// For this P0, and not for an earlier need.
bool NothingSent(const BoardLine& line) {
  return line.waits && line.queue.priority == Priority::kP0 && !line.means_out &&
         line.sent < line.priority_since;
}

bool Promised(const BoardLine& line) {
  return line.queue.priority == Priority::kP3 && line.queue.callback_end != base::Instant{};
}

}  // namespace

std::vector<BoardAlarm> BoardAlarms::List() const {
  std::vector<BoardAlarm> list;
  for (const BoardAlarm alarm : kByUrgency) {
    if (Has(alarm)) list.push_back(alarm);
  }
  return list;
}

WaitLimits AlarmRules::LimitsOf(const std::string& territory, Priority priority,
                                base::Instant wait_start,
                                const std::optional<CallbackWindow>& callback) const {
  const auto site = sites.find({territory, priority});
  const bool promised = priority == Priority::kP3 && callback;
  if (site == sites.end() || promised) {
    return regulation::LimitsOf(priority, wait_start, callback);
  }
  return {wait_start + site->second.target, wait_start + site->second.alarm};
}

absl::StatusOr<AlarmRules> ParseAlarmRules(const std::vector<std::string>& parts) {
  AlarmRules rules;
  for (const std::string& part : parts) {
    if (ReadPart(part, rules)) continue;
    return base::InvalidField("board_targets", "INVALID_BOARD_TARGETS",
                              "write territory:priority:target:alarm, each pair once, in seconds, "
                              "the target not after the alarm; P0, P1 and unset not later than "
                              "the national delays, P2 not later than twice these",
                              {{"part", part}});
  }
  return rules;
}

bool IsVitalMotifLow(const BoardLine& line) {
  const bool low = RuleOf(line.queue.priority).band >= RuleOf(Priority::kP2).band;
  return line.active && line.vital_motif && low &&
         (line.waits || (!line.decided && !line.late_entry));
}

BoardAlarms CaseAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  if (line.active && line.callback_failed) alarms.Add(BoardAlarm::kCallbackFailed);
  if (IsVitalMotifLow(line)) alarms.Add(BoardAlarm::kVitalMotifLow);
  if (line.place_conflict) alarms.Add(BoardAlarm::kPlaceConflict);
  if (NothingSent(line) && line.priority_since + rules.nothing_sent <= now) {
    alarms.Add(BoardAlarm::kNothingSent);
  }
  return alarms;
}

bool Starves(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  const base::Instant start = line.queue.wait_start;
  const base::Instant alarm = line.limits.alarm;
  return alarm <= now && start + rules.starving_factor * (alarm - start) <= now;
}

BoardAlarms WaitAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  const WaitLimits& limits = line.limits;
  const bool late = limits.alarm <= now;
  if (Promised(line)) {
    // When the calls have reached nobody that is the alarm, and not that one is due.
    if (late && !line.callback_failed) {
      alarms.Add(BoardAlarm::kCallbackDue);
    } else if (!late && limits.target <= now) {
      alarms.Add(BoardAlarm::kCallbackSoon);
    }
  } else if (late) {
    alarms.Add(BoardAlarm::kWaitLate);
  } else if (limits.target <= now) {
    alarms.Add(BoardAlarm::kWaitTarget);
  }
  if (line.queue.priority == Priority::kUnspecified && limits.target <= now) {
    alarms.Add(BoardAlarm::kPriorityUnset);
  }
  if (Starves(line, rules, now)) alarms.Add(BoardAlarm::kStarving);
  return alarms;
}

BoardAlarms ClaimAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  const auto lease = RuleOf(line.queue.priority).claim_lease;
  if (line.claim.expire - lease / rules.claim_ending_divisor <= now) {
    alarms.Add(BoardAlarm::kClaimEnding);
  }
  if (line.claim.raised != base::Instant{}) alarms.Add(BoardAlarm::kRaised);
  return alarms;
}

BoardAlarms OrderAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  if (line.called_again > line.acted) alarms.Add(BoardAlarm::kOrderCalledAgain);
  if (line.answered > line.acted) {
    alarms.Add(line.accepted ? BoardAlarm::kCommunityAccepted : BoardAlarm::kCommunityDeclined);
  }
  // Until the hour of a promised call nothing is late.
  const base::Instant since = std::max(line.acted, line.promised);
  const base::Instant free_since = std::max(since, line.claim.expire);  // Zero while nobody had it.
  if (!IsLive(line.claim, now) && free_since + rules.order_unclaimed <= now) {
    alarms.Add(BoardAlarm::kOrderUnclaimed);
  } else if (since + rules.order_idle <= now) {
    alarms.Add(BoardAlarm::kOrderIdle);
  }
  if (line.order_state == OrderState::kBooked) return alarms;
  if (line.promised != base::Instant{} && line.promised <= now) {
    alarms.Add(BoardAlarm::kCallbackDue);
  }
  const auto delay = line.due - line.origin;
  if (line.due <= now) {
    alarms.Add(BoardAlarm::kOrderOverdue);
  } else if (line.origin + delay * 5 / 6 <= now) {
    alarms.Add(BoardAlarm::kOrderLate);
  } else if (line.origin + delay / 2 <= now) {
    alarms.Add(BoardAlarm::kOrderHalf);
  }
  return alarms;
}

BoardAlarms LostCallAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  if (line.arrival + rules.lost_call <= now) alarms.Add(BoardAlarm::kLostCallLate);
  if (line.return_undecided) alarms.Add(BoardAlarm::kReturnUndecided);
  return alarms;
}

BoardAlarms RingingAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  if (line.arrival + rules.ringing < now) alarms.Add(BoardAlarm::kRingingLate);
  return alarms;
}

}  // namespace sas::regulation
