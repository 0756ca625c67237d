#include "common/base/etag.h"

#include <gtest/gtest.h>

namespace sas::base {
namespace {

TEST(Etag, GivesTheVersionBack) {
  EXPECT_EQ(EtagOf(1), "\"1\"");
  for (const std::int64_t version : {std::int64_t{1}, std::int64_t{42}, INT64_MAX}) {
    EXPECT_EQ(VersionOf(EtagOf(version)), version);
  }
}

TEST(Etag, OfAnotherShapeIsNoVersion) {
  for (const char* etag : {"", "\"", "\"\"", "1", "'1'", "\"1", "1\"", "\"1a\"", "\"a\"", "\" 1\"",
                           "\"9223372036854775808\""}) {
    EXPECT_EQ(VersionOf(etag), 0) << etag;
  }
}

}  // namespace
}  // namespace sas::base
