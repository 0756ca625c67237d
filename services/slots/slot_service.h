#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "common/rpc/raw_method.h"
#include "common/rpc/runtime.h"
#include "sas/slots/v1/slot_service.grpc.pb.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"
#include "services/slots/source_check.h"
#include "services/slots/store.h"

namespace sas::slots {

/// SearchSlots from bytes to bytes, the other methods typed.
using SlotServiceBase =
    v1::SlotService::WithRawCallbackMethod_SearchSlots<v1::SlotService::CallbackService>;

/// sas.slots.v1.SlotService. Reading is answered from memory, in gRPC's own threads; holds ask the
/// book and run on the interactive lane. A hold lives in Redis alone and ends by itself: it leaves
/// no trace in the ledger unless a regulator has lifted a rule for it, and its repeat is found by
/// request_id in the hold itself.
class SlotService final : public SlotServiceBase {
 public:
  SlotService(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book,
              SlotsMetrics& metrics, SlotsStore& store, int holds_per_order = 1,
              SourceCheck* sources = nullptr,
              int holds_per_organization = kHoldsPerOrganizationStandard)
      : runtime_(runtime),
        projection_(projection),
        book_(book),
        metrics_(metrics),
        store_(store),
        holds_per_order_(holds_per_order),
        sources_(sources),
        holds_per_organization_(holds_per_organization) {}

  grpc::ServerUnaryReactor* SearchSlots(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return search_.Serve(context, request, response);
  }

  grpc::ServerUnaryReactor* GetSlot(grpc::CallbackServerContext* context,
                                    const v1::GetSlotRequest* request, v1::Slot* response) override;
  grpc::ServerUnaryReactor* ListSlots(grpc::CallbackServerContext* context,
                                      const v1::ListSlotsRequest* request,
                                      v1::ListSlotsResponse* response) override;
  grpc::ServerUnaryReactor* GetOffer(grpc::CallbackServerContext* context,
                                     const v1::GetOfferRequest* request,
                                     v1::Offer* response) override;
  grpc::ServerUnaryReactor* HoldSlot(grpc::CallbackServerContext* context,
                                     const v1::HoldSlotRequest* request,
                                     v1::SlotHold* response) override;
  grpc::ServerUnaryReactor* RenewSlotHold(grpc::CallbackServerContext* context,
                                          const v1::RenewSlotHoldRequest* request,
                                          v1::SlotHold* response) override;
  grpc::ServerUnaryReactor* ReleaseSlotHold(grpc::CallbackServerContext* context,
                                            const v1::ReleaseSlotHoldRequest* request,
                                            v1::Slot* response) override;

 private:
  absl::StatusOr<grpc::ByteBuffer> Search(const base::Call& call, const grpc::ByteBuffer& bytes);
  absl::StatusOr<v1::ListSlotsResponse> List(const base::Call& call,
                                             const v1::ListSlotsRequest& request) const;
  absl::StatusOr<v1::SlotHold> Hold(const base::Call& call, const v1::HoldSlotRequest& request);
  /// What cannot be proved later, or nobody vouches for, is not given.
  absl::Status Settle(const base::Call& call, const v1::HoldSlotRequest& request,
                      const SlotRef& slot, const std::string& lifted);
  absl::StatusOr<v1::SlotHold> Renew(const base::Call& call,
                                     const v1::RenewSlotHoldRequest& request);
  absl::StatusOr<v1::Slot> Release(const base::Call& call,
                                   const v1::ReleaseSlotHoldRequest& request);

  const rpc::Runtime& runtime_;
  const Projection& projection_;
  SeatBook& book_;
  SlotsMetrics& metrics_;
  SlotsStore& store_;
  const int holds_per_order_;
  SourceCheck* const sources_;  ///< Null: what lives elsewhere cannot be held.
  const int holds_per_organization_;
  rpc::RawMethod search_{runtime_, "/sas.slots.v1.SlotService/SearchSlots",
                         [this](const base::Call& call, const grpc::ByteBuffer& bytes) {
                           return Search(call, bytes);
                         }};
};

}  // namespace sas::slots
