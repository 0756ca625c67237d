#include "services/slots/partner_slots.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/convert.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {
namespace {

using Sources = std::map<std::string, std::shared_ptr<const FeedReading>, std::less<>>;

absl::StatusOr<std::shared_ptr<const FeedReading>> SourceOf(SlotsTransaction& transaction,
                                                            Sources& sources,
                                                            const std::string& agenda) {
  const auto known = sources.find(agenda);
  if (known != sources.end()) return known->second;
  SAS_ASSIGN_OR_RETURN(const auto row, transaction.partners().GetAgenda(agenda));
  std::shared_ptr<const FeedReading> reading;
  if (row) {
    const auto source = std::make_shared<FeedSource>(row->partner, row->vouched, row->changed);
    source->Declare(row->said, row->position.applied);
    reading = std::make_shared<const FeedReading>(source);
  }
  sources.emplace(agenda, reading);
  return reading;
}

// What the feed would refuse today, because site or licence have changed since it came, is shown
// as a plan's slot would be: where the site is shut nothing is made, but for what our appointments
// have, whose patients somebody has to call; without a licence nobody holds the session.
void Unoffer(PlannedSlot& slot, SlotBar bar, int taken) {
  switch (bar) {
    case SlotBar::kSiteNotOpen:
    case SlotBar::kPdsaHours:
      Withdraw(slot);
      if (taken == 0) slot.seats = 0;
      return;
    case SlotBar::kLicenceEnded:
      slot.staffed = false;
      slot.practitioner.clear();
      return;
    case SlotBar::kAgendaOfPlan:  // Said of frames, not of what stands.
    case SlotBar::kNone:
      return;
  }
}

PlannedSlot ToPlanned(const FedSlotOf& row, const care::Zone& zone, std::string_view site,
                      int taken) {
  const v1::PartnerSlot& slot = row.fed.slot;
  PlannedSlot planned;
  planned.start = base::ToInstant(slot.start_time());
  planned.end = base::ToInstant(slot.end_time());
  PutIntoDay(zone.DateOf(planned.start), zone, planned);
  planned.release = planned.day_begin;  // A créneau "jour J" opens with its day.
  planned.name = SlotName(site, base::LastId(row.agenda), planned.start);
  planned.practitioner = row.fed.practitioner;
  for (const int mode : slot.modes()) planned.modes.push_back(static_cast<Mode>(mode));
  for (const int each : slot.classes()) planned.classes.push_back(static_cast<SlotClass>(each));
  planned.allocation = static_cast<Allocation>(slot.allocation());
  planned.origin = Origin::kPartner;
  planned.own_patients_only = slot.own_patients_only();
  planned.seats = SeatsInAll({slot.free_seats(), row.fed.known}, taken);
  if (row.fed.word == TakenWord::kDropped) Withdraw(planned);
  return planned;
}

}  // namespace

absl::Status AddPartnerSlots(SlotsTransaction& transaction, std::string_view parent,
                             base::Instant now, RegionLedger& ledger) {
  SAS_ASSIGN_OR_RETURN(const std::vector<FedSlotOf> rows,
                       transaction.partners().ListSlotsOf(parent, now - kHistory));
  if (rows.empty()) return absl::OkStatus();
  std::map<std::string_view, SiteLedger*> sites;
  for (SiteLedger& each : ledger.sites) sites.emplace(each.site.name(), &each);
  Sources sources;
  SiteLedger* site = nullptr;
  std::optional<care::Zone> zone;  // Of `site`, as the next.
  PlanFrame frame;
  std::map<std::string_view, int> taken;  // Of `site`, by slot.
  for (const FedSlotOf& row : rows) {
    const std::string_view name = SiteOfAgenda(row.agenda);
    if (site == nullptr || site->site.name() != name) {
      const auto found = sites.find(name);
      site = found == sites.end() ? nullptr : found->second;
      taken.clear();
      if (site == nullptr) continue;
      for (const SeatFact& seat : site->taken) ++taken[seat.slot];
      SAS_ASSIGN_OR_RETURN(zone, ToZone(site->site));
      SAS_ASSIGN_OR_RETURN(frame, ToPlanFrame(site->site));
    }
    const base::Instant start = base::ToInstant(row.fed.slot.start_time());
    const auto seats = taken.find(SlotName(name, base::LastId(row.agenda), start));
    const int ours = seats == taken.end() ? 0 : seats->second;
    PlannedSlot planned = ToPlanned(row, *zone, name, ours);
    if (planned.seats == 0) continue;
    SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, planned.practitioner, ledger.practitioners));
    frame.licence_end = LicenceEndOf(ledger.practitioners, planned.practitioner, name);
    Unoffer(planned, BarOf(frame, *zone, planned.start, planned.end), ours);
    if (planned.seats == 0) continue;
    SAS_ASSIGN_OR_RETURN(planned.source, SourceOf(transaction, sources, row.agenda));
    site->extra.push_back(std::move(planned));
  }
  return absl::OkStatus();
}

}  // namespace sas::slots
