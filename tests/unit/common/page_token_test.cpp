#include "common/base/page_token.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"

namespace sas::base {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

TEST(PageToken, GivesThePositionBack) {
  const std::string position("a\0b/\xff", 5);
  const std::string token = MakePageToken("regions/fr-pdl|open", position);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                    "-_"),
            std::string::npos)
      << "fits in a URL: " << token;
  const auto parsed = ParsePageToken("regions/fr-pdl|open", token);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(*parsed, position);
}

TEST(PageToken, IsTheSameInEveryProcess) {
  // A token made by one replica is used at another, perhaps of the next release.
  EXPECT_EQ(MakePageToken("regions/fr-pdl", "42"), "Ad4zzksoNnXdNDI");
}

TEST(PageToken, EmptyIsTheStart) {
  const auto parsed = ParsePageToken("q", "");
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(*parsed, "");
}

TEST(PageToken, BelongsToItsQuery) {
  const std::string token = MakePageToken("regions/fr-pdl|open", "17");
  EXPECT_THAT(ParsePageToken("regions/fr-pdl|closed", token),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, RefusesWhatItDidNotMake) {
  const std::string token = MakePageToken("q", "17");
  EXPECT_THAT(ParsePageToken("q", "?"), ReasonIs("INVALID_PAGE_TOKEN"));
  EXPECT_THAT(ParsePageToken("q", "AAAA"), ReasonIs("INVALID_PAGE_TOKEN"));
  EXPECT_THAT(ParsePageToken("q", token.substr(0, 6)), ReasonIs("INVALID_PAGE_TOKEN"));
  std::string other_version = token;
  other_version[1] = 'g';
  EXPECT_THAT(ParsePageToken("q", other_version), ReasonIs("INVALID_PAGE_TOKEN"));
  EXPECT_THAT(ParsePageToken("q", MakePageToken("q", std::string(5000, 'a'))),
              ReasonIs("INVALID_PAGE_TOKEN"));
}

TEST(PageSize, FollowsAip158) {
  EXPECT_EQ(*PageSize(0, 50, 200), 50);
  EXPECT_EQ(*PageSize(1, 50, 200), 1);
  EXPECT_EQ(*PageSize(200, 50, 200), 200);
  EXPECT_EQ(*PageSize(201, 50, 200), 200);
  EXPECT_THAT(PageSize(-1, 50, 200),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_SIZE"));
}

}  // namespace
}  // namespace sas::base
