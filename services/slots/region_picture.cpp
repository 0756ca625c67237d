#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/capped_seats.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/planning_rights.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

constexpr int kHistoryDays = 28;

using SeatsBySlot = std::map<std::string_view, std::vector<SeatFact>>;

// One site on its way into a picture.
struct Draft {
  const SiteLedger& ledger;
  const Practitioners& practitioners;
  SeatsBySlot taken;
  std::shared_ptr<IndexedSite> site;
  PlanFrame frame;
  care::Zone zone;
  care::Date today;
  care::Date last;  ///< Of the horizon.
  base::Instant now;
  base::Instant midnight;  ///< Of today.
  base::Instant begin;     ///< First start that is shown.
  int first_week = 0;      ///< Of the shown ones.
  std::map<std::string_view, std::shared_ptr<const PractitionerRules>> rules{};
};

absl::StatusOr<Draft> Begin(const SiteLedger& ledger, const Practitioners& practitioners,
                            base::Instant now, int horizon_days) {
  const v1::Site& proto = ledger.site;
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(proto));
  const care::Date today = zone.DateOf(now);
  const base::Instant midnight = zone.At(today, {});
  Draft draft{ledger, practitioners, {},      std::make_shared<IndexedSite>(),
              {},     zone,          today,   care::AddDays(today, horizon_days - 1),
              now,    midnight,      midnight};
  SAS_ASSIGN_OR_RETURN(draft.site->rules, ToSiteRules(proto));
  draft.site->rules.readers = ReadersOf(proto);
  draft.site->rules.communities = ledger.communities;
  SAS_ASSIGN_OR_RETURN(draft.frame, ToPlanFrame(proto));
  for (const SeatFact& fact : ledger.taken) draft.taken[fact.slot].push_back(fact);
  return draft;
}

int TakenOf(const SeatsBySlot& taken, std::string_view slot) {
  const auto facts = taken.find(slot);
  return facts == taken.end() ? 0 : static_cast<int>(facts->second.size());
}

const v1::Practitioner* DoctorOf(const Draft& draft, std::string_view name) {
  const auto found = draft.practitioners.find(name);
  return found == draft.practitioners.end() ? nullptr : &found->second;
}

// Who holds sessions here, for own patients.
void AddDoctor(IndexedSite& site, const v1::Practitioner* practitioner) {
  if (practitioner == nullptr) return;
  std::vector<std::string>& doctors = site.rules.practitioner_rpps;
  if (std::find(doctors.begin(), doctors.end(), practitioner->rpps()) == doctors.end()) {
    doctors.push_back(practitioner->rpps());
  }
}

// The rules of who receives, shared by all of his slots here.
std::shared_ptr<const PractitionerRules> RulesOf(Draft& draft, const v1::Practitioner& doctor) {
  auto& rules = draft.rules[doctor.name()];
  if (rules == nullptr) {
    rules = std::make_shared<const PractitionerRules>(ToPractitionerRules(doctor));
  }
  return rules;
}

// A slot that is shown into the index.
void AddSlot(Draft& draft, PlannedSlot planned, std::string_view agenda,
             const v1::Practitioner* practitioner) {
  IndexedSlot slot;
  if (practitioner != nullptr) {
    slot.practitioner_display_name = practitioner->display_name();
    slot.practitioner_rpps = practitioner->rpps();
    slot.practitioner = RulesOf(draft, *practitioner);
  }
  planned.hours_cap = HoursCapOf(draft.site->rules.hours_caps, draft.zone, planned);
  if (IsClosed(draft.ledger.closures, agenda, planned.start, planned.end)) Withdraw(planned);
  if (planned.staffed) {
    slot.free_seats = std::max(0, planned.seats - TakenOf(draft.taken, planned.name));
  }
  slot.slot = std::move(planned);
  draft.site->slots.push_back(std::move(slot));
}

// An earlier slot into the site's share, and into its doctor's week.
void AddPast(Draft& draft, const PlannedSlot& planned, std::string_view agenda) {
  if (!planned.staffed) return;
  const int taken = TakenOf(draft.taken, planned.name);
  if (taken > 0 && planned.week >= draft.first_week) {
    draft.site->earlier_this_week.push_back({planned.practitioner, planned.week, taken, {}});
  }
  // Monday 00:30 of a night that began in the week before: this week begins after it.
  const bool late = planned.week + 1 == draft.first_week &&
                    planned.start >= planned.day_begin + std::chrono::hours(23);
  if (late && WeekOf(draft.zone.DateOf(planned.start)) == draft.first_week) {
    draft.site->earlier_this_week.push_back({planned.practitioner, planned.week, 0, planned.end});
  }
  if (IsClosed(draft.ledger.closures, agenda, planned.start, planned.end)) return;
  draft.site->capacity_recent += planned.seats;
  draft.site->booked_recent += taken;
}

