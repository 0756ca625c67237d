#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/slots/region_ledger.h"
#include "services/slots/region_view.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What orders wait for at most.
inline constexpr std::chrono::hours kReopenedAhead{48};
inline constexpr std::size_t kReopenedMax = 40;

struct FreeSeat {
  std::string slot;
  int seat = 0;
};

/// One site before and after a change, inside one transaction: whom the change leaves standing.
class SiteStanding {
 public:
  /// Reads the site as it is. `horizon_days` counts today.
  static absl::StatusOr<SiteStanding> Read(SlotsTransaction& transaction, const std::string& site,
                                           base::Instant now, int horizon_days);

  bool exists() const { return picture_.site != nullptr; }

  const SitePicture& picture() const { return picture_; }

  /// Booked slots to come that are held here and, after the change, by nobody: withdrawn, or made
  /// by no plan. By start; a slot stands once for each of its booked seats (hazard H-27).
  std::vector<std::string> Stranded(const SiteStanding& after) const;

  /// Free seats that start within kReopenedAhead and are offered after the change, of slots that
  /// were withdrawn or given back here, or that the exception `opened` has made. By start, at most
  /// kReopenedMax: a whole day that is opened again is found by searching.
  std::vector<FreeSeat> Reopened(const SiteStanding& after, std::string_view opened) const;

 private:
  SitePicture picture_;
  base::Instant now_{};
};

}  // namespace sas::slots
