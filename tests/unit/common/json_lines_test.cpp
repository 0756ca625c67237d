#include "common/config/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::config {
namespace {

using testing::IsOk;
using testing::ReasonIs;

constexpr char kText[] = R"({
  "title": "une\nligne",
  "list": [
    1,
    {"deep":
       true}
  ],
  "number": 4
})";

TEST(JsonLines, EveryValueHasItsLine) {
  const auto lines = JsonLines::Read(kText);
  ASSERT_THAT(lines, IsOk());
  EXPECT_EQ(lines->LineOf("title"), 2);
  EXPECT_EQ(lines->LineOf("list"), 3);
  EXPECT_EQ(lines->LineOf("list[0]"), 4);  // A number ends with what follows it.
  EXPECT_EQ(lines->LineOf("list[1]"), 5);
  EXPECT_EQ(lines->LineOf("list[1].deep"), 5);
  EXPECT_EQ(lines->LineOf("number"), 8);
}

TEST(JsonLines, WhatIsMissingIsMissingWhereItShouldStand) {
  const auto lines = JsonLines::Read(kText);
  ASSERT_THAT(lines, IsOk());
  EXPECT_EQ(lines->LineOf("list[1].absent"), 5);
  EXPECT_EQ(lines->LineOf("list[7].absent"), 3);
  EXPECT_EQ(lines->LineOf("absent"), 1);
  EXPECT_EQ(lines->LineOf(""), 1);
}

struct Bad {
  const char* text;
  const char* line;
};

class BadJson : public ::testing::TestWithParam<Bad> {};

INSTANTIATE_TEST_SUITE_P(Texts, BadJson,
                         ::testing::Values(Bad{"", "1"}, Bad{"[1]", "1"}, Bad{"3", "1"},
                                           Bad{"{\"a\": 1,\n\"b\": }", "2"},
                                           Bad{"{\"a\": 1,\n\n\"a\": 2}", "3"},
                                           Bad{"{\"a\": 1}\n{}", "2"},
                                           Bad{"{\"a\":\n\"open", "2"}));

TEST_P(BadJson, IsRefusedWithItsLine) {
  const auto lines = JsonLines::Read(GetParam().text);
  ASSERT_THAT(lines, ReasonIs("INVALID_JSON"));
  EXPECT_EQ(base::DetailOf(lines.status()).metadata.front().second, GetParam().line);
}

TEST(JsonLines, NestingIsBounded) {
  const auto nested = [](int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i) text += '[';
    for (int i = 1; i < depth; ++i) text += ']';
    return text + "}";
  };
  EXPECT_THAT(JsonLines::Read(nested(JsonLines::kDepthMax)), IsOk());
  EXPECT_THAT(JsonLines::Read(nested(JsonLines::kDepthMax + 1)), ReasonIs("INVALID_JSON"));
}

}  // namespace
}  // namespace sas::config
