#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/booking/convert.h"
#include "services/booking/domain/refill.h"
#include "services/booking/refill.h"
#include "services/booking/refill_records.h"
#include "services/booking/waiting_orders.h"

// The next order for a freed seat.
namespace sas::booking {
namespace {

using regulation::v1::CareOrder;

bool RefusedBefore(const CareOrder& order, const std::string& slot) {
  return std::any_of(order.refused_proposals().begin(), order.refused_proposals().end(),
                     [&](const auto& each) { return each.slot() == slot; });
}

bool IsOfferedTo(const sas::type::v1::Actor& owner) {
  return owner.subject().empty() || HearsOfOffers(static_cast<base::Role>(owner.role()));
}

bool IsCap(const std::string& refusal) {
  return refusal == "SITE_DAILY_CAP" || refusal == "PRACTITIONER_WEEKLY_CAP";
}

}  // namespace

absl::StatusOr<const std::vector<CareOrder>*> Refill::OrdersOf(const base::Call& call,
                                                               const std::string& region) {
  const auto known = orders_.find(region);
  if (known != orders_.end()) return &known->second;
  SAS_ASSIGN_OR_RETURN(auto orders, regulation_.ListCareOrders(call, region, kOrdersRead));
  return &orders_.emplace(region, std::move(orders)).first->second;
}

absl::StatusOr<Refill::Orders> Refill::WaitingFor(const base::Call& call, const FreedSeat& seat) {
  std::set<std::string> asked;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto names, transaction.offers().AskedOrders(seat));
    asked = {names.begin(), names.end()};
    return absl::OkStatus();
  }));
  SAS_ASSIGN_OR_RETURN(const auto* orders, OrdersOf(call, seat.region));
  Orders waiting;
  for (const CareOrder& order : *orders) {
    const bool wanted = Waits(static_cast<OrderState>(order.state())) &&
                        order.name() != seat.care_order && asked.count(order.name()) == 0 &&
                        !order.entry().local() && !RefusedBefore(order, seat.slot) &&
                        IsOfferedTo(order.claim().owner()) &&
                        seat.start <= ToInstant(order.due_time());
    if (wanted) waiting.push_back(&order);
  }
  std::sort(waiting.begin(), waiting.end(), [](const CareOrder* left, const CareOrder* right) {
    return ServedBefore(WaitingOf(*left), WaitingOf(*right));
  });
  return waiting;
}

absl::StatusOr<Refill::Candidates> Refill::Judge(const base::Call& call, const FreedSeat& seat,
                                                 const Orders& block) {
  slots::v1::GetSeatVerdictsRequest request;
  std::vector<std::pair<const CareOrder*, sas::type::v1::EntryPoint>> ways;  // Of the candidates.
  request.set_slot(seat.slot);
  for (const CareOrder* order : block) {
    for (const auto line : WaysOf(*order)) {
      ways.emplace_back(order, line);
      slots::v1::SeatCandidate& candidate = *request.add_candidates();
      candidate = CandidateOf(*order, line);
      *candidate.mutable_asker() = OperatorOf(*order);
    }
  }
  SAS_ASSIGN_OR_RETURN(const auto verdicts, slots_.Judge(call, request));
  Candidates found;
  found.site_display_name = verdicts.site_display_name();
  const int expected = std::min(request.candidates_size(), verdicts.verdicts_size());
  for (int i = 0; i < expected; ++i) {
    const auto [order, way] = ways[static_cast<std::size_t>(i)];
    const slots::v1::SeatVerdict& verdict = verdicts.verdicts(i);
    if (IsCap(verdict.refusal_reason())) found.capped = true;
    const bool suits =
        verdict.refusal_reason().empty() &&
        Suits(WaitingOf(*order), verdict.distance_meters(), seat.start, clock_.Now());
    if (!suits || (!found.orders.empty() && found.orders.back().order == order)) continue;
    found.orders.push_back({order, way, verdict.distance_meters()});
  }
  return found;
}

absl::StatusOr<bool> Refill::OfferToOne(const base::Call& call, const FreedSeat& seat,
                                        const Candidates& candidates) {
  for (const Candidate& candidate : candidates.orders) {
    const auto made = Offer(call, seat, candidate, candidates.site_display_name);
    const bool over = base::ReasonOf(made.status()) == "NO_FREE_SEAT" ||
                      absl::IsUnavailable(made.status()) || absl::IsDeadlineExceeded(made.status());
    if (over) return made.status();
    if (made.ok() && *made) return true;
    // It is booked already, its operator has too many holds, or the rules have changed since.
  }
  return false;
}

