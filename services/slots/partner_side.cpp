#include "services/slots/partner_side.h"

#include "services/slots/roles.h"

namespace sas::slots {

PartnerSide::PartnerSide(SlotsStore& store, FeedAges& ages, SourcePost& post, rpc::Process& process)
    : gate_({}, process.clock()),
      metrics_(process.metrics(), process.clock()),
      feed_(store, ages, gate_, metrics_, process.clock()),
      records_(store, gate_, metrics_, process.clock()),
      compare_(store, metrics_, process.clock()),
      desk_({}, metrics_, process.clock()),
      relay_(SourceDesk::kAnswerMax, desk_, post, metrics_, process.clock(),
             process.runtime().random),
      questions_(store, relay_, metrics_, process.clock()),
      service_(process.runtime(), feed_, records_, &desk_) {
  AllowPartnerMethods(process.roles());
  process.Every("partner_limits", kRefresh,
                [this](const base::Call& call) { return records_.Refresh(call); });
  process.Every("partner_ages", kRefresh,
                [this](const base::Call& call) { return feed_.Refresh(call); });
  process.Every("partner_phantoms", kCountPhantoms,
                [this](const base::Call& call) { return feed_.CountPhantoms(call); });
  process.Every("partner_compare", kCompare,
                [this](const base::Call& call) { return compare_.Run(call); });
}

}  // namespace sas::slots
