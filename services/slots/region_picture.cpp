#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/capped_seats.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/domain/unmade_slot.h"
#include "services/slots/planning_rights.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

constexpr int kHistoryDays = 28;

// Seats that appointments have of one slot.
struct Taken {
  std::vector<SeatFact> facts;
  bool made = false;  // A plan, an opening or a platform makes the slot.
};

using SeatsBySlot = std::map<std::string_view, Taken>;

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
  base::Instant midnight;       ///< Of today.
  base::Instant begin;          ///< First start that is shown.
  int first_week = 0;           ///< Of the shown ones.
  std::vector<Night> nights{};  ///< Of the plans.
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
  for (const SeatFact& fact : ledger.taken) draft.taken[fact.slot].facts.push_back(fact);
  return draft;
}

// Of a slot that is made.
int TakenOf(SeatsBySlot& taken, std::string_view slot) {
  const auto found = taken.find(slot);
  if (found == taken.end()) return 0;
  found->second.made = true;
  return static_cast<int>(found->second.facts.size());
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
  slot.free_seats = std::max(0, planned.seats - TakenOf(draft.taken, planned.name));
  slot.slot = std::move(planned);
  draft.site->slots.push_back(std::move(slot));
}

// An earlier slot into the site's share, and into its doctor's week.
void AddPast(Draft& draft, const PlannedSlot& planned, std::string_view agenda) {
  const int taken = TakenOf(draft.taken, planned.name);
  if (!planned.staffed) return;
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
    if (draft.zone.DateOf(session.end) != session.date) {
      draft.nights.push_back({session.date, session.end});
    }
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
  std::vector<SlotIdentity> orphans;
  int seats = 0;
  for (const auto& [slot, seats_of] : taken) {
    if (seats_of.made) continue;
    auto identity = ParseSlotName(slot, "slot");
    if (!identity.ok() || identity->start < now) continue;
    orphans.push_back(*std::move(identity));
    seats += static_cast<int>(seats_of.facts.size());
  }
  for (IndexedSlot& slot : site.slots) {
    if (taken.count(slot.slot.name) != 0 || !OverlapsBooked(slot.slot, orphans)) continue;
    slot.slot.staffed = false;
  }
  return seats;
}

// Who received in a slot that nothing makes, for his week; empty where nothing says. The last
// stretch of a name is its start.
std::string HolderOf(const Draft& draft, const std::vector<PlanWork>& plans,
                     const SlotIdentity& slot, std::string_view name, const care::Date& day) {
  std::string_view holder;
  int nearest = -1;
  for (const PlanWork& each : plans) {
    const int near = Nearness(each.plan, slot, day, draft.zone);
    if (near > nearest) holder = each.plan.practitioner;
    nearest = std::max(nearest, near);
  }
  if (nearest >= 0) return std::string(holder);
  const auto agenda_of = [](std::string_view full) { return full.substr(0, full.rfind('-') + 1); };
  for (const PlannedSlot& each : draft.ledger.extra) {
    const bool same = agenda_of(each.name) == agenda_of(name);
    if (same && !each.practitioner.empty()) return each.practitioner;
  }
  return {};
}

// What the caps count beside the slots that are made. It stays in the book, which hears when its
// patients are moved.
void AddUnmade(Draft& draft, const std::vector<PlanWork>& plans) {
  for (const auto& [name, taken] : draft.taken) {
    if (taken.made) continue;
    const auto identity = ParseSlotName(name, "slot");
    if (!identity.ok()) continue;
    const care::Date day = DayOfStart(identity->start, draft.nights, draft.zone);
    if (day > draft.last) continue;
    const int seats = static_cast<int>(taken.facts.size());
    PlannedSlot slot = UnmadeSlot(*identity, seats, day, draft.zone);
    slot.practitioner = HolderOf(draft, plans, *identity, name, day);
    const v1::Practitioner* practitioner = DoctorOf(draft, slot.practitioner);
    if (slot.start >= draft.begin) {
      AddSlot(draft, std::move(slot), identity->agenda, practitioner);
    } else if (slot.week >= draft.first_week && !slot.practitioner.empty()) {
      draft.site->earlier_this_week.push_back({slot.practitioner, slot.week, seats, {}});
    }
  }
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
    // may still confirm it. So does what appointments have: the book hears when they leave it.
    const bool in_use = slot.free_seats < planned.seats;
    if (!planned.staffed && !planned.withdrawn && !in_use) continue;
    if (planned.staffed) {
      site.capacity_recent += planned.seats;
      site.booked_recent += planned.seats - slot.free_seats;
    }
    // Of yesterday and over: nobody holds it, the book has forgotten it.
    if (planned.start < draft.midnight && planned.end <= draft.now) continue;
    OpenSlot opened{planned.name, planned.seats, planned.start, planned.end, {}};
    // The confirmation refuses these: a hold of one would only block the next (H-25).
    opened.patients_only = IsUnmade(planned) || (!planned.staffed && !planned.withdrawn);
    const auto taken = draft.taken.find(planned.name);
    if (taken != draft.taken.end()) opened.taken = taken->second.facts;
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
  AddUnmade(draft, plans);
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

}  // namespace sas::slots
