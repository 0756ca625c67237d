#include "services/booking/reconcile.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "common/rpc/auth.h"
#include "services/booking/convert.h"

namespace sas::booking {
namespace {

using Kind = SeatDrift::Kind;

// The longest horizon that the slots can be set to (HORIZON_DAYS), and a day: which one they have
// is their matter, and what was sold beyond it stays sold.
constexpr std::chrono::hours kWindow{121 * 24};
constexpr std::chrono::hours kAskedWindow{31 * 24};  // The slots list no more at once.
constexpr int kPageSize = 1000;
constexpr std::size_t kShownMax = 100;

absl::StatusOr<std::vector<TakenSeat>> SeatsOfLedger(BookingStore& store, const base::Call& call,
                                                     AppointmentQuery query) {
  query.limit = kPageSize;
  std::vector<TakenSeat> seats;
  std::vector<v1::Appointment> page;
  do {
    SAS_RETURN_IF_ERROR(store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(page, transaction.List(query));
      return absl::OkStatus();
    }));
    for (const auto& each : page) seats.push_back({each.slot(), each.seat(), each.name()});
    if (!page.empty()) {
      query.after = ListPosition{ToInstant(page.back().start_time()), page.back().name()};
    }
  } while (static_cast<int>(page.size()) == kPageSize);
  return seats;
}

absl::StatusOr<std::vector<TakenSeat>> SeatsOfSlots(SlotsClient& slots, const base::Call& call,
                                                    const AppointmentQuery& query, bool shown) {
  slots::v1::ListTakenSeatsRequest ask;
  ask.set_shown(shown);
  ask.set_parent(base::JoinName({{"regions", query.region}}));
  ask.set_page_size(kPageSize);
  std::vector<TakenSeat> seats;
  for (base::Instant from = *query.start; from < *query.end; from += kAskedWindow) {
    *ask.mutable_start_time() = ToTimestamp(from);
    *ask.mutable_end_time() = ToTimestamp(std::min(from + kAskedWindow, *query.end));
    do {
      SAS_ASSIGN_OR_RETURN(const auto page, slots.ListTakenSeats(call, ask));
      for (const auto& each : page.seats()) {
        seats.push_back({each.slot(), each.seat(), each.appointment()});
      }
      ask.set_page_token(page.next_page_token());
    } while (!ask.page_token().empty());
  }
  return seats;
}

v1::SeatDrift::Kind ToProto(Kind kind) {
  switch (kind) {
    case Kind::kMissing:
      return v1::SeatDrift::KIND_MISSING;
    case Kind::kGhost:
      return v1::SeatDrift::KIND_GHOST;
    case Kind::kOther:
      break;
  }
  return v1::SeatDrift::KIND_OTHER;
}

int CountOf(const std::vector<SeatDrift>& drifts, Kind kind) {
  return static_cast<int>(std::count_if(drifts.begin(), drifts.end(),
                                        [&](const auto& each) { return each.kind == kind; }));
}

void Show(const std::vector<SeatDrift>& drifts,
          google::protobuf::RepeatedPtrField<v1::SeatDrift>& list) {
  for (const SeatDrift& each : drifts) {
    if (list.size() == static_cast<int>(kShownMax)) break;
    v1::SeatDrift& shown = *list.Add();
    shown.set_kind(ToProto(each.kind));
    shown.set_slot(each.slot);
    shown.set_seat(each.seat);
    shown.set_appointment(each.appointment);
  }
}

std::string CountsOf(const std::vector<SeatDrift>& drifts, const std::string& prefix) {
  return prefix + "missing=" + std::to_string(CountOf(drifts, Kind::kMissing)) + " " + prefix +
         "ghost=" + std::to_string(CountOf(drifts, Kind::kGhost)) + " " + prefix +
         "other=" + std::to_string(CountOf(drifts, Kind::kOther));
}

BookingMetrics::DriftCounts ToCounts(const std::vector<SeatDrift>& drifts) {
  return {CountOf(drifts, Kind::kMissing), CountOf(drifts, Kind::kGhost),
          CountOf(drifts, Kind::kOther)};
}

}  // namespace

absl::StatusOr<Reconciliation::Look> Reconciliation::LookAt(const base::Call& call,
                                                            const std::string& region,
                                                            base::Instant from, bool shown) const {
  AppointmentQuery query;
  query.region = region;
  query.start = from;
  query.end = from + kWindow;
  SAS_ASSIGN_OR_RETURN(auto theirs, SeatsOfSlots(parts_.slots, call, query, shown));
  SAS_ASSIGN_OR_RETURN(auto ours, SeatsOfLedger(parts_.store, call, query));
  const std::size_t compared = std::max(ours.size(), theirs.size());
  return Look{CompareSeats(std::move(ours), std::move(theirs)), compared};
}

absl::StatusOr<Reconciliation::Look> Reconciliation::LookTwice(const base::Call& call,
                                                               const std::string& region,
                                                               bool shown) const {
  const base::Instant now = parts_.clock.Now();
  SAS_ASSIGN_OR_RETURN(Look look, LookAt(call, region, now, shown));
  if (look.drifts.empty()) return look;
  const std::vector<SeatDrift> before = std::move(look.drifts);
  SAS_ASSIGN_OR_RETURN(look, LookAt(call, region, now, shown));
  look.drifts = Lasting(before, look.drifts);
  return look;
}

