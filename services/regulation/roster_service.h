#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/roster_service.grpc.pb.h"
#include "services/regulation/roster_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.RosterService on the lanes of the process. What each RPC does stands in
/// roster_acts.h.
class RosterService final : public v1::RosterService::CallbackService {
 public:
  /// Both outlive the server.
  RosterService(const rpc::Runtime& runtime, RosterDesk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* PlanShift(grpc::CallbackServerContext* context,
                                      const v1::PlanShiftRequest* request,
                                      v1::Shift* response) override;
  grpc::ServerUnaryReactor* ReplaceShift(grpc::CallbackServerContext* context,
                                         const v1::ReplaceShiftRequest* request,
                                         v1::Shift* response) override;
  grpc::ServerUnaryReactor* CancelShift(grpc::CallbackServerContext* context,
                                        const v1::CancelShiftRequest* request,
                                        v1::Shift* response) override;
  grpc::ServerUnaryReactor* SignIn(grpc::CallbackServerContext* context,
                                   const v1::SignInRequest* request, v1::Shift* response) override;
  grpc::ServerUnaryReactor* SignOut(grpc::CallbackServerContext* context,
                                    const v1::SignOutRequest* request,
                                    v1::SignOutResponse* response) override;
  grpc::ServerUnaryReactor* ListShifts(grpc::CallbackServerContext* context,
                                       const v1::ListShiftsRequest* request,
                                       v1::ListShiftsResponse* response) override;
  grpc::ServerUnaryReactor* GetCoverage(grpc::CallbackServerContext* context,
                                        const v1::GetCoverageRequest* request,
                                        v1::Coverage* response) override;
  grpc::ServerUnaryReactor* DeclareSurge(grpc::CallbackServerContext* context,
                                         const v1::DeclareSurgeRequest* request,
                                         v1::Surge* response) override;
  grpc::ServerUnaryReactor* EndSurge(grpc::CallbackServerContext* context,
                                     const v1::EndSurgeRequest* request,
                                     v1::Surge* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Serve(base::Executor& lane, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, const char* method,
                                  absl::StatusOr<Response> (*act)(RosterDesk&, const base::Call&,
                                                                  const Request&));

  const rpc::Runtime& runtime_;
  RosterDesk& desk_;
};

}  // namespace sas::regulation
