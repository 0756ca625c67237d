#include "services/slots/seat_service.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "sas/events/v1/event.pb.h"
#include "services/slots/convert.h"
#include "services/slots/domain/rule_lift.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/seat_failures.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

constexpr int kChangesPerCallMax = 500;
constexpr std::chrono::hours kDayMax{25};       ///< A day in October has an hour more.
constexpr std::chrono::hours kWeekMax{8 * 24};  ///< Around a slot: its whole week and more.
constexpr int kSeatMax = 100;                   ///< More seats than a slot can ever have.
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

absl::Status CheckChange(const v1::SeatChange& change, std::string_view region,
                         const std::string& field) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity slot, ParseSlotName(change.slot(), field + ".slot"));
  SAS_RETURN_IF_ERROR(
      base::ParseName("regions/*/appointments/*", change.appointment(), field + ".appointment")
          .status());
  if (slot.region != region) {
    return base::InvalidField(field + ".slot", "REGION_MISMATCH", "not a slot of `parent`");
  }
  if (change.seat() < 0 || change.seat() > kSeatMax) {
    return base::InvalidField(field + ".seat", "INVALID_SEAT", "between 0 and 100");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CheckCommit(const base::Call& call,
                                        const v1::CommitSeatsRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_ASSIGN_OR_RETURN(auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (request.changes().empty() || request.changes_size() > kChangesPerCallMax) {
    return base::InvalidField("changes", "INVALID_CHANGE_COUNT", "between 1 and 500 changes");
  }
  for (int i = 0; i < request.changes_size(); ++i) {
    const std::string field = "changes[" + std::to_string(i) + "]";
    SAS_RETURN_IF_ERROR(CheckChange(request.changes(i), ids[0], field));
  }
  return std::move(ids[0]);
}

// One fact into the ledger; true when it had an effect.
absl::StatusOr<bool> Record(SlotsTransaction& transaction, const v1::SeatChange& change) {
  if (!change.taken()) {
    SAS_ASSIGN_OR_RETURN(const bool freed,
                         transaction.FreeSeat(change.slot(), change.seat(), change.appointment()));
    if (!freed) return false;
    return transaction.NextSeatSequence(change.slot()).status().ok();
  }
  SAS_ASSIGN_OR_RETURN(const auto sequence, transaction.NextSeatSequence(change.slot()));
  return transaction.PutSeat(
      {change.slot(), change.seat(), change.appointment(), /*taken=*/true, sequence});
}

absl::Status Announce(SlotsTransaction& transaction, const std::string& region,
                      const events::v1::SeatsChange& seats) {
  events::v1::Event event;
  event.set_type("seats.changed");
  event.set_subject(base::JoinName({{"regions", region}}));
  event.set_region(region);
  *event.mutable_seats() = seats;
  SAS_RETURN_IF_ERROR(transaction.journal().Audit(
      {"CommitSeats", event.subject(), region, "seats=" + std::to_string(seats.seats_size())}));
  return transaction.journal().Publish(
      {region, event.type(), event.subject(), event.SerializeAsString()});
}

// Appointments at one site of who receives in `slot`, in its week.
absl::StatusOr<int> BookedInWeek(SlotsTransaction& transaction, const SiteRef& site,
                                 const SlotRef& slot) {
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
  for (const SeatFact& seat : seats) booked += his.count(seat.slot) != 0 ? 1 : 0;
  return booked;
}

}  // namespace

/// A soft cap never refuses: whoever looks into a practice's full days finds this line.
void SeatService::TellSoftCap(const SlotRef& slot) {
  const int soft = slot.rules().daily_appointment_soft_max;
  const int used = UsedThatDay(slot);
  if (soft == 0 || used <= soft) return;
  const std::string date = care::DateText(CardOf(slot).zone.DateOf(slot.start()));
  observe::Log(observe::Level::kInfo, "soft_cap_passed",
               {{"site", std::string_view(slot.rules().name)},
                {"date", std::string_view(date)},
                {"used", std::int64_t{used}},
                {"soft_max", std::int64_t{soft}}});
  metrics_.SoftCapPassed();
}

// From the ledger and without holds: of two operators who hold the last place of a day, the first
// who confirms has it.
absl::StatusOr<int> SeatService::BookedThatDay(const base::Call& call, const SlotInView& found) {
  if (found.slot.rules().daily_appointment_max == 0) return 0;
  const base::Instant begin = found.slot.day_begin();
  const care::Date day = found.card->zone.DateOf(begin);
  int booked = 0;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto seats,
                         transaction.ListSeats(found.region, begin, begin + kDayMax));
    booked = static_cast<int>(std::count_if(seats.begin(), seats.end(), [&](const SeatFact& seat) {
      const auto identity = ParseSlotName(seat.slot, "slot");
      return identity.ok() && identity->site == found.slot.rules().name &&
             found.card->zone.DateOf(identity->start) == day;
    }));
    return absl::OkStatus();
  }));
  return booked;
}

