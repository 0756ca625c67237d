#include "services/slots/region_view.h"

#include <algorithm>
#include <set>

#include "common/base/status.h"

namespace sas::slots {
namespace {

using Sites = std::vector<std::shared_ptr<const IndexedSite>>;

// Adopts the counts of one slot. Seats in use also count for the site's share, so that the next
// search already turns to another practice.
void Adopt(IndexedSite& site, IndexedSlot& slot, const SeatChange& change) {
  const int free = std::max(0, change.free_seats);
  site.booked_recent += slot.free_seats - free;
  slot.free_seats = free;
  slot.hold_expire = change.hold_expire;
}

}  // namespace

std::string_view SiteOfSlot(std::string_view slot) {
  return slot.substr(0, slot.find("/slots/"));
}

const SiteCard* RegionView::FindSite(std::string_view name) const {
  const auto found = cards->find(name);
  return found == cards->end() ? nullptr : &found->second;
}

std::pair<const IndexedSite*, const IndexedSlot*> RegionView::FindSlot(
    std::string_view name) const {
  const SiteCard* card = FindSite(SiteOfSlot(name));
  if (card == nullptr) return {nullptr, nullptr};
  const IndexedSite& site = *snapshot->sites[card->position];
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
    const SiteCard* card = view.FindSite(site_name);
    if (card == nullptr) continue;
    auto site = std::make_shared<IndexedSite>(*snapshot->sites[card->position]);
    for (IndexedSlot& slot : site->slots) {
      const auto change = slots.find(slot.slot.name);
      if (change != slots.end()) Adopt(*site, slot, *change->second);
    }
    snapshot->sites[card->position] = std::move(site);
  }
  RegionView next = view;
  next.snapshot = std::move(snapshot);
  return next;
}

}  // namespace sas::slots
