#include "services/slots/search_pages.h"

#include <gmock/gmock.h>

#include <set>

#include "common/base/page_token.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using std::chrono::minutes;
using std::chrono::seconds;

// Eight slots of each site, a quarter of an hour apart.
std::uint64_t Mark(int i) {
  return ShownMark("regions/fr-pdl/sites/s" + std::to_string(i / 8), "jour",
                   29'925'180 + 15 * static_cast<Minute>(i % 8));
}

SearchPosition After(base::Instant now, std::size_t count) {
  SearchPosition position;
  position.now = now;
  for (std::size_t i = 0; i < count; ++i) position.shown.push_back(Mark(static_cast<int>(i)));
  return position;
}

class SearchPagesTest : public ::testing::Test {
 protected:
  const testing::FakeClock clock_;
  const base::Instant now_ = clock_.Now();
};

TEST_F(SearchPagesTest, TokenSaysWhatWasShownAndWhen) {
  const SearchPosition position = After(now_, 40);
  const auto read = ReadSearchToken("q", MakeSearchToken("q", position), now_ + minutes(2));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->now, now_);
  EXPECT_EQ(read->shown.size(), 40U);
  for (int i = 0; i < 80; ++i) EXPECT_EQ(read->Shows(Mark(i)), i < 40) << i;
  const auto first = ReadSearchToken("q", "", now_);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->now, base::Instant());
  EXPECT_TRUE(first->shown.empty());
}

TEST_F(SearchPagesTest, SlotsOfOneDayHaveMarksOfTheirOwn) {
  std::set<std::uint64_t> marks;
  for (int i = 0; i < 20'000; ++i) marks.insert(Mark(i));
  EXPECT_EQ(marks.size(), 20'000U);
  EXPECT_LT(*marks.rbegin(), std::uint64_t{1} << 40U);
  EXPECT_NE(ShownMark("s", "a", 60), ShownMark("s", "b", 60));
  EXPECT_NE(ShownMark("s", "a", 60), ShownMark("s", "a", 75));
}

TEST_F(SearchPagesTest, AnOldTokenIsRefused) {
  const std::string token = MakeSearchToken("q", After(now_, 1));
  EXPECT_THAT(ReadSearchToken("q", token, now_ + kPagesFor), IsOk());
  EXPECT_THAT(ReadSearchToken("q", token, now_ + kPagesFor + seconds(1)),
              ReasonIs("PAGE_TOKEN_EXPIRED"));
  // Another replica's clock may be behind, a little.
  EXPECT_THAT(ReadSearchToken("q", token, now_ - seconds(59)), IsOk());
  EXPECT_THAT(ReadSearchToken("q", token, now_ - seconds(61)), ReasonIs("INVALID_PAGE_TOKEN"));
}

TEST_F(SearchPagesTest, PagesEnd) {
  EXPECT_THAT(ReadSearchToken("q", MakeSearchToken("q", After(now_, kShownMax - 1)), now_), IsOk());
  EXPECT_THAT(ReadSearchToken("q", MakeSearchToken("q", After(now_, kShownMax)), now_),
              ReasonIs("TOO_MANY_PAGES"));
  // The longest that is made: one page of 50 behind the last that is answered.
  EXPECT_THAT(ReadSearchToken("q", MakeSearchToken("q", After(now_, kShownMax + 49)), now_),
              ReasonIs("TOO_MANY_PAGES"));
}

TEST_F(SearchPagesTest, OtherTokensAreRefused) {
  const std::string token = MakeSearchToken("q", After(now_, 3));
  EXPECT_THAT(ReadSearchToken("other", token, now_), ReasonIs("INVALID_PAGE_TOKEN"));
  for (const std::string& text : {std::string("x"), std::string(8, '\0'), std::string(9, '\1')}) {
    EXPECT_THAT(ReadSearchToken("q", base::MakePageToken("q", text), now_),
                ReasonIs("INVALID_PAGE_TOKEN"));
  }
}

}  // namespace
}  // namespace sas::slots
