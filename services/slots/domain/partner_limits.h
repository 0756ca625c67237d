#pragma once

#include <chrono>
#include <string_view>

namespace sas::slots {

/// What one platform may ask of us. Pure: the hour (of a steady clock) comes from outside, and the
/// state is a value that the caller keeps for each partner.

/// A bucket of tokens, one for each frame.
struct TokenBucket {
  double tokens = 0;
  std::chrono::nanoseconds filled_at{};
};

struct BucketLimits {
  double per_second = 0;  ///< Sustained.
  double burst = 0;       ///< At once after a silence; at least 1.
};

/// A full bucket.
TokenBucket FullBucket(const BucketLimits& limits, std::chrono::nanoseconds now);

/// Takes one token: zero when there was one, else how long until there is.
std::chrono::milliseconds TakeToken(TokenBucket& bucket, const BucketLimits& limits,
                                    std::chrono::nanoseconds now);

/// Keeps a platform that only sends what must be refused away from the ledger.
struct Breaker {
  enum class State { kClosed = 0, kHalfOpen = 1, kOpen = 2 };  ///< As the metric shows them.

  int failures = 0;                       ///< Frames refused in a row.
  std::chrono::nanoseconds open_until{};  ///< Zero: closed.
  std::chrono::milliseconds pause{};      ///< Of the last opening; doubles with each.
  bool probing = false;                   ///< One frame is on trial.
};

struct BreakerLimits {
  int failures_max = 5;  ///< In a row; the next opens it.
  std::chrono::milliseconds pause_first{10'000};
  std::chrono::milliseconds pause_max{300'000};
};

Breaker::State StateOf(const Breaker& breaker, std::chrono::nanoseconds now);

/// Zero when the frame may be tried, else how long to wait. After the pause one frame is let
/// through and decides.
std::chrono::milliseconds AskBreaker(Breaker& breaker, const BreakerLimits& limits,
                                     std::chrono::nanoseconds now);

/// What became of the frame that was let through.
void TellBreaker(Breaker& breaker, const BreakerLimits& limits, bool good,
                 std::chrono::nanoseconds now);

}  // namespace sas::slots