absl::StatusOr<v1::ReconcileSeatsResponse> Reconciliation::Compare(const base::Call& call,
                                                                   const std::string& region,
                                                                   Drifts& drifts) const {
  SAS_ASSIGN_OR_RETURN(Look look, LookTwice(call, region, /*shown=*/false));
  drifts.ledger = std::move(look.drifts);
  v1::ReconcileSeatsResponse response;
  response.set_compared_count(static_cast<int>(look.compared));
  response.set_missing_count(CountOf(drifts.ledger, Kind::kMissing));
  response.set_ghost_count(CountOf(drifts.ledger, Kind::kGhost));
  response.set_other_count(CountOf(drifts.ledger, Kind::kOther));
  Show(drifts.ledger, *response.mutable_drifts());
  base::Call half = call;  // A slow Redis leaves time to repair what the ledgers show.
  half.deadline = parts_.clock.Steady() + call.Left(parts_.clock) / 2;
  absl::StatusOr<Look> seen = LookTwice(half, region, /*shown=*/true);
  if (!seen.ok()) {  // The ledgers were compared; a Redis that is away shows nothing at all.
    response.set_shown_unknown(true);
    return response;
  }
  drifts.shown = Without(seen->drifts, drifts.ledger);
  response.set_shown_missing_count(CountOf(drifts.shown, Kind::kMissing));
  response.set_shown_ghost_count(CountOf(drifts.shown, Kind::kGhost));
  response.set_shown_other_count(CountOf(drifts.shown, Kind::kOther));
  Show(drifts.shown, *response.mutable_shown_drifts());
  return response;
}

// A mark is no claim: the relay reads in the ledger what it says then, and the slots tell their hot
// side of every seat that is named, be it news to their ledger or not.
absl::Status Reconciliation::Repair(BookingTransaction& transaction, const std::string& region,
                                    const Drifts& drifts) const {
  for (const auto* list : {&drifts.ledger, &drifts.shown}) {
    for (const SeatDrift& each : *list) {
      SeatMark mark;
      mark.slot = each.slot;
      mark.seat = each.seat;
      mark.appointment = each.appointment;
      mark.taken = each.kind != Kind::kGhost;
      mark.time = parts_.clock.Now();
      SAS_RETURN_IF_ERROR(transaction.MarkSeat(mark));
    }
  }
  return transaction.journal().Audit(
      {"ReconcileSeats", base::JoinName({{"regions", region}}), region,
       CountsOf(drifts.ledger, "") + " " + CountsOf(drifts.shown, "shown_")});
}

absl::StatusOr<v1::ReconcileSeatsResponse> Reconciliation::Run(
    const base::Call& call, const v1::ReconcileSeatsRequest& request) const {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (request.repair()) {
    SAS_ASSIGN_OR_RETURN(auto known,
                         StoredAnswer<v1::ReconcileSeatsResponse>(parts_.store, call, request));
    if (known) return *std::move(known);
  }
  Drifts drifts;
  SAS_ASSIGN_OR_RETURN(v1::ReconcileSeatsResponse response, Compare(call, ids[0], drifts));
  if (!request.repair() || drifts.empty()) return response;
  response.set_repaired(true);
  return ledger::WriteOnce<v1::ReconcileSeatsResponse>(
      parts_.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::ReconcileSeatsResponse> {
        SAS_RETURN_IF_ERROR(Repair(transaction, ids[0], drifts));
        return response;
      });
}

absl::Status Reconciliation::RunAll(const base::Call& call) const {
  std::vector<std::string> regions;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(regions, transaction.Regions());
    return absl::OkStatus();
  }));
  Drifts all;
  bool shown_unknown = false;
  for (const std::string& region : regions) {
    Drifts drifts;
    SAS_ASSIGN_OR_RETURN(const auto found, Compare(call, region, drifts));
    shown_unknown = shown_unknown || found.shown_unknown();
    if (drifts.empty()) continue;
    observe::Log(observe::Level::kWarn, "seats_drifted",
                 {{"region", std::string_view(region)},
                  {"missing", std::int64_t{found.missing_count()}},
                  {"ghost", std::int64_t{found.ghost_count()}},
                  {"other", std::int64_t{found.other_count()}},
                  {"shown_missing", std::int64_t{found.shown_missing_count()}},
                  {"shown_ghost", std::int64_t{found.shown_ghost_count()}},
                  {"shown_other", std::int64_t{found.shown_other_count()}}});
    SAS_RETURN_IF_ERROR(parts_.store.Write(call, [&](BookingTransaction& transaction) {
      return Repair(transaction, region, drifts);
    }));
    all.ledger.insert(all.ledger.end(), drifts.ledger.begin(), drifts.ledger.end());
    all.shown.insert(all.shown.end(), drifts.shown.begin(), drifts.shown.end());
  }
  parts_.metrics.Drift(ToCounts(all.ledger), ToCounts(all.shown));
  parts_.metrics.ShownUnknown(shown_unknown);
  return absl::OkStatus();
}

}  // namespace sas::booking
