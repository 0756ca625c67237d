#include "services/slots/wire_fragments.h"

#include "sas/slots/v1/match.pb.h"
#include "sas/slots/v1/slot.pb.h"
#include "services/slots/convert.h"
#include "services/slots/wire_writer.h"

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

SeriesWire::SeriesWire(const PlannedSlot& planned, std::string_view agenda,
                       std::string_view practitioner_display_name) {
  using Slot = v1::Slot;
  WireWriter fields;
  fields.Text(Slot::kAgendaFieldNumber, agenda);
  fields.Text(Slot::kPractitionerFieldNumber, planned.practitioner);
  for (const Mode mode : planned.modes) {
    fields.Element(Slot::kModesFieldNumber, static_cast<int>(mode));
  }
  for (const SlotClass each : planned.classes) {
    fields.Element(Slot::kClassesFieldNumber, static_cast<int>(each));
  }
  fields.Number(Slot::kAllocationFieldNumber, static_cast<int>(planned.allocation));
  fields.Number(Slot::kSeatCountFieldNumber, planned.seats);
  fields.Number(Slot::kOriginFieldNumber, static_cast<int>(planned.origin));
  slot = fields.Take();
  WireWriter of_match;
  of_match.Text(v1::SlotMatch::kPractitionerDisplayNameFieldNumber, practitioner_display_name);
  match = of_match.Take();
}

}  // namespace sas::slots
