#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/care/calendar.h"

namespace sas::slots {

/// A cap as a coordinator writes it into a cell. What he leaves out stays left out.
struct HoursCapText {
  std::vector<int> weekdays;  ///< ISO, in their order, each once; empty: every day.
  std::optional<care::TimeOfDay> start;
  std::optional<care::TimeOfDay> end;
  int appointment_max = 0;
};

/// `1-5 18:00-20:00=4`: weekdays (1 Monday; `1,3`, `1-5`, `1,4-6`), hours (`18:00-`: to the end of
/// the day), the most appointments. Weekdays or hours may be missing, not both. INVALID_ARGUMENT
/// `INVALID_HOURS_CAP`, `INVALID_TIME_OF_DAY`, `INVALID_NUMBER` about `field`. What ToHoursCaps
/// refuses of a cap, and how many appointments there may be, is not looked at here.
absl::StatusOr<HoursCapText> ParseHoursCap(std::string_view text, std::string_view field);

}  // namespace sas::slots
