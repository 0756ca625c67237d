#include "services/slots/seat_preparation.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/crash_point.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "common/rpc/status_map.h"
#include "services/slots/convert.h"
#include "services/slots/domain/need_criteria.h"
#include "services/slots/domain/rule_lift.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/hold_release.h"
#include "services/slots/next_slots.h"
#include "services/slots/seat_failures.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_caps.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

constexpr int kSeatsPerCallMax = 64;
constexpr std::chrono::hours kSessionMax{40};   ///< From midnight before a session to its end.
constexpr std::chrono::hours kWeekMax{8 * 24};  ///< Around a slot: its whole week and more.
constexpr std::size_t kTokenCharactersMax = 64;
constexpr std::size_t kSubjectCharactersMax = 64;

absl::Status CheckPrepare(const v1::PrepareSeatRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  if (request.hold_token().empty() || request.hold_token().size() > kTokenCharactersMax) {
    return base::InvalidField("hold_token", "HOLD_TOKEN_REQUIRED", "give the token of the hold");
  }
  if (request.holder().empty() || request.holder().size() > kSubjectCharactersMax) {
    return base::InvalidField("holder", "HOLDER_REQUIRED",
                              "give the subject of the operator who confirms");
  }
  return base::ParseName("regions/*/appointments/*", request.appointment(), "appointment").status();
}

// Appointments at one site of who receives in `slot`, in its week, other than `own`: of all of his
// slots that the index has, offered or not (slot_day.h).
absl::StatusOr<int> BookedInWeek(SlotsTransaction& transaction, const SiteRef& site,
                                 const SlotRef& slot, const std::string& own) {
  int booked = 0;
  for (const WeekUse& each : site.record().earlier_this_week) {
    if (each.practitioner == slot.practitioner() && each.week == slot.week()) booked += each.used;
  }
  const base::Instant from = slot.start() - kWeekMax;
  const base::Instant to = slot.start() + kWeekMax;
  std::set<std::string> his;
  for (const SlotRef& each : site.Slots(from, to)) {
    const bool same = each.practitioner() == slot.practitioner() && each.week() == slot.week();
    if (same) his.insert(each.name());
  }
  if (his.empty()) return booked;
  SAS_ASSIGN_OR_RETURN(const auto seats, transaction.ListSiteSeats(site.name(), from, to));
  for (const SeatFact& seat : seats) {
    booked += his.count(seat.slot) != 0 && seat.appointment != own ? 1 : 0;
  }
  return booked;
}

v1::PreparedSeat ToPreparedSeat(const SlotInView& found, const EntryRule* rule, const Need& need,
                                const Hold& hold) {
  v1::PreparedSeat seat;
  *seat.mutable_slot() = ToSlot(*found.view, found.slot, hold.after);
  seat.set_seat(hold.seat);
  seat.set_fence(hold.fence);
  *seat.mutable_prepare_expire_time() = ToTimestamp(hold.expire);
  seat.set_site(found.card->rules.name);
  seat.set_site_display_name(found.card->rules.display_name);
  seat.set_site_kind(found.card->site.kind());
  seat.set_practitioner_display_name(std::string(found.slot.practitioner_display_name()));
  seat.set_practitioner_rpps(std::string(found.slot.practitioner_rpps()));
  seat.set_directions(found.card->site.directions());
  seat.set_supernumerary_reason_code(hold.beyond_reason);
  if (found.slot.source() != nullptr && IsElsewhere(found.slot.source()->master())) {
    const MasterSaid said = found.slot.source()->said();
    seat.set_master(static_cast<v1::AgendaMaster>(said.master));
    seat.set_partner(found.slot.source()->partner());
    seat.set_booking_url(said.booking_url);
  }
  if (rule != nullptr || need.lifted != 0) {
    *seat.mutable_entry_rule() = FromEntryRule(WithoutLifted(rule, need));
  }
  FillCaps(found, hold, seat);
  for (const std::string_view code : WordsOf(hold.lifted)) {
    seat.add_lifted_rules(std::string(code));
  }
  return seat;
}

}  // namespace

struct SeatPreparation::Seat {
  const v1::PrepareSeatRequest* request = nullptr;
  absl::Status refusal;
  Need need;
  SlotInView found;
  HoldKey key;
  const EntryRule* rule = nullptr;
};

// From the ledger and without holds: of two operators who hold the last place of a day, the first
// who confirms has it.
absl::StatusOr<int> SeatPreparation::BookedWithin(const base::Call& call, const Seat& wanted,
                                                  const DaySpan& span) const {
  const std::string& own = wanted.request->appointment();
  int booked = 0;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto seats, transaction.ListSiteSeats(wanted.found.slot.rules().name,
                                                                     span.begin, span.end));
    booked = static_cast<int>(std::count_if(
        seats.begin(), seats.end(), [&](const SeatFact& seat) { return seat.appointment != own; }));
    return absl::OkStatus();
  }));
  return booked;
}

