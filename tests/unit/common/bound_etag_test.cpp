#include "common/base/bound_etag.h"

#include <gtest/gtest.h>

#include "common/base/etag.h"

namespace sas::base {
namespace {

constexpr char kOne[] = "regions/fr-pdl/cases/one";
constexpr char kOther[] = "regions/fr-pdl/cases/other";

TEST(BoundEtag, H31_TheSameVersionOfAnotherEntryIsAnotherEtag) {
  EXPECT_NE(BoundEtag(kOne, 7), BoundEtag(kOther, 7));
  EXPECT_TRUE(BelongsTo(BoundEtag(kOne, 7), kOne));
  EXPECT_FALSE(BelongsTo(BoundEtag(kOne, 7), kOther));
}

TEST(BoundEtag, HoldsItsVersion) {
  EXPECT_EQ(BoundEtag(kOne, 7).substr(0, 3), "\"7-");
  for (const std::int64_t version : {std::int64_t{1}, std::int64_t{42}, INT64_MAX}) {
    EXPECT_EQ(VersionOf(BoundEtag(kOne, version)), version);
  }
  EXPECT_EQ(BoundEtag(kOne, 7), BoundEtag(std::string(kOne), 7));
}

TEST(BoundEtag, OneFromBeforeAndWhatIsNoneBelongToAnybody) {
  for (const char* etag : {"\"7\"", "", "seven", "\"7-xyz\"", "\"7-0123456789\""}) {
    EXPECT_TRUE(BelongsTo(etag, kOne)) << etag;
  }
  EXPECT_EQ(VersionOf("\"7-xyz\""), 0);
  EXPECT_EQ(VersionOf("\"7-0123456789\""), 0);
  EXPECT_EQ(VersionOf("\"-01234567\""), 0);
}

}  // namespace
}  // namespace sas::base
