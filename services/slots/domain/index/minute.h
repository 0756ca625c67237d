#pragma once

#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

namespace sas::slots {

/// Minutes since 1970 in UTC: slots start on whole minutes, as their names say.
using Minute = std::uint32_t;

inline constexpr Minute kMinutesPerDay = 1440;
inline constexpr Minute kMinuteMax = UINT32_MAX;
inline constexpr std::int64_t kMicrosPerMinute = 60'000'000;

/// Last minute that is not after `instant`; 0 for all before 1970.
inline Minute FloorMinute(base::Instant instant) {
  const std::int64_t micros = instant.time_since_epoch().count();
  return micros < 0 ? 0 : static_cast<Minute>(micros / kMicrosPerMinute);
}

/// First minute that is not before `instant`.
inline Minute CeilMinute(base::Instant instant) {
  const std::int64_t micros = instant.time_since_epoch().count();
  return micros < 0 ? 0 : static_cast<Minute>((micros + kMicrosPerMinute - 1) / kMicrosPerMinute);
}

inline base::Instant ToInstant(Minute minute) {
  return base::Instant(std::chrono::minutes(minute));
}

}  // namespace sas::slots
