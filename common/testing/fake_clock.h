#pragma once

#include <atomic>
#include <chrono>

#include "common/base/clock.h"

namespace sas::testing {

/// A clock that moves when told. Starts on Tuesday 2026-11-24 09:00:00 UTC (10:00 in Paris).
class FakeClock final : public base::Clock {
 public:
  base::Instant Now() const override {
    return base::Instant(std::chrono::microseconds(now_us_.load()));
  }

  std::chrono::nanoseconds Steady() const override {
    return std::chrono::nanoseconds(steady_ns_.load());
  }

  void Advance(std::chrono::microseconds by) {
    now_us_ += by.count();
    steady_ns_ += std::chrono::nanoseconds(by).count();
  }

  void SetNow(base::Instant now) { now_us_ = now.time_since_epoch().count(); }

 private:
  std::atomic<std::int64_t> now_us_{1'795'510'800LL * 1'000'000LL};
  std::atomic<std::int64_t> steady_ns_{1'000'000'000'000LL};
};

}  // namespace sas::testing
