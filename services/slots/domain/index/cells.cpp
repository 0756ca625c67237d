#include "services/slots/domain/index/cells.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "services/slots/domain/index/unit_vector.h"

namespace sas::slots {
namespace {

constexpr double kCellMeters = 12'000;
constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;
constexpr double kRowDegrees = kCellMeters / kMetersPerDegree;
constexpr double kSlackMeters = 2;  ///< Distances are rounded to metres.

double Radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

int RowOf(double latitude) {
  return static_cast<int>(std::floor(latitude / kRowDegrees));
}

// Width of the row's columns; near a pole a column is the whole circle.
double ColumnDegrees(int row) {
  const double middle = Radians((row + 0.5) * kRowDegrees);
  return std::min(360.0, kRowDegrees / std::max(1e-3, std::cos(middle)));
}

int ColumnOf(int row, double longitude) {
  return static_cast<int>(std::floor(longitude / ColumnDegrees(row)));
}

}  // namespace

Cell CellOf(const care::Point& point) {
  const int row = RowOf(point.latitude);
  return {row, ColumnOf(row, point.longitude)};
}

void CellsWithin(const care::Point& centre, double radius_meters, std::vector<CellSpan>& spans) {
  spans.clear();
  const double angle = (radius_meters + kSlackMeters) / kEarthRadiusMeters;
  const double reach = angle * 180 / std::numbers::pi;
  const double half_sine = std::sin(std::min(angle, std::numbers::pi) / 2);
  const double cos_centre = std::cos(Radians(centre.latitude));
  const int last_row = RowOf(std::min(90.0, centre.latitude + reach));
  for (int row = RowOf(std::max(-90.0, centre.latitude - reach)); row <= last_row; ++row) {
    const double south = row * kRowDegrees;
    const double north = south + kRowDegrees;
    // Haversine of the row's nearest latitude leaves so much for the longitude, and where parallels
    // are shortest it goes farthest.
    const double nearest = std::clamp(centre.latitude, south, north);
    const double steep = std::max(std::abs(south), std::abs(north));
    const double cos_row = std::cos(Radians(std::min(steep, 90.0)));
    const double rise = std::sin(Radians(nearest - centre.latitude) / 2);
    const double left = half_sine * half_sine - rise * rise;
    const double share = std::max(0.0, left) / std::max(1e-9, cos_centre * cos_row);
    const double half =
        share >= 1 ? 180.0 : 2 * std::asin(std::sqrt(share)) * 180 / std::numbers::pi;
    spans.push_back({row, ColumnOf(row, std::max(-180.0, centre.longitude - half)),
                     ColumnOf(row, std::min(180.0, centre.longitude + half))});
  }
}

}  // namespace sas::slots
