#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

/// Instants in messages. In a header of its own, so that sas_base links no protobuf.
namespace sas::base {

/// Zero for an absent timestamp; what is finer than a microsecond is cut. What lies beyond the
/// years that protobuf names, 1 to 9999, is their end: a parser takes any number, and its
/// microseconds must not overflow.
inline Instant ToInstant(const google::protobuf::Timestamp& timestamp) {
  constexpr std::int64_t kFirst = -62'135'596'800;
  constexpr std::int64_t kLast = 253'402'300'799;
  return Instant(std::chrono::seconds(std::clamp(timestamp.seconds(), kFirst, kLast)) +
                 std::chrono::microseconds(timestamp.nanos() / 1'000));
}

inline google::protobuf::Timestamp ToTimestamp(Instant instant) {
  // Rounded down: protobuf wants nanos in [0, 1e9) before 1970 too.
  const auto whole = std::chrono::floor<std::chrono::seconds>(instant);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(whole.time_since_epoch().count());
  timestamp.set_nanos(static_cast<std::int32_t>((instant - whole).count()) * 1'000);
  return timestamp;
}

}  // namespace sas::base