// A plan with its sessions, of the past and to come.
struct PlanWork {
  Plan plan;
  const v1::Practitioner* practitioner = nullptr;  // Null: unknown.
  std::vector<PlannedSession> sessions{};
};

PlanWork WorkOf(const Draft& draft, Plan plan) {
  const v1::Practitioner* practitioner = DoctorOf(draft, plan.practitioner);
  PlanFrame frame = draft.frame;
  frame.licence_end =
      LicenceEndOf(draft.practitioners, plan.practitioner, draft.ledger.site.name());
  const care::Date first = care::AddDays(draft.today, -kHistoryDays);
  auto sessions = Generate(plan, frame, draft.zone, first, draft.last);
  return {std::move(plan), practitioner, std::move(sessions)};
}

// Before what is shown is told from what is past.
void LookAtLastNight(Draft& draft, const std::vector<PlanWork>& plans) {
  for (const PlanWork& each : plans) {
    draft.begin =
        std::min(draft.begin, FirstShown(each.sessions, draft.today, draft.zone, draft.now));
  }
  draft.first_week = WeekOf(draft.zone.DateOf(draft.begin));
}

void AddPlan(Draft& draft, PlanWork& work) {
  AddDoctor(*draft.site, work.practitioner);
  for (PlannedSession& session : work.sessions) {
    for (PlannedSlot& planned : session.slots) {
      if (planned.start < draft.begin) {
        AddPast(draft, planned, work.plan.agenda);
      } else {
        AddSlot(draft, std::move(planned), work.plan.agenda, work.practitioner);
      }
    }
  }
}

absl::Status AddExtra(Draft& draft, PlannedSlot planned) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(planned.name, "slot"));
  const v1::Practitioner* practitioner = DoctorOf(draft, planned.practitioner);
  AddDoctor(*draft.site, practitioner);
  const care::Date day = draft.zone.DateOf(planned.start);
  PutIntoDay(day, draft.zone, planned);
  if (planned.start < draft.begin) {
    if (day >= care::AddDays(draft.today, -kHistoryDays)) {
      AddPast(draft, planned, identity.agenda);
    }
  } else if (day <= draft.last) {
    AddSlot(draft, std::move(planned), identity.agenda, practitioner);
  }
  return absl::OkStatus();
}

// Appointments that a changed plan left without their slot still have the doctor's time: what would
// overlap with them is shown as withdrawn (hazard H-22). Gives the number of their seats.
int WithdrawOverlapped(IndexedSite& site, const SeatsBySlot& taken, base::Instant now) {
  std::set<std::string_view> made;
  for (const IndexedSlot& slot : site.slots) made.insert(slot.slot.name);
  std::vector<SlotIdentity> orphans;
  int seats = 0;
  for (const auto& [slot, facts] : taken) {
    if (made.count(slot) != 0) continue;
    auto identity = ParseSlotName(slot, "slot");
    if (!identity.ok() || identity->start < now) continue;
    orphans.push_back(*std::move(identity));
    seats += static_cast<int>(facts.size());
  }
  for (IndexedSlot& slot : site.slots) {
    if (TakenOf(taken, slot.slot.name) > 0 || !OverlapsBooked(slot.slot, orphans)) continue;
    slot.slot.staffed = false;
    slot.free_seats = 0;
  }
  return seats;
}

// Sorted by start; of two plans that make one slot (an overlap that the directory refuses) the
// first stays, because a slot has one identity.
void Finish(Draft& draft, std::vector<OpenSlot>& open) {
  IndexedSite& site = *draft.site;
  std::stable_sort(site.slots.begin(), site.slots.end(), [](const auto& a, const auto& b) {
    return std::pair(a.slot.start, std::string_view(a.slot.name)) <
           std::pair(b.slot.start, std::string_view(b.slot.name));
  });
  const auto same = [](const auto& a, const auto& b) { return a.slot.name == b.slot.name; };
  site.slots.erase(std::unique(site.slots.begin(), site.slots.end(), same), site.slots.end());
  for (const IndexedSlot& slot : site.slots) {
    const PlannedSlot& planned = slot.slot;
    // Shown, but nobody can hold it. What is withdrawn stays in the book: who holds a seat there
    // may still confirm it.
    if (!planned.staffed && !planned.withdrawn) continue;
    if (planned.staffed) {
      site.capacity_recent += planned.seats;
      site.booked_recent += planned.seats - slot.free_seats;
    }
    // Of yesterday and over: nobody holds it, the book has forgotten it.
    if (planned.start < draft.midnight && planned.end <= draft.now) continue;
    OpenSlot opened{planned.name, planned.seats, planned.start, planned.end, {}};
    const auto facts = draft.taken.find(planned.name);
    if (facts != draft.taken.end()) opened.taken = facts->second;
    open.push_back(std::move(opened));
  }
}

}  // namespace

