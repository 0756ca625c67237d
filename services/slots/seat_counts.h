#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/region_view.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// Slots that the book is given or asked about at once, and those of one site more: their names are
/// in memory together, and a load shows itself as often.
inline constexpr std::size_t kSlotsTogether = 8000;

/// Stores in the view's index how many seats of each slot the book has free at `now`. After a fault
/// some are stored: each was true when it was asked. One writer of the index at a time.
absl::Status CountSlots(SeatBook& book, const base::Call& call, std::string_view region,
                        const RegionView& view, base::Instant now);

}  // namespace sas::slots
