#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/pickup_service.grpc.pb.h"
#include "services/regulation/pickup_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.PickupService on the lanes of the process: all that happens to a ringing call
/// is vital. What each RPC does stands in pickup_acts.h.
class PickupService final : public v1::PickupService::CallbackService {
 public:
  /// Both outlive the server.
  PickupService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* AnnounceCall(grpc::CallbackServerContext* context,
                                         const v1::AnnounceCallRequest* request,
                                         v1::WaitingCall* response) override;
  grpc::ServerUnaryReactor* PickUpNextCall(grpc::CallbackServerContext* context,
                                           const v1::PickUpNextCallRequest* request,
                                           v1::WaitingCall* response) override;
  grpc::ServerUnaryReactor* PickUpCall(grpc::CallbackServerContext* context,
                                       const v1::PickUpCallRequest* request,
                                       v1::WaitingCall* response) override;
  grpc::ServerUnaryReactor* EndWaitingCall(grpc::CallbackServerContext* context,
                                           const v1::EndWaitingCallRequest* request,
                                           v1::WaitingCall* response) override;
  grpc::ServerUnaryReactor* ListWaitingCalls(grpc::CallbackServerContext* context,
                                             const v1::ListWaitingCallsRequest* request,
                                             v1::ListWaitingCallsResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
