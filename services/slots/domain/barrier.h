#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "common/care/geo.h"

namespace sas::slots {

/// The days of each year on which a barrier holds, month × 100 + day, both included; a last day
/// before the first lies in the next year.
struct BarrierSeason {
  int first = 0;
  int last = 0;
  care::Zone zone;  ///< Whose days they are.
};

/// What lies between places that are near on the map and far by road: an estuary, a pass that is
/// closed in winter (hazard H-20). Data of a territory.
struct Barrier {
  std::string label;              ///< Told with the distance.
  std::vector<care::Point> line;  ///< At least two points.
  /// Bridges and ferries: whoever crosses goes by the one that is least out of his way.
  std::vector<care::Point> crossings;
  int detour_meters = 0;                  ///< Where there is no crossing; 0: no barrier any more.
  std::optional<BarrierSeason> season{};  ///< Nothing: it always holds.
};

using Barriers = std::vector<Barrier>;

/// What a way is longer than the straight line.
struct Detour {
  int meters = 0;          ///< Of all barriers between; a lower bound, for roads are not straight.
  std::string_view label;  ///< Of the one that costs most; empty when none is between.
};

/// On the local day of the instant.
bool HoldsAt(const Barrier& barrier, base::Instant instant);

/// Those that hold at `instant` and of which a straight way from `centre` within the radius may
/// cross one.
std::vector<const Barrier*> BarriersWithin(const Barriers& barriers, const care::Point& centre,
                                           int radius_meters, base::Instant instant);

/// Of the straight way between two places. A way that only touches a line crosses it.
Detour DetourBetween(const std::vector<const Barrier*>& barriers, const care::Point& from,
                     const care::Point& to);

}  // namespace sas::slots