absl::Status SeatPreparation::CheckDay(const base::Call& call, const Seat& wanted) const {
  const SlotRef& slot = wanted.found.slot;
  const care::Zone& zone = wanted.found.card->zone;
  if (slot.rules().daily_appointment_max > 0) {
    SAS_ASSIGN_OR_RETURN(const int booked, BookedWithin(call, wanted, DayOf(slot, zone)));
    SAS_RETURN_IF_ERROR(CheckDailyCap(slot, booked));
  }
  const HoursCap* hours = HoursCapOf(slot);
  if (hours == nullptr) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const int booked,
                       BookedWithin(call, wanted, HoursSpanOf(*hours, DayOf(slot, zone), zone)));
  return CheckHoursCap(slot, booked);
}

// Memory counts holds too, so it is asked first, and the ledger only when memory says that the week
// may be over: of two operators who hold the last place the first who confirms has it.
absl::StatusOr<int> SeatPreparation::BookedThatWeek(const base::Call& call,
                                                    const Seat& wanted) const {
  const SlotRef& slot = wanted.found.slot;
  const RegionIndex& index = *wanted.found.view->index;
  const std::string& own = wanted.request->appointment();
  if (slot.practitioner_rules() == nullptr) return 0;
  const int in_use = index.WeekUsed(slot.practitioner(), slot.week());
  if (in_use <= slot.practitioner_rules()->weekly_appointment_max) return 0;
  const std::set<std::string> sites = index.SitesOf(slot.practitioner());
  int booked = 0;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    booked = 0;
    for (const std::string& name : sites) {
      const SiteRef site = index.FindSite(name);
      if (!site) continue;
      SAS_ASSIGN_OR_RETURN(const int here, BookedInWeek(transaction, site, slot, own));
      booked += here;
    }
    return absl::OkStatus();
  }));
  return booked;
}

// Of a seat beyond those of its slot: how many has the session, by the ledger? The first who
// confirm have them.
absl::Status SeatPreparation::CheckBeyond(const base::Call& call, const Hold& held,
                                          const Seat& wanted) const {
  if (held.beyond_reason.empty()) return absl::OkStatus();
  const SlotRef& slot = wanted.found.slot;
  const base::Instant begin = slot.day_begin();
  std::map<std::string, int> session;  // Seats of its slots.
  for (const SlotRef& each : slot.site().Slots(begin, begin + kSessionMax)) {
    const bool same =
        each.agenda() == slot.agenda() && each.plan() == slot.plan() && each.day_begin() == begin;
    if (same) session.emplace(each.name(), each.seats());
  }
  int beyond = 0;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    beyond = 0;
    SAS_ASSIGN_OR_RETURN(const auto seats,
                         transaction.ListSiteSeats(slot.site().name(), begin, begin + kSessionMax));
    for (const SeatFact& seat : seats) {
      const auto known = session.find(seat.slot);
      const bool counts = known != session.end() && seat.seat >= known->second;
      beyond += counts && seat.appointment != wanted.request->appointment() ? 1 : 0;
    }
    return absl::OkStatus();
  }));
  const int most = slot.supernumerary_max();
  return beyond < most ? absl::OkStatus() : SupernumeraryExhausted(held.slot, most);
}

// A soft cap never refuses: whoever looks into a practice's full days finds this line.
void SeatPreparation::TellSoftCap(const SlotRef& slot) const {
  const int soft = slot.rules().daily_appointment_soft_max;
  const int used = UsedThatDay(slot);
  if (soft == 0 || used <= soft) return;
  const std::string date = care::DateText(CardOf(slot).zone.DateOf(slot.day_begin()));
  observe::Log(observe::Level::kInfo, "soft_cap_passed",
               {{"site", std::string_view(slot.rules().name)},
                {"date", std::string_view(date)},
                {"used", std::int64_t{used}},
                {"soft_max", std::int64_t{soft}}});
  metrics_.SoftCapPassed();
}

absl::Status SeatPreparation::Find(const base::Call& call, Seat& seat) const {
  const v1::PrepareSeatRequest& request = *seat.request;
  SAS_RETURN_IF_ERROR(CheckPrepare(request));
  SAS_ASSIGN_OR_RETURN(seat.need, ReadNeed(request.need(), "", "need"));
  auto found = FindSlot(projection_, call, request.slot(), "slot");
  // Whoever confirms had it: its site has withdrawn it meanwhile, or has others booked in what
  // nothing makes any more.
  if (base::ReasonOf(found.status()) == "SLOT_NOT_FOUND") return LostWithSlot(request.slot());
  SAS_RETURN_IF_ERROR(found.status());
  if (found->slot.origin() == Origin::kUnspecified) return LostWithSlot(request.slot());
  seat.found = *std::move(found);
  seat.key = {seat.found.region, request.slot(), request.hold_token(), request.holder()};
  return absl::OkStatus();
}