// Before Finish, which adds what is shown. A night that still goes on is of yesterday.
SiteOffered PastOf(const IndexedSite& site, base::Instant midnight) {
  SiteOffered offered;
  offered.past = site.capacity_recent;
  offered.past_booked = site.booked_recent;
  for (const IndexedSlot& slot : site.slots) {
    if (!slot.slot.staffed || slot.slot.day_begin >= midnight) continue;
    offered.past += slot.slot.seats;
    offered.past_booked += slot.slot.seats - slot.free_seats;
  }
  return offered;
}

int AheadOf(const IndexedSite& site, base::Instant midnight) {
  CappedSeats seats(site.rules.daily_appointment_max, site.rules.hours_caps);
  for (const IndexedSlot& slot : site.slots) {
    if (!slot.slot.staffed || slot.slot.day_begin < midnight) continue;
    const int cap = slot.practitioner == nullptr ? 0 : slot.practitioner->weekly_appointment_max;
    seats.Add(slot.slot.practitioner, slot.slot.week, slot.slot.day_begin, slot.slot.seats, cap,
              slot.slot.hours_cap);
  }
  return seats.Sum();
}

std::string HorizonOf(base::Instant now, int horizon_days) {
  const auto paris = care::Zone::Load("Europe/Paris");
  SAS_CHECK(paris.ok(), "tzdata is missing: without Europe/Paris no hour is right");
  return care::DateText(care::AddDays(paris->DateOf(now), horizon_days - 1));
}

absl::StatusOr<SitePicture> MakeSitePicture(const SiteLedger& ledger,
                                            const Practitioners& practitioners, base::Instant now,
                                            int horizon_days) {
  SAS_ASSIGN_OR_RETURN(Draft draft, Begin(ledger, practitioners, now, horizon_days));
  std::vector<PlanWork> plans;
  for (const v1::SessionPlan& proto : ledger.plans) {
    SAS_ASSIGN_OR_RETURN(Plan plan, ToPlan(proto));
    plans.push_back(WorkOf(draft, std::move(plan)));
  }
  LookAtLastNight(draft, plans);
  for (PlanWork& plan : plans) AddPlan(draft, plan);
  for (const PlannedSlot& planned : ledger.extra) {
    SAS_RETURN_IF_ERROR(AddExtra(draft, planned));
  }
  SitePicture picture;
  picture.name = ledger.site.name();
  picture.orphans = WithdrawOverlapped(*draft.site, draft.taken, now);
  SiteOffered offered = PastOf(*draft.site, draft.midnight);
  Finish(draft, picture.open);
  offered.ahead = AheadOf(*draft.site, draft.midnight);
  offered.ahead_days = horizon_days;
  auto card = std::make_shared<SiteCard>(ledger.site, draft.zone);
  card->rules = draft.site->rules;
  card->earlier_this_week = draft.site->earlier_this_week;
  card->wire = SiteWire(ledger.site, card->rules);
  card->offered = offered;
  card->open = card->rules.opening_date <= draft.last &&
               (!card->rules.end_date || draft.today <= *card->rules.end_date);
  picture.card = std::move(card);
  picture.site = std::move(draft.site);
  return picture;
}

absl::StatusOr<Picture> MakePicture(const RegionLedger& ledger, base::Instant now, int horizon_days,
                                    const OpenSite& open) {
  Picture picture;
  std::vector<std::shared_ptr<const Tile>> tiles;
  tiles.reserve(ledger.sites.size());
  for (const SiteLedger& each : ledger.sites) {
    SAS_ASSIGN_OR_RETURN(SitePicture site,
                         MakeSitePicture(each, ledger.practitioners, now, horizon_days));
    picture.orphans += site.orphans;
    if (open) SAS_RETURN_IF_ERROR(open(std::move(site.open)));
    tiles.push_back(MakeSiteTile(*site.site, std::move(site.card)));
  }
  for (const SeatFact& fact : ledger.stray) {
    const auto identity = ParseSlotName(fact.slot, "slot");
    if (identity.ok() && identity->start >= now) ++picture.orphans;
  }
  picture.view.directory = ledger.state.directory;
  picture.view.horizon = HorizonOf(now, horizon_days);
  SAS_ASSIGN_OR_RETURN(picture.view.index, RegionIndex::Build(std::move(tiles)));
  if (!ledger.barriers.empty()) {
    // A region lies in one zone, that of its sites.
    SAS_ASSIGN_OR_RETURN(const care::Zone zone, ledger.sites.empty()
                                                    ? care::Zone::Load(kTimeZoneStandard)
                                                    : ToZone(ledger.sites.front().site));
    picture.view.index->SetBarriers(
        std::make_shared<const Barriers>(ToBarriers(ledger.barriers, zone)));
  }
  picture.view.communes = std::make_shared<const CommuneTable>(ledger.communes);
  picture.view.memberships = std::make_shared<const Memberships>(ledger.memberships);
  picture.view.border = MakeBorder(picture.view);
  return picture;
}

}  // namespace sas::slots
