#include "services/slots/domain/partner_limits.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sas::slots {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Rounded up: who comes back then is not refused for a rest of a millisecond.
milliseconds Upwards(nanoseconds left) {
  return std::chrono::ceil<milliseconds>(std::max(left, nanoseconds(1)));
}

struct CountBound {
  std::string_view limit;
  int AgreedLimits::*value;
  int max;
};

constexpr CountBound kCountBounds[] = {
    {"frames_per_second", &AgreedLimits::frames_per_second, kAgreedRateMax},
    {"frames_burst", &AgreedLimits::frames_burst, kAgreedBurstMax},
    {"agenda_max", &AgreedLimits::agendas_max, kAgreedAgendasMax},
    {"frame_slot_max", &AgreedLimits::slots_max, kAgreedSlotsMax},
    {"breaker_failure_max", &AgreedLimits::failures_max, kAgreedFailuresMax}};

bool PauseAgreeable(milliseconds pause) {
  return pause == milliseconds(0) || (pause >= kAgreedPauseMin && pause <= kAgreedPauseMax);
}

}  // namespace

TokenBucket FullBucket(const BucketLimits& limits, nanoseconds now) {
  return {limits.burst, now};
}

milliseconds TakeToken(TokenBucket& bucket, const BucketLimits& limits, nanoseconds now) {
  const std::chrono::duration<double> passed = std::max(now - bucket.filled_at, nanoseconds(0));
  bucket.tokens = std::min(limits.burst, bucket.tokens + passed.count() * limits.per_second);
  bucket.filled_at = std::max(now, bucket.filled_at);
  if (bucket.tokens >= 1.0) {
    bucket.tokens -= 1.0;
    return milliseconds(0);
  }
  const double seconds = (1.0 - bucket.tokens) / limits.per_second;
  return milliseconds(static_cast<milliseconds::rep>(std::ceil(seconds * 1000.0)));
}

Breaker::State StateOf(const Breaker& breaker, nanoseconds now) {
  if (breaker.open_until == nanoseconds(0)) return Breaker::State::kClosed;
  return now < breaker.open_until ? Breaker::State::kOpen : Breaker::State::kHalfOpen;
}

milliseconds AskBreaker(Breaker& breaker, const BreakerLimits& limits, nanoseconds now) {
  switch (StateOf(breaker, now)) {
    case Breaker::State::kClosed:
      return milliseconds(0);
    case Breaker::State::kOpen:
      return Upwards(breaker.open_until - now);
    case Breaker::State::kHalfOpen:
      break;
  }
  if (breaker.probing) return limits.pause_first;
  breaker.probing = true;
  return milliseconds(0);
}

void TellBreaker(Breaker& breaker, const BreakerLimits& limits, bool good, nanoseconds now) {
  if (good) {
    breaker = Breaker{};
    return;
  }
  ++breaker.failures;
  if (!breaker.probing && breaker.failures <= limits.failures_max) return;
  breaker.pause = breaker.pause == milliseconds(0) ? limits.pause_first
                                                   : std::min(breaker.pause * 2, limits.pause_max);
  breaker.open_until = now + breaker.pause;
  breaker.probing = false;
}

std::optional<LimitFault> JudgeAgreed(const AgreedLimits& agreed, const PartnerLimits& standard) {
  for (const CountBound& bound : kCountBounds) {
    const int value = agreed.*bound.value;
    if (value >= 0 && value <= bound.max) continue;
    return LimitFault{bound.limit, "between 1 and " + std::to_string(bound.max)};
  }
  for (const auto& [limit, pause] : {std::pair("breaker_pause", agreed.pause_first),
                                     std::pair("breaker_pause_max", agreed.pause_max)}) {
    if (!PauseAgreeable(pause)) return LimitFault{limit, "between 1 s and 1 h"};
  }
  const auto or_else = [](milliseconds pause, milliseconds own) {
    return pause == milliseconds(0) ? own : pause;
  };
  const milliseconds first = or_else(agreed.pause_first, standard.breaker.pause_first);
  if (or_else(agreed.pause_max, standard.breaker.pause_max) < first) {
    return LimitFault{"breaker_pause_max", "not shorter than the first pause, which is " +
                                               std::to_string(first.count()) + " ms"};
  }
  return std::nullopt;
}

PartnerLimits LimitsWith(const AgreedLimits& agreed, const PartnerLimits& standard) {
  PartnerLimits limits = standard;
  if (agreed.frames_per_second > 0) {
    limits.rate.per_second = agreed.frames_per_second;
    limits.rate.burst =
        std::min(standard.rate.burst, limits.rate.per_second * static_cast<double>(kBurstSeconds));
  }
  if (agreed.frames_burst > 0) limits.rate.burst = agreed.frames_burst;
  if (agreed.agendas_max > 0) limits.agendas_max = agreed.agendas_max;
  if (agreed.slots_max > 0) limits.slots_max = static_cast<std::size_t>(agreed.slots_max);
  if (agreed.failures_max > 0) limits.breaker.failures_max = agreed.failures_max;
  if (agreed.pause_first.count() > 0) limits.breaker.pause_first = agreed.pause_first;
  if (agreed.pause_max.count() > 0) limits.breaker.pause_max = agreed.pause_max;
  // The process's own may be others than when it was agreed.
  limits.breaker.pause_max = std::max(limits.breaker.pause_max, limits.breaker.pause_first);
  return limits;
}

}  // namespace sas::slots
