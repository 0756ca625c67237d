#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/seat_offer_service.pb.h"

namespace sas::booking {

/// What refill asks of the slots: holds for operators. Each waits at most a second; the refusal of
/// the slots as it is (`TOO_MANY_HOLDS` of the operator included), or UNAVAILABLE
/// `SLOTS_UNREACHABLE`.
class SeatOfferClient {
 public:
  virtual ~SeatOfferClient() = default;

  virtual absl::StatusOr<slots::v1::GetSeatVerdictsResponse> Judge(
      const base::Call& call, const slots::v1::GetSeatVerdictsRequest& request) = 0;
  virtual absl::StatusOr<slots::v1::SlotHold> Offer(const base::Call& call,
                                                    const slots::v1::OfferSeatRequest& request) = 0;
  virtual absl::StatusOr<slots::v1::SlotHold> HandOver(
      const base::Call& call, const slots::v1::HandOverSeatRequest& request) = 0;
  virtual absl::Status Withdraw(const base::Call& call,
                                const slots::v1::WithdrawSeatOfferRequest& request) = 0;
  /// Ends what is held for orders that were stopped. Returns how many holds that were.
  virtual absl::StatusOr<int> ReleaseOrders(const base::Call& call,
                                            const slots::v1::ReleaseOrderHoldsRequest& request) = 0;
};

}  // namespace sas::booking
