#include <string>

#include "common/base/status.h"
#include "services/slots/convert.h"

namespace sas::slots {
namespace {

constexpr int kDaysPerWeek = 7;

absl::Status Invalid(const std::string& field, std::string_view why) {
  return base::InvalidField(field, "INVALID_HOURS_CAP", why);
}

absl::StatusOr<HoursCap> ToHoursCap(const v1::HoursCap& proto, const std::string& path) {
  HoursCap cap;
  cap.appointment_max = proto.appointment_max();
  cap.weekdays.assign(proto.weekdays().begin(), proto.weekdays().end());
  for (const int day : cap.weekdays) {
    if (day < 1 || day > kDaysPerWeek) {
      return Invalid(path + ".weekdays", "use 1 (Monday) to 7 (Sunday)");
    }
  }
  for (int day = 1; proto.weekdays().empty() && day <= kDaysPerWeek; ++day) {
    cap.weekdays.push_back(day);
  }
  if (!proto.start_time_of_day().empty()) {
    SAS_ASSIGN_OR_RETURN(
        cap.start, care::ParseTimeOfDay(proto.start_time_of_day(), path + ".start_time_of_day"));
  }
  if (!proto.end_time_of_day().empty()) {
    SAS_ASSIGN_OR_RETURN(cap.end,
                         care::ParseTimeOfDay(proto.end_time_of_day(), path + ".end_time_of_day"));
    if (*cap.end <= cap.start) {
      return Invalid(path + ".end_time_of_day",
                     "the end is not after the start: leave it out for the rest of the day with "
                     "its night");
    }
  }
  return cap;
}

}  // namespace

absl::StatusOr<std::vector<HoursCap>> ToHoursCaps(const v1::Site& proto, std::string_view field) {
  std::vector<HoursCap> caps;
  for (int i = 0; i < proto.hours_caps_size(); ++i) {
    const std::string path = std::string(field) + "[" + std::to_string(i) + "]";
    SAS_ASSIGN_OR_RETURN(const HoursCap cap, ToHoursCap(proto.hours_caps(i), path));
    for (const HoursCap& other : caps) {
      if (Overlap(cap, other)) return Invalid(path, "two caps of a site have no time in common");
    }
    caps.push_back(cap);
  }
  return caps;
}

}  // namespace sas::slots
