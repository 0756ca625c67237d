#include "services/regulation/domain/neighbour.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using testing::IsOk;
using testing::ReasonIs;

TEST(Neighbour, H12_AnUrgentOfferIsAnAlarmAfterAMinute) {
  EXPECT_EQ(OfferPatience(Priority::kP0), std::chrono::seconds(60));
  EXPECT_EQ(OfferPatience(Priority::kP1), std::chrono::seconds(60));
  EXPECT_EQ(OfferPatience(Priority::kUnspecified), std::chrono::seconds(60));
  EXPECT_EQ(OfferPatience(Priority::kP2), std::chrono::minutes(5));
  EXPECT_EQ(OfferPatience(Priority::kP3), std::chrono::minutes(5));
}

TEST(Neighbour, H12_AnUrgentOfferIsNotDeclinedWithoutAReason) {
  for (const Priority urgent : {Priority::kP0, Priority::kP1, Priority::kUnspecified}) {
    EXPECT_THAT(CheckDecline(urgent, false), ReasonIs("REASON_REQUIRED"));
    EXPECT_THAT(CheckDecline(urgent, true), IsOk());
  }
  EXPECT_THAT(CheckDecline(Priority::kP2, false), IsOk());
  EXPECT_THAT(CheckDecline(Priority::kP3, false), IsOk());
}

TEST(Neighbour, AConventionAppliesInItsHoursByTheCalendarOfTheHost) {
  const care::Zone zone = *care::Zone::Load("Europe/Paris");
  const auto at = [&](int month, int day, int hour) {
    return zone.At({2026, month, day}, {hour * 60});
  };
  ConventionValue convention{"85", "44", HelpHours::kPdsa, at(1, 1, 0), at(12, 31, 0)};
  EXPECT_FALSE(InForce(convention, at(11, 24, 19), zone));  // Tuesday.
  EXPECT_TRUE(InForce(convention, at(11, 24, 20), zone));
  EXPECT_TRUE(InForce(convention, at(11, 28, 12), zone));  // Saturday.
  EXPECT_FALSE(InForce(convention, at(4, 3, 10), zone));
  convention.host = "67";  // Good Friday is a holiday there.
  EXPECT_TRUE(InForce(convention, at(4, 3, 10), zone));
  convention.hours = HelpHours::kSas;
  EXPECT_FALSE(InForce(convention, at(11, 24, 20), zone));
  EXPECT_TRUE(InForce(convention, at(11, 24, 19), zone));
  convention.hours = HelpHours::kAlways;
  EXPECT_TRUE(InForce(convention, at(11, 24, 20), zone));
  EXPECT_FALSE(InForce(convention, convention.start - std::chrono::seconds(1), zone));
  EXPECT_FALSE(InForce(convention, convention.end, zone));
  convention.hours = HelpHours::kUnspecified;
  EXPECT_FALSE(InForce(convention, at(11, 24, 20), zone));
}

TEST(Neighbour, AConventionIsBetweenTwoAndEnds) {
  const base::Instant start{};
  ConventionValue convention{"85", "44", HelpHours::kPdsa, start, start + hours(24 * 365)};
  EXPECT_THAT(CheckConvention(convention), IsOk());
  convention.end = start + hours(24 * 366 * 5 + 1);
  EXPECT_THAT(CheckConvention(convention), ReasonIs("CONVENTION_TIMES"));
  convention.end = start;
  EXPECT_THAT(CheckConvention(convention), ReasonIs("CONVENTION_TIMES"));
  convention.end = start + hours(1);
  convention.hours = HelpHours::kUnspecified;
  EXPECT_THAT(CheckConvention(convention), ReasonIs("CONVENTION_HOURS_REQUIRED"));
  convention.hours = HelpHours::kAlways;
  convention.helper = "85";
  EXPECT_THAT(CheckConvention(convention), ReasonIs("CONVENTION_TERRITORIES"));
}

}  // namespace
}  // namespace sas::regulation
