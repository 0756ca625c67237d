#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/care/geo.h"

namespace sas::slots {

/// What lies between places that are near on the map and far by road: an estuary, a pass that is
/// closed in winter (hazard H-20). Data of a territory.
struct Barrier {
  std::string label;              ///< Told with the distance.
  std::vector<care::Point> line;  ///< At least two points.
  /// Bridges and ferries: whoever crosses goes by the one that is least out of his way.
  std::vector<care::Point> crossings;
  int detour_meters = 0;  ///< Where there is no crossing; 0: no barrier any more.
};

using Barriers = std::vector<Barrier>;

/// What a way is longer than the straight line.
struct Detour {
  int meters = 0;          ///< Of all barriers between; a lower bound, for roads are not straight.
  std::string_view label;  ///< Of the one that costs most; empty when none is between.
};

/// Those of which a straight way from `centre` within the radius may cross one.
std::vector<const Barrier*> BarriersWithin(const Barriers& barriers, const care::Point& centre,
                                           int radius_meters);

/// Of the straight way between two places. A way that only touches a line crosses it.
Detour DetourBetween(const std::vector<const Barrier*>& barriers, const care::Point& from,
                     const care::Point& to);

}  // namespace sas::slots
