#pragma once

#include <functional>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/seat_service.grpc.pb.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/store.h"

namespace sas::slots {

/// sas.slots.v1.SeatService: seats as booking sees them. Only services call it.
class SeatService final : public v1::SeatService::CallbackService {
 public:
  SeatService(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book,
              SlotsStore& store, SlotsMetrics& metrics)
      : runtime_(runtime), projection_(projection), book_(book), store_(store), metrics_(metrics) {}

  grpc::ServerUnaryReactor* PrepareSeat(grpc::CallbackServerContext* context,
                                        const v1::PrepareSeatRequest* request,
                                        v1::PreparedSeat* response) override;
  grpc::ServerUnaryReactor* CommitSeats(grpc::CallbackServerContext* context,
                                        const v1::CommitSeatsRequest* request,
                                        v1::CommitSeatsResponse* response) override;

 private:
  absl::StatusOr<v1::PreparedSeat> Prepare(const base::Call& call,
                                           const v1::PrepareSeatRequest& request);
  absl::StatusOr<v1::CommitSeatsResponse> Commit(const base::Call& call,
                                                 const v1::CommitSeatsRequest& request);
  absl::StatusOr<int> BookedThatDay(const base::Call& call, const SlotInView& found);
  /// Appointments of who receives in the slot's week; 0 when they cannot be too many.
  absl::StatusOr<int> BookedThatWeek(const base::Call& call, const SlotInView& found);
  void TellSoftCap(const SlotRef& slot);
  absl::Status TellBook(const base::Call& call, const v1::CommitSeatsRequest& request);

  const rpc::Runtime& runtime_;
  const Projection& projection_;
  SeatBook& book_;
  SlotsStore& store_;
  SlotsMetrics& metrics_;
};

}  // namespace sas::slots
