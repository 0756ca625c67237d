#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/care/calendar.h"

namespace sas::care {

/// A stretch of a day, [start, end).
struct DayHours {
  TimeOfDay start;
  TimeOfDay end;
};

/// One day as the rules of plans see it, for people to check and sign (hazard H-37).
struct CalendarDay {
  Date date;
  std::string_view holiday;    ///< Its name, empty when it is none.
  bool bridge = false;         ///< PDSA by day without being a Sunday or a holiday.
  std::vector<DayHours> open;  ///< Outside of PDSA hours: where sessions of a CSNP may lie.
  int hours = 24;              ///< Of the day: 23 and 25 on the nights of change.
};

/// `days` days from `first`, each asked minute by minute of the functions that refuse sessions
/// (IsPdsa, PublicHoliday): what is printed cannot differ from what is applied.
std::vector<CalendarDay> CalendarFrom(const Date& first, int days, HolidayRegime regime,
                                      const Zone& zone);

/// FNV-1a (64 bits) of what the days say, in hex: two prints that differ have two numbers.
std::string CalendarNumber(const std::vector<CalendarDay>& days);

/// "08:00–12:00, 14:00–20:00"; empty when the whole day is PDSA.
std::string HoursText(const std::vector<DayHours>& open);

}  // namespace sas::care
