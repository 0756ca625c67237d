#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/rotation.h"
#include "tools/bench_driver/fairness_demand.h"
#include "tools/bench_driver/fairness_territory.h"

namespace sas::bench {

/// Who gets a patient: the search as it is, or what an operator without it would do.
enum class FairPolicy {
  kRotation,
  kNearestOfClass,  ///< The nearest of the earliest delay class (H-19), as the rotation must.
  kNearest,
  kEarliest
};

/// What became of the requests of one territory under one policy.
struct FairOutcome {
  int served = 0;
  int unserved = 0;
  double meters = 0;       ///< Of all who were served.
  double wait_hours = 0;   ///< Until the start, of all who were served.
  int caps_broken = 0;     ///< Weekly and daily caps and seats, counted anew.
  int delay_left = 0;      ///< Times that a slot of an earlier delay class was passed over.
  std::vector<int> loads;  ///< Of the sites that take part, parts per million of seats offered.
};

/// One territory, its calendar running through the requests.
class FairRun {
 public:
  FairRun(const FairTerritory& territory, const care::Date& first, const care::Date& last,
          FairPolicy policy);
  FairOutcome Play(const std::vector<FairRequest>& requests);

 private:
  struct Booked {
    std::size_t site = 0;
    const slots::IndexedSlot* slot = nullptr;
  };

  void NewDay(const care::Date& day);
  void Turn();
  void Answer(const FairRequest& request, FairOutcome& outcome);
  void Take(const slots::SlotRef& slot, FairOutcome& outcome);
  int Offered(std::size_t site, const care::Date& first, const care::Date& last) const;

  const FairTerritory& territory_;
  const care::Date first_;
  const care::Date last_;
  const FairPolicy policy_;
  care::Zone zone_;
  std::shared_ptr<slots::RegionIndex> index_;
  std::map<std::string, Booked> slots_;  ///< By name; what can be booked.
  std::map<std::string, int> left_;      ///< Free seats by name, counted here.
  std::vector<slots::SiteShare> shares_;
  slots::RotationFrame frame_;
  std::vector<std::vector<base::Instant>> booked_;  ///< Starts, by site.
  std::map<std::pair<std::string, int>, int> weeks_;
  std::map<std::pair<std::size_t, base::Instant>, int> days_;
};

}  // namespace sas::bench
