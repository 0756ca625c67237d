#include "services/booking/refill.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/convert_peers.h"
#include "services/booking/domain/refill.h"
#include "services/booking/domain/worklist.h"
#include "services/booking/refill_records.h"
#include "services/booking/waiting_orders.h"

// Offers that are open, and the frame of a turn; refill_seek.cpp finds the next order.
namespace sas::booking {

namespace {

// A slot that is over or gone holds nothing.
bool IsLost(const absl::Status& hold) {
  return base::ReasonOf(hold) == "HOLD_LOST" || absl::IsNotFound(hold);
}

}  // namespace

Refill::Refill(BookingStore& store, SeatOfferClient& slots, RegulationClient& regulation,
               RefillMetrics& metrics, const base::Clock& clock, base::Random& random)
    : store_(store),
      slots_(slots),
      regulation_(regulation),
      metrics_(metrics),
      clock_(clock),
      holder_(base::MakeToken(random)) {}

absl::StatusOr<bool> Refill::Lease(const base::Call& call) {
  const base::Instant now = clock_.Now();
  if (now + kLeaseRenew < lease_until_) return true;
  bool leased = false;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(leased, transaction.offers().LeaseRefill(holder_, now, now + kLease));
    return absl::OkStatus();
  }));
  if (leased) lease_until_ = now + kLease;
  lease_ask_ = leased ? std::chrono::nanoseconds{} : clock_.Steady() + kAgainMax;
  if (!leased) again_.clear();
  return leased;
}

absl::Status Refill::Turn(const base::Call& call) {
  std::vector<FreedSeat> open;
  const auto read = [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(open, transaction.offers().OpenFreed(kFreedPerTurn));
    SAS_ASSIGN_OR_RETURN(const std::int64_t made, transaction.offers().CountMade());
    metrics_.Open(made);
    return absl::OkStatus();
  };
  SAS_RETURN_IF_ERROR(store_.Read(call, read));
  if (open.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const bool leased, Lease(call));
  if (!leased) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(store_.Read(call, read));  // Another may have been at it.
  return StepAll(call, open);
}

absl::Status Refill::Look(const base::Call& call) {
  if (clock_.Steady() < lease_ask_) return absl::OkStatus();
  std::vector<FreedSeat> due;
  const auto read = [&](BookingTransaction& transaction) { return ReadDue(transaction, due); };
  SAS_RETURN_IF_ERROR(store_.Read(call, read));
  if (due.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const bool leased, Lease(call));
  if (!leased) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(store_.Read(call, read));
  return StepAll(call, due);
}

absl::Status Refill::ReadDue(BookingTransaction& transaction, std::vector<FreedSeat>& due) {
  due.clear();
  SAS_ASSIGN_OR_RETURN(auto open, transaction.offers().OpenFreed(kFreedPerTurn));
  std::map<std::string, std::chrono::nanoseconds> waiting;  // Without what others have closed.
  for (FreedSeat& seat : open) {
    const auto again = again_.find(seat.id);
    if (again != again_.end()) waiting.insert(*again);
    if (again != again_.end() && clock_.Steady() < again->second) continue;
    if (!seat.offer.empty()) {
      SAS_ASSIGN_OR_RETURN(const OfferRecord last, transaction.offers().GetOffer(seat.offer));
      if (last.offer.state() == v1::SeatOffer::STATE_MADE) continue;
    }
    due.push_back(std::move(seat));
  }
  again_ = std::move(waiting);
  return absl::OkStatus();
}

std::optional<std::chrono::milliseconds> Refill::AgainIn() const {
  const auto soonest = std::min_element(
      again_.begin(), again_.end(),
      [](const auto& left, const auto& right) { return left.second < right.second; });
  if (soonest == again_.end()) return std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(soonest->second - clock_.Steady());
  return std::max(wait, std::chrono::milliseconds{0});
}

