#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {

/// Which départements have a commune within 15 km of a point: a site near a border receives
/// patients of both sides.
class DepartmentBorders {
 public:
  explicit DepartmentBorders(const std::vector<CommuneRow>& communes);

  std::set<std::string> Near(const care::Point& point) const;

 private:
  using Cell = std::pair<int, int>;

  static Cell CellOf(const care::Point& point);

  std::map<Cell, std::vector<const CommuneRow*>> cells_;
};

}  // namespace sas::bench
