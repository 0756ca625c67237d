#include "services/slots/domain/hours_cap_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

// The cell of a coordinator's spreadsheet, column hours_caps.
namespace sas::slots {
namespace {

using testing::IsOk;
using testing::ReasonIs;

/// "1 2 3 4 5 from 18:00 to 20:00: 4", or the reason.
std::string Read(std::string_view text) {
  const auto cap = ParseHoursCap(text, "hours_caps");
  if (!cap.ok()) return base::ReasonOf(cap.status());
  std::string said;
  for (const int day : cap->weekdays) said += std::to_string(day) + " ";
  if (cap->start) said += "from " + care::TimeOfDayText(*cap->start) + " ";
  if (cap->end) said += "to " + care::TimeOfDayText(*cap->end) + " ";
  return said + "at most " + std::to_string(cap->appointment_max);
}

TEST(HoursCapText, S2_26_WeekdaysHoursOrBoth) {
  EXPECT_EQ(Read("1-5 18:00-20:00=4"), "1 2 3 4 5 from 18:00 to 20:00 at most 4");
  EXPECT_EQ(Read("6 08:00-12:00=10"), "6 from 08:00 to 12:00 at most 10");
  EXPECT_EQ(Read("6=4"), "6 at most 4");
  EXPECT_EQ(Read("6-7=12"), "6 7 at most 12");
  EXPECT_EQ(Read("00:00-13:00=6"), "from 00:00 to 13:00 at most 6");
  EXPECT_EQ(Read("13:00-=4"), "from 13:00 at most 4");
  EXPECT_EQ(Read("1,4-6 13:00-=4"), "1 4 5 6 from 13:00 at most 4");
  EXPECT_EQ(Read("5,1-2,2=4"), "1 2 5 at most 4");
}

TEST(HoursCapText, S2_26_BlanksAroundTheWordsSayNothing) {
  EXPECT_EQ(Read(" 1-5 \t 18:00-20:00 = 4 "), "1 2 3 4 5 from 18:00 to 20:00 at most 4");
  EXPECT_EQ(Read(" 18:00-20:00 =4"), "from 18:00 to 20:00 at most 4");
}

TEST(HoursCapText, S2_26_WhatIsNoWeekdayIsRefused) {
  for (const char* text :
       {"0=4", "8=4", "1-8=4", "0-5=4", "5-1=4", "1-=4", "-5=4", "1-2-3=4", "1,=4", ",1=4",
        "1,,2=4", "15=4", "lun-ven=4", "samedi 08:00-12:00=4", "1|2=4", "1;2=4", "1, 2=4x"}) {
    EXPECT_EQ(Read(text), "INVALID_HOURS_CAP") << text;
  }
}

TEST(HoursCapText, S2_26_WhatIsNoHoursIsRefused) {
  for (const char* text :
       {"1-5 18-20=4", "1-5 18h-20h=4", "1-5 24:00-25:00=4", "6 08:00-24:00=4", "6 -12:00=4",
        "-12:00=4", "6 8:00-12:00=4", "6 08:00-12:60=4", "6 08:00-12:00 18:00-20:00=4",
        "6 08:00-12:00-14:00=4", "6 08:00 - 12:00=4"}) {
    EXPECT_EQ(Read(text), "INVALID_TIME_OF_DAY") << text;
  }
  for (const char* text : {"6 08:00=4", "08:00=4", "18:00-20:00 1-5=4", "18h-20h=4"}) {
    EXPECT_EQ(Read(text), "INVALID_HOURS_CAP") << text;
  }
}

TEST(HoursCapText, S2_26_ACapNeedsItsTimeAndItsNumber) {
  for (const char* text : {"", " ", "=", "=4", " = 4", "6", "6=", "6 = ", "1-5 18:00-20:00"}) {
    EXPECT_EQ(Read(text), "INVALID_HOURS_CAP") << text;
  }
  for (const char* text : {"6=quatre", "6=4,5", "6=4=5", "6=4 RDV", "6=99999999999"}) {
    EXPECT_EQ(Read(text), "INVALID_NUMBER") << text;
  }
}

TEST(HoursCapText, S2_26_TheRefusalNamesTheColumnAndTheForm) {
  const auto cap = ParseHoursCap("samedi=4", "hours_caps");
  EXPECT_THAT(cap, ReasonIs("INVALID_HOURS_CAP"));
  const base::ErrorDetail detail = base::DetailOf(cap.status());
  ASSERT_EQ(detail.violations.size(), 1U);
  EXPECT_EQ(detail.violations[0].field, "hours_caps");
  EXPECT_THAT(detail.violations[0].description, ::testing::HasSubstr("1-5 18:00-20:00=4"));
  EXPECT_THAT(ParseHoursCap("1-5 18:00-20:00=4", "hours_caps"), IsOk());  // As it says.
}

}  // namespace
}  // namespace sas::slots
