#include "services/slots/hold_length.h"

#include <string>

#include "common/base/status.h"
#include "services/slots/seat_values.h"

namespace sas::slots {

using std::chrono::milliseconds;

absl::StatusOr<milliseconds> ReadHoldLength(bool present,
                                            const google::protobuf::Duration& length) {
  if (!present) return milliseconds(kHoldStandard);
  const auto value =
      std::chrono::seconds(length.seconds()) + std::chrono::nanoseconds(length.nanos());
  const bool sane = length.seconds() >= 0 && length.seconds() <= kHoldMax.count();
  if (!sane || value < kHoldMin || value > kHoldMax) {
    return base::InvalidField("hold_duration", "INVALID_HOLD_DURATION", "10 to 120 seconds",
                              {{"seconds_min", std::to_string(kHoldMin.count())},
                               {"seconds_max", std::to_string(kHoldMax.count())}});
  }
  return std::chrono::duration_cast<milliseconds>(value);
}

}  // namespace sas::slots
