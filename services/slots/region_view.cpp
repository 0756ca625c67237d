#include "services/slots/region_view.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {
namespace {

// A frame of a platform and most edits of a site do not move the border.
bool CoverTheSame(const SiteCard* before, const SiteCard* after) {
  if (before == nullptr || after == nullptr) return before == after;
  return before->open == after->open &&
         before->site.place().insee_code() == after->site.place().insee_code() &&
         std::equal(before->site.territories().begin(), before->site.territories().end(),
                    after->site.territories().begin(), after->site.territories().end());
}

}  // namespace

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
    const bool in_use = slot.unused_seats() < slot.seats();
    const bool opened = slot.staffed() || slot.withdrawn() || in_use;
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

std::shared_ptr<const BorderMap> MakeBorder(const RegionView& view) {
  Coverage coverage;
  view.index->ForEachSite([&](const SiteRef& each) {
    const SiteCard& card = CardOf(each);
    if (!card.open) return;  // A service of last summer does not speak for its département.
    const v1::Site& site = card.site;
    coverage.Add(base::RegionOf(site.name()), site.place().insee_code(), site.territories());
  });
  return std::make_shared<const BorderMap>(coverage, view.communes->Points());
}

std::string HorizonOf(base::Instant now, int horizon_days) {
  const auto paris = care::Zone::Load("Europe/Paris");
  SAS_CHECK(paris.ok(), "tzdata is missing: without Europe/Paris no hour is right");
  return care::DateText(care::AddDays(paris->DateOf(now), horizon_days - 1));
}

absl::StatusOr<Picture> MakePicture(const RegionLedger& ledger, base::Instant now, int horizon_days,
                                    const OpenSite& open) {
  Picture picture;
  std::vector<std::shared_ptr<const Tile>> tiles;
  tiles.reserve(ledger.sites.size());
  for (const SiteLedger& each : ledger.sites) {
    SAS_ASSIGN_OR_RETURN(SitePicture site,
                         MakeSitePicture(each, ledger.practitioners, now, horizon_days));
    picture.orphans += site.orphans;
    if (open) SAS_RETURN_IF_ERROR(open(std::move(site.open)));
    tiles.push_back(MakeSiteTile(*site.site, std::move(site.card)));
  }
  for (const SeatFact& fact : ledger.stray) {
    const auto identity = ParseSlotName(fact.slot, "slot");
    if (identity.ok() && identity->start >= now) ++picture.orphans;
  }
  picture.view.directory = ledger.state.directory;
  picture.view.horizon = HorizonOf(now, horizon_days);
  SAS_ASSIGN_OR_RETURN(picture.view.index, RegionIndex::Build(std::move(tiles)));
  if (!ledger.barriers.empty()) {
    // A region lies in one zone, that of its sites.
    SAS_ASSIGN_OR_RETURN(const care::Zone zone, ledger.sites.empty()
                                                    ? care::Zone::Load(kTimeZoneStandard)
                                                    : ToZone(ledger.sites.front().site));
    picture.view.index->SetBarriers(
        std::make_shared<const Barriers>(ToBarriers(ledger.barriers, zone)));
  }
  picture.view.communes = std::make_shared<const CommuneTable>(ledger.communes);
  picture.view.memberships = std::make_shared<const Memberships>(ledger.memberships);
  picture.view.border = MakeBorder(picture.view);
  return picture;
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
  const bool same = std::all_of(pictures.begin(), pictures.end(), [&](const SitePicture& each) {
    return CoverTheSame(view.FindSite(each.name), each.card.get());
  });
  if (!same) next.border = MakeBorder(next);
  return next;
}

}  // namespace sas::slots
