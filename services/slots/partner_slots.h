#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/slots/region_ledger.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Adds the slots of platforms to the sites of `ledger`, those of the last kHistory too: `parent`
/// is a site, or the whole region. Seats are those that are free at the source and those that our
/// appointments have; a slot with neither is not made, so that what is taken at its source leaves
/// the searches at once.
absl::Status AddPartnerSlots(SlotsTransaction& transaction, std::string_view parent,
                             base::Instant now, RegionLedger& ledger);

}  // namespace sas::slots
