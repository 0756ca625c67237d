#include "services/slots/domain/pilot_week.h"

#include <gtest/gtest.h>

namespace sas::slots {
namespace {

constexpr care::Date kMonday{2026, 11, 23};

TEST(PilotWeek, S0_07_AFourthSessionMakesAWeekFull) {
  std::vector<care::Date> days{kMonday, kMonday, care::AddDays(kMonday, 6)};
  EXPECT_TRUE(FullPilotWeeks(days).empty());
  days.push_back(care::AddDays(kMonday, 7));  // Of the next week.
  days.push_back(care::AddDays(kMonday, -1));
  EXPECT_TRUE(FullPilotWeeks(days).empty());
  days.push_back(care::AddDays(kMonday, 3));
  const auto full = FullPilotWeeks(days);
  ASSERT_EQ(full.size(), 1U);
  EXPECT_EQ(care::DateText(full[0].monday), "2026-11-23");
  EXPECT_EQ(full[0].sessions, 4);
}

TEST(PilotWeek, S0_07_WeeksComeInOrderOverTheTurnOfTheYear) {
  const care::Date thursday{2026, 12, 31};
  std::vector<care::Date> days;
  for (int i = 0; i < 4; ++i) {
    days.push_back(care::AddDays(thursday, 7));
    days.push_back(care::AddDays(thursday, i));  // To Sunday, 3 January.
  }
  const auto full = FullPilotWeeks(days);
  ASSERT_EQ(full.size(), 2U);
  EXPECT_EQ(care::DateText(full[0].monday), "2026-12-28");
  EXPECT_EQ(care::DateText(full[1].monday), "2027-01-04");
}

}  // namespace
}  // namespace sas::slots
