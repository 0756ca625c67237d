#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/coordinator_service.grpc.pb.h"
#include "services/regulation/roster_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.CoordinatorService on the lanes of the process. What each RPC does stands in
/// roster_acts.h.
class CoordinatorService final : public v1::CoordinatorService::CallbackService {
 public:
  /// Both outlive the server.
  CoordinatorService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* PutCoordinator(grpc::CallbackServerContext* context,
                                           const v1::PutCoordinatorRequest* request,
                                           v1::Coordinator* response) override;
  grpc::ServerUnaryReactor* RemoveCoordinator(grpc::CallbackServerContext* context,
                                              const v1::RemoveCoordinatorRequest* request,
                                              v1::Coordinator* response) override;
  grpc::ServerUnaryReactor* GetCoordinator(grpc::CallbackServerContext* context,
                                           const v1::GetCoordinatorRequest* request,
                                           v1::Coordinator* response) override;
  grpc::ServerUnaryReactor* ListCoordinators(grpc::CallbackServerContext* context,
                                             const v1::ListCoordinatorsRequest* request,
                                             v1::ListCoordinatorsResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
