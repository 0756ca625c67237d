#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/care/calendar.h"
#include "common/care/geo.h"
#include "services/slots/domain/indexed_site.h"

namespace sas::bench {

/// A place where requests come from.
struct Basin {
  care::Point point;
  std::string territory;
  int population = 0;
};

/// A territory of deploy/demo on its way into an index.
struct FairTerritory {
  std::string name;                       ///< Of the file.
  std::vector<slots::IndexedSite> sites;  ///< With all of their slots, every seat free.
  /// Communes within kBasinMeters of a site that receives: the towns around, which the files have
  /// for look-ups, have networks of their own.
  std::vector<Basin> basins;
};

inline constexpr int kBasinMeters = 15'000;

/// Slots of the days [first, last]. Throws std::runtime_error.
FairTerritory ReadFairTerritory(const std::string& file, const care::Date& first,
                                const care::Date& last);

/// A seat that an order of the lines 15 and 116 117 can have, in consultation.
bool OpenToLines(const slots::IndexedSlot& slot);

/// Takes part in the comparison: receives patients who are not its own, sent by the lines 15 and
/// 116 117, in consultation.
bool TakesPart(const slots::IndexedSite& site);

}  // namespace sas::bench
