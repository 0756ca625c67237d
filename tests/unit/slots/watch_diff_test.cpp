#include "services/slots/domain/watch_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

WatchedSlot Named(const std::string& name) {
  return {name, "as it was"};
}

std::vector<WatchedSlot> List(const std::string& letters) {
  std::vector<WatchedSlot> list;
  for (const char letter : letters) list.push_back(Named(std::string(1, letter)));
  return list;
}

// As the proto tells a watcher to do it.
std::vector<WatchedSlot> Follow(std::vector<WatchedSlot> list, const WatchDiff& diff,
                                const std::vector<WatchedSlot>& after) {
  std::vector<std::size_t> placed = diff.added;
  placed.insert(placed.end(), diff.changed.begin(), diff.changed.end());
  std::sort(placed.begin(), placed.end());
  const auto leaves = [&](const WatchedSlot& slot) {
    return std::count(diff.taken.begin(), diff.taken.end(), slot.name) > 0 ||
           std::any_of(placed.begin(), placed.end(),
                       [&](std::size_t at) { return after[at].name == slot.name; });
  };
  list.erase(std::remove_if(list.begin(), list.end(), leaves), list.end());
  for (const std::size_t at : placed) {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), after[at]);
  }
  return list;
}

TEST(WatchDiff, NothingWhenNothingChanged) {
  EXPECT_TRUE(Diff(List("abc"), List("abc")).empty());
  EXPECT_TRUE(Diff({}, {}).empty());
}

TEST(WatchDiff, ATakenSlotGoesAndTheNextComesFromBelow) {
  const WatchDiff diff = Diff(List("abc"), List("acd"));
  EXPECT_THAT(diff.taken, ElementsAre("b"));
  EXPECT_THAT(diff.added, ElementsAre(2u));
  EXPECT_THAT(diff.changed, IsEmpty());
}

TEST(WatchDiff, ANewBestSlotMovesNobody) {
  const WatchDiff diff = Diff(List("abc"), List("xabc"));
  EXPECT_THAT(diff.added, ElementsAre(0u));
  EXPECT_THAT(diff.changed, IsEmpty());
}

TEST(WatchDiff, OfTwoThatChangedPlacesOneIsTold) {
  EXPECT_THAT(Diff(List("abcd"), List("acbd")).changed, testing::SizeIs(1));
  EXPECT_THAT(Diff(List("abcd"), List("bcda")).changed, ElementsAre(3u));
}

TEST(WatchDiff, AnotherContentIsToldInItsPlace) {
  std::vector<WatchedSlot> after = List("abc");
  after[1].content = "another";
  const WatchDiff diff = Diff(List("abc"), after);
  EXPECT_THAT(diff.changed, ElementsAre(1u));
  EXPECT_THAT(diff.added, IsEmpty());
  EXPECT_THAT(diff.taken, IsEmpty());
}

TEST(WatchDiff, WhoFollowsHasTheNewList) {
  std::mt19937 chance(11);
  for (int round = 0; round < 2000; ++round) {
    const auto any = [&chance] {
      std::string letters = "abcdefghijklmnop";
      std::shuffle(letters.begin(), letters.end(), chance);
      return letters.substr(0, chance() % (letters.size() + 1));
    };
    const auto before = List(any());
    auto after = List(any());
    for (WatchedSlot& slot : after) {
      if (chance() % 4 == 0) slot.content = "another";
    }
    ASSERT_EQ(Follow(before, Diff(before, after), after) == after, true) << "round " << round;
  }
}

}  // namespace
}  // namespace sas::slots
