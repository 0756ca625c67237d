#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {
namespace {

constexpr std::uint32_t kOrdinals = 1U << 19U;  ///< The rank has so many bits for a site.

constexpr std::size_t kSpareNumbers = 4096;

absl::Status TooLarge(std::string_view what) {
  return base::Fail(
      absl::StatusCode::kResourceExhausted, "REGION_TOO_LARGE",
      "the region has more " + std::string(what) + " than its index can number; split the region");
}

const std::string& NameOf(const Tile& site_tile) {
  return site_tile.cold.front().record->rules.name;
}

void AddDoctors(const SiteRef& site, std::set<std::string, std::less<>>& doctors) {
  const Tile& tile = site.tile();
  const std::uint32_t last = tile.cold[site.index() + 1].first_series;
  for (std::uint32_t i = tile.cold[site.index()].first_series; i < last; ++i) {
    doctors.insert(tile.series[i].text->practitioner);
  }
  for (const WeekUse& each : site.record().earlier_this_week) doctors.insert(each.practitioner);
}

}  // namespace

/// What becomes of the sites of one cell.
struct RegionIndex::Change {
  std::set<std::string_view> gone;
  std::vector<TilePart> come;
};

absl::StatusOr<std::shared_ptr<RegionIndex>> RegionIndex::Build(
    std::vector<std::shared_ptr<const Tile>> sites) {
  auto index = std::make_shared<RegionIndex>();
  index->places_ = std::make_shared<const Places>();
  index->vocabulary_ = std::make_shared<const Vocabulary>();
  index->verdicts_ = std::make_shared<VerdictCache>();
  index->fresh_ = std::make_shared<Relaxed<std::int64_t>>();
  index->week_caps_ = std::make_shared<WeekCaps>();
  SAS_RETURN_IF_ERROR(index->Apply(sites, {}));
  index->NumberAll();
  return index;
}

absl::StatusOr<std::shared_ptr<RegionIndex>> RegionIndex::WithSites(
    const std::vector<std::shared_ptr<const Tile>>& sites,
    const std::vector<std::string>& removed) const {
  auto next = std::make_shared<RegionIndex>(*this);
  SAS_RETURN_IF_ERROR(next->Apply(sites, removed));
  bool numbered = true;
  for (const auto& site : sites) {
    const std::string& name = NameOf(*site);
    const Located after = next->Locate(name);
    SiteHot& hot = after.tile->hot[after.site];
    if (const SiteRef before = FindSite(name)) {
      hot.rank.Store(static_cast<std::uint8_t>(before.rotation_rank()));
      hot.ordinal = before.tile().hot[before.index()].ordinal;
    } else {
      numbered = numbered && next->NumberNew(name);
    }
  }
  if (!numbered) {
    // Readers of the old index keep its numbers.
    for (Placed& placed : next->tiles_) placed.tile = std::make_shared<Tile>(*placed.tile);
    next->NumberAll();
  }
  next->CompactBases();
  return next;
}

absl::Status RegionIndex::Apply(const std::vector<std::shared_ptr<const Tile>>& sites,
                                const std::vector<std::string>& removed) {
  std::map<Cell, Change> changes;
  std::set<std::string, std::less<>> doctors;
  auto places = std::make_shared<Places>(*places_);
  auto vocabulary = std::make_shared<Vocabulary>(*vocabulary_);
  for (const std::string& name : removed) {
    const auto place = places->find(name);
    if (place == places->end()) continue;
    changes[place->second].gone.insert(name);
    places->erase(place);
    AddDoctors(FindSite(name), doctors);
    week_caps_->Remove(FindSite(name));
  }
  for (const auto& site : sites) {
    const SiteRules& rules = site->cold.front().record->rules;
    const Cell cell = CellOf(rules.point);
    const auto [place, made] = places->try_emplace(rules.name, cell);
    if (!made) {
      changes[place->second].gone.insert(rules.name);
      place->second = cell;
      AddDoctors(FindSite(rules.name), doctors);
      week_caps_->Remove(FindSite(rules.name));
    }
    AddDoctors(SiteRef(*site, 0), doctors);
    week_caps_->Add(SiteRef(*site, 0));
    changes[cell].come.push_back({site.get(), 0});
    vocabulary->Add(*site);
  }
  if (places->size() > kRegionSitesMax) return TooLarge("sites");
  std::vector<Placed> placed;
  vocabulary_ = std::move(vocabulary);
  for (const auto& [cell, change] : changes) {
    SAS_RETURN_IF_ERROR(Replace(cell, change, placed));
  }
  for (const Placed& old : tiles_) {
    if (changes.count(old.cell) == 0) placed.push_back(old);
  }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.cell < b.cell; });
  tiles_ = std::move(placed);
  IndexRows();
  places_ = std::move(places);
  for (const std::string& doctor : doctors) RefreshCaps(doctor);
  return absl::OkStatus();
}

