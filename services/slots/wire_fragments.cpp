#include "services/slots/wire_fragments.h"

#include "sas/slots/v1/match.pb.h"
#include "sas/slots/v1/slot.pb.h"
#include "services/slots/convert.h"

namespace sas::slots {

SiteWire::SiteWire(const v1::Site& site, const SiteRules& rules) {
  using Match = v1::SlotMatch;
  WireWriter fields;
  fields.Text(Match::kSiteFieldNumber, rules.name);
  fields.Text(Match::kSiteDisplayNameFieldNumber, rules.display_name);
  fields.Number(Match::kSiteKindFieldNumber, site.kind());
  fields.Bytes(Match::kPlaceFieldNumber, site.place().SerializeAsString());
  fields.Text(Match::kDirectionsFieldNumber, site.directions());
  match = fields.Take();
  WireWriter line;
  line.Text(Match::kDirectLineFieldNumber, site.direct_line());
  direct_line = line.Take();
  WireWriter left_out;
  left_out.Text(v1::ExcludedSite::kSiteFieldNumber, rules.name);
  left_out.Text(v1::ExcludedSite::kSiteDisplayNameFieldNumber, rules.display_name);
  excluded = left_out.Take();
  for (const EntryRule& rule : rules.entry_rules) {
    entry_rules.push_back(FromEntryRule(rule).SerializeAsString());
  }
}

void WriteSeries(WireWriter& out, const SlotRef& slot) {
  using Slot = v1::Slot;
  out.Text(Slot::kAgendaFieldNumber, slot.agenda());
  out.Text(Slot::kPractitionerFieldNumber, slot.practitioner());
  for (int mode = 1; mode < kModes; ++mode) {
    if (SlotRef::Has(slot.series().modes, mode)) out.Element(Slot::kModesFieldNumber, mode);
  }
  for (int each = 1; each < kClasses; ++each) {
    if (SlotRef::Has(slot.series().classes, each)) out.Element(Slot::kClassesFieldNumber, each);
  }
  out.Number(Slot::kAllocationFieldNumber, static_cast<int>(slot.allocation()));
  out.Number(Slot::kSeatCountFieldNumber, slot.seats());
  out.Number(Slot::kOriginFieldNumber, static_cast<int>(slot.origin()));
  out.Number(Slot::kOwnPatientsOnlyFieldNumber, slot.own_patients_only() ? 1 : 0);
}

}  // namespace sas::slots
