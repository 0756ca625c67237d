#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/slots/domain/search.h"
#include "tools/bench_driver/fairness_territory.h"

namespace sas::bench {

/// How requests spread over the hours of a week.
struct DemandProfile {
  std::vector<double> weekday;  ///< Monday to Sunday.
  std::vector<double> hour;     ///< 0 h to 23 h.
  std::string source;
};

/// From shared/data/demand/profiles_fr.json; a plain built-in one when the file is absent.
DemandProfile ReadDemand(const std::string& file);

/// One request of the regulation.
struct FairRequest {
  base::Instant at;
  care::Point point;
  slots::Need need;
};

/// `count` requests by time over the days [first, last]: communes by population, hours by the
/// profile, motifs and ages of everyday. The same seed makes the same ones.
std::vector<FairRequest> MakeRequests(const FairTerritory& territory, const DemandProfile& profile,
                                      const care::Date& first, const care::Date& last, int count,
                                      std::uint64_t seed);

}  // namespace sas::bench
