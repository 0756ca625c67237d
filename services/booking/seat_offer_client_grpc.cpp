#include "services/booking/seat_offer_client_grpc.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/channel.h"
#include "services/booking/slots_client_grpc.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kLimit{1000};
constexpr char kService[] = "sas.slots.v1.SeatOfferService";

template <typename Response>
absl::StatusOr<Response> Told(absl::StatusOr<Response> answer) {
  // An operator who holds too much is no sign that the slots are away.
  if (answer.ok() || base::ReasonOf(answer.status()) == "TOO_MANY_HOLDS") return answer;
  return ToldBySlots(answer.status());
}

}  // namespace

GrpcSeatOfferClient::GrpcSeatOfferClient(const std::string& address,
                                         std::function<std::string()> authorization,
                                         const base::Clock& clock)
    : stub_(slots::v1::SeatOfferService::NewStub(
          rpc::MakeChannel({address,
                            {{kService, "GetSeatVerdicts"},
                             {kService, "OfferSeat"},
                             {kService, "HandOverSeat"},
                             {kService, "WithdrawSeatOffer"},
                             {kService, "ReleaseOrderHolds"}}}))),
      authorization_(std::move(authorization)),
      clock_(clock) {}

absl::StatusOr<slots::v1::GetSeatVerdictsResponse> GrpcSeatOfferClient::Judge(
    const base::Call& call, const slots::v1::GetSeatVerdictsRequest& request) {
  return Told(rpc::CallUnary<slots::v1::GetSeatVerdictsResponse>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->GetSeatVerdicts(context, request, out); }));
}

absl::StatusOr<slots::v1::SlotHold> GrpcSeatOfferClient::Offer(
    const base::Call& call, const slots::v1::OfferSeatRequest& request) {
  return Told(rpc::CallUnary<slots::v1::SlotHold>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->OfferSeat(context, request, out); }));
}

absl::StatusOr<slots::v1::SlotHold> GrpcSeatOfferClient::HandOver(
    const base::Call& call, const slots::v1::HandOverSeatRequest& request) {
  return Told(rpc::CallUnary<slots::v1::SlotHold>(
      call, authorization_(), clock_, kLimit,
      [&](auto* context, auto* out) { return stub_->HandOverSeat(context, request, out); }));
}

absl::Status GrpcSeatOfferClient::Withdraw(const base::Call& call,
                                           const slots::v1::WithdrawSeatOfferRequest& request) {
  return Told(rpc::CallUnary<slots::v1::Slot>(call, authorization_(), clock_, kLimit,
                                              [&](auto* context, auto* out) {
                                                return stub_->WithdrawSeatOffer(context, request,
                                                                                out);
                                              }))
      .status();
}

absl::StatusOr<int> GrpcSeatOfferClient::ReleaseOrders(
    const base::Call& call, const slots::v1::ReleaseOrderHoldsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto answer,
                       Told(rpc::CallUnary<slots::v1::ReleaseOrderHoldsResponse>(
                           call, authorization_(), clock_, kLimit, [&](auto* context, auto* out) {
                             return stub_->ReleaseOrderHolds(context, request, out);
                           })));
  return answer.released_count();
}

}  // namespace sas::booking
