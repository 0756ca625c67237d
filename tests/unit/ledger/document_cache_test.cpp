#include "common/ledger/document_cache.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "sas/type/v1/care.pb.h"

namespace sas::ledger {
namespace {

using testing::IsOk;
using testing::ReasonIs;

class DocumentCacheTest : public ::testing::Test {
 protected:
  static std::string AgeOf(int years) {
    type::v1::Age age;
    age.set_value(years);
    return ToDocument(age);
  }

  DocumentCache<type::v1::Age> cache_{2};
};

TEST_F(DocumentCacheTest, TheSameTextIsReadOnceAndGivesTheSameMessage) {
  for (int i = 0; i < 3; ++i) {
    const auto age = cache_.Read(AgeOf(38), "row");
    ASSERT_THAT(age, IsOk());
    EXPECT_EQ(age->value(), 38);
  }
  EXPECT_EQ(cache_.size(), 1u);
  EXPECT_EQ(cache_.Read(AgeOf(39), "row")->value(), 39) << "another text is another message";
}

TEST_F(DocumentCacheTest, ItStaysBounded) {
  for (int years = 1; years <= 9; ++years) {
    EXPECT_EQ(cache_.Read(AgeOf(years), "row")->value(), years);
    EXPECT_LE(cache_.size(), 4u);
  }
}

// What a cache knows can be told from the outside by what it says of a text: here, that the text
// means another message.
TEST_F(DocumentCacheTest, WhatIsAskedForAgainAndAgainStays) {
  type::v1::Age marked;
  marked.set_value(-1);
  cache_.Keep(AgeOf(100), marked);
  for (int years = 1; years <= 9; ++years) {
    EXPECT_EQ(cache_.Read(AgeOf(100), "row")->value(), -1);
    EXPECT_EQ(cache_.Read(AgeOf(years), "row")->value(), years);
  }
  for (int years = 1; years <= 9; ++years) (void)cache_.Read(AgeOf(years), "row");
  EXPECT_EQ(cache_.Read(AgeOf(100), "row")->value(), 100) << "forgotten, and read anew";
}

TEST_F(DocumentCacheTest, WhatCannotBeReadIsRefusedEachTime) {
  for (int i = 0; i < 2; ++i) EXPECT_THAT(cache_.Read("{", "row"), ReasonIs("DOCUMENT_UNREADABLE"));
  EXPECT_EQ(cache_.size(), 0u);
}

}  // namespace
}  // namespace sas::ledger
