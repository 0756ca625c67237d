#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

/// Repeat calls beyond this do not move a dossier further up its band.
inline constexpr int kRepeatCallsCounted = 9;

/// What the order of the queue looks at, and nothing else: never a patient's history.
struct QueueEntry {
  std::string name;
  Priority priority = Priority::kUnspecified;
  int repeat_calls = 0;            ///< Calls after the first.
  base::Instant wait_start{};      ///< Start of the wait; of the dossier when it does not wait.
  base::Instant callback_start{};  ///< Zero without a promise.
  base::Instant callback_end{};
};

/// Order in which dossiers are taken (invariant I4): the band is the priority's, and only a person
/// moves a dossier to another, or the end of a promised callback window. Inside a band: due
/// callbacks, then more repeat calls, then the longer wait. `name` makes the order total.
struct QueueKey {
  int band = 0;
  int not_due = 1;  ///< 0 for a promised callback past its window.
  int rank = 0;     ///< Minus the repeat calls counted.
  std::int64_t wait_start_us = 0;
  std::string name;
  auto operator<=>(const QueueKey&) const = default;
};

/// The key at `now`: a P3's promise falls due by the passage of time alone.
QueueKey KeyOf(const QueueEntry& entry, base::Instant now);

/// May a regulator be handed this dossier without asking for it by name? Not NR (no act of medical
/// regulation), and not a P3 before its window, unless the caller has called again.
bool ReadyToTake(const QueueEntry& entry, base::Instant now);

/// The name to take next; empty when nothing is ready.
std::string TakeNext(const std::vector<QueueEntry>& waiting, base::Instant now);

}  // namespace sas::regulation
