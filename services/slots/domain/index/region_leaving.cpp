#include <algorithm>
#include <set>

#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {
namespace {

// With one place less in use the week of who receives is under its cap.
void LeaveWeek(Tile& tile, std::size_t site, const SlotRef& slot) {
  const std::uint32_t last = tile.cold[site + 1].first_run;
  for (std::uint32_t i = tile.cold[site].first_run; i < last; ++i) {
    const std::uint32_t run = tile.site_runs[i];
    const bool his = tile.series[tile.runs[run].series].text->practitioner == slot.practitioner();
    const int week = WeekOfDay(tile.details[run].DayBegin(tile.runs[run]));
    if (his && week == slot.week()) StoreFlag(tile, run, RunDetail::kCapped, false);
  }
}

}  // namespace

// Shares all tiles but those of the site and of the practitioner's other sites, which the writer of
// this index does not reach.
std::shared_ptr<RegionIndex> RegionIndex::Leaving(const SlotRef& slot) const {
  auto next = std::make_shared<RegionIndex>(*this);
  const std::string here = slot.site().name();
  std::set<std::string> sites = SitesOf(slot.practitioner());
  sites.insert(here);
  std::set<const Tile*> own;  // Tiles that only this index has.
  for (const std::string& name : sites) {
    const Located site = next->Locate(name);
    if (site.tile == nullptr || own.count(site.tile) != 0) continue;
    const auto placed =
        std::find_if(next->tiles_.begin(), next->tiles_.end(),
                     [&site](const Placed& each) { return each.tile.get() == site.tile; });
    placed->tile = std::make_shared<Tile>(*placed->tile);
    own.insert(placed->tile.get());
  }
  Tile& tile = *next->Locate(here).tile;
  const int seats = std::min(slot.unused_seats() + 1, slot.seats());
  StoreSeats(tile, slot.run_index(), slot.slot_index(), seats, slot.hold_expire());
  const auto& rules = slot.practitioner_rules();
  const bool under = rules != nullptr &&
                     WeekUsed(slot.practitioner(), slot.week()) - 1 < rules->weekly_appointment_max;
  for (const std::string& name : sites) {
    const Located site = next->Locate(name);
    if (under && site.tile != nullptr) LeaveWeek(*site.tile, site.site, slot);
  }
  // Last: every other store makes these bits anew.
  Relaxed<std::uint32_t>& free = tile.runs[slot.run_index()].free;
  free.Store(free.Load() & ~(1U << static_cast<unsigned>(slot.slot_index())));
  return next;
}

}  // namespace sas::slots
