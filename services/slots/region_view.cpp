#include "services/slots/region_view.h"

#include "common/base/status.h"
#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {

std::string_view SiteOfSlot(std::string_view slot) {
  return slot.substr(0, slot.find("/slots/"));
}

const SiteCard* RegionView::FindSite(std::string_view name) const {
  const SiteRef site = index->FindSite(name);
  return site ? &CardOf(site) : nullptr;
}

const SiteCard& CardOf(const SiteRef& site) {
  return static_cast<const SiteCard&>(site.record());
}

const SiteCard& CardOf(const SlotRef& slot) {
  return CardOf(slot.site());
}

std::vector<std::string> SlotsToCount(const std::vector<OpenSlot>& open, base::Instant now) {
  std::vector<std::string> names;
  names.reserve(open.size());
  for (const OpenSlot& slot : open) {
    if (slot.end > now) names.push_back(slot.slot);
  }
  return names;
}

std::vector<std::string> SlotsToCount(const SiteRef& site, base::Instant now) {
  std::vector<std::string> names;
  site.ForEachSlot(0, kMinuteMax, [&](const SlotRef& slot) {
    const bool opened = slot.staffed() || slot.withdrawn();
    if (opened && slot.end() > now) names.push_back(slot.name());
  });
  return names;
}

RegionView WithChanges(const RegionView& view, const std::vector<SeatChange>& changes,
                       base::Instant fresh) {
  for (const SeatChange& change : changes) {
    if (change.slot.empty()) continue;
    view.index->StoreSlot(change.slot, change.free_seats, change.hold_expire);
  }
  view.index->StoreFresh(fresh);
  RegionView next = view;
  next.fresh = fresh;
  return next;
}

RegionView WithSites(const RegionView& view, const std::vector<SitePicture>& pictures) {
  std::vector<std::shared_ptr<const Tile>> tiles;
  std::vector<std::string> removed;
  for (const SitePicture& picture : pictures) {
    if (picture.site == nullptr) {
      removed.push_back(picture.name);
    } else {
      tiles.push_back(MakeSiteTile(*picture.site, picture.card));
    }
  }
  auto index = view.index->WithSites(tiles, removed);
  SAS_CHECK(index.ok(), "the directory refuses regions of this size");
  RegionView next = view;
  next.index = *std::move(index);
  return next;
}

}  // namespace sas::slots
