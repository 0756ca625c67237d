#pragma once

#include <string_view>
#include "absl/status/status.h"

namespace sas::care {

/// Degrees on WGS84.
struct Point {
  double latitude = 0;
  double longitude = 0;
};

/// Great-circle distance in metres.
double DistanceMeters(const Point& a, const Point& b);

/// `INVALID_POINT`: out of range, not finite, or 0,0 (an empty point read as a place, hazard H-05).
absl::Status CheckPoint(const Point& point, std::string_view field);

}  // namespace sas::care
