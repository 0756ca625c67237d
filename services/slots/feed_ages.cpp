#include "services/slots/feed_ages.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/slots/domain/partner_slots.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {

std::shared_ptr<FeedSource> FeedAges::HearLocked(const FedAgenda& agenda) {
  std::shared_ptr<FeedSource>& source = sources_[agenda.name];
  if (source == nullptr) {
    source = std::make_shared<FeedSource>(agenda.partner, agenda.vouched, agenda.changed);
  } else {
    source->Vouch(agenda.vouched, agenda.changed);
  }
  source->Declare(agenda.said, agenda.position.applied);
  return source;
}

std::shared_ptr<const FeedSource> FeedAges::Heard(const FedAgenda& agenda) {
  const std::lock_guard lock(mutex_);
  return HearLocked(agenda);
}

std::shared_ptr<const FeedReading> FeedAges::Join(std::string agenda, const FeedReading& reading) {
  const FedAgenda heard{std::move(agenda), reading.partner(), {reading.sequence(), Resync::kNone},
                        reading.read(),    reading.said(),    reading.source().changed()};
  const std::lock_guard lock(mutex_);
  auto source = HearLocked(heard);
  source->NoteReading(reading.sequence());
  return std::make_shared<const FeedReading>(std::move(source), reading.sequence(), reading.read());
}

void FeedAges::Attach(RegionLedger& ledger) {
  std::map<const FeedReading*, std::shared_ptr<const FeedReading>> joined;
  std::vector<std::shared_ptr<const FeedReading>> own;  // So that no address comes again.
  for (SiteLedger& site : ledger.sites) {
    for (PlannedSlot& slot : site.extra) {
      if (slot.source == nullptr) continue;
      auto& reading = joined[slot.source.get()];
      if (reading == nullptr) {
        const auto identity = ParseSlotName(slot.name, "slot");
        if (!identity.ok()) continue;
        reading = Join(AgendaName(identity->site, identity->agenda), *slot.source);
        own.push_back(slot.source);
      }
      slot.source = reading;
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
