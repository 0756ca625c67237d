#include "services/slots/domain/index/region_index.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {
namespace {

// First site of the tile that is not less than `name`, by the order of sites.
std::size_t LowerBound(const Tile& tile, std::string_view name) {
  std::size_t first = 0;
  std::size_t last = tile.sites();
  while (first < last) {
    const std::size_t middle = (first + last) / 2;
    if (SiteNameLess(tile.cold[middle].record->rules.name, name)) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

}  // namespace

RegionIndex::Located RegionIndex::Locate(std::string_view name) const {
  const auto place = places_->find(name);
  if (place == places_->end()) return {};
  const Placed* placed = FindTile(place->second);
  const std::size_t site = LowerBound(*placed->tile, name);
  return {placed->tile.get(), site};
}

SiteRef RegionIndex::FindSite(std::string_view name) const {
  const Located found = Locate(name);
  return found.tile == nullptr ? SiteRef() : SiteRef(*found.tile, found.site);
}

SlotRef RegionIndex::FindSlot(std::string_view name) const {
  const auto identity = ParseSlotName(name, "slot");
  if (!identity.ok()) return {};
  const SiteRef site = FindSite(identity->site);
  return site ? site.Find(identity->agenda, FloorMinute(identity->start)) : SlotRef();
}

int RegionIndex::WeekUsed(std::string_view practitioner, int week) const {
  return week_caps_->Used(practitioner, week);
}

std::set<std::string> RegionIndex::SitesOf(std::string_view practitioner) const {
  return week_caps_->Sites(practitioner);
}

std::size_t RegionIndex::slot_count() const {
  std::size_t count = 0;
  for (const Placed& placed : tiles_) count += placed.tile->slots();
  return count;
}

std::size_t RegionIndex::bytes() const {
  std::size_t bytes = 0;
  for (const Placed& placed : tiles_) bytes += placed.tile->bytes();
  return bytes;
}

bool RegionIndex::StoreSlot(std::string_view name, int free_seats, base::Instant hold_expire) {
  const auto identity = ParseSlotName(name, "slot");
  if (!identity.ok()) return false;
  const Located site = Locate(identity->site);
  if (site.tile == nullptr) return false;
  const SlotRef slot =
      SiteRef(*site.tile, site.site).Find(identity->agenda, FloorMinute(identity->start));
  if (!slot) return false;
  // A slot that the book does not know counts as full when it is offered, and as it was otherwise.
  if (free_seats < 0 && !slot.staffed()) return true;
  const int more =
      StoreSeats(*site.tile, slot.run_index(), slot.slot_index(), free_seats, hold_expire);
  if (more != 0 && week_caps_->Use(slot, more)) RefreshCaps(slot.practitioner());
  return true;
}

void RegionIndex::RefreshCaps(std::string_view practitioner) {
  for (const std::string& name : week_caps_->Sites(practitioner)) {
    const Located site = Locate(name);
    if (site.tile == nullptr) continue;
    Tile& tile = *site.tile;
    for (std::uint32_t i = tile.cold[site.site].first_run; i < tile.cold[site.site + 1].first_run;
         ++i) {
      const std::uint32_t run = tile.site_runs[i];
      if (tile.series[tile.runs[run].series].text->practitioner != practitioner) continue;
      StoreFlag(tile, run, RunDetail::kCapped, week_caps_->IsCapped(tile, run));
    }
  }
}

bool RegionIndex::StoreVerified(std::string_view site, base::Instant verified) {
  const Located found = Locate(site);
  if (found.tile == nullptr) return false;
  found.tile->hot[found.site].vouched.Store(verified.time_since_epoch().count());
  return true;
}

bool RegionIndex::StoreRank(std::string_view site, int rank) {
  const Located found = Locate(site);
  if (found.tile == nullptr) return false;
  found.tile->hot[found.site].rank.Store(static_cast<std::uint8_t>(std::clamp(rank, 0, 255)));
  return true;
}

const RegionIndex::Placed* RegionIndex::FindTile(const Cell& cell) const {
  const auto found =
      std::lower_bound(tiles_.begin(), tiles_.end(), cell,
                       [](const Placed& placed, const Cell& each) { return placed.cell < each; });
  return found != tiles_.end() && found->cell == cell ? &*found : nullptr;
}

RegionIndex::Range RegionIndex::TilesOf(const CellSpan& span) const {
  const int row = span.row - first_row_;
  if (row < 0 || row + 1 >= static_cast<int>(row_tiles_.size())) return {};
  const auto index = static_cast<std::size_t>(row);
  const auto begin = columns_.begin() + row_tiles_[index];
  const auto end = columns_.begin() + row_tiles_[index + 1];
  const auto first = std::lower_bound(begin, end, span.first);
  const auto last = std::upper_bound(first, end, span.last);
  return {static_cast<std::uint32_t>(first - columns_.begin()),
          static_cast<std::uint32_t>(last - columns_.begin())};
}

void RegionIndex::IndexRows() {
  row_tiles_.clear();
  columns_.clear();
  columns_.reserve(tiles_.size());
  first_row_ = tiles_.empty() ? 0 : tiles_.front().cell.row;
  for (std::uint32_t i = 0; i < tiles_.size(); ++i) {
    const auto row = static_cast<std::size_t>(tiles_[i].cell.row - first_row_);
    while (row_tiles_.size() <= row) row_tiles_.push_back(i);
    columns_.push_back(tiles_[i].cell.column);
  }
  row_tiles_.push_back(static_cast<std::uint32_t>(tiles_.size()));
}

}  // namespace sas::slots
