#include "services/slots/region_view.h"

#include <algorithm>
#include <set>

#include "common/base/status.h"
#include "services/slots/domain/index/region_index.h"
#include "services/slots/region_search.h"

namespace sas::slots {
namespace {

using Sites = std::vector<std::shared_ptr<const IndexedSite>>;

// Adopts the counts of one slot. Seats in use also count for the site's share, so that the next
// search already turns to another practice.
void Adopt(IndexedSite& site, IndexedSlot& slot, const SeatChange& change) {
  // Of a slot that is not offered nothing is free, whatever the book still holds for it.
  const int free = slot.slot.staffed ? std::max(0, change.free_seats) : 0;
  site.booked_recent += slot.free_seats - free;
  slot.free_seats = free;
  slot.hold_expire = change.hold_expire;
}

// Takes a site out; the last of the list moves into its place.
void Remove(Sites& sites, SitePlaces& places, SitePlaces::iterator place) {
  const std::size_t hole = place->second.position;
  places.erase(place);
  if (hole + 1 != sites.size()) {
    places.find(sites.back()->rules.name)->second.position = hole;
    sites[hole] = std::move(sites.back());
  }
  sites.pop_back();
}

}  // namespace

std::string_view SiteOfSlot(std::string_view slot) {
  return slot.substr(0, slot.find("/slots/"));
}

const SiteCard* RegionView::FindSite(std::string_view name) const {
  const auto found = places->find(name);
  return found == places->end() ? nullptr : found->second.card.get();
}

std::shared_ptr<const IndexedSite> RegionView::FindIndexed(std::string_view name) const {
  const auto found = places->find(name);
  return found == places->end() ? nullptr : snapshot->sites[found->second.position];
}

std::pair<const IndexedSite*, const IndexedSlot*> RegionView::FindSlot(
    std::string_view name) const {
  const auto found = places->find(SiteOfSlot(name));
  if (found == places->end()) return {nullptr, nullptr};
  const IndexedSite& site = *snapshot->sites[found->second.position];
  for (const IndexedSlot& slot : site.slots) {
    if (slot.slot.name == name) return {&site, &slot};
  }
  return {nullptr, nullptr};
}

RegionView WithChanges(const RegionView& view, const std::vector<SeatChange>& changes,
                       base::Instant fresh) {
  std::map<std::string_view, std::map<std::string_view, const SeatChange*>> by_site;
  for (const SeatChange& change : changes) {
    if (!change.slot.empty()) by_site[SiteOfSlot(change.slot)][change.slot] = &change;
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->fresh = fresh;
  snapshot->sites = view.snapshot->sites;
  for (const auto& [site_name, slots] : by_site) {
    const auto place = view.places->find(site_name);
    if (place == view.places->end()) continue;
    const std::size_t position = place->second.position;
    auto site = std::make_shared<IndexedSite>(*snapshot->sites[position]);
    for (IndexedSlot& slot : site->slots) {
      const auto change = slots.find(slot.slot.name);
      if (change != slots.end()) Adopt(*site, slot, *change->second);
    }
    snapshot->sites[position] = std::move(site);
  }
  snapshot->index = view.snapshot->index;
  if (snapshot->index != nullptr) {
    for (const SeatChange& change : changes) {
      if (change.slot.empty()) continue;
      snapshot->index->StoreSlot(change.slot, change.free_seats, change.hold_expire);
    }
    snapshot->index->StoreFresh(fresh);
  }
  RegionView next = view;
  next.snapshot = std::move(snapshot);
  return next;
}

RegionView WithSites(const RegionView& view, const std::vector<SitePicture>& pictures) {
  auto snapshot = std::make_shared<Snapshot>(*view.snapshot);
  auto places = std::make_shared<SitePlaces>(*view.places);
  for (const SitePicture& picture : pictures) {
    const auto place = places->find(picture.name);
    if (picture.site == nullptr) {
      if (place != places->end()) Remove(snapshot->sites, *places, place);
    } else if (place == places->end()) {
      places->emplace(picture.name, SitePlace{snapshot->sites.size(), picture.card});
      snapshot->sites.push_back(picture.site);
    } else {
      snapshot->sites[place->second.position] = picture.site;
      place->second.card = picture.card;
    }
  }
  if (snapshot->index != nullptr) snapshot->index = WithSites(*snapshot->index, pictures);
  RegionView next = view;
  next.snapshot = std::move(snapshot);
  next.places = std::move(places);
  return next;
}

RegionView WithSite(const RegionView& view, const SitePicture& picture) {
  return WithSites(view, {picture});
}

}  // namespace sas::slots
