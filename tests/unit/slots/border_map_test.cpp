#include "services/slots/domain/border_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/care/department.h"
#include "services/slots/domain/finess_file.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Each département has a commune in the south-west and in the north-east of its box, 001 and 002 by
// their codes (of three figures overseas: 01 and 02): all of them, as far as anybody can see.
class Communes {
 public:
  Communes() {
    for (const care::DepartmentBox& box : care::DepartmentBoxes()) {
      Add(box.department, 1, {box.south + 0.05, box.west + 0.05});
      Add(box.department, 2, {box.north - 0.05, box.east - 0.05});
    }
  }

  void Add(std::string_view department, int number, const care::Point& point) {
    std::string code = std::to_string(number);
    code.insert(0, 5 - department.size() - code.size(), '0');
    by_code_[std::string(department) + code] = point;
  }

  void Forget(const std::string& code) { by_code_.erase(code); }

  std::vector<CommunePoint> All() const {
    std::vector<CommunePoint> all;
    for (const auto& [code, point] : by_code_) all.push_back({code, point});
    return all;
  }

 private:
  std::map<std::string, care::Point> by_code_;
};

using Codes = std::vector<std::string>;

Coverage Of(const std::string& region, const std::string& insee_code, const Codes& territories) {
  Coverage coverage;
  coverage.Add(region, insee_code, territories);
  return coverage;
}

// In words: 79 at 6 km, 17? at 0 km.
Codes Within(const Coverage& coverage, const Communes& communes, const care::Point& centre,
             int radius_meters) {
  Codes words;
  for (const Uncovered& each : BorderMap(coverage, communes.All()).Within(centre, radius_meters)) {
    words.push_back(each.department + (each.confirmed ? "" : "?") + " " +
                    std::to_string(each.distance_meters / 1000) + " km");
  }
  return words;
}

// 6 km from the south-western commune of the 79, on the edge of its box.
const care::Point kNear79{46.0, -0.8};

TEST(BorderMap, H18_ACircleNamesWhatItReachesBeyondTheBorder) {
  const Coverage ours = Of("fr-pdl", "85001", {"85"});
  EXPECT_THAT(Within(ours, {}, kNear79, 7000), ElementsAre("79 6 km"));
  EXPECT_THAT(Within(ours, {}, kNear79, 6000), IsEmpty());
}

TEST(BorderMap, H18_WhatTheTableDoesNotHoldIsNotKnownRatherThanNothing) {
  const Coverage ours = Of("fr-pdl", "85001", {"85"});
  Communes communes;
  communes.Forget("79002");
  EXPECT_THAT(Within(ours, communes, kNear79, 6000), ElementsAre("79? 0 km"));
  EXPECT_THAT(Within(ours, communes, kNear79, 7000), ElementsAre("79 6 km"));
  communes.Forget("79001");
  EXPECT_THAT(Within(ours, communes, kNear79, 7000), ElementsAre("79? 0 km"));
  // 20 km outside of the box: whatever the table lacks, it does not begin there.
  EXPECT_THAT(Within(ours, communes, {46.9, -1.07}, 15000), IsEmpty());
}

// A practice of the 79 that is a member of our CPTS, or authorised, says nothing of the others
// there.
TEST(BorderMap, H18_OnePracticeBeyondTheBorderCoversItsCommuneAlone) {
  const Coverage member = Of("fr-pdl", "79001", {"85", "79"});
  Communes communes;
  EXPECT_THAT(Within(member, communes, kNear79, 7000), IsEmpty());
  communes.Add("79", 3, {46.0, -0.7});
  EXPECT_THAT(Within(member, communes, kNear79, 8000), ElementsAre("79 7 km"));
  EXPECT_THAT(Within(Of("r1", "79001", {"79"}), communes, kNear79, 8000), IsEmpty())
      << "of a region of a name of its own nothing is known but who books there";
}

TEST(BorderMap, H18_ADepartmentOfTheRegionIsCoveredOnceItsOwnSasBooksThere) {
  const care::Point south_west_of_44{46.85, -2.55};
  EXPECT_THAT(Within(Of("fr-pdl", "44002", {"85"}), {}, south_west_of_44, 1000),
              ElementsAre("44 0 km"));
  EXPECT_THAT(Within(Of("fr-pdl", "44002", {"85", "44"}), {}, south_west_of_44, 1000), IsEmpty());
}

TEST(BorderMap, H18_EqualsTheDistancesOfAllCommunes) {
  std::mt19937 random{20261124};
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  Communes communes;
  for (const care::DepartmentBox& box : care::DepartmentBoxes()) {
    for (int i = 3; i < 20; ++i) {
      communes.Add(box.department, i, {between(box.south, box.north), between(box.west, box.east)});
    }
  }
  const auto all = communes.All();
  const BorderMap map(Of("fr-pdl", "85001", {"85"}), all);
  std::size_t found = 0;
  for (int round = 0; round < 300; ++round) {
    const care::Point centre{between(42, 51), between(-5, 8)};
    const int radius = static_cast<int>(between(1000, 150'000));
    std::map<std::string, double> expected;
    for (const CommunePoint& each : all) {
      const std::string department(TerritoryOfCommune(each.insee_code));
      const double meters = care::DistanceMeters(centre, each.point);
      if (department == "85" || meters > radius + 3) continue;  // Rounded to a metre.
      const auto known = expected.emplace(department, meters).first;
      known->second = std::min(known->second, meters);
    }
    double last = 0;
    for (const Uncovered& each : map.Within(centre, radius)) {
      EXPECT_TRUE(each.confirmed) << each.department;
      ASSERT_TRUE(expected.contains(each.department)) << each.department;
      EXPECT_NEAR(each.distance_meters, expected[each.department], 3);
      EXPECT_GE(each.distance_meters, last);
      last = each.distance_meters;
      expected.erase(each.department);
      ++found;
    }
    for (const auto& [department, meters] : expected) EXPECT_GT(meters, radius - 3) << department;
  }
  EXPECT_GT(found, 1000u);
}

}  // namespace
}  // namespace sas::slots
