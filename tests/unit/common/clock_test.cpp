#include "common/base/clock.h"

#include <gtest/gtest.h>

#include "common/testing/fake_clock.h"

namespace sas::base {
namespace {

TEST(SystemClock, NowFollowsSteadyTime) {
  const SystemClock clock;
  const Instant now = clock.Now();
  const std::chrono::nanoseconds steady = clock.Steady();
  while (clock.Steady() - steady < std::chrono::milliseconds(2)) {
  }
  EXPECT_GE(clock.Now() - now, std::chrono::milliseconds(2));
}

TEST(SystemClock, IsNearTheWallClock) {
  const SystemClock clock;
  EXPECT_LT(std::chrono::abs(clock.Drift()), std::chrono::milliseconds(500));
  EXPECT_LT(std::chrono::abs(clock.Now() - std::chrono::system_clock::now()),
            std::chrono::milliseconds(500));
}

TEST(FakeClock, StartsOnATuesdayMorning) {
  const testing::FakeClock clock;
  const auto day = std::chrono::floor<std::chrono::days>(clock.Now());
  const std::chrono::year_month_day date(day);
  EXPECT_EQ(date.year(), std::chrono::year(2026));
  EXPECT_EQ(date.month(), std::chrono::November);
  EXPECT_EQ(date.day(), std::chrono::day(24));
  EXPECT_EQ(std::chrono::weekday(day), std::chrono::Tuesday);
  EXPECT_EQ(clock.Now() - day, std::chrono::hours(9));
}

TEST(FakeClock, MovesBothTimes) {
  testing::FakeClock clock;
  const Instant now = clock.Now();
  const std::chrono::nanoseconds steady = clock.Steady();
  clock.Advance(std::chrono::seconds(90));
  EXPECT_EQ(clock.Now() - now, std::chrono::seconds(90));
  EXPECT_EQ(clock.Steady() - steady, std::chrono::seconds(90));
}

}  // namespace
}  // namespace sas::base
