#include "common/base/ids.h"

#include <gtest/gtest.h>

#include <set>

#include "common/base/resource_name.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"

namespace sas::base {
namespace {

TEST(MakeId, IsAResourceIdOf26Characters) {
  testing::FakeClock clock;
  testing::FakeRandom random;
  const std::string id = MakeId(clock, random);
  EXPECT_EQ(id.size(), 26u);
  EXPECT_TRUE(IsId(id)) << id;
  EXPECT_EQ(id.find_first_of("ilou"), std::string::npos) << "Crockford has no i, l, o, u: " << id;
}

TEST(MakeId, BeginsWithTheTimeInMilliseconds) {
  testing::FakeClock clock;
  testing::FakeRandom random;
  // Example of the ULID specification.
  clock.SetNow(Instant(std::chrono::milliseconds(1469918176385)));
  EXPECT_EQ(MakeId(clock, random).substr(0, 10), "01aryz6s41");
}

TEST(MakeId, SortsByTime) {
  testing::FakeClock clock;
  testing::FakeRandom random;
  std::string last;
  for (int i = 0; i < 200; ++i) {
    const std::string id = MakeId(clock, random);
    EXPECT_LT(last, id);
    last = id;
    clock.Advance(std::chrono::milliseconds(17));
  }
}

TEST(MakeId, DiffersWithinAMillisecond) {
  testing::FakeClock clock;
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(MakeId(clock, random));
  EXPECT_EQ(ids.size(), 10'000u);
}

TEST(MakeToken, Is32HexDigitsOfChance) {
  testing::FakeRandom random;
  const std::string token = MakeToken(random);
  EXPECT_EQ(token.size(), 32u);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos) << token;
  EXPECT_NE(token.substr(0, 16), token.substr(16)) << "two draws";
  EXPECT_NE(token, MakeToken(random));
}

TEST(MakeRequestId, IsAVersion4Uuid) {
  testing::FakeRandom random;
  for (int i = 0; i < 100; ++i) {
    const std::string id = MakeRequestId(random);
    ASSERT_EQ(id.size(), 36u);
    for (const std::size_t at : {8u, 13u, 18u, 23u}) EXPECT_EQ(id[at], '-') << id;
    EXPECT_EQ(id[14], '4') << id;
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
    EXPECT_TRUE(IsRequestId(id));
  }
}

TEST(IsRequestId, TakesUuidsAndPaperNumbers) {
  EXPECT_TRUE(IsRequestId("123e4567-e89b-42d3-a456-426614174000"));
  EXPECT_TRUE(IsRequestId("R-2026-11-23-S07-014"));
  EXPECT_TRUE(IsRequestId("a"));
  EXPECT_TRUE(IsRequestId(std::string(64, 'a')));
}

TEST(IsRequestId, RefusesTheRest) {
  EXPECT_FALSE(IsRequestId(""));
  EXPECT_FALSE(IsRequestId(std::string(65, 'a')));
  EXPECT_FALSE(IsRequestId("two words"));
  EXPECT_FALSE(IsRequestId("a/b"));
  EXPECT_FALSE(IsRequestId("num\u00e9ro"));
  EXPECT_FALSE(IsRequestId(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace sas::base
