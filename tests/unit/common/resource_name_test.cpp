#include "common/base/resource_name.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"

namespace sas::base {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

TEST(ParseName, GivesTheIds) {
  const auto ids =
      ParseName("regions/*/cases/*/orders/*", "regions/fr-pdl/cases/01h/orders/a.b_c~1", "name");
  ASSERT_THAT(ids, IsOk());
  EXPECT_THAT(*ids, ElementsAre("fr-pdl", "01h", "a.b_c~1"));
}

TEST(ParseName, RefusesAnotherShapeAndNamesFieldAndForm) {
  const auto ids = ParseName("regions/*/cases/*", "regions/fr-pdl", "decision.case");
  ASSERT_THAT(ids, StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_RESOURCE_NAME"));
  const ErrorDetail detail = DetailOf(ids.status());
  ASSERT_EQ(detail.violations.size(), 1u);
  EXPECT_EQ(detail.violations[0].field, "decision.case");
  EXPECT_THAT(detail.violations[0].description, ::testing::HasSubstr("regions/{id}/cases/{id}"));
}

TEST(ParseName, NeverRepeatsWhatWasSent) {
  const auto ids = ParseName("regions/*/cases/*", "regions/fr-pdl/cases/Durand Paul", "name");
  EXPECT_EQ(ids.status().ToString().find("Durand"), std::string::npos);
}

class WrongNames : public ::testing::TestWithParam<const char*> {};

TEST_P(WrongNames, AreRefused) {
  EXPECT_THAT(ParseName("regions/*/cases/*", GetParam(), "name"),
              ReasonIs("INVALID_RESOURCE_NAME"));
}

INSTANTIATE_TEST_SUITE_P(Names, WrongNames,
                         ::testing::Values("", "/", "regions", "regions/", "regions//cases/a",
                                           "regions/fr-pdl/cases", "regions/fr-pdl/cases/",
                                           "/regions/fr-pdl/cases/a", "regions/fr-pdl/cases/a/",
                                           "regions/fr-pdl/cases/a/orders/b",
                                           "regions/fr-pdl/slots/a", "regions/FR-PDL/cases/a",
                                           "regions/fr-pdl/cases/-", "regions/-/cases/a",
                                           "regions/fr-pdl/cases/..", "regions/fr-pdl/cases/a b",
                                           "regions/fr-pdl/cases/a*"));

TEST(ParseName, WildcardsOnlyWhereThePatternSaysSo) {
  const auto any = ParseName("regions/*-/cases/*", "regions/-/cases/a", "parent");
  ASSERT_THAT(any, IsOk());
  EXPECT_THAT(*any, ElementsAre("-", "a"));
  EXPECT_THAT(ParseName("regions/*-", "regions/fr-pdl", "parent"), IsOk());
  const auto wrong = ParseName("regions/*-", "regions/", "parent");
  EXPECT_THAT(wrong, ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(std::string(wrong.status().message()), ::testing::HasSubstr("regions/{id or -}"));
}

TEST(IsId, Bounds) {
  EXPECT_TRUE(IsId("a"));
  EXPECT_TRUE(IsId(std::string(63, 'a')));
  EXPECT_FALSE(IsId(std::string(64, 'a')));
  EXPECT_FALSE(IsId(""));
  EXPECT_FALSE(IsId("-"));
  EXPECT_FALSE(IsId("."));
  EXPECT_FALSE(IsId(".."));
  EXPECT_TRUE(IsId("..."));
  EXPECT_FALSE(IsId("\u00e9"));
}

TEST(JoinName, IsTheWayBack) {
  EXPECT_EQ(JoinName({{"regions", "fr-pdl"}, {"cases", "01h"}}), "regions/fr-pdl/cases/01h");
  EXPECT_EQ(JoinName({}), "");
}

TEST(Parts, RegionAndLastId) {
  EXPECT_EQ(RegionOf("regions/fr-pdl/cases/a"), "fr-pdl");
  EXPECT_EQ(RegionOf("regions/fr-pdl"), "fr-pdl");
  EXPECT_EQ(RegionOf("sites/fr-pdl"), "");
  EXPECT_EQ(RegionOf("regions"), "");
  EXPECT_EQ(LastId("regions/fr-pdl/cases/a"), "a");
  EXPECT_EQ(LastId("a"), "a");
  EXPECT_EQ(LastId("a/"), "");
}

}  // namespace
}  // namespace sas::base
