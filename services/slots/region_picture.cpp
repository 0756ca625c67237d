#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

constexpr int kPageRows = 1000;
constexpr int kHistoryDays = 28;

// Every row of a listing that goes by pages.
template <typename Row, typename List, typename NameOf>
absl::StatusOr<std::vector<Row>> ReadAll(List list, NameOf name_of) {
  std::vector<Row> all;
  Page page{"", kPageRows};
  while (true) {
    SAS_ASSIGN_OR_RETURN(std::vector<Row> rows, list(page));
    const bool last = rows.size() < static_cast<std::size_t>(kPageRows);
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
    if (last) return all;
    page.after = name_of(all.back());
  }
}

const auto kName = [](const auto& row) { return row.name(); };

using SeatsBySlot = std::map<std::string_view, std::vector<SeatFact>>;

// One site on its way into a picture.
struct Draft {
  std::shared_ptr<IndexedSite> site;
  PlanFrame frame;
  care::Zone zone;
  care::Date today;
};

absl::StatusOr<Draft> Begin(const v1::Site& proto, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(proto));
  Draft draft{std::make_shared<IndexedSite>(), {}, zone, zone.DateOf(now)};
  SAS_ASSIGN_OR_RETURN(draft.site->rules, ToSiteRules(proto));
  SAS_ASSIGN_OR_RETURN(draft.frame, ToPlanFrame(proto));
  draft.site->directions = proto.directions();
  draft.site->direct_line = proto.direct_line();
  draft.site->kind = proto.kind();
  return draft;
}

int TakenOf(const SeatsBySlot& taken, std::string_view slot) {
  const auto facts = taken.find(slot);
  return facts == taken.end() ? 0 : static_cast<int>(facts->second.size());
}

// Sessions of one plan: those to come into the index, those of the past into the site's share.
void AddPlan(Draft& draft, const RegionLedger& ledger, const Plan& plan, int horizon_days,
             const SeatsBySlot& taken) {
  const auto found = ledger.practitioners.find(plan.practitioner);
  const v1::Practitioner* practitioner =
      found == ledger.practitioners.end() ? nullptr : &found->second;
  PlanFrame frame = draft.frame;
  IndexedSite& site = *draft.site;
  if (practitioner != nullptr) {
    frame.licence_end = LicenceEnd(*practitioner);
    std::vector<std::string>& doctors = site.rules.practitioner_rpps;
    if (std::find(doctors.begin(), doctors.end(), practitioner->rpps()) == doctors.end()) {
      doctors.push_back(practitioner->rpps());
    }
  }
  const care::Date last = care::AddDays(draft.today, horizon_days - 1);
  for (PlannedSession& session : Generate(plan, frame, draft.zone, draft.today, last)) {
    for (PlannedSlot& planned : session.slots) {
      IndexedSlot slot;
      if (practitioner != nullptr) {
        slot.practitioner_display_name = practitioner->display_name();
        slot.practitioner_rpps = practitioner->rpps();
      }
      if (planned.staffed) {
        slot.free_seats = std::max(0, planned.seats - TakenOf(taken, planned.name));
      }
      slot.slot = std::move(planned);
      site.slots.push_back(std::move(slot));
    }
  }
  const care::Date first = care::AddDays(draft.today, -kHistoryDays);
  const care::Date yesterday = care::AddDays(draft.today, -1);
  for (const PlannedSession& session : Generate(plan, frame, draft.zone, first, yesterday)) {
    for (const PlannedSlot& planned : session.slots) {
      if (!planned.staffed) continue;
      site.capacity_recent += planned.seats;
      site.booked_recent += TakenOf(taken, planned.name);
    }
  }
}

// Appointments that a changed plan left without their slot still have the doctor's time: what would
// overlap with them is shown as withdrawn (hazard H-22).
void WithdrawOverlapped(IndexedSite& site, const SeatsBySlot& taken, base::Instant now) {
  std::set<std::string_view> made;
  for (const IndexedSlot& slot : site.slots) made.insert(slot.slot.name);
  const std::string prefix = site.rules.name + "/slots/";
  std::vector<SlotIdentity> orphans;
  for (auto facts = taken.lower_bound(prefix);
       facts != taken.end() && facts->first.substr(0, prefix.size()) == prefix; ++facts) {
    if (made.count(facts->first) != 0) continue;
    auto identity = ParseSlotName(facts->first, "slot");
    if (identity.ok() && identity->start >= now) orphans.push_back(*std::move(identity));
  }
  for (IndexedSlot& slot : site.slots) {
    if (TakenOf(taken, slot.slot.name) > 0 || !OverlapsBooked(slot.slot, orphans)) continue;
    slot.slot.staffed = false;
    slot.free_seats = 0;
  }
}

