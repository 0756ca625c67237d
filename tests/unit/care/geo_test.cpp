#include "common/care/geo.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/testing/status_matchers.h"

namespace sas::care {
namespace {

using testing::IsOk;
using testing::ReasonIs;

TEST(Geo, GreatCircle) {
  const Point challans{46.8458, -1.87942};
  const Point saint_gilles{46.69967, -1.9465};
  EXPECT_NEAR(DistanceMeters(challans, saint_gilles), 17'035, 50);
  EXPECT_EQ(DistanceMeters(challans, challans), 0);
  EXPECT_EQ(DistanceMeters(challans, saint_gilles), DistanceMeters(saint_gilles, challans));
  // A degree of a meridian, and half the globe.
  EXPECT_NEAR(DistanceMeters({45, 0}, {46, 0}), 111'195, 1);
  EXPECT_NEAR(DistanceMeters({0, 0}, {0, 180}), 20'015'115, 1);
}

TEST(Geo, H05_EmptyPointIsNoPlace) {
  EXPECT_THAT(CheckPoint({46.8458, -1.87942}, "point"), IsOk());
  EXPECT_THAT(CheckPoint({48.85, 0}, "point"), IsOk());  // The meridian of Greenwich crosses us.
  EXPECT_THAT(CheckPoint({0, 0}, "point"), ReasonIs("INVALID_POINT"));
  EXPECT_THAT(CheckPoint({90.1, 0}, "point"), ReasonIs("INVALID_POINT"));
  EXPECT_THAT(CheckPoint({45, -180.1}, "point"), ReasonIs("INVALID_POINT"));
  EXPECT_THAT(CheckPoint({std::numeric_limits<double>::quiet_NaN(), 1}, "point"),
              ReasonIs("INVALID_POINT"));
  EXPECT_THAT(CheckPoint({45, std::numeric_limits<double>::infinity()}, "point"),
              ReasonIs("INVALID_POINT"));
}

}  // namespace
}  // namespace sas::care
