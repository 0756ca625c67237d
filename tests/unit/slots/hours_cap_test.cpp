#include "services/slots/domain/hours_cap.h"

#include <gtest/gtest.h>

#include "services/slots/domain/session_plan.h"
#include "tests/unit/slots/fixtures.h"

// "6 in the morning, 4 in the afternoon", "10 a day from Monday to Friday, 4 on Saturday".
namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::kTuesday;
using fixtures::Paris;

constexpr care::Date kSaturday{2026, 11, 28};
constexpr care::Date kChange{2026, 10, 25};  // Sunday: 3:00 is 2:00 again.

std::vector<HoursCap> MorningAfternoonSaturday() {
  return {{{1, 2, 3, 4, 5}, At(0), At(13), 6},
          {{1, 2, 3, 4, 5}, At(13), {}, 4},
          {{6}, At(8), At(12), 4}};
}

int CapAt(const care::Date& session_day, const care::Date& day, care::TimeOfDay start,
          const std::vector<HoursCap>& caps = MorningAfternoonSaturday()) {
  PlannedSlot slot;
  PutIntoDay(session_day, Paris(), slot);
  slot.start = Paris().At(day, start);
  return HoursCapOf(caps, Paris(), slot);
}

TEST(HoursCap, S2_26_ASlotIsUnderTheCapOfItsWeekdayAndItsHour) {
  EXPECT_EQ(CapAt(kTuesday, kTuesday, At(12, 59)), 1);
  EXPECT_EQ(CapAt(kTuesday, kTuesday, At(13)), 2);
  EXPECT_EQ(CapAt(kTuesday, kTuesday, At(23, 45)), 2);
  EXPECT_EQ(CapAt(kSaturday, kSaturday, At(8)), 3);
  EXPECT_EQ(CapAt(kSaturday, kSaturday, At(7, 45)), 0);
  EXPECT_EQ(CapAt(kSaturday, kSaturday, At(12)), 0);
  EXPECT_EQ(CapAt(care::AddDays(kSaturday, 1), care::AddDays(kSaturday, 1), At(10)), 0);
  EXPECT_EQ(CapAt(kTuesday, kTuesday, At(10), {}), 0);
}

TEST(HoursCap, S2_26_ANightIsOfTheDayOnWhichItBegins) {
  // Saturday 00:30 of Friday's session: of Friday's afternoon, not of Saturday.
  const care::Date friday = care::AddDays(kSaturday, -1);
  EXPECT_EQ(CapAt(friday, kSaturday, At(0, 30)), 2);
  // An end on the clock ends before the night.
  EXPECT_EQ(CapAt(friday, kSaturday, At(0, 30), {{{5}, At(13), At(23), 4}}), 0);
}

TEST(HoursCap, S2_26_TheSpanHoldsWhatIsUnderTheCapAndNothingElse) {
  const auto caps = MorningAfternoonSaturday();
  // A day that begins with the end of the night before, at 1:00, and ends with its own at 1:30.
  const DaySpan day{Paris().At(kTuesday, At(1)), Paris().At(care::AddDays(kTuesday, 1), At(1, 30))};
  const DaySpan morning = HoursSpanOf(caps[0], day, Paris());
  EXPECT_EQ(morning.begin, day.begin);
  EXPECT_EQ(morning.end, Paris().At(kTuesday, At(13)));
  const DaySpan rest = HoursSpanOf(caps[1], day, Paris());
  EXPECT_EQ(rest.begin, morning.end);
  EXPECT_EQ(rest.end, day.end);
}

TEST(HoursCap, S2_26_TheClockOnTheWallCountsWhenItChanges) {
  const std::vector<HoursCap> caps{{{7}, At(8), At(12), 4}};
  EXPECT_EQ(CapAt(kChange, kChange, At(7, 45), caps), 0);
  EXPECT_EQ(CapAt(kChange, kChange, At(8), caps), 1);
  EXPECT_EQ(CapAt(kChange, kChange, At(11, 45), caps), 1);
  const DaySpan day{Paris().At(kChange, At(0)), Paris().At(care::AddDays(kChange, 1), At(0))};
  EXPECT_EQ(HoursSpanOf(caps[0], day, Paris()).begin, Paris().At(kChange, At(8)));
}

TEST(HoursCap, S2_26_CapsThatTouchHaveNoTimeInCommon) {
  const auto caps = MorningAfternoonSaturday();
  for (std::size_t i = 0; i < caps.size(); ++i) {
    for (std::size_t j = 0; j < caps.size(); ++j) EXPECT_EQ(Overlap(caps[i], caps[j]), i == j);
  }
  EXPECT_TRUE(Overlap(caps[0], {{5, 6}, At(12, 59), {}, 1}));
  EXPECT_TRUE(Overlap({{5, 6}, At(12, 59), {}, 1}, caps[0]));
  EXPECT_EQ(HoursText(caps[0]), "00:00-13:00");
  EXPECT_EQ(HoursText(caps[1]), "13:00-24:00");
}

}  // namespace
}  // namespace sas::slots
