#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/feed_source.h"
#include "services/slots/domain/index/unit_vector.h"
#include "services/slots/domain/search.h"
#include "services/slots/partner_ledger.h"
#include "services/slots/region_view.h"

namespace sas::slots {

/// Who vouches for each agenda that lives elsewhere, and when he did last: one FeedSource for each
/// agenda in this process, whatever view or frame speaks of it. Thread-safe.
class FeedAges {
 public:
  /// Agendas are looked through so often for those that may be silent.
  static constexpr std::chrono::seconds kLookEach{1};

  /// The agenda's source, made if need be, after what the ledger has of it.
  std::shared_ptr<const FeedSource> Heard(const FedAgenda& agenda);

  /// Lets every slot of partners that was read from the ledger share its agenda's source.
  void Attach(RegionLedger& ledger);

  /// Partners, by name, with an agenda at a site of the circle that nobody has vouched for within
  /// kVerifiedFor: what they have is not known (hazard H-18). An agenda that has been silent for
  /// kPartnerAhead is forgotten: nothing that it told is still to come. Costs nothing while all
  /// partners speak. `region`: regions/r, of which the view is.
  std::vector<std::string> SilentWithin(std::string_view region, const RegionView& view,
                                        const Query& query, base::Instant now) const;

 private:
  struct Silent {
    UnitVector place;
    std::shared_ptr<const FeedSource> source;
  };

  /// Of one region; what has been heard since is seen at each use.
  struct SilentList {
    base::Instant looked{};
    std::vector<Silent> feeds;  ///< By place.z, so that a circle looks at its own latitudes.
  };

  std::shared_ptr<FeedSource> HearLocked(const FedAgenda& agenda);
  /// The reading of an agenda's own source, of the shared one.
  std::shared_ptr<const FeedReading> Join(std::string agenda, const FeedReading& reading);
  const SilentList& LookLocked(std::string_view region, const RegionView& view,
                               base::Instant now) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<FeedSource>, std::less<>> sources_;
  mutable std::map<std::string, SilentList, std::less<>> silent_;  ///< By `regions/r`.
};

}  // namespace sas::slots