absl::Status Refill::Later(const FreedSeat& seat) {
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now() - seat.freed);
  again_[seat.id] = clock_.Steady() + std::clamp(age / 2, kAgainFirst, kAgainMax);
  return absl::OkStatus();
}

absl::Status Refill::StepAll(const base::Call& call, const std::vector<FreedSeat>& open) {
  orders_.clear();
  absl::Status first;
  for (const FreedSeat& seat : open) {
    again_.erase(seat.id);
    const absl::Status status = Step(call, seat);
    if (first.ok()) first = status;
  }
  return first;
}

absl::Status Refill::ReadOffer(const base::Call& call, const std::string& name,
                               OfferRecord& record) {
  return store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(record, transaction.offers().GetOffer(name));
    return absl::OkStatus();
  });
}

absl::Status Refill::Step(const base::Call& call, const FreedSeat& seat) {
  if (seat.offer.empty()) return Seek(call, seat);
  OfferRecord record;
  SAS_RETURN_IF_ERROR(ReadOffer(call, seat.offer, record));
  if (record.offer.state() == v1::SeatOffer::STATE_MADE) {
    SAS_ASSIGN_OR_RETURN(const bool ended, Watch(call, seat, record));
    if (!ended) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(ReadOffer(call, seat.offer, record));
  }
  if (record.offer.state() == v1::SeatOffer::STATE_TAKEN) return Close(call, seat, "TAKEN");
  slots::v1::WithdrawSeatOfferRequest give_back;
  give_back.set_slot(seat.slot);
  give_back.set_hold_token(record.offer.hold_token());
  give_back.set_holder(HolderOf(record.offer));
  give_back.set_request_id(std::string(base::LastId(record.offer.name())) + "-back");
  const absl::Status status = slots_.Withdraw(call, give_back);
  // A slot that is over or gone holds nothing.
  if (!status.ok() && !absl::IsNotFound(status)) return status;
  return Seek(call, seat);
}

absl::StatusOr<bool> Refill::Watch(const base::Call& call, const FreedSeat& seat,
                                   OfferRecord& record) {
  std::optional<std::pair<std::string, std::string>> live;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(live, transaction.offers().LiveOfOrder(record.offer.care_order()));
    return absl::OkStatus();
  }));
  const std::string& name = record.offer.name();
  if (live) {
    const bool here = live->second == seat.slot;
    SAS_RETURN_IF_ERROR(End(call, seat, name,
                            here ? v1::SeatOffer::STATE_TAKEN : v1::SeatOffer::STATE_EXPIRED,
                            here ? "" : "BOOKED_ELSEWHERE"));
    return true;
  }
  SAS_ASSIGN_OR_RETURN(const bool order_ended, WatchOrder(call, seat, record));
  if (order_ended) return true;
  return WatchDue(call, seat, record);
}

