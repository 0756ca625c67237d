#include "common/base/crash_point.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <set>
#include <string>

namespace sas::base {
namespace {

TEST(CrashPoint, NamesAreUniqueAndSayWhere) {
  std::set<std::string_view> names;
  for (const std::string_view name : kCrashPoints) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(name.starts_with("booking.") || name.starts_with("slots.") ||
                name.starts_with("ledger."))
        << name;
  }
}

TEST(CrashPoint, NothingHappensUnlessArmed) {
  ASSERT_TRUE(ArmCrashPoint(""));
  AtCrashPoint("ledger.committed");
}

TEST(CrashPointDeathTest, EndsTheProcessAsKill9Does) {
  EXPECT_EXIT(
      {
        if (!ArmCrashPoint("ledger.committed")) std::exit(1);
        AtCrashPoint("ledger.committed");
        std::exit(0);
      },
      ::testing::KilledBySignal(SIGKILL), "");
}

TEST(CrashPointDeathTest, CountsThePassingsOfItsOwnPointOnly) {
  EXPECT_EXIT(
      {
        if (!ArmCrashPoint("ledger.committed:3")) std::exit(1);
        AtCrashPoint("ledger.committed");
        for (int i = 0; i < 5; ++i) AtCrashPoint("ledger.before_fsync");
        AtCrashPoint("ledger.committed");
        std::exit(7);
      },
      ::testing::ExitedWithCode(7), "");
  EXPECT_EXIT(
      {
        if (!ArmCrashPoint("ledger.committed:3")) std::exit(1);
        for (int i = 0; i < 3; ++i) AtCrashPoint("ledger.committed");
        std::exit(0);
      },
      ::testing::KilledBySignal(SIGKILL), "");
}

TEST(CrashPoint, UnknownNamesAndNumbersAreRefused) {
  for (const char* armed : {"ledger", "ledger.nowhere", "ledger.committed:", "ledger.committed:0",
                            "ledger.committed:-1", "ledger.committed:1x", ":1", " "}) {
    EXPECT_FALSE(ArmCrashPoint(armed)) << armed;
  }
  AtCrashPoint("ledger.committed");
}

}  // namespace
}  // namespace sas::base
