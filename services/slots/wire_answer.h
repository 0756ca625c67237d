#pragma once

#include <string>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/region_view.h"
#include "services/slots/slot_search.h"

namespace sas::slots {

/// The bytes of a SearchSlotsResponse that says what ToResponse says: parsed, both are equal. Most
/// of it is copied from what was serialised with the sites (wire_fragments.h).
std::string WriteAnswer(const RegionView& view, const SearchPage& page, base::Role reader,
                        base::Instant now);

}  // namespace sas::slots