// The order may end, and may get an operator, while its offer is open.
absl::StatusOr<bool> Refill::WatchOrder(const base::Call& call, const FreedSeat& seat,
                                        OfferRecord& record) {
  v1::SeatOffer& offer = record.offer;
  const auto order = regulation_.GetCareOrder(call, offer.care_order());
  if (absl::IsUnavailable(order.status())) return false;  // The due time still stands.
  // Its operator may be asking the treating doctor or a community since.
  if (!order.ok() || !StandsOnWorklist(ToValue(*order))) {
    SAS_RETURN_IF_ERROR(End(call, seat, offer.name(), v1::SeatOffer::STATE_EXPIRED, "ORDER_ENDED"));
    return true;
  }
  const std::string& owner = order->claim().owner().subject();
  if (owner.empty() || owner == offer.operator_()) return false;
  const auto forbidden = [&]() -> absl::StatusOr<bool> {
    SAS_RETURN_IF_ERROR(
        End(call, seat, offer.name(), v1::SeatOffer::STATE_EXPIRED, "OPERATOR_FORBIDDEN"));
    return true;
  };
  if (!HearsOfOffers(static_cast<base::Role>(order->claim().owner().role()))) return forbidden();
  slots::v1::HandOverSeatRequest over;
  over.set_slot(seat.slot);
  over.set_hold_token(offer.hold_token());
  over.set_holder(HolderOf(offer));
  over.set_new_holder(owner);
  *over.mutable_asker() = OperatorOf(*order);
  over.set_request_id(std::string(base::LastId(offer.name())) + "-over");
  const auto hold = slots_.HandOver(call, over);
  if (IsLost(hold.status())) {
    SAS_RETURN_IF_ERROR(End(call, seat, offer.name(), v1::SeatOffer::STATE_EXPIRED, "HOLD_LOST"));
    return true;
  }
  if (absl::IsPermissionDenied(hold.status())) return forbidden();
  SAS_RETURN_IF_ERROR(hold.status());
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(OfferRecord now_kept, transaction.offers().GetOffer(offer.name()));
    if (now_kept.offer.state() != v1::SeatOffer::STATE_MADE) return absl::OkStatus();
    now_kept.offer.set_operator_(owner);
    return PutOffer(transaction, now_kept, "claimed", clock_.Now());
  }));
  offer.set_operator_(owner);
  metrics_.Offered("claimed");
  return false;
}

// An operator who is on the line renews his hold: then the offer lives as long as the hold.
absl::StatusOr<bool> Refill::WatchDue(const base::Call& call, const FreedSeat& seat,
                                      const OfferRecord& record) {
  const v1::SeatOffer& offer = record.offer;
  const base::Instant now = clock_.Now();
  if (now < ToInstant(offer.due_time())) return false;
  slots::v1::HandOverSeatRequest look;
  look.set_slot(seat.slot);
  look.set_hold_token(offer.hold_token());
  look.set_holder(HolderOf(offer));
  look.set_new_holder(HolderOf(offer));
  look.set_request_id(std::string(base::LastId(offer.name())) + "-look");
  const auto hold = slots_.HandOver(call, look);
  const bool lost = IsLost(hold.status());
  if (!hold.ok() && !lost) return hold.status();
  if (lost || ToInstant(hold->expire_time()) <= now) {
    SAS_RETURN_IF_ERROR(End(call, seat, offer.name(), v1::SeatOffer::STATE_EXPIRED, "TIME"));
    return true;
  }
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(OfferRecord kept, transaction.offers().GetOffer(offer.name()));
    if (kept.offer.state() != v1::SeatOffer::STATE_MADE) return absl::OkStatus();
    *kept.offer.mutable_due_time() = hold->expire_time();
    return transaction.offers().PutOffer(kept);
  }));
  return false;
}

absl::Status Refill::End(const base::Call& call, const FreedSeat& /*seat*/,
                         const std::string& offer, v1::SeatOffer::State state,
                         std::string_view reason) {
  bool ended = false;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(ended, EndOffer(transaction, offer, state, reason, clock_.Now()));
    return absl::OkStatus();
  }));
  if (ended) metrics_.Offered(state == v1::SeatOffer::STATE_TAKEN ? "taken" : "expired");
  return absl::OkStatus();
}

absl::Status Refill::Close(const base::Call& call, const FreedSeat& seat, std::string_view reason) {
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(FreedSeat kept, transaction.offers().GetFreed(seat.id));
    kept.open = false;
    kept.end_reason = std::string(reason);
    return transaction.offers().PutFreed(kept);
  }));
  std::string end(reason);
  for (char& each : end) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  metrics_.Closed(end);
  observe::Log(observe::Level::kInfo, "freed_seat_closed",
               {{"slot", std::string_view(seat.slot)},
                {"cause", std::string_view(seat.cause)},
                {"rounds", std::int64_t{seat.rounds}},
                {"end", std::string_view(end)}});
  return absl::OkStatus();
}

}  // namespace sas::booking
