#pragma once

#include "common/rpc/runtime.h"
#include "sas/slots/v1/seat_offer_service.grpc.pb.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// sas.slots.v1.SeatOfferService: holds that booking takes for the operators of waiting orders. The
/// rules are those of any hold; who may ask is the service alone. Thread-safe.
class SeatOfferService final : public v1::SeatOfferService::CallbackService {
 public:
  static constexpr int kCandidatesMax = 50;
  static constexpr int kOrdersMax = 64;

  SeatOfferService(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book)
      : runtime_(runtime), projection_(projection), book_(book) {}

  grpc::ServerUnaryReactor* GetSeatVerdicts(grpc::CallbackServerContext* context,
                                            const v1::GetSeatVerdictsRequest* request,
                                            v1::GetSeatVerdictsResponse* response) override;
  grpc::ServerUnaryReactor* OfferSeat(grpc::CallbackServerContext* context,
                                      const v1::OfferSeatRequest* request,
                                      v1::SlotHold* response) override;
  grpc::ServerUnaryReactor* HandOverSeat(grpc::CallbackServerContext* context,
                                         const v1::HandOverSeatRequest* request,
                                         v1::SlotHold* response) override;
  grpc::ServerUnaryReactor* WithdrawSeatOffer(grpc::CallbackServerContext* context,
                                              const v1::WithdrawSeatOfferRequest* request,
                                              v1::Slot* response) override;
  grpc::ServerUnaryReactor* ReleaseOrderHolds(grpc::CallbackServerContext* context,
                                              const v1::ReleaseOrderHoldsRequest* request,
                                              v1::ReleaseOrderHoldsResponse* response) override;

 private:
  absl::StatusOr<v1::GetSeatVerdictsResponse> Judge(const base::Call& call,
                                                    const v1::GetSeatVerdictsRequest& request);
  absl::StatusOr<v1::SlotHold> Offer(const base::Call& call, const v1::OfferSeatRequest& request);
  absl::StatusOr<v1::SlotHold> HandOver(const base::Call& call,
                                        const v1::HandOverSeatRequest& request);
  absl::StatusOr<v1::Slot> Withdraw(const base::Call& call,
                                    const v1::WithdrawSeatOfferRequest& request);
  absl::StatusOr<v1::ReleaseOrderHoldsResponse> ReleaseOrders(
      const base::Call& call, const v1::ReleaseOrderHoldsRequest& request);

  const rpc::Runtime& runtime_;
  const Projection& projection_;
  SeatBook& book_;
};

}  // namespace sas::slots
