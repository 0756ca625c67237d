#pragma once

#include <optional>
#include <string_view>

#include "common/care/calendar.h"

/// Days of each year, as month × 100 + day: what comes back every year, whatever the year.
namespace sas::slots {

inline constexpr int kDaysOfYear = 366;  ///< Of a leap year: each day of any year has its place.

/// Place of a day in a leap year, from 0; -1 when there is no such day in any year.
int DayOfYear(int month_day);

/// What has the form MM-DD, whether or not there is such a day.
std::optional<int> MonthDayOf(std::string_view text);

/// MM-DD of a day that some year has.
std::optional<int> ParseMonthDay(std::string_view text);

/// Does the date lie in the days from `first` to `last`, both included? A last day before the first
/// lies in the next year.
bool LiesWithin(int first, int last, const care::Date& date);

}  // namespace sas::slots