// Memory counts holds too, so it is asked first, and the ledger only when memory says that the week
// may be over: of two operators who hold the last place the first who confirms has it.
absl::StatusOr<int> SeatService::BookedThatWeek(const base::Call& call, const SlotInView& found) {
  const SlotRef& slot = found.slot;
  const RegionIndex& index = *found.view->index;
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
      SAS_ASSIGN_OR_RETURN(const int here, BookedInWeek(transaction, site, slot));
      booked += here;
    }
    return absl::OkStatus();
  }));
  return booked;
}

absl::StatusOr<v1::PreparedSeat> SeatService::Prepare(const base::Call& call,
                                                      const v1::PrepareSeatRequest& request) {
  SAS_RETURN_IF_ERROR(CheckPrepare(request));
  SAS_ASSIGN_OR_RETURN(Need need, ReadNeed(request.need(), "", "need"));
  const auto in_view = FindSlot(projection_, call, request.slot(), "slot");
  // Whoever confirms had it: its site has withdrawn it meanwhile.
  if (base::ReasonOf(in_view.status()) == "SLOT_NOT_FOUND") return HoldLost(request.slot());
  SAS_RETURN_IF_ERROR(in_view.status());
  const SlotInView& found = *in_view;
  const HoldKey key{found.region, request.slot(), request.hold_token(), request.holder()};
  SAS_ASSIGN_OR_RETURN(const Hold held, book_.RenewHold(call, key, std::chrono::milliseconds(0)));
  if (held.order != request.need().care_order()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_FOR_OTHER_ORDER",
                      "the slot is held for another order; hold it again for this one",
                      {{"slot", request.slot()}});
  }
  // The service that asks has no profession: the rules are held against the holder's.
  need.profession_code = held.profession;
  need.lifted = ParseLifted(held.lifted);
  const EntryRule* rule = nullptr;
  SAS_RETURN_IF_ERROR(CheckSlotFor(found.slot, need, runtime_.clock.Now(), Stage::kConfirm, &rule));
  SAS_ASSIGN_OR_RETURN(const int booked, BookedThatDay(call, found));
  SAS_RETURN_IF_ERROR(CheckDailyCap(found.slot, booked));
  SAS_ASSIGN_OR_RETURN(const int in_week, BookedThatWeek(call, found));
  SAS_RETURN_IF_ERROR(CheckWeeklyCap(found.slot, in_week));
  base::AtCrashPoint("slots.prepare.judged");
  SAS_ASSIGN_OR_RETURN(const Hold prepared, book_.Prepare(call, key, request.appointment()));
  base::AtCrashPoint("slots.prepare.done");
  TellSoftCap(found.slot);

  v1::PreparedSeat seat;
  *seat.mutable_slot() = ToSlot(*found.view, found.slot, prepared.after);
  seat.set_seat(prepared.seat);
  seat.set_fence(prepared.fence);
  *seat.mutable_prepare_expire_time() = ToTimestamp(prepared.expire);
  seat.set_site(found.card->rules.name);
  seat.set_site_display_name(found.card->rules.display_name);
  seat.set_site_kind(found.card->site.kind());
  seat.set_practitioner_display_name(std::string(found.slot.practitioner_display_name()));
  seat.set_practitioner_rpps(std::string(found.slot.practitioner_rpps()));
  seat.set_directions(found.card->site.directions());
  *seat.mutable_entry_rule() = FromEntryRule(WithoutLifted(rule, need));
  for (const std::string_view code : LiftedCodes(held.lifted)) {
    seat.add_lifted_rules(std::string(code));
  }
  return seat;
}