absl::Status SeatPreparation::Judge(const base::Call& call, const Hold& held, Seat& seat) const {
  if (held.order != seat.request->need().care_order()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_FOR_OTHER_ORDER",
                      "the slot is held for another order; hold it again for this one",
                      {{"slot", seat.request->slot()}});
  }
  // The service that asks has no profession: the rules are held against the holder's, or against
  // who booked what is moved.
  const bool moved = seat.request->moved();
  seat.need.profession_code = moved ? seat.request->booker_profession_code() : held.profession;
  seat.need.lifted = ParseLifted(held.lifted);
  AddCriteria(held.criteria, seat.need);
  SAS_RETURN_IF_ERROR(
      CheckSlotFor(seat.found.slot, seat.need, clock_.Now(), Stage::kConfirm, &seat.rule));
  SAS_RETURN_IF_ERROR(CheckDay(call, seat));
  SAS_ASSIGN_OR_RETURN(const int in_week, BookedThatWeek(call, seat));
  SAS_RETURN_IF_ERROR(CheckWeeklyCap(seat.found.slot, in_week));
  return CheckBeyond(call, held, seat);
}

// What is proposed is held by the person, who is asked then who he is.
absl::Status SeatPreparation::Lost(const base::Call& call, const absl::Status& refusal,
                                   const Seat& seat) const {
  Need need = seat.need;
  const v1::SeatAsker& asker = seat.request->asker();
  if (need.profession_code.empty()) need.profession_code = asker.profession_code();
  need.asker = AskerOf(call.actor, asker, *seat.found.view, seat.found.region);
  return WithNextSlots(refusal, seat.found, need, clock_.Now());
}

std::vector<absl::StatusOr<v1::PreparedSeat>> SeatPreparation::Prepare(
    const base::Call& call, const std::vector<const v1::PrepareSeatRequest*>& requests) const {
  std::vector<Seat> seats(requests.size());
  const auto on_their_way = [&] {
    std::vector<Seat*> those;
    for (Seat& seat : seats) {
      if (seat.refusal.ok()) those.push_back(&seat);
    }
    return those;
  };
  for (std::size_t i = 0; i < seats.size(); ++i) {
    seats[i].request = requests[i];
    seats[i].refusal = Find(call, seats[i]);
  }
  std::vector<Seat*> those = on_their_way();
  std::vector<HoldKey> keys;
  for (const Seat* seat : those) keys.push_back(seat->key);
  const auto held = book_.FindHolds(call, keys);
  for (std::size_t i = 0; i < those.size(); ++i) {
    Seat& seat = *those[i];
    seat.refusal = held[i].ok() ? Judge(call, *held[i], seat) : Lost(call, held[i].status(), seat);
  }
  those = on_their_way();
  std::vector<Preparation> wanted;
  for (const Seat* seat : those) wanted.push_back({seat->key, seat->request->appointment()});
  base::AtCrashPoint("slots.prepare.judged");
  const auto prepared = book_.PrepareAll(call, wanted);
  base::AtCrashPoint("slots.prepare.done");

  std::vector<absl::StatusOr<v1::PreparedSeat>> outcomes;
  outcomes.reserve(seats.size());
  auto next = prepared.begin();
  for (const Seat& seat : seats) {
    if (!seat.refusal.ok()) {
      outcomes.emplace_back(seat.refusal);
      continue;
    }
    const absl::StatusOr<Hold>& hold = *next++;
    if (!hold.ok()) {
      outcomes.emplace_back(Lost(call, hold.status(), seat));
      continue;
    }
    TellSoftCap(seat.found.slot);
    outcomes.emplace_back(ToPreparedSeat(seat.found, seat.rule, seat.need, *hold));
  }
  return outcomes;
}

absl::StatusOr<v1::PreparedSeat> SeatPreparation::Run(const base::Call& call,
                                                      const v1::PrepareSeatRequest& request) const {
  return std::move(Prepare(call, {&request}).front());
}

absl::StatusOr<v1::PrepareSeatsResponse> SeatPreparation::RunAll(
    const base::Call& call, const v1::PrepareSeatsRequest& request) const {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  if (request.seats().empty() || request.seats_size() > kSeatsPerCallMax) {
    return base::InvalidField("seats", "INVALID_SEAT_COUNT", "between 1 and 64 seats");
  }
  std::vector<const v1::PrepareSeatRequest*> requests;
  for (const auto& seat : request.seats()) requests.push_back(&seat);
  v1::PrepareSeatsResponse response;
  for (absl::StatusOr<v1::PreparedSeat>& outcome : Prepare(call, requests)) {
    v1::PrepareSeatOutcome& told = *response.add_outcomes();
    if (outcome.ok()) {
      *told.mutable_seat() = *std::move(outcome);
    } else {
      told.set_refusal(rpc::ToGrpc(outcome.status()).error_details());
    }
  }
  return response;
}

}  // namespace sas::slots
