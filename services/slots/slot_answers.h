#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "google/protobuf/timestamp.pb.h"
#include "sas/slots/v1/match.pb.h"
#include "sas/slots/v1/slot.pb.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "services/slots/convert.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/region_view.h"
#include "services/slots/seat_values.h"

/// What the RPCs say of slots, made from a view.
namespace sas::slots {

/// INVALID_ARGUMENT `INVALID_TIME` outside of the years 1970 to 2199; `standard` when absent.
absl::StatusOr<base::Instant> ReadTime(bool present, const google::protobuf::Timestamp& time,
                                       base::Instant standard, std::string_view field);

/// Is the view older than kVerifiedFor (invariant I5)?
bool Stale(const RegionView& view, base::Instant now);

/// When somebody last vouched for the slot: our own feed, and for a slot that lives elsewhere its
/// source too.
base::Instant VouchTime(const RegionView& view, const SlotRef& slot);

v1::Slot ToSlot(const RegionView& view, const SlotRef& slot);
/// The same after a transition that the view has not heard of yet.
v1::Slot ToSlot(const RegionView& view, const SlotRef& slot, const SeatChange& after);

v1::SlotHold ToHoldProto(const RegionView& view, const SlotRef& slot, const Hold& hold);

/// Has nobody vouched for the slot for kVerifiedFor?
bool Unverified(const RegionView& view, const Match& match, base::Instant now);

v1::SlotMatch ToMatch(const RegionView& view, const Match& match, const Query& query,
                      base::Role reader, base::Instant now);
/// All sites left out, most first, then by code.
std::vector<v1::ExcludedCount> ToExcludedCounts(const ExclusionCounts& counts);

v1::UncoveredDepartment ToUncovered(const Uncovered& uncovered);

v1::ExcludedSite ToExcluded(const Excluded& excluded, const Need& need);

/// State of a slot with so many free seats and its first hold ending then (zero: none lives).
v1::Slot::State StateOf(const SlotRef& slot, int free, base::Instant hold_expire);

/// Free seats of each site of `territory` (empty means all), most within 48 h first; of what is
/// read by name only what the asker may see. Who steers sees counts of all: he is shown no slot.
v1::Offer MakeOffer(const RegionView& view, std::string_view territory, const Asker& asker,
                    base::Instant now);

}  // namespace sas::slots
