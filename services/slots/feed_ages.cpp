#include "services/slots/feed_ages.h"

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

void FeedAges::Attach(RegionLedger& ledger) {
  for (SiteLedger& site : ledger.sites) {
    for (PlannedSlot& slot : site.extra) {
      if (slot.source == nullptr) continue;
      const auto identity = ParseSlotName(slot.name, "slot");
      if (!identity.ok()) continue;
      slot.source = Heard(AgendaName(identity->site, identity->agenda), slot.source->partner(),
                          slot.source->vouched());
    }
  }
}

}  // namespace sas::slots
