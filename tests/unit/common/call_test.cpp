#include "common/base/call.h"

#include <gtest/gtest.h>

#include "common/testing/fake_clock.h"

namespace sas::base {
namespace {

TEST(Role, NamesGoBothWays) {
  for (int i = 1; i <= static_cast<int>(Role::kService); ++i) {
    const Role role = static_cast<Role>(i);
    EXPECT_NE(RoleName(role), "unspecified") << i;
    EXPECT_EQ(ParseRole(RoleName(role)), role);
  }
}

TEST(Role, UnknownNamesHaveNoRole) {
  EXPECT_EQ(ParseRole("OSNP"), Role::kUnspecified);
  EXPECT_EQ(ParseRole("unspecified"), Role::kUnspecified);
  EXPECT_EQ(ParseRole(""), Role::kUnspecified);
  EXPECT_EQ(RoleName(Role::kUnspecified), "unspecified");
}

TEST(Actor, MayActOnlyInItsRegions) {
  Actor actor;
  EXPECT_FALSE(MayActInRegion(actor, "fr-pdl"));
  actor.regions = {"fr-pdl", "fr-bre"};
  EXPECT_TRUE(MayActInRegion(actor, "fr-bre"));
  EXPECT_FALSE(MayActInRegion(actor, "fr-naq"));
  EXPECT_FALSE(MayActInRegion(actor, "fr"));
  EXPECT_FALSE(MayActInRegion(actor, ""));
}

TEST(Call, TimeLeftIsNeverNegative) {
  testing::FakeClock clock;
  const Call call = InternalCall("sweeper", clock, std::chrono::seconds(2));
  EXPECT_EQ(call.Left(clock), std::chrono::seconds(2));
  clock.Advance(std::chrono::milliseconds(1500));
  EXPECT_EQ(call.Left(clock), std::chrono::milliseconds(500));
  clock.Advance(std::chrono::seconds(60));
  EXPECT_EQ(call.Left(clock), std::chrono::nanoseconds::zero());
}

TEST(Call, InternalCallsActAsTheService) {
  testing::FakeClock clock;
  const Call call = InternalCall("sweeper", clock, std::chrono::seconds(2));
  EXPECT_EQ(call.actor.role, Role::kService);
  EXPECT_EQ(call.actor.subject, "sweeper");
  EXPECT_FALSE(call.cancelled());
}

}  // namespace
}  // namespace sas::base
