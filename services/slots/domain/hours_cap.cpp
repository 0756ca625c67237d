#include "services/slots/domain/hours_cap.h"

#include <algorithm>

namespace sas::slots {

DaySpan HoursSpanOf(const HoursCap& cap, const DaySpan& day, const care::Zone& zone) {
  // The span may begin after midnight, with the end of the night before, and never on another day.
  const care::Date date = zone.DateOf(day.begin);
  DaySpan span = day;
  span.begin = std::max(day.begin, zone.At(date, cap.start));
  if (cap.end) span.end = zone.At(date, *cap.end);
  return span;
}

int HoursCapOf(const std::vector<HoursCap>& caps, const care::Zone& zone, const PlannedSlot& slot) {
  if (caps.empty()) return 0;
  const care::Date day = zone.DateOf(slot.day_begin);
  const int weekday = care::Weekday(day);
  for (std::size_t i = 0; i < caps.size(); ++i) {
    const HoursCap& cap = caps[i];
    if (std::find(cap.weekdays.begin(), cap.weekdays.end(), weekday) == cap.weekdays.end())
      continue;
    if (slot.start < zone.At(day, cap.start)) continue;
    if (!cap.end || slot.start < zone.At(day, *cap.end)) return static_cast<int>(i) + 1;
  }
  return 0;
}

bool Overlap(const HoursCap& a, const HoursCap& b) {
  const bool day = std::any_of(a.weekdays.begin(), a.weekdays.end(), [&b](int weekday) {
    return std::find(b.weekdays.begin(), b.weekdays.end(), weekday) != b.weekdays.end();
  });
  return day && (!b.end || a.start < *b.end) && (!a.end || b.start < *a.end);
}

std::string HoursText(const HoursCap& cap) {
  return care::TimeOfDayText(cap.start) + "-" + (cap.end ? care::TimeOfDayText(*cap.end) : "24:00");
}

}  // namespace sas::slots
