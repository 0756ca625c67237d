#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "services/slots/projection.h"

/// From a name in a request to what memory holds of it. Shape first, then the region of the
/// credentials, then existence.
namespace sas::slots {

/// The region's view and one of its slots; the rest lives as long as `view`.
struct SlotInView {
  std::string region;
  std::shared_ptr<const RegionView> view;
  const SiteCard* card = nullptr;
  SlotRef slot;
};

/// INVALID_ARGUMENT `INVALID_RESOURCE_NAME`, PERMISSION_DENIED `REGION_FORBIDDEN`, NOT_FOUND
/// `SLOT_NOT_FOUND` when it is not between today and the horizon. UNAVAILABLE
/// `AVAILABILITY_REBUILDING` after a start, while the region is not in memory yet: a slot of which
/// nothing is known must not pass for one that does not exist.
absl::StatusOr<SlotInView> FindSlot(const Projection& projection, const base::Call& call,
                                    std::string_view name, std::string_view field);

/// Slot of an appointment that is to be moved; null when it lies in the past. INVALID_ARGUMENT
/// `INVALID_RESOURCE_NAME`, `REGION_MISMATCH` when it is not of `parent`.
absl::StatusOr<SlotRef> FindMovingSlot(const RegionView& view, std::string_view parent,
                                       std::string_view name, std::string_view field);

/// The same for regions/{region}; a region that the ledger does not have has an empty view.
absl::StatusOr<std::shared_ptr<const RegionView>> FindRegion(const Projection& projection,
                                                             const base::Call& call,
                                                             std::string_view parent);

}  // namespace sas::slots
