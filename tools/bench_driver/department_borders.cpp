#include "tools/bench_driver/department_borders.h"

#include <cmath>

namespace sas::bench {
namespace {

constexpr double kNearMeters = 15'000;
constexpr double kCellDegrees = 0.25;  ///< Wider than kNearMeters, to the east too.

}  // namespace

DepartmentBorders::DepartmentBorders(const std::vector<CommuneRow>& communes) {
  for (const CommuneRow& each : communes) cells_[CellOf(each.point)].push_back(&each);
}

std::set<std::string> DepartmentBorders::Near(const care::Point& point) const {
  std::set<std::string> departments;
  const auto [row, column] = CellOf(point);
  for (int north = -1; north <= 1; ++north) {
    for (int east = -1; east <= 1; ++east) {
      const auto cell = cells_.find({row + north, column + east});
      if (cell == cells_.end()) continue;
      for (const CommuneRow* commune : cell->second) {
        if (departments.count(commune->department) == 0 &&
            care::DistanceMeters(point, commune->point) <= kNearMeters) {
          departments.insert(commune->department);
        }
      }
    }
  }
  return departments;
}

DepartmentBorders::Cell DepartmentBorders::CellOf(const care::Point& point) {
  return {static_cast<int>(std::floor(point.latitude / kCellDegrees)),
          static_cast<int>(std::floor(point.longitude / kCellDegrees))};
}

}  // namespace sas::bench
