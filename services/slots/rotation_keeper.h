#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/rotation.h"
#include "services/slots/region_view.h"

namespace sas::slots {

/// Sites of a view as the rotation counts them, in the order of its index.
std::vector<SiteShare> SharesOf(const RegionView& view, base::Instant now);

/// The seed is the region's id, and equals change places at midnight in Paris: every replica, and
/// whoever reads the load table, finds the same order.
RotationFrame RotationFrameOf(const std::string& region, base::Instant now);

/// Ranks stay for so long although seats are taken: a territory has no more than a few requests in
/// it.
inline constexpr std::chrono::seconds kTurnInterval{60};

/// Keeps the rotation ranks of one region's views. Not thread-safe: belongs to whoever makes the
/// views.
class RotationKeeper {
 public:
  explicit RotationKeeper(std::string region) : region_(std::move(region)) {}

  /// Stores the ranks of `now` into the view's index, kTurnInterval after the last time, or at once
  /// when the sites or the day are others. Only those are ranked anew who compete with a site whose
  /// seats have changed.
  void Turn(const RegionView& view, base::Instant now);

 private:
  std::string region_;
  std::shared_ptr<const RegionIndex> index_;  ///< What `rotation_` was made from.
  std::unique_ptr<Rotation> rotation_;
  base::Instant turned_{};
};

}  // namespace sas::slots