absl::Status Refill::Seek(const base::Call& call, const FreedSeat& seat) {
  const base::Instant now = clock_.Now();
  if (!WorthOffering(seat.start, now)) return Close(call, seat, "TOO_LATE");
  if (seat.rounds >= kRefillRoundsMax) return Close(call, seat, "ROUNDS");
  // What is offered again is in the ledger of the slots before it is in the memory of each replica.
  const bool news = seat.cause == kReopenedCause && now < seat.freed + kNewsMax;
  bool capped = false;
  SAS_ASSIGN_OR_RETURN(const Orders waiting, WaitingFor(call, seat));
  auto next = waiting.begin();
  while (next != waiting.end()) {
    const auto end = next + std::min<std::ptrdiff_t>(kCandidatesMax, waiting.end() - next);
    const auto candidates = Judge(call, seat, {next, end});
    if (absl::IsNotFound(candidates.status())) {
      return news ? Later(seat) : Close(call, seat, "GONE");
    }
    SAS_RETURN_IF_ERROR(candidates.status());
    capped = capped || candidates->capped;
    const auto held = OfferToOne(call, seat, *candidates);
    if (base::ReasonOf(held.status()) == "NO_FREE_SEAT") {
      return now < seat.freed + kNewsMax ? Later(seat) : Close(call, seat, "GONE");
    }
    SAS_RETURN_IF_ERROR(held.status());
    if (*held) return absl::OkStatus();
    next = end;
  }
  const bool cap_news = capped && now < seat.freed + kCapNews;
  return news || cap_news ? Later(seat) : Close(call, seat, "NOBODY");
}

// The hold first, then the row: a crash between them leaves a hold that ends by itself, and the
// same request finds it again.
absl::StatusOr<bool> Refill::Offer(const base::Call& call, const FreedSeat& seat,
                                   const Candidate& candidate,
                                   const std::string& site_display_name) {
  const CareOrder& order = *candidate.order;
  bool booked = false;  // The regulation hears of an appointment a little later.
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto live, transaction.offers().LiveOfOrder(order.name()));
    booked = live.has_value();
    return absl::OkStatus();
  }));
  if (booked) return false;
  const int round = seat.rounds + 1;
  const std::string id = seat.id + "-" + std::to_string(round);
  OfferRecord record;
  record.freed_seat = seat.id;
  v1::SeatOffer& offer = record.offer;
  offer.set_name(base::JoinName({{"regions", seat.region}, {"seatOffers", id}}));
  offer.set_state(v1::SeatOffer::STATE_MADE);
  offer.set_slot(seat.slot);
  offer.set_site_display_name(site_display_name);
  *offer.mutable_start_time() = ToTimestamp(seat.start);
  offer.set_care_order(order.name());
  offer.set_territory(order.territory());
  offer.set_operator_(order.claim().owner().subject());
  offer.set_entry_point(candidate.entry_point);
  offer.set_round(round);
  offer.set_distance_meters(candidate.distance_meters);

  slots::v1::OfferSeatRequest request;
  request.set_slot(seat.slot);
  *request.mutable_need() = NeedOf(order, candidate.entry_point);
  request.set_holder(HolderOf(offer));
  *request.mutable_asker() = OperatorOf(order);
  request.mutable_hold_duration()->set_seconds(kHold.count());
  request.set_request_id(id + "-" + std::string(base::LastId(order.name())));
  SAS_ASSIGN_OR_RETURN(const slots::v1::SlotHold hold, slots_.Offer(call, request));
  offer.set_hold_token(hold.hold_token());
  *offer.mutable_due_time() = hold.expire_time();

  bool made = false;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    made = false;
    SAS_ASSIGN_OR_RETURN(FreedSeat kept, transaction.offers().GetFreed(seat.id));
    if (!kept.open || kept.rounds != seat.rounds) return absl::OkStatus();  // Another replica.
    const base::Instant now = clock_.Now();
    *offer.mutable_create_time() = ToTimestamp(now);
    kept.rounds = round;
    kept.offer = offer.name();
    SAS_RETURN_IF_ERROR(transaction.offers().PutFreed(kept));
    SAS_RETURN_IF_ERROR(PutOffer(transaction, record, "made", now));
    made = true;
    return absl::OkStatus();
  }));
  if (made) metrics_.Offered("made");
  return true;
}

}  // namespace sas::booking
