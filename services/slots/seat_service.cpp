#include "services/slots/seat_service.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "sas/events/v1/event.pb.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/next_slots.h"
#include "services/slots/seat_failures.h"
#include "services/slots/shown_seats.h"
#include "services/slots/slot_standings.h"

namespace sas::slots {
namespace {

constexpr int kChangesPerCallMax = 500;
constexpr int kListPageMax = 1000;
constexpr std::chrono::hours kListWindowMax{31 * 24};
constexpr int kSeatMax = 100;  ///< More seats than a slot can ever have.

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

}  // namespace

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
  for (const auto& told : book_.CommitAll(call, facts)) SAS_RETURN_IF_ERROR(told.status());
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* SeatService::PrepareSeat(grpc::CallbackServerContext* context,
                                                   const v1::PrepareSeatRequest* request,
                                                   v1::PreparedSeat* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.SeatService/PrepareSeat",
      [this](const base::Call& call, const auto& proto) { return preparation_.Run(call, proto); });
}

grpc::ServerUnaryReactor* SeatService::PrepareSeats(grpc::CallbackServerContext* context,
                                                    const v1::PrepareSeatsRequest* request,
                                                    v1::PrepareSeatsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.SeatService/PrepareSeats",
                         [this](const base::Call& call, const auto& proto) {
                           return preparation_.RunAll(call, proto);
                         });
}

grpc::ServerUnaryReactor* SeatService::CommitSeats(grpc::CallbackServerContext* context,
                                                   const v1::CommitSeatsRequest* request,
                                                   v1::CommitSeatsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.SeatService/CommitSeats",
      [this](const base::Call& call, const auto& proto) { return Commit(call, proto); });
}

absl::StatusOr<v1::ListTakenSeatsResponse> SeatService::ListTaken(
    const base::Call& call, const v1::ListTakenSeatsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  const base::Instant start = base::ToInstant(request.start_time());
  const base::Instant end = base::ToInstant(request.end_time());
  if (!request.has_start_time() || end <= start || end > start + kListWindowMax) {
    return base::InvalidField("end_time", "INVALID_TIME_RANGE",
                              "give a start and an end at most 31 days behind it");
  }
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kListPageMax, kListPageMax));
  v1::ListTakenSeatsRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  const std::string identity = bound.SerializeAsString();
  SAS_ASSIGN_OR_RETURN(const std::string after,
                       base::ParsePageToken(identity, request.page_token()));
  std::vector<SeatFact> seats;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(seats, transaction.ListSeats(ids[0], start, end));
    return absl::OkStatus();
  }));
  if (request.shown()) {
    SAS_ASSIGN_OR_RETURN(const auto view, FindRegion(projection_, call, request.parent()));
    return ListShownSeats(book_, call, *view, seats, {ids[0], start, end, identity, after});
  }
  // Four digits: seats of one slot in the order of their numbers.
  const auto position = [](const std::string& slot, int seat) {
    return slot + "|" + std::to_string(1000 + seat);
  };
  std::sort(seats.begin(), seats.end(), [&](const SeatFact& a, const SeatFact& b) {
    return position(a.slot, a.seat) < position(b.slot, b.seat);
  });
  v1::ListTakenSeatsResponse response;
  for (const SeatFact& seat : seats) {
    if (position(seat.slot, seat.seat) <= after) continue;
    if (response.seats_size() == size) {
      const v1::SeatChange& last = response.seats(size - 1);
      response.set_next_page_token(
          base::MakePageToken(identity, position(last.slot(), last.seat())));
      break;
    }
    v1::SeatChange& shown = *response.add_seats();
    shown.set_slot(seat.slot);
    shown.set_seat(seat.seat);
    shown.set_appointment(seat.appointment);
    shown.set_taken(true);
  }
  return response;
}

grpc::ServerUnaryReactor* SeatService::ListTakenSeats(grpc::CallbackServerContext* context,
                                                      const v1::ListTakenSeatsRequest* request,
                                                      v1::ListTakenSeatsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatService/ListTakenSeats",
      [this](const base::Call& call, const auto& proto) { return ListTaken(call, proto); });
}

grpc::ServerUnaryReactor* SeatService::GetSlotStandings(grpc::CallbackServerContext* context,
                                                        const v1::GetSlotStandingsRequest* request,
                                                        v1::GetSlotStandingsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.background, context, request, response,
                         "/sas.slots.v1.SeatService/GetSlotStandings",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadSlotStandings(store_, call, proto, runtime_.clock.Now(),
                                                    horizon_days_);
                         });
}

grpc::ServerUnaryReactor* SeatService::SearchNextSlots(grpc::CallbackServerContext* context,
                                                       const v1::SearchNextSlotsRequest* request,
                                                       v1::SearchNextSlotsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.SeatService/SearchNextSlots",
                         [this](const base::Call& call, const auto& proto) {
                           return slots::SearchNextSlots(projection_, call, proto,
                                                         runtime_.clock.Now());
                         });
}

grpc::ServerUnaryReactor* SeatService::AskSource(grpc::CallbackServerContext* context,
                                                 const v1::AskSourceRequest* request,
                                                 v1::AskSourceResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatService/AskSource",
      [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::AskSourceResponse> {
        if (sources_ == nullptr) return SourceUnreachable("of this slot", "NO_STREAM");
        return sources_->Ask(call, proto);
      });
}

}  // namespace sas::slots
