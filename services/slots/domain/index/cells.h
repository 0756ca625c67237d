#pragma once

#include <compare>
#include <vector>

#include "common/care/geo.h"

namespace sas::slots {

/// A square of about 12 km: rows of equal latitude, columns that widen towards the pole.
struct Cell {
  int row = 0;
  int column = 0;
  auto operator<=>(const Cell&) const = default;
};

Cell CellOf(const care::Point& point);

/// Cells of one row, both ends included.
struct CellSpan {
  int row = 0;
  int first = 0;
  int last = 0;
};

/// Every cell that a circle touches, and perhaps a few more. The antimeridian is a border: no
/// region of ours lies across it.
void CellsWithin(const care::Point& centre, double radius_meters, std::vector<CellSpan>& spans);

}  // namespace sas::slots
