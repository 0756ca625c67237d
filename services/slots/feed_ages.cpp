#include "services/slots/feed_ages.h"

#include <algorithm>
#include <set>

#include "services/slots/domain/partner_slots.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/partner_ledger.h"

namespace sas::slots {

std::shared_ptr<const FeedSource> FeedAges::Heard(std::string_view agenda,
                                                  const std::string& partner,
                                                  base::Instant vouched) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<FeedSource>& source = sources_[std::string(agenda)];
  if (source == nullptr) {
    source = std::make_shared<FeedSource>(partner, vouched);
  } else {
    source->Vouch(vouched);
  }
  return source;
}

std::shared_ptr<const FeedSource> FeedAges::Heard(std::string_view agenda,
                                                  const std::string& partner, base::Instant vouched,
                                                  const MasterSaid& said, std::int64_t sequence) {
  Heard(agenda, partner, vouched);
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<FeedSource>& source = sources_[std::string(agenda)];
  source->Declare(said, sequence);
  return source;
}

void FeedAges::Attach(RegionLedger& ledger) {
  for (SiteLedger& site : ledger.sites) {
    for (PlannedSlot& slot : site.extra) {
      if (slot.source == nullptr) continue;
      const auto identity = ParseSlotName(slot.name, "slot");
      if (!identity.ok()) continue;
      slot.source = Heard(AgendaName(identity->site, identity->agenda), slot.source->partner(),
                          slot.source->vouched(), slot.source->said(), slot.source->declared());
    }
  }
}

std::vector<std::string> FeedAges::SilentWithin(std::string_view region, const RegionView& view,
                                                const Query& query, base::Instant now) const {
  const std::lock_guard lock(mutex_);
  if (sources_.empty()) return {};
  const SilentList& list = LookLocked(region, view, now);
  if (list.feeds.empty()) return {};
  const UnitVector centre = ToUnitVector(query.centre);
  const double reach = query.radius_meters / kEarthRadiusMeters;  // A chord is shorter.
  std::set<std::string> partners;
  auto feed = std::lower_bound(list.feeds.begin(), list.feeds.end(), centre.z - reach,
                               [](const Silent& each, double z) { return each.place.z < z; });
  for (; feed != list.feeds.end() && feed->place.z <= centre.z + reach; ++feed) {
    const bool silent = now - feed->source->vouched() > kVerifiedFor;
    if (silent && MetersBetween(feed->place, centre) <= query.radius_meters) {
      partners.insert(feed->source->partner());
    }
  }
  return {partners.begin(), partners.end()};
}

const FeedAges::SilentList& FeedAges::LookLocked(std::string_view region, const RegionView& view,
                                                 base::Instant now) const {
  SilentList& list = silent_[std::string(region)];
  if (now >= list.looked && now < list.looked + kLookEach) return list;
  list.looked = now;
  list.feeds.clear();
  const std::string prefix = std::string(region) + "/";
  for (auto source = sources_.lower_bound(prefix);
       source != sources_.end() && source->first.compare(0, prefix.size(), prefix) == 0; ++source) {
    const auto age = now - source->second->vouched();
    if (age <= kVerifiedFor - kLookEach || age > kPartnerAhead) continue;
    const SiteRef site = view.index->FindSite(SiteOfAgenda(source->first));
    if (site) list.feeds.push_back({ToUnitVector(site.rules().point), source->second});
  }
  std::sort(list.feeds.begin(), list.feeds.end(),
            [](const Silent& a, const Silent& b) { return a.place.z < b.place.z; });
  return list;
}

}  // namespace sas::slots
