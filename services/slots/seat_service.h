#pragma once

#include <functional>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/seat_service.grpc.pb.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seat_preparation.h"
#include "services/slots/seats.h"
#include "services/slots/source_check.h"
#include "services/slots/store.h"

namespace sas::slots {

/// sas.slots.v1.SeatService: seats as booking sees them. Only services call it.
class SeatService final : public v1::SeatService::CallbackService {
 public:
  static constexpr int kHorizonDays = 21;  ///< Days of slots, today counts.

  SeatService(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book,
              SlotsStore& store, SlotsMetrics& metrics, SourceCheck* sources = nullptr,
              int horizon_days = kHorizonDays)
      : runtime_(runtime),
        projection_(projection),
        book_(book),
        store_(store),
        sources_(sources),
        horizon_days_(horizon_days),
        preparation_(projection, book, store, metrics, runtime.clock) {}

  grpc::ServerUnaryReactor* PrepareSeat(grpc::CallbackServerContext* context,
                                        const v1::PrepareSeatRequest* request,
                                        v1::PreparedSeat* response) override;
  grpc::ServerUnaryReactor* PrepareSeats(grpc::CallbackServerContext* context,
                                         const v1::PrepareSeatsRequest* request,
                                         v1::PrepareSeatsResponse* response) override;
  grpc::ServerUnaryReactor* CommitSeats(grpc::CallbackServerContext* context,
                                        const v1::CommitSeatsRequest* request,
                                        v1::CommitSeatsResponse* response) override;
  grpc::ServerUnaryReactor* ListTakenSeats(grpc::CallbackServerContext* context,
                                           const v1::ListTakenSeatsRequest* request,
                                           v1::ListTakenSeatsResponse* response) override;
  grpc::ServerUnaryReactor* GetSlotStandings(grpc::CallbackServerContext* context,
                                             const v1::GetSlotStandingsRequest* request,
                                             v1::GetSlotStandingsResponse* response) override;
  grpc::ServerUnaryReactor* SearchNextSlots(grpc::CallbackServerContext* context,
                                            const v1::SearchNextSlotsRequest* request,
                                            v1::SearchNextSlotsResponse* response) override;
  grpc::ServerUnaryReactor* AskSource(grpc::CallbackServerContext* context,
                                      const v1::AskSourceRequest* request,
                                      v1::AskSourceResponse* response) override;

 private:
  absl::StatusOr<v1::CommitSeatsResponse> Commit(const base::Call& call,
                                                 const v1::CommitSeatsRequest& request);
  absl::StatusOr<v1::ListTakenSeatsResponse> ListTaken(const base::Call& call,
                                                       const v1::ListTakenSeatsRequest& request);
  absl::Status TellBook(const base::Call& call, const v1::CommitSeatsRequest& request);

  const rpc::Runtime& runtime_;
  const Projection& projection_;
  SeatBook& book_;
  SlotsStore& store_;
  SourceCheck* const sources_;  ///< Null: nobody is asked.
  const int horizon_days_;
  const SeatPreparation preparation_;
};

}  // namespace sas::slots
