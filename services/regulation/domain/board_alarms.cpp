#include "services/regulation/domain/board_alarms.h"

#include <algorithm>
#include <charconv>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr int kPartWords = 4;
constexpr std::int64_t kSecondsMax = 24 * 3600;

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

bool ReadPart(std::string_view part, AlarmRules& rules) {
  const std::vector<std::string_view> words = Words(part);
  if (words.size() != kPartWords || words[0].empty()) return false;
  const auto known = PriorityRules();
  const auto rule = std::find_if(known.begin(), known.end(),
                                 [&](const PriorityRule& each) { return each.code == words[1]; });
  AlarmRules::Wait wait;
  if (rule == known.end() || !ReadSeconds(words[2], wait.target) ||
      !ReadSeconds(words[3], wait.alarm) || wait.target > wait.alarm) {
    return false;
  }
  return rules.sites.try_emplace({std::string(words[0]), rule->priority}, wait).second;
}

bool Promised(const BoardLine& line) {
  return line.queue.priority == Priority::kP3 && line.queue.callback_end != base::Instant{};
}

}  // namespace

std::vector<BoardAlarm> BoardAlarms::List() const {
  std::vector<BoardAlarm> list;
  for (unsigned bit = 1; bit < 32; ++bit) {
    if ((bits_ >> bit & 1U) != 0) list.push_back(static_cast<BoardAlarm>(bit));
  }
  return list;
}

WaitLimits AlarmRules::LimitsOf(const BoardLine& line) const {
  const auto site = sites.find({line.territory, line.queue.priority});
  if (site == sites.end() || Promised(line)) return line.limits;
  return {line.queue.wait_start + site->second.target, line.queue.wait_start + site->second.alarm};
}

absl::StatusOr<AlarmRules> ParseAlarmRules(const std::vector<std::string>& parts) {
  AlarmRules rules;
  for (const std::string& part : parts) {
    if (ReadPart(part, rules)) continue;
    return base::InvalidField("board_targets", "INVALID_BOARD_TARGETS",
                              "write territory:priority:target:alarm, each pair once, in seconds, "
                              "the target not after the alarm",
                              {{"part", part}});
  }
  return rules;
}

BoardAlarms WaitAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  const WaitLimits limits = rules.LimitsOf(line);
  const bool late = limits.alarm <= now;
  if (Promised(line)) {
    if (late) {
      alarms.Add(BoardAlarm::kCallbackDue);
    } else if (limits.target <= now) {
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
  const base::Instant starving =
      line.queue.wait_start + rules.starving_factor * (limits.alarm - line.queue.wait_start);
  if (late && starving <= now) alarms.Add(BoardAlarm::kStarving);
  return alarms;
}

BoardAlarms ClaimAlarms(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardAlarms alarms;
  const auto lease = RuleOf(line.queue.priority).claim_lease;
  if (line.claim.expire - lease / rules.claim_ending_divisor <= now) {
    alarms.Add(BoardAlarm::kClaimEnding);
  }
  return alarms;
}

BoardAlarms OrderAlarms(const BoardLine& line, base::Instant now) {
  BoardAlarms alarms;
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

}  // namespace sas::regulation
