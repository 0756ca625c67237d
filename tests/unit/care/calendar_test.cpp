#include "common/care/calendar.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::care {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

Zone Paris() {
  return *Zone::Load("Europe/Paris");
}

TimeOfDay Time(int hours, int minutes = 0) {
  return {hours * 60 + minutes};
}

/// Hours after midnight UTC of `date`, at which the local time falls.
double UtcHours(const Zone& zone, const Date& date, TimeOfDay time) {
  static const Zone utc = *Zone::Load("UTC");
  const auto length = zone.At(date, time) - utc.At(date, {0});
  return std::chrono::duration<double, std::ratio<3600>>(length).count();
}

TEST(Calendar, ParsesDaysThatExist) {
  EXPECT_EQ(*ParseDate("2028-02-29", "date"), (Date{2028, 2, 29}));
  EXPECT_EQ(DateText({2026, 3, 9}), "2026-03-09");
  for (const char* text :
       {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-04-30", "2026-4-3",
        "2026/04/30", "1899-12-31", "2200-01-01", "2026-04-30T", "2026-04-3a", "-026-04-30"}) {
    EXPECT_THAT(ParseDate(text, "date"),
                StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_DATE"))
        << text;
  }
}

TEST(Calendar, ParsesTimesOfDay) {
  EXPECT_EQ(*ParseTimeOfDay("00:00", "time"), Time(0));
  EXPECT_EQ(*ParseTimeOfDay("23:59", "time"), Time(23, 59));
  EXPECT_EQ(TimeOfDayText(Time(8, 5)), "08:05");
  for (const char* text : {"", "24:00", "12:60", "8:00", "08h00", "08:0a", "08:00:00"}) {
    EXPECT_THAT(ParseTimeOfDay(text, "time"), ReasonIs("INVALID_TIME_OF_DAY")) << text;
  }
}

TEST(Calendar, DaysAndWeekdays) {
  EXPECT_EQ(AddDays({2026, 12, 31}, 1), (Date{2027, 1, 1}));
  EXPECT_EQ(AddDays({2028, 3, 1}, -1), (Date{2028, 2, 29}));
  EXPECT_EQ(DaysBetween({2026, 1, 1}, {2027, 1, 1}), 365);
  EXPECT_EQ(Weekday({2026, 11, 23}), 1);
  EXPECT_EQ(Weekday({2026, 11, 28}), 6);
  EXPECT_EQ(Weekday({2026, 11, 29}), 7);
}

TEST(Zone, H37_RefusesUnknownNamesAndPaths) {
  EXPECT_THAT(Zone::Load("Europe/Paris"), IsOk());
  EXPECT_THAT(Zone::Load("Indian/Reunion"), IsOk());
  for (const char* name :
       {"", "Europe/Challans", "/etc/passwd", "../../etc/passwd", "file:x", "Europe/Paris\n"}) {
    EXPECT_THAT(Zone::Load(name), StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_TIME_ZONE"))
        << name;
  }
}

TEST(Zone, SummerAndWinter) {
  const Zone paris = Paris();
  EXPECT_EQ(UtcHours(paris, {2026, 7, 1}, Time(18)), 16);
  EXPECT_EQ(UtcHours(paris, {2026, 12, 1}, Time(18)), 17);
  EXPECT_EQ(UtcHours(*Zone::Load("Indian/Reunion"), {2026, 7, 1}, Time(18)), 14);
}

// Hazard H-37, the three nights named there: 2:00 becomes 3:00, or 3:00 becomes 2:00.
TEST(Zone, H37_NightsOfChange) {
  const Zone paris = Paris();
  for (const Date& spring : {Date{2026, 3, 29}, Date{2027, 3, 28}}) {
    EXPECT_EQ(UtcHours(paris, spring, Time(1, 59)), 59.0 / 60);
    EXPECT_EQ(UtcHours(paris, spring, Time(2)), 1);  // Skipped: the instant of the jump.
    EXPECT_EQ(UtcHours(paris, spring, Time(2, 30)), 1);
    EXPECT_EQ(UtcHours(paris, spring, Time(3)), 1);
    EXPECT_EQ(UtcHours(paris, spring, Time(8)), 6);
    EXPECT_EQ(paris.TimeOf(paris.At(spring, Time(2, 30))), Time(3));
  }
  const Date autumn{2026, 10, 25};
  EXPECT_EQ(UtcHours(paris, autumn, Time(1, 59)), -1.0 / 60);
  EXPECT_EQ(UtcHours(paris, autumn, Time(2, 30)), 0.5);  // Repeated: the first.
  EXPECT_EQ(UtcHours(paris, autumn, Time(3)), 2);
  EXPECT_EQ(paris.TimeOf(paris.At(autumn, Time(2, 30)) + std::chrono::hours(1)), Time(2, 30));
  EXPECT_EQ(paris.DateOf(paris.At(autumn, Time(0))), autumn);
  EXPECT_EQ(paris.DateOf(paris.At(autumn, Time(0)) - std::chrono::microseconds(1)),
            (Date{2026, 10, 24}));
}

// Hazard H-37: `paris_roundtrip_every_hour_2026_2036`.
TEST(Zone, H37_ParisRoundtripEveryHour2026To2036) {
  const Zone paris = Paris();
  int skipped = 0;
  for (Date date{2026, 1, 1}; date.year < 2036; date = AddDays(date, 1)) {
    for (int hour = 0; hour < 24; ++hour) {
      const base::Instant instant = paris.At(date, Time(hour));
      ASSERT_EQ(paris.DateOf(instant), date);
      if (paris.TimeOf(instant) == Time(hour)) continue;
      ++skipped;
      ASSERT_EQ(hour, 2);
      ASSERT_EQ(date.month, 3);
      ASSERT_EQ(Weekday(date), 7);
    }
  }
  EXPECT_EQ(skipped, 10);
}

}  // namespace
}  // namespace sas::care