absl::StatusOr<v1::CommitSeatsResponse> SeatService::Commit(const base::Call& call,
                                                            const v1::CommitSeatsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const std::string region, CheckCommit(call, request));
  SAS_ASSIGN_OR_RETURN(
      const auto response,
      ledger::WriteOnce<v1::CommitSeatsResponse>(
          store_, call, request,
          [&](SlotsTransaction& transaction) -> absl::StatusOr<v1::CommitSeatsResponse> {
            events::v1::SeatsChange seats;
            for (const v1::SeatChange& change : request.changes()) {
              SAS_ASSIGN_OR_RETURN(const bool effective, Record(transaction, change));
              if (!effective) continue;
              auto& seat = *seats.add_seats();
              seat.set_slot(change.slot());
              seat.set_seat(change.seat());
              seat.set_taken(change.taken());
            }
            v1::CommitSeatsResponse done;
            done.set_applied_count(seats.seats_size());
            if (seats.seats().empty()) return done;
            base::AtCrashPoint("slots.commit.recorded");
            SAS_RETURN_IF_ERROR(Announce(transaction, region, seats));
            return done;
          }));
  base::AtCrashPoint("slots.commit.committed");
  SAS_RETURN_IF_ERROR(TellBook(call, request));
  base::AtCrashPoint("slots.commit.told");
  return response;
}

// The book gets what the ledger says now of the seats named, not what the request says: a repeat
// that comes late is then harmless. A failure is the caller's to repeat; the ledger has the fact by
// then.
absl::Status SeatService::TellBook(const base::Call& call, const v1::CommitSeatsRequest& request) {
  std::vector<SeatFact> facts;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    facts.clear();
    SAS_ASSIGN_OR_RETURN(const RegionState state,
                         transaction.GetRegion(base::RegionOf(request.parent())));
    std::set<std::pair<std::string, int>> done;
    for (const v1::SeatChange& change : request.changes()) {
      SAS_ASSIGN_OR_RETURN(const auto taken, transaction.ListSlotSeats(change.slot()));
      const auto owner = std::find_if(taken.begin(), taken.end(), [&](const SeatFact& fact) {
        return fact.seat == change.seat();
      });
      if (owner == taken.end()) {
        facts.push_back({change.slot(), change.seat(), change.appointment(), /*taken=*/false,
                         state.seat_sequence});
      } else if (done.emplace(change.slot(), change.seat()).second) {
        facts.push_back(*owner);
      }
    }
    return absl::OkStatus();
  }));
  for (const SeatFact& fact : facts) SAS_RETURN_IF_ERROR(book_.Commit(call, fact).status());
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* SeatService::PrepareSeat(grpc::CallbackServerContext* context,
                                                   const v1::PrepareSeatRequest* request,
                                                   v1::PreparedSeat* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.SeatService/PrepareSeat",
      [this](const base::Call& call, const auto& proto) { return Prepare(call, proto); });
}

grpc::ServerUnaryReactor* SeatService::CommitSeats(grpc::CallbackServerContext* context,
                                                   const v1::CommitSeatsRequest* request,
                                                   v1::CommitSeatsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.SeatService/CommitSeats",
      [this](const base::Call& call, const auto& proto) { return Commit(call, proto); });
}

}  // namespace sas::slots
