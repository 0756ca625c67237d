#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sas/slots/v1/site.pb.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/site_rules.h"

/// Parts of a search's answer that do not change from one answer to the next, serialised once and
/// then copied. Kept with the site, and made anew with it.
namespace sas::slots {

/// What answers say of one site.
struct SiteWire {
  SiteWire() = default;
  SiteWire(const v1::Site& site, const SiteRules& rules);

  std::string match;        ///< Fields of SlotMatch, but for the line for professionals.
  std::string direct_line;  ///< The same, for those who may see it (SeesDirectLine).
  std::string excluded;     ///< Fields of ExcludedSite.
  std::vector<std::string> entry_rules;  ///< EntryRule messages, as in SiteRules.
};

/// What answers say of the slots of one series: same agenda, who, how, and for whom.
struct SeriesWire {
  SeriesWire() = default;
  SeriesWire(const PlannedSlot& slot, std::string_view agenda,
             std::string_view practitioner_display_name);

  std::string slot;   ///< Fields of Slot.
  std::string match;  ///< Fields of SlotMatch.
};

}  // namespace sas::slots
