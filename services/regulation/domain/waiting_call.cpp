#include "services/regulation/domain/waiting_call.h"

#include <algorithm>
#include <cstdint>

namespace sas::regulation {

std::optional<WaitingState> After(WaitingState state, WaitingAct act) {
  const bool rings = state == WaitingState::kRinging;
  const bool live = rings || state == WaitingState::kPickedUp;
  switch (act) {
    case WaitingAct::kPickUp:
      if (rings) return WaitingState::kPickedUp;
      break;
    case WaitingAct::kOpenCase:
      if (live || state == WaitingState::kLost) return WaitingState::kOnCase;
      break;
    case WaitingAct::kEnd:
      if (live) return WaitingState::kLost;
      break;
  }
  return std::nullopt;
}

QueueKey KeyOf(const WaitingValue& call) {
  return {static_cast<int>(call.state), 0, call.again ? -1 : 0,
          call.arrival.time_since_epoch().count(), call.name};
}

bool IsForgotten(const WaitingValue& call, base::Instant now) {
  switch (call.state) {
    case WaitingState::kRinging:
      return call.arrival + kRingingMax <= now;
    case WaitingState::kPickedUp:
      return call.pickup + kRingingMax <= now;
    default:
      return false;
  }
}

Ringing RingingAfter(const std::vector<WaitingValue>& earlier, base::Instant arrival) {
  Ringing ringing;
  for (const WaitingValue& call : earlier) {
    if (call.arrival + kRingsAgain < arrival) break;
    if (ringing.calls++ == 1) ringing.again = call.state == WaitingState::kLost;
  }
  return ringing;
}

bool IsSameCall(const WaitingValue& known, base::Instant now) {
  const bool live = known.state == WaitingState::kRinging || known.state == WaitingState::kPickedUp;
  return live || now < known.arrival + kReferenceKept;
}

int RingSeconds(base::Instant arrival, base::Instant until) {
  const auto rang = std::chrono::duration_cast<std::chrono::seconds>(until - arrival).count();
  return static_cast<int>(std::clamp<std::int64_t>(rang, 0, kRingSecondsMax));
}

}  // namespace sas::regulation
