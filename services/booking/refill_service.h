#pragma once

#include "common/base/clock.h"
#include "common/rpc/runtime.h"
#include "sas/booking/v1/refill_service.grpc.pb.h"
#include "services/booking/refill_metrics.h"
#include "services/booking/store.h"

namespace sas::booking {

/// sas.booking.v1.RefillService: what the file active has offered to whom, and the operator's no.
/// The yes is CreateAppointment. Thread-safe.
class RefillService final : public v1::RefillService::CallbackService {
 public:
  RefillService(const rpc::Runtime& runtime, BookingStore& store, RefillMetrics& metrics)
      : runtime_(runtime), store_(store), metrics_(metrics) {}

  grpc::ServerUnaryReactor* ListSeatOffers(grpc::CallbackServerContext* context,
                                           const v1::ListSeatOffersRequest* request,
                                           v1::ListSeatOffersResponse* response) override;
  grpc::ServerUnaryReactor* DeclineSeatOffer(grpc::CallbackServerContext* context,
                                             const v1::DeclineSeatOfferRequest* request,
                                             v1::SeatOffer* response) override;

 private:
  absl::StatusOr<v1::ListSeatOffersResponse> List(const base::Call& call,
                                                  const v1::ListSeatOffersRequest& request);
  absl::StatusOr<v1::SeatOffer> Decline(const base::Call& call,
                                        const v1::DeclineSeatOfferRequest& request);

  const rpc::Runtime& runtime_;
  BookingStore& store_;
  RefillMetrics& metrics_;
};

}  // namespace sas::booking
