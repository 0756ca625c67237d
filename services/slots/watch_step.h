#pragma once

#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/watch_service.pb.h"
#include "services/slots/domain/watch_diff.h"
#include "services/slots/region_view.h"
#include "services/slots/slot_search.h"

/// What one step of a watch is made of.
namespace sas::slots {

/// From now on the search is about these times, whenever it is asked.
void PinWindow(const Query& query, v1::SearchSlotsRequest& search);

/// The same search at a later `now`: what has begun is left out. OUT_OF_RANGE `WINDOW_PASSED` at
/// its end.
absl::Status MoveWindow(v1::SearchSlotsRequest& search, base::Instant now);

/// The matches that a page shows, as far as they are compared.
std::vector<WatchedSlot> WatchedSlots(const RegionView& view, const SearchPage& page,
                                      base::Instant now);

/// The difference as `reader` may see it; its positions are those of the page.
v1::AvailabilityChanges ToChanges(const WatchDiff& diff, const RegionView& view,
                                  const SearchPage& page, base::Role reader, base::Instant now);

/// Seats change in place while a step is made of them: what counts as shown is what was told.
void Adopt(const v1::WatchAvailabilityResponse& step, std::vector<WatchedSlot>& shown);

}  // namespace sas::slots
