#pragma once

#include <chrono>

#include "absl/status/statusor.h"
#include "google/protobuf/duration.pb.h"

namespace sas::slots {

/// How long a hold shall live: 120 s when nothing is said. INVALID_ARGUMENT `INVALID_HOLD_DURATION`
/// outside of 10 to 120 s.
absl::StatusOr<std::chrono::milliseconds> ReadHoldLength(bool present,
                                                         const google::protobuf::Duration& length);

}  // namespace sas::slots
