#include "services/slots/domain/partner_limits.h"

#include <algorithm>
#include <cmath>

namespace sas::slots {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Rounded up: who comes back then is not refused for a rest of a millisecond.
milliseconds Upwards(nanoseconds left) {
  return std::chrono::ceil<milliseconds>(std::max(left, nanoseconds(1)));
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

}  // namespace sas::slots
