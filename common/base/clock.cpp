#include "common/base/clock.h"

#include <ctime>

namespace sas::base {
namespace {

Instant WallNow() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds BootTime() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

SystemClock::SystemClock() : anchor_wall_(WallNow()), anchor_steady_(BootTime()) {}

Instant SystemClock::Now() const {
  return anchor_wall_ +
         std::chrono::duration_cast<std::chrono::microseconds>(BootTime() - anchor_steady_);
}

std::chrono::nanoseconds SystemClock::Steady() const {
  return BootTime();
}

std::chrono::microseconds SystemClock::Drift() const {
  return WallNow() - Now();
}

}  // namespace sas::base
