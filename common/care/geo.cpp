#include "common/care/geo.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/base/status.h"

namespace sas::care {
namespace {

constexpr double kEarthRadiusMeters = 6'371'008.8;  ///< Mean radius of WGS84.

double Radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

}  // namespace

double DistanceMeters(const Point& a, const Point& b) {
  const double sin_latitude = std::sin(Radians(b.latitude - a.latitude) / 2);
  const double sin_longitude = std::sin(Radians(b.longitude - a.longitude) / 2);
  const double h = sin_latitude * sin_latitude + std::cos(Radians(a.latitude)) *
                                                     std::cos(Radians(b.latitude)) * sin_longitude *
                                                     sin_longitude;
  return 2 * kEarthRadiusMeters * std::asin(std::min(1.0, std::sqrt(h)));
}

absl::Status CheckPoint(const Point& point, std::string_view field) {
  const bool finite = std::isfinite(point.latitude) && std::isfinite(point.longitude);
  const bool on_earth =
      finite && std::abs(point.latitude) <= 90 && std::abs(point.longitude) <= 180;
  // "Near" zero: a rounded nothing is nothing, and no place of ours lies in the Gulf of Guinea.
  const bool empty =
      on_earth && std::abs(point.latitude) < 1e-6 && std::abs(point.longitude) < 1e-6;
  if (on_earth && !empty) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_POINT",
                            "give latitude and longitude in degrees; 0,0 is an empty point");
}

}  // namespace sas::care