absl::Status RegionIndex::Replace(const Cell& cell, const Change& change,
                                  std::vector<Placed>& placed) {
  std::vector<TilePart> parts = change.come;
  const Placed* const known = FindTile(cell);
  const std::shared_ptr<Tile> old = known == nullptr ? nullptr : known->tile;
  for (std::size_t i = 0; old != nullptr && i < old->sites(); ++i) {
    if (change.gone.count(old->cold[i].record->rules.name) == 0) parts.push_back({old.get(), i});
  }
  if (parts.empty()) return absl::OkStatus();
  if (parts.size() >= kTileSitesMax) return TooLarge("sites within 12 km");
  std::shared_ptr<Tile> tile = AssembleTile(std::move(parts));
  for (std::size_t site = 0; site < tile->sites(); ++site) {
    vocabulary_->NumberTerritories(tile->cold[site].record->rules, tile->hot[site]);
  }
  GiveBases(*tile);
  placed.push_back({cell, std::move(tile)});
  return absl::OkStatus();
}

void RegionIndex::GiveBases(Tile& tile) {
  tile.site_base = next_site_;
  tile.series_base = next_series_;
  next_site_ += static_cast<std::uint32_t>(tile.sites());
  next_series_ += static_cast<std::uint32_t>(tile.series.size());
}

// Numbers of tiles that are no more are not used again. When most are of those, the tables of
// verdicts begin anew.
void RegionIndex::CompactBases() {
  std::size_t series = 0;
  for (const Placed& placed : tiles_) series += placed.tile->series.size();
  if (next_site_ <= 2 * places_->size() + kSpareNumbers &&
      next_series_ <= 2 * series + kSpareNumbers) {
    return;
  }
  next_site_ = 0;
  next_series_ = 0;
  verdicts_ = std::make_shared<VerdictCache>();
  for (Placed& placed : tiles_) {
    placed.tile = std::make_shared<Tile>(*placed.tile);
    GiveBases(*placed.tile);
  }
}

void RegionIndex::NumberAll() {
  std::vector<std::pair<std::string_view, SiteHot*>> sites;
  sites.reserve(places_->size());
  for (const Placed& placed : tiles_) {
    for (std::size_t i = 0; i < placed.tile->sites(); ++i) {
      sites.emplace_back(placed.tile->cold[i].record->rules.name, &placed.tile->hot[i]);
    }
  }
  std::sort(sites.begin(), sites.end(),
            [](const auto& a, const auto& b) { return SiteNameLess(a.first, b.first); });
  const std::uint32_t gap = kOrdinals / (static_cast<std::uint32_t>(sites.size()) + 1);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    sites[i].second->ordinal = static_cast<std::uint32_t>(i + 1) * gap;
  }
}

// A number between those of its neighbours; false when there is none.
bool RegionIndex::NumberNew(std::string_view name) {
  std::uint32_t below = 0;
  std::uint32_t above = kOrdinals;
  SiteHot* mine = nullptr;
  for (const Placed& placed : tiles_) {
    for (std::size_t i = 0; i < placed.tile->sites(); ++i) {
      SiteHot& hot = placed.tile->hot[i];
      const std::string& other = placed.tile->cold[i].record->rules.name;
      if (other == name) {
        mine = &hot;
      } else if (hot.ordinal == 0) {
        continue;  // Waits for its own number.
      } else if (SiteNameLess(other, name)) {
        below = std::max(below, hot.ordinal);
      } else {
        above = std::min(above, hot.ordinal);
      }
    }
  }
  if (above - below < 2) return false;
  mine->ordinal = below + (above - below) / 2;
  return true;
}

}  // namespace sas::slots
