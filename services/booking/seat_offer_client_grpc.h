#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "sas/slots/v1/seat_offer_service.grpc.pb.h"
#include "services/booking/seat_offer_client.h"

namespace sas::booking {

/// Over sas.slots.v1.SeatOfferService, with the credentials of this service.
class GrpcSeatOfferClient final : public SeatOfferClient {
 public:
  GrpcSeatOfferClient(const std::string& address, std::function<std::string()> authorization,
                      const base::Clock& clock);

  absl::StatusOr<slots::v1::GetSeatVerdictsResponse> Judge(
      const base::Call& call, const slots::v1::GetSeatVerdictsRequest& request) override;
  absl::StatusOr<slots::v1::SlotHold> Offer(const base::Call& call,
                                            const slots::v1::OfferSeatRequest& request) override;
  absl::StatusOr<slots::v1::SlotHold> HandOver(
      const base::Call& call, const slots::v1::HandOverSeatRequest& request) override;
  absl::Status Withdraw(const base::Call& call,
                        const slots::v1::WithdrawSeatOfferRequest& request) override;
  absl::StatusOr<int> ReleaseOrders(const base::Call& call,
                                    const slots::v1::ReleaseOrderHoldsRequest& request) override;

 private:
  const std::unique_ptr<slots::v1::SeatOfferService::Stub> stub_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
