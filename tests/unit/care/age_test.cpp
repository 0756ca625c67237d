#include "common/care/age.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::care {
namespace {

using testing::IsOk;
using testing::ReasonIs;

constexpr Age Years(int value) {
  return {value, AgeUnit::kYear};
}

constexpr Age Months(int value) {
  return {value, AgeUnit::kMonth};
}

constexpr Age Weeks(int value) {
  return {value, AgeUnit::kWeek};
}

constexpr Age Days(int value) {
  return {value, AgeUnit::kDay};
}

// Hazard H-16: six months are not six years.
TEST(Age, H16_UnitVectors) {
  EXPECT_EQ(AgeDays(Months(12)), AgeDays(Years(1)));
  EXPECT_EQ(AgeDays(Weeks(2)), AgeDays(Days(14)));
  EXPECT_LT(AgeDays(Months(6)), AgeDays(Years(6)));
  EXPECT_EQ(AgeText(Years(6)), "6 ans");
  EXPECT_EQ(AgeText(Years(1)), "1 an");
  EXPECT_EQ(AgeText(Months(3)), "3 mois");
  EXPECT_EQ(AgeText(Weeks(1)), "1 semaine");
  EXPECT_EQ(AgeText(Days(0)), "0 jour");
}

TEST(Age, ChecksUnitAndSpan) {
  EXPECT_THAT(CheckAge(Years(0), "age"), IsOk());
  EXPECT_THAT(CheckAge(Years(130), "age"), IsOk());
  EXPECT_THAT(CheckAge(Months(130 * 12), "age"), IsOk());
  EXPECT_THAT(CheckAge(Years(131), "age"), ReasonIs("INVALID_AGE"));
  EXPECT_THAT(CheckAge(Months(130 * 12 + 1), "age"), ReasonIs("INVALID_AGE"));
  EXPECT_THAT(CheckAge(Years(-1), "age"), ReasonIs("INVALID_AGE"));
  EXPECT_THAT(CheckAge({6, AgeUnit::kUnspecified}, "age"), ReasonIs("INVALID_AGE"));
  EXPECT_THAT(CheckAge({6, static_cast<AgeUnit>(9)}, "age"), ReasonIs("INVALID_AGE"));
}

TEST(Age, MaximumIncludesItsWholeUnit) {
  const Age none;
  EXPECT_TRUE(AgeWithin(Years(6), none, Years(6)));
  EXPECT_TRUE(AgeWithin(Months(83), none, Years(6)));
  EXPECT_FALSE(AgeWithin(Months(84), none, Years(6)));
  EXPECT_FALSE(AgeWithin(Years(7), none, Years(6)));
  EXPECT_TRUE(AgeWithin(Years(99), none, none));
}

TEST(Age, MinimumRefusesInDoubt) {
  const Age none;
  EXPECT_TRUE(AgeWithin(Months(3), Months(3), none));
  EXPECT_FALSE(AgeWithin(Months(2), Months(3), none));
  EXPECT_TRUE(AgeWithin(Years(1), Months(12), none));
  EXPECT_FALSE(AgeWithin(Years(1), Months(18), none));  // Perhaps 12 months old.
  EXPECT_FALSE(AgeWithin(Months(6), Years(6), none));
}

}  // namespace
}  // namespace sas::care
