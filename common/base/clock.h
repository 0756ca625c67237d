#pragma once

#include <chrono>

namespace sas::base {

/// Instants are UTC, with microseconds: what ledgers keep and what messages carry.
using Instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Source of time, injected everywhere: nothing else may ask the system for the hour.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The hour, for what people read and ledgers keep.
  virtual Instant Now() const = 0;

  /// Time that never jumps and counts suspension, for deadlines and waits. The origin is arbitrary.
  virtual std::chrono::nanoseconds Steady() const = 0;
};

/// The machine's clock. Now() is anchored once and then follows the boot-time clock, so an
/// administrator's jump of the wall clock neither expires nor prolongs anything (hazard H-38).
class SystemClock final : public Clock {
 public:
  SystemClock();
  Instant Now() const override;
  std::chrono::nanoseconds Steady() const override;

  /// Wall clock minus Now(): more than two seconds deserves an alarm.
  std::chrono::microseconds Drift() const;

 private:
  Instant anchor_wall_;
  std::chrono::nanoseconds anchor_steady_;
};

}  // namespace sas::base
