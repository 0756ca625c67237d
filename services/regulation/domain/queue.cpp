#include "services/regulation/domain/queue.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sas::regulation {

QueueKey KeyOf(const QueueEntry& entry, base::Instant now) {
  QueueKey key;
  key.band = RuleOf(entry.priority).band;
  if (entry.priority == Priority::kP3 && entry.callback_end != base::Instant{} &&
      entry.callback_end <= now) {
    key.band = kDueCallbackBand;
    key.not_due = 0;
  }
  key.rank = -std::min(entry.repeat_calls, kRepeatCallsCounted);
  key.wait_start_us = entry.wait_start.time_since_epoch().count();
  key.name = entry.name;
  return key;
}

bool ReadyToTake(const QueueEntry& entry, base::Instant now) {
  switch (entry.priority) {
    case Priority::kNr:
      return false;
    case Priority::kP3:
      return entry.callback_start <= now || entry.repeat_calls > 0;
    default:
      return true;
  }
}

std::string TakeNext(const std::vector<QueueEntry>& waiting, base::Instant now) {
  std::optional<QueueKey> best;
  for (const QueueEntry& entry : waiting) {
    if (!ReadyToTake(entry, now)) continue;
    QueueKey key = KeyOf(entry, now);
    if (!best || key < *best) best = std::move(key);
  }
  return best ? best->name : std::string();
}

}  // namespace sas::regulation
