#include "services/slots/seat_counts.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace sas::slots {

absl::Status CountSlots(SeatBook& book, const base::Call& call, std::string_view region,
                        const RegionView& view, base::Instant now) {
  std::vector<std::string> names;
  absl::Status status;
  const auto count = [&]() -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto counts, book.Count(call, region, names));
    for (const SeatChange& each : counts) {
      view.index->StoreSlot(each.slot, each.free_seats, each.hold_expire);
    }
    names.clear();
    return absl::OkStatus();
  };
  view.index->ForEachSite([&](const SiteRef& site) {
    if (!status.ok()) return;
    std::vector<std::string> slots = SlotsToCount(site, now);
    std::move(slots.begin(), slots.end(), std::back_inserter(names));
    if (names.size() >= kSlotsTogether) status = count();
  });
  SAS_RETURN_IF_ERROR(status);
  return count();
}

}  // namespace sas::slots
