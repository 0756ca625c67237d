#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "common/care/calendar.h"

namespace sas::care {
namespace {

constexpr HolidayRegime kAlsace = HolidayRegime::kAlsaceMoselle;

TimeOfDay Time(int hours, int minutes = 0) {
  return {hours * 60 + minutes};
}

TEST(Holidays, Easter) {
  EXPECT_EQ(Easter(2024), (Date{2024, 3, 31}));
  EXPECT_EQ(Easter(2025), (Date{2025, 4, 20}));
  EXPECT_EQ(Easter(2026), (Date{2026, 4, 5}));
  EXPECT_EQ(Easter(2027), (Date{2027, 3, 28}));
  EXPECT_EQ(Easter(2035), (Date{2035, 3, 25}));
  EXPECT_EQ(Easter(2038), (Date{2038, 4, 25}));  // The latest day possible.
}

TEST(Holidays, TheElevenOf2026) {
  std::set<std::string> days;
  for (Date date{2026, 1, 1}; date.year == 2026; date = AddDays(date, 1)) {
    if (!PublicHoliday(date).empty()) days.insert(DateText(date));
  }
  EXPECT_EQ(days, (std::set<std::string>{"2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08",
                                         "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15",
                                         "2026-11-01", "2026-11-11", "2026-12-25"}));
  EXPECT_EQ(PublicHoliday({2026, 5, 14}), "Ascension");
}

TEST(Holidays, AlsaceMoselleHasTwoMore) {
  EXPECT_EQ(PublicHoliday({2026, 4, 3}), "");
  EXPECT_EQ(PublicHoliday({2026, 4, 3}, kAlsace), "Vendredi saint");
  EXPECT_EQ(PublicHoliday({2026, 12, 26}), "");
  EXPECT_EQ(PublicHoliday({2026, 12, 26}, kAlsace), "Saint-Étienne");
}

// Days of 2026, each in its own part of France and in no other.
TEST(Holidays, OverseasHaveTheDayOfTheAbolition) {
  const std::map<HolidayRegime, Date> days{
      {HolidayRegime::kMayotte, {2026, 4, 27}},    {HolidayRegime::kMartinique, {2026, 5, 22}},
      {HolidayRegime::kGuadeloupe, {2026, 5, 27}}, {HolidayRegime::kSaintMartin, {2026, 5, 28}},
      {HolidayRegime::kGuyane, {2026, 6, 10}},     {HolidayRegime::kSaintBarthelemy, {2026, 10, 9}},
      {HolidayRegime::kReunion, {2026, 12, 20}}};
  for (const auto& [here, day] : days) {
    EXPECT_EQ(PublicHoliday(day), "") << DateText(day);
    EXPECT_EQ(PublicHoliday(day, kAlsace), "") << DateText(day);
    for (const auto& [there, other] : days) {
      EXPECT_EQ(PublicHoliday(day, there), there == here ? "Abolition de l’esclavage" : "")
          << DateText(day);
    }
    EXPECT_EQ(PublicHoliday({2026, 5, 1}, here), "Fête du Travail");
    EXPECT_EQ(PublicHoliday({2026, 12, 26}, here), "");
  }
}

TEST(Holidays, RegimeOfACommune) {
  EXPECT_EQ(HolidayRegimeOf("85047"), HolidayRegime::kMetropole);   // Challans
  EXPECT_EQ(HolidayRegimeOf("67482"), kAlsace);                     // Strasbourg
  EXPECT_EQ(HolidayRegimeOf("57463"), kAlsace);                     // Metz
  EXPECT_EQ(HolidayRegimeOf("68224"), kAlsace);                     // Mulhouse
  EXPECT_EQ(HolidayRegimeOf("54395"), HolidayRegime::kMetropole);   // Nancy
  EXPECT_EQ(HolidayRegimeOf("2A004"), HolidayRegime::kMetropole);   // Ajaccio
  EXPECT_EQ(HolidayRegimeOf("97105"), HolidayRegime::kGuadeloupe);  // Basse-Terre
  EXPECT_EQ(HolidayRegimeOf("97209"), HolidayRegime::kMartinique);  // Fort-de-France
  EXPECT_EQ(HolidayRegimeOf("97302"), HolidayRegime::kGuyane);      // Cayenne
  EXPECT_EQ(HolidayRegimeOf("97411"), HolidayRegime::kReunion);     // Saint-Denis
  EXPECT_EQ(HolidayRegimeOf("97608"), HolidayRegime::kMayotte);     // Mamoudzou
  EXPECT_EQ(HolidayRegimeOf("97701"), HolidayRegime::kSaintBarthelemy);
  EXPECT_EQ(HolidayRegimeOf("97801"), HolidayRegime::kSaintMartin);
  EXPECT_EQ(HolidayRegimeOf("97502"), HolidayRegime::kMetropole);  // Saint-Pierre
  EXPECT_EQ(HolidayRegimeOf("6"), HolidayRegime::kMetropole);
  EXPECT_EQ(HolidayRegimeOf(""), HolidayRegime::kMetropole);
}

TEST(Pdsa, H37_ALocalHolidayIsPdsaAndMakesItsBridge) {
  // Ascension 2026 is everywhere; the 22nd of May is a Friday of Martinique alone.
  EXPECT_TRUE(IsPdsa({2026, 5, 22}, Time(10), HolidayRegime::kMartinique));
  EXPECT_FALSE(IsPdsa({2026, 5, 22}, Time(10), HolidayRegime::kGuadeloupe));
  // Thursday 28 May in Saint-Martin: its Friday is a bridge.
  EXPECT_TRUE(IsPdsa({2026, 5, 29}, Time(10), HolidayRegime::kSaintMartin));
  EXPECT_FALSE(IsPdsa({2026, 5, 29}, Time(10)));
}

TEST(Pdsa, H37_WeekdayFromTwentyToEight) {
  const Date tuesday{2026, 11, 24};
  EXPECT_TRUE(IsPdsa(tuesday, Time(7, 59)));
  EXPECT_FALSE(IsPdsa(tuesday, Time(8)));
  EXPECT_FALSE(IsPdsa(tuesday, Time(19, 59)));
  EXPECT_TRUE(IsPdsa(tuesday, Time(20)));
}

TEST(Pdsa, H37_SaturdayTurnsAtNoon) {
  const Date saturday{2026, 11, 28};
  EXPECT_FALSE(IsPdsa(saturday, Time(8)));
  EXPECT_FALSE(IsPdsa(saturday, Time(11, 59)));
  EXPECT_TRUE(IsPdsa(saturday, Time(12)));
  EXPECT_TRUE(IsPdsa({2026, 11, 29}, Time(10)));  // Sunday.
}

TEST(Pdsa, H37_HolidaysAndBridges) {
  EXPECT_TRUE(IsPdsa({2026, 11, 11}, Time(10)));  // A Wednesday: no bridge beside it.
  EXPECT_FALSE(IsPdsa({2026, 11, 10}, Time(10)));
  EXPECT_FALSE(IsPdsa({2026, 11, 12}, Time(10)));
  EXPECT_TRUE(IsPdsa({2026, 7, 13}, Time(10)));  // Monday before Tuesday 14 July.
  EXPECT_TRUE(IsPdsa({2026, 5, 15}, Time(10)));  // Friday after Ascension.
  EXPECT_TRUE(IsPdsa({2026, 5, 16}, Time(10)));  // And its Saturday morning.
  EXPECT_TRUE(IsPdsa({2026, 7, 13}, Time(8)));
  EXPECT_FALSE(IsPdsa({2026, 7, 6}, Time(10)));   // An ordinary Monday.
  EXPECT_FALSE(IsPdsa({2026, 5, 22}, Time(10)));  // An ordinary Friday.
}

TEST(Pdsa, TouchesHalfOpen) {
  const Date tuesday{2026, 11, 24};
  EXPECT_FALSE(TouchesPdsa(tuesday, Time(8), Time(20)));
  EXPECT_TRUE(TouchesPdsa(tuesday, Time(7, 45), Time(9)));
  EXPECT_TRUE(TouchesPdsa(tuesday, Time(18), Time(20, 1)));
  EXPECT_FALSE(TouchesPdsa({2026, 11, 28}, Time(9), Time(12)));
  EXPECT_TRUE(TouchesPdsa({2026, 11, 28}, Time(9), Time(12, 15)));
  EXPECT_TRUE(TouchesPdsa({2026, 11, 29}, Time(9), Time(10)));
  EXPECT_TRUE(TouchesPdsa({2026, 5, 15}, Time(9), Time(10)));
}

// TouchesPdsa must agree with IsPdsa minute by minute, whatever the day.
TEST(Pdsa, TouchesEqualsAnyMinute) {
  for (Date date{2026, 1, 1}; date.year < 2027; date = AddDays(date, 1)) {
    for (int start = 6 * 60; start < 22 * 60; start += 35) {
      const int end = start + 50;
      bool any = false;
      for (int minute = start; minute < end; ++minute) any = any || IsPdsa(date, {minute});
      ASSERT_EQ(TouchesPdsa(date, {start}, {end}), any) << DateText(date) << " " << start;
    }
  }
}

}  // namespace
}  // namespace sas::care
