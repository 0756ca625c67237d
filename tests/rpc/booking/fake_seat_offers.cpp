#include "tests/rpc/booking/fake_seat_offers.h"

#include "common/base/status.h"
#include "services/booking/convert.h"

namespace sas::booking {
namespace {

// As the service: more are refused.
constexpr int kCandidatesMax = 50;
constexpr std::chrono::seconds kPatience{10};

absl::Status Refuse(std::string_view reason) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, reason, "refused");
}

}  // namespace

FakeSeatOffers::Given* FakeSeatOffers::Living(const std::string& slot) {
  for (auto& [request, given] : by_request_) {
    if (given.slot == slot && slots_.HeldUntil(given.token, given.holder)) return &given;
  }
  return nullptr;
}

absl::StatusOr<slots::v1::GetSeatVerdictsResponse> FakeSeatOffers::Judge(
    const base::Call&, const slots::v1::GetSeatVerdictsRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  if (request.candidates_size() > kCandidatesMax) return Refuse("INVALID_CANDIDATE_COUNT");
  slots::v1::GetSeatVerdictsResponse response;
  response.set_site_display_name("CSNP de Challans");
  for (const auto& candidate : request.candidates()) {
    slots::v1::SeatVerdict& verdict = *response.add_verdicts();
    verdict = verdicts_[candidate.need().care_order()];
    const bool refused = refused_roles_.count(candidate.asker().role()) != 0;
    if (refused) verdict.set_refusal_reason("SITE_RIGHT_REQUIRED");
  }
  return response;
}

absl::StatusOr<slots::v1::SlotHold> FakeSeatOffers::Offer(
    const base::Call&, const slots::v1::OfferSeatRequest& request) {
  const std::lock_guard lock(mutex_);
  ++asked_;
  asked_changed_.notify_all();
  if (!failure_.ok()) return failure_;
  const auto refused = refused_holders_.find(request.holder());
  if (refused != refused_holders_.end()) return refused->second;
  const auto known = by_request_.find(request.request_id());
  const bool repeat = known != by_request_.end() && Living(request.slot()) == &known->second;
  if (!repeat) {
    const bool taken = taken_[request.slot()] || !slots_.OwnerOf(request.slot(), 0).empty();
    if (taken || Living(request.slot()) != nullptr) return Refuse("NO_FREE_SEAT");
    by_request_[request.request_id()] = {request.slot(), request.holder(),
                                         slots_.Hold(request.slot(), 0, request.holder()),
                                         request.need().care_order()};
    offered_.push_back(request);
  }
  const Given& given = by_request_[request.request_id()];
  slots::v1::SlotHold hold;
  hold.set_hold_token(given.token);
  hold.set_care_order(given.order);
  *hold.mutable_expire_time() = ToTimestamp(*slots_.HeldUntil(given.token, given.holder));
  return hold;
}

absl::StatusOr<slots::v1::SlotHold> FakeSeatOffers::HandOver(
    const base::Call&, const slots::v1::HandOverSeatRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  if (refused_roles_.count(request.asker().role()) != 0) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "SITE_RIGHT_REQUIRED", "refused");
  }
  const bool gone_over = slots_.HeldUntil(request.hold_token(), request.new_holder()).has_value();
  if (!gone_over && !slots_.Give(request.hold_token(), request.holder(), request.new_holder())) {
    return Refuse("HOLD_LOST");
  }
  for (auto& [id, given] : by_request_) {
    if (given.token == request.hold_token()) given.holder = request.new_holder();
  }
  slots::v1::SlotHold hold;
  hold.set_hold_token(request.hold_token());
  const auto until = slots_.HeldUntil(request.hold_token(), request.new_holder());
  if (!until) return Refuse("HOLD_LOST");
  *hold.mutable_expire_time() = ToTimestamp(*until);
  return hold;
}

absl::Status FakeSeatOffers::Withdraw(const base::Call&,
                                      const slots::v1::WithdrawSeatOfferRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  slots_.Release(request.hold_token(), request.holder());
  ++withdrawn_;
  return absl::OkStatus();
}

absl::StatusOr<int> FakeSeatOffers::ReleaseOrders(
    const base::Call&, const slots::v1::ReleaseOrderHoldsRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  released_.insert(released_.end(), request.care_orders().begin(), request.care_orders().end());
  return request.care_orders_size();
}

std::vector<std::string> FakeSeatOffers::released() const {
  const std::lock_guard lock(mutex_);
  return released_;
}

void FakeSeatOffers::SetVerdict(const std::string& order, const std::string& refusal,
                                int distance_meters) {
  const std::lock_guard lock(mutex_);
  verdicts_[order].set_refusal_reason(refusal);
  verdicts_[order].set_distance_meters(distance_meters);
}

void FakeSeatOffers::SetTaken(const std::string& slot, bool taken) {
  const std::lock_guard lock(mutex_);
  taken_[slot] = taken;
}

void FakeSeatOffers::FailWith(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

void FakeSeatOffers::RefuseHolder(const std::string& holder, absl::Status status) {
  const std::lock_guard lock(mutex_);
  refused_holders_[holder] = std::move(status);
}

void FakeSeatOffers::RefuseRole(sas::type::v1::Role role) {
  const std::lock_guard lock(mutex_);
  refused_roles_.insert(role);
}

std::vector<slots::v1::OfferSeatRequest> FakeSeatOffers::offered() const {
  const std::lock_guard lock(mutex_);
  return offered_;
}

bool FakeSeatOffers::AwaitAsked(int times) {
  std::unique_lock lock(mutex_);
  return asked_changed_.wait_for(lock, kPatience, [&] { return asked_ >= times; });
}

int FakeSeatOffers::withdrawn() const {
  const std::lock_guard lock(mutex_);
  return withdrawn_;
}

}  // namespace sas::booking
