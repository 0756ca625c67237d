#include "services/booking/domain/displacement.h"

#include <gtest/gtest.h>

#include <vector>

namespace sas::booking {
namespace {

using Act = DisplacementAct;

TEST(Displacement, H27_WhatNobodyHoldsDisplacesAndWhatIsUnknownDoesNot) {
  EXPECT_EQ(ReasonOf(Standing::kWithdrawn), Displaced::kWithdrawn);
  EXPECT_EQ(ReasonOf(Standing::kUnstaffed), Displaced::kUnstaffed);
  EXPECT_EQ(ReasonOf(Standing::kGone), Displaced::kSlotGone);
  EXPECT_EQ(ReasonOf(Standing::kServed), std::nullopt);
  EXPECT_EQ(ReasonOf(Standing::kUnknown), std::nullopt);
  EXPECT_EQ(ReasonOf(static_cast<Standing>(99)), std::nullopt);
}

struct Case {
  State state;
  Standing standing;
  std::optional<Displaced> known;
  Act act;
};

TEST(Displacement, H27_OneEntryForEachAppointmentThatStands) {
  const std::vector<Case> cases{
      {State::kBooked, Standing::kWithdrawn, std::nullopt, Act::kDisplace},
      {State::kPending, Standing::kGone, std::nullopt, Act::kDisplace},
      {State::kBooked, Standing::kWithdrawn, Displaced::kWithdrawn, Act::kNone},
      {State::kBooked, Standing::kUnstaffed, Displaced::kWithdrawn, Act::kDisplace},
      {State::kBooked, Standing::kServed, Displaced::kWithdrawn, Act::kSettle},
      {State::kBooked, Standing::kServed, std::nullopt, Act::kNone},
      {State::kBooked, Standing::kUnknown, Displaced::kWithdrawn, Act::kNone},
      {State::kBooked, Standing::kUnknown, std::nullopt, Act::kNone},
      {State::kCancelled, Standing::kWithdrawn, std::nullopt, Act::kNone},
      {State::kFulfilled, Standing::kGone, std::nullopt, Act::kNone},
      {State::kNoShow, Standing::kGone, Displaced::kSlotGone, Act::kNone},
      {State::kAbandoned, Standing::kUnstaffed, std::nullopt, Act::kNone},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& each = cases[i];
    EXPECT_EQ(JudgeDisplacement(each.state, each.standing, each.known), each.act) << i;
  }
}

}  // namespace
}  // namespace sas::booking
