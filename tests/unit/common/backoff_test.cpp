#include "common/base/backoff.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "common/testing/fake_random.h"

namespace sas::base {
namespace {

using std::chrono::milliseconds;

class Constant final : public Random {
 public:
  explicit Constant(std::uint64_t value) : value_(value) {}

  std::uint64_t Next() override { return value_; }

 private:
  std::uint64_t value_;
};

TEST(Backoff, StepsDoubleUpToTheCap) {
  Constant lowest(0);
  Backoff backoff(milliseconds(100), milliseconds(350), lowest);
  EXPECT_EQ(backoff.Next(), milliseconds(50));
  EXPECT_EQ(backoff.Next(), milliseconds(100));
  EXPECT_EQ(backoff.Next(), milliseconds(175));
  EXPECT_EQ(backoff.Next(), milliseconds(175));
}

TEST(Backoff, ResetStartsAgain) {
  Constant lowest(0);
  Backoff backoff(milliseconds(100), milliseconds(10'000), lowest);
  backoff.Next();
  backoff.Next();
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), milliseconds(50));
}

TEST(Backoff, ChanceSpreadsBetweenHalfAndAllOfTheStep) {
  testing::FakeRandom random;
  Backoff backoff(milliseconds(101), milliseconds(101), random);
  milliseconds least(1000);
  milliseconds most(0);
  for (int i = 0; i < 1000; ++i) {
    const milliseconds wait = backoff.Next();
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_EQ(least, milliseconds(50));
  EXPECT_EQ(most, milliseconds(101));
}

}  // namespace
}  // namespace sas::base
