#include "common/care/department.h"

#include <gtest/gtest.h>

namespace sas::care {
namespace {

constexpr const char* kRegions[] = {"fr-20r", "fr-ara", "fr-bfc", "fr-bre", "fr-cvl",
                                    "fr-ges", "fr-hdf", "fr-idf", "fr-naq", "fr-nor",
                                    "fr-occ", "fr-pac", "fr-pdl"};

TEST(Department, H18_EachOfMetropolitanFranceIsOfOneRegion) {
  for (const DepartmentBox& box : DepartmentBoxes()) {
    int regions = 0;
    for (const char* region : kRegions) regions += !IsOfAnotherRegion(box.department, region);
    EXPECT_EQ(regions, box.department.size() == 2 ? 1 : 0) << box.department;
  }
  EXPECT_FALSE(IsOfAnotherRegion("85", "fr-pdl"));
  EXPECT_FALSE(IsOfAnotherRegion("79", "fr-naq"));
  EXPECT_TRUE(IsOfAnotherRegion("79", "fr-pdl"));
}

TEST(Department, OfARegionOfAnotherNameNothingIsKnown) {
  EXPECT_FALSE(IsOfAnotherRegion("79", "r1"));
  EXPECT_FALSE(IsOfAnotherRegion("971", "fr-971"));
}

}  // namespace
}  // namespace sas::care
