#include "common/care/calendar_days.h"

#include <cstdint>

#include "absl/strings/str_format.h"

namespace sas::care {
namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr int kSunday = 7;
constexpr TimeOfDay kNineInTheMorning{9 * 60};

std::vector<DayHours> OutsidePdsa(const Date& date, HolidayRegime regime) {
  std::vector<DayHours> open;
  bool before = false;
  for (int minute = 0; minute < kMinutesPerDay; ++minute) {
    const bool free = !IsPdsa(date, {minute}, regime);
    if (free && !before) open.push_back({{minute}, {minute + 1}});
    if (free) open.back().end = {minute + 1};
    before = free;
  }
  return open;
}

}  // namespace

std::vector<CalendarDay> CalendarFrom(const Date& first, int days, HolidayRegime regime,
                                      const Zone& zone) {
  std::vector<CalendarDay> calendar;
  for (int i = 0; i < days; ++i) {
    CalendarDay day;
    day.date = AddDays(first, i);
    day.holiday = PublicHoliday(day.date, regime);
    day.open = OutsidePdsa(day.date, regime);
    day.bridge = day.holiday.empty() && Weekday(day.date) != kSunday &&
                 IsPdsa(day.date, kNineInTheMorning, regime);
    const auto length = zone.At(AddDays(day.date, 1), {0}) - zone.At(day.date, {0});
    day.hours = static_cast<int>(std::chrono::duration_cast<std::chrono::hours>(length).count());
    calendar.push_back(std::move(day));
  }
  return calendar;
}

std::string HoursText(const std::vector<DayHours>& open) {
  std::string text;
  for (const DayHours& each : open) {
    if (!text.empty()) text += ", ";
    const bool to_midnight = each.end.minutes == kMinutesPerDay;
    text += TimeOfDayText(each.start) + "–" + (to_midnight ? "24:00" : TimeOfDayText(each.end));
  }
  return text;
}

std::string CalendarNumber(const std::vector<CalendarDay>& days) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const CalendarDay& day : days) {
    const std::string line =
        absl::StrFormat("%s|%s|%d|%s|%d\n", DateText(day.date), std::string(day.holiday),
                        day.bridge ? 1 : 0, HoursText(day.open), day.hours);
    for (const char c : line) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return absl::StrFormat("%016x", hash);
}

}  // namespace sas::care
