#include "services/slots/domain/plan_frame.h"

#include <gtest/gtest.h>

#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::Paris;

constexpr care::Date kTuesday = fixtures::kTuesday;
constexpr care::Date kSaturday{2026, 11, 28};
constexpr care::Date kChristmasEve{2026, 12, 24};
constexpr care::Date kBridgeDay{2027, 5, 7};  // Friday after Ascension Day.

/// Of a quarter of an hour.
SlotBar BarAt(const care::Date& day, care::TimeOfDay start, const PlanFrame& frame = {}) {
  const base::Instant from = Paris().At(day, start);
  return BarOf(frame, Paris(), from, from + std::chrono::minutes(15));
}

TEST(SlotBar, S0_03_TheHoursAreThoseOfTheDepartement) {
  PlanFrame frame;
  frame.pdsa.saturday = At(13);
  frame.pdsa.evening = At(19);
  EXPECT_EQ(BarAt(kSaturday, At(12, 45), frame), SlotBar::kNone);
  EXPECT_EQ(BarAt(kSaturday, At(13), frame), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(kTuesday, At(18, 45), frame), SlotBar::kNone);
  EXPECT_EQ(BarAt(kTuesday, At(19), frame), SlotBar::kPdsaHours);
}

TEST(SlotBar, S0_03_NothingOfASiteLiesInPdsaHours) {
  EXPECT_EQ(BarAt(kTuesday, At(8)), SlotBar::kNone);
  EXPECT_EQ(BarAt(kTuesday, At(7, 59)), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(kTuesday, At(19, 45)), SlotBar::kNone);
  EXPECT_EQ(BarAt(kTuesday, At(19, 46)), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(kTuesday, At(23, 50)), SlotBar::kPdsaHours);  // Past midnight.
  EXPECT_EQ(BarAt(kSaturday, At(11, 45)), SlotBar::kNone);
  EXPECT_EQ(BarAt(kSaturday, At(12)), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(care::AddDays(kSaturday, 1), At(10)), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(kChristmasEve, At(10)), SlotBar::kNone);
  EXPECT_EQ(BarAt(care::AddDays(kChristmasEve, 1), At(10)), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(kBridgeDay, At(10)), SlotBar::kPdsaHours);
}

TEST(SlotBar, S0_18_AnMmgMayAndAChainedSessionFromTheDayOfTheApproval) {
  PlanFrame frame;
  frame.may_use_pdsa_hours = true;
  EXPECT_EQ(BarAt(kTuesday, At(21), frame), SlotBar::kNone);
  frame.pdsa_from = care::AddDays(kTuesday, 1);
  EXPECT_EQ(BarAt(kTuesday, At(21), frame), SlotBar::kPdsaHours);
  EXPECT_EQ(BarAt(care::AddDays(kTuesday, 1), At(21), frame), SlotBar::kNone);
}

TEST(SlotBar, ASeasonHasItsFirstAndItsLastDay) {
  PlanFrame frame;
  frame.site_opening = kTuesday;
  frame.site_end = kTuesday;
  EXPECT_EQ(BarAt(care::AddDays(kTuesday, -1), At(10), frame), SlotBar::kSiteNotOpen);
  EXPECT_EQ(BarAt(kTuesday, At(10), frame), SlotBar::kNone);
  EXPECT_EQ(BarAt(care::AddDays(kTuesday, 1), At(10), frame), SlotBar::kSiteNotOpen);
}

TEST(SlotBar, ALicenceEndsWithItsLastDay) {
  PlanFrame frame;
  frame.licence_end = kTuesday;
  EXPECT_EQ(BarAt(kTuesday, At(10), frame), SlotBar::kNone);
  EXPECT_EQ(BarAt(care::AddDays(kTuesday, 1), At(10), frame), SlotBar::kLicenceEnded);
}

}  // namespace
}  // namespace sas::slots
