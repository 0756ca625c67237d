#include "services/slots/region_search.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/judge_parts.h"
#include "services/slots/domain/search_score.h"

namespace sas::slots {
namespace {

const IndexedSite* SiteOf(const RegionView& view, const SiteRef& site) {
  const auto place = view.places->find(site.name());
  return place == view.places->end() ? nullptr : view.snapshot->sites[place->second.position].get();
}

const IndexedSlot* SlotOf(const IndexedSite& site, const SlotRef& slot) {
  const base::Instant start = slot.start();
  const auto first = std::lower_bound(
      site.slots.begin(), site.slots.end(), start,
      [](const IndexedSlot& each, base::Instant at) { return each.slot.start < at; });
  std::string name;
  for (auto each = first; each != site.slots.end() && each->slot.start == start; ++each) {
    if (name.empty()) name = slot.name();
    if (each->slot.name == name) return &*each;
  }
  return nullptr;
}

// Null-free: a site that the view does not have any more, or not yet, is left out.
std::vector<Match> Matches(const RegionView& view, const Query& query,
                           const std::vector<tiled::Match>& matches) {
  std::vector<Match> told;
  told.reserve(matches.size());
  for (const tiled::Match& match : matches) {
    Candidate candidate;
    candidate.site = SiteOf(view, match.slot.site());
    if (candidate.site == nullptr) continue;
    candidate.slot = SlotOf(*candidate.site, match.slot);
    if (candidate.slot == nullptr) continue;
    candidate.rule = FindEntryRule(candidate.site->rules, query.need.entry_point);
    candidate.distance_meters = match.distance_meters;
    candidate.unverified = match.unverified;
    candidate.above_soft_cap = match.above_soft_cap;
    Rank(candidate, query);
    candidate.rotation_rank = match.slot.site().rotation_rank();
    told.push_back(Explain(candidate, query));
  }
  return told;
}

}  // namespace

Found SearchView(const RegionView& view, const Query& query) {
  Found found;
  if (view.snapshot->index == nullptr) return found;
  const tiled::Found hits = tiled::Search(*view.snapshot->index, query);
  found.matches = Matches(view, query, hits.matches);
  found.total = hits.total;
  for (const tiled::Excluded& each : hits.excluded) {
    const IndexedSite* site = SiteOf(view, each.site);
    if (site == nullptr) continue;
    found.excluded.push_back({site, each.distance_meters, each.exclusion, each.next_start});
  }
  return found;
}

Further CountFurther(const RegionView& view, const Query& query, const std::vector<Match>& known) {
  if (view.snapshot->index == nullptr) return {};
  std::vector<tiled::Match> refs;
  for (const Match& match : known) {
    tiled::Match ref;
    ref.slot = FindRef(view, match.slot->slot.name);
    if (ref.slot) refs.push_back(ref);
  }
  const tiled::Outline outline = tiled::Count(*view.snapshot->index, query, refs);
  return {outline.count, outline.first_start};
}

SlotRef FindRef(const RegionView& view, std::string_view slot) {
  return view.snapshot->index == nullptr ? SlotRef() : view.snapshot->index->FindSlot(slot);
}

std::shared_ptr<RegionIndex> MakeIndex(
    const std::vector<std::shared_ptr<const IndexedSite>>& sites) {
  std::vector<std::shared_ptr<const Tile>> tiles;
  tiles.reserve(sites.size());
  for (const auto& site : sites) tiles.push_back(MakeSiteTile(*site));
  auto index = RegionIndex::Build(std::move(tiles));
  SAS_CHECK(index.ok(), "the directory refuses regions of this size");
  return *std::move(index);
}

std::shared_ptr<RegionIndex> WithSites(const RegionIndex& index,
                                       const std::vector<SitePicture>& pictures) {
  std::vector<std::shared_ptr<const Tile>> tiles;
  std::vector<std::string> removed;
  for (const SitePicture& picture : pictures) {
    if (picture.site == nullptr) {
      removed.push_back(picture.name);
    } else {
      tiles.push_back(MakeSiteTile(*picture.site));
    }
  }
  auto next = index.WithSites(tiles, removed);
  SAS_CHECK(next.ok(), "the directory refuses regions of this size");
  return *std::move(next);
}

}  // namespace sas::slots
