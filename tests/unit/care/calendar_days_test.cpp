#include "common/care/calendar_days.h"

#include <gtest/gtest.h>

#include <map>

namespace sas::care {
namespace {

std::map<std::string, CalendarDay> From(const Date& first, int days,
                                        HolidayRegime regime = HolidayRegime::kMetropole) {
  std::map<std::string, CalendarDay> by_date;
  for (CalendarDay& day : CalendarFrom(first, days, regime, *Zone::Load("Europe/Paris"))) {
    by_date[DateText(day.date)] = std::move(day);
  }
  return by_date;
}

TEST(CalendarDays, H37_SixtyDaysAreThoseOfTheRules) {
  const auto days = From({2026, 11, 24}, 60);
  ASSERT_EQ(days.size(), 60U);
  EXPECT_EQ(HoursText(days.at("2026-11-24").open), "08:00–20:00");
  EXPECT_EQ(HoursText(days.at("2026-11-28").open), "08:00–12:00");  // Saturday.
  EXPECT_EQ(HoursText(days.at("2026-11-29").open), "");             // Sunday.
  EXPECT_FALSE(days.at("2026-11-29").bridge);
  EXPECT_EQ(days.at("2026-12-25").holiday, "Noël");
  EXPECT_EQ(HoursText(days.at("2026-12-25").open), "");
  EXPECT_FALSE(days.at("2026-12-24").bridge);
  EXPECT_EQ(days.at("2027-01-01").holiday, "Jour de l’an");
  // Every minute is what the plans are refused by.
  for (const auto& [text, day] : days) {
    for (int minute = 0; minute < 24 * 60; ++minute) {
      bool open = false;
      for (const DayHours& each : day.open) {
        open = open || (each.start.minutes <= minute && minute < each.end.minutes);
      }
      ASSERT_EQ(open, !IsPdsa(day.date, {minute})) << text << " " << minute;
    }
  }
}

TEST(CalendarDays, H37_BridgesAndTheHolidaysOfADepartment) {
  const auto may = From({2026, 5, 11}, 7);  // Ascension is Thursday 14 May.
  EXPECT_TRUE(may.at("2026-05-15").bridge);
  EXPECT_TRUE(may.at("2026-05-16").bridge);
  EXPECT_FALSE(may.at("2026-05-14").bridge);
  EXPECT_FALSE(may.at("2026-05-13").bridge);
  EXPECT_TRUE(From({2026, 12, 26}, 1).at("2026-12-26").holiday.empty());
  EXPECT_FALSE(
      From({2026, 12, 26}, 1, HolidayRegime::kAlsaceMoselle).at("2026-12-26").holiday.empty());
}

TEST(CalendarDays, H37_NightsOfChangeAreTold) {
  EXPECT_EQ(From({2026, 10, 25}, 1).at("2026-10-25").hours, 25);
  EXPECT_EQ(From({2027, 3, 28}, 1).at("2027-03-28").hours, 23);
  EXPECT_EQ(From({2027, 3, 29}, 1).at("2027-03-29").hours, 24);
}

TEST(CalendarDays, H37_OneNumberForOneCalendar) {
  const Zone zone = *Zone::Load("Europe/Paris");
  const auto number = [&](int days, HolidayRegime regime) {
    return CalendarNumber(CalendarFrom({2026, 12, 1}, days, regime, zone));
  };
  EXPECT_EQ(number(60, HolidayRegime::kMetropole), number(60, HolidayRegime::kMetropole));
  EXPECT_NE(number(60, HolidayRegime::kMetropole), number(60, HolidayRegime::kAlsaceMoselle));
  EXPECT_NE(number(60, HolidayRegime::kMetropole), number(59, HolidayRegime::kMetropole));
}

}  // namespace
}  // namespace sas::care
