#pragma once

#include <string>
#include <vector>

#include "sas/slots/v1/site.pb.h"
#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/site_rules.h"
#include "services/slots/wire_writer.h"

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

/// Fields of Slot that its plan or its opening decides, not its seats: who receives, how, and for
/// whom.
void WriteSeries(WireWriter& out, const SlotRef& slot);

}  // namespace sas::slots