// Sorted by start; of two plans that make one slot (an overlap that the directory refuses) the
// first stays, because a slot has one identity.
void Finish(IndexedSite& site, const SeatsBySlot& taken, std::vector<OpenSlot>& open) {
  std::stable_sort(site.slots.begin(), site.slots.end(), [](const auto& a, const auto& b) {
    return std::pair(a.slot.start, std::string_view(a.slot.name)) <
           std::pair(b.slot.start, std::string_view(b.slot.name));
  });
  const auto same = [](const auto& a, const auto& b) { return a.slot.name == b.slot.name; };
  site.slots.erase(std::unique(site.slots.begin(), site.slots.end(), same), site.slots.end());
  for (const IndexedSlot& slot : site.slots) {
    const PlannedSlot& planned = slot.slot;
    if (!planned.staffed) continue;  // Shown, but nobody can hold it.
    site.capacity_recent += planned.seats;
    site.booked_recent += planned.seats - slot.free_seats;
    OpenSlot opened{planned.name, planned.seats, planned.start, planned.end, {}};
    const auto facts = taken.find(planned.name);
    if (facts != taken.end()) opened.taken = facts->second;
    open.push_back(std::move(opened));
  }
}

}  // namespace

absl::StatusOr<RegionLedger> ReadRegion(SlotsTransaction& transaction, std::string_view region,
                                        base::Instant now) {
  const std::string parent = base::JoinName({{"regions", region}});
  RegionLedger ledger;
  SAS_ASSIGN_OR_RETURN(ledger.state, transaction.GetRegion(region));
  SAS_ASSIGN_OR_RETURN(
      ledger.sites,
      ReadAll<v1::Site>([&](const Page& page) { return transaction.ListSites(region, "", page); },
                        kName));
  SAS_ASSIGN_OR_RETURN(
      ledger.plans,
      ReadAll<v1::SessionPlan>(
          [&](const Page& page) { return transaction.ListSessionPlans(parent, page); }, kName));
  SAS_ASSIGN_OR_RETURN(
      std::vector<v1::Practitioner> practitioners,
      ReadAll<v1::Practitioner>(
          [&](const Page& page) { return transaction.ListPractitioners(region, page); }, kName));
  for (v1::Practitioner& each : practitioners) {
    std::string name = each.name();
    ledger.practitioners.emplace(std::move(name), std::move(each));
  }
  SAS_ASSIGN_OR_RETURN(ledger.communes,
                       ReadAll<type::v1::Commune>(
                           [&](const Page& page) { return transaction.ListCommunes(region, page); },
                           [](const auto& row) { return row.insee_code(); }));
  SAS_ASSIGN_OR_RETURN(ledger.taken, transaction.ListSeats(region, now - kHistory, now + kAhead));
  return ledger;
}

std::string HorizonOf(base::Instant now, int horizon_days) {
  const auto paris = care::Zone::Load("Europe/Paris");
  SAS_CHECK(paris.ok(), "tzdata is missing: without Europe/Paris no hour is right");
  return care::DateText(care::AddDays(paris->DateOf(now), horizon_days - 1));
}

absl::StatusOr<Picture> MakePicture(const RegionLedger& ledger, base::Instant now,
                                    int horizon_days) {
  SeatsBySlot taken;
  for (const SeatFact& fact : ledger.taken) taken[fact.slot].push_back(fact);
  std::map<std::string_view, std::vector<Plan>> plans;
  for (const v1::SessionPlan& proto : ledger.plans) {
    SAS_ASSIGN_OR_RETURN(Plan plan, ToPlan(proto));
    const std::string_view name = proto.name();
    plans[name.substr(0, name.find("/plans/"))].push_back(std::move(plan));
  }

  Picture picture;
  auto snapshot = std::make_shared<Snapshot>();
  auto cards = std::make_shared<std::map<std::string, SiteCard, std::less<>>>();
  std::set<std::string_view> made;
  for (const v1::Site& proto : ledger.sites) {
    SAS_ASSIGN_OR_RETURN(Draft draft, Begin(proto, now));
    for (const Plan& plan : plans[proto.name()]) {
      AddPlan(draft, ledger, plan, horizon_days, taken);
    }
    WithdrawOverlapped(*draft.site, taken, now);
    Finish(*draft.site, taken, picture.open);
    cards->emplace(proto.name(), SiteCard{snapshot->sites.size(), proto, draft.zone});
    snapshot->sites.push_back(draft.site);
    for (const IndexedSlot& slot : draft.site->slots) made.insert(slot.slot.name);
  }
  for (const auto& [slot, facts] : taken) {
    const auto identity = ParseSlotName(slot, "slot");
    const bool future = identity.ok() && identity->start >= now;
    if (future && made.count(slot) == 0) picture.orphans += static_cast<int>(facts.size());
  }
  picture.view.directory = ledger.state.directory;
  picture.view.horizon = HorizonOf(now, horizon_days);
  picture.view.snapshot = std::move(snapshot);
  picture.view.cards = std::move(cards);
  picture.view.communes = std::make_shared<const CommuneTable>(ledger.communes);
  return picture;
}

}  // namespace sas::slots
