#include "services/slots/domain/month_day.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace sas::slots {

int DayOfYear(int month_day) {
  constexpr std::array<int, 12> kLengths{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int month = month_day / 100;
  const int day = month_day % 100;
  if (month < 1 || month > 12 || day < 1 || day > kLengths.at(static_cast<std::size_t>(month - 1)))
    return -1;
  return std::accumulate(kLengths.begin(), kLengths.begin() + month - 1, day - 1);
}

std::optional<int> MonthDayOf(std::string_view text) {
  if (text.size() != 5 || text[2] != '-') return std::nullopt;
  int month_day = 0;
  for (const std::size_t at : {0U, 1U, 3U, 4U}) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    month_day = month_day * 10 + (text[at] - '0');
  }
  return month_day;
}

std::optional<int> ParseMonthDay(std::string_view text) {
  const std::optional<int> month_day = MonthDayOf(text);
  return month_day && DayOfYear(*month_day) >= 0 ? month_day : std::nullopt;
}

bool LiesWithin(int first, int last, const care::Date& date) {
  const int day = date.month * 100 + date.day;
  return first <= last ? first <= day && day <= last : first <= day || day <= last;
}

}  // namespace sas::slots
