#include "services/slots/wire_fragments.h"

#include <string_view>

#include "sas/slots/v1/match.pb.h"
#include "sas/slots/v1/slot.pb.h"
#include "services/slots/convert.h"

namespace sas::slots {
namespace {

// Of a name that SlotName made: the last dash stands before the start.
std::string_view AgendaOfSlot(std::string_view name) {
  const std::string_view id = name.substr(name.rfind('/') + 1);
  return id.substr(0, id.rfind('-'));
}

}  // namespace

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

void WriteSeries(WireWriter& out, const PlannedSlot& planned) {
  using Slot = v1::Slot;
  out.Text(Slot::kAgendaFieldNumber, AgendaOfSlot(planned.name));
  out.Text(Slot::kPractitionerFieldNumber, planned.practitioner);
  for (const Mode mode : planned.modes) {
    out.Element(Slot::kModesFieldNumber, static_cast<int>(mode));
  }
  for (const SlotClass each : planned.classes) {
    out.Element(Slot::kClassesFieldNumber, static_cast<int>(each));
  }
  out.Number(Slot::kAllocationFieldNumber, static_cast<int>(planned.allocation));
  out.Number(Slot::kSeatCountFieldNumber, planned.seats);
  out.Number(Slot::kOriginFieldNumber, static_cast<int>(planned.origin));
}

}  // namespace sas::slots
