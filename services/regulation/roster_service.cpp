#include "services/regulation/roster_service.h"

#include "services/regulation/serve.h"

namespace sas::regulation {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* RosterService::Serve(
    base::Executor& lane, grpc::CallbackServerContext* context, const Request* request,
    Response* response, const char* method,
    absl::StatusOr<Response> (*act)(RosterDesk&, const base::Call&, const Request&)) {
  return rpc::ServeUnary(
      runtime_, lane, context, request, response, method,
      [this, act](const base::Call& call, const Request& proto) -> absl::StatusOr<Response> {
        SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
        return act(desk_, call, proto);
      });
}

grpc::ServerUnaryReactor* RosterService::PlanShift(grpc::CallbackServerContext* context,
                                                   const v1::PlanShiftRequest* request,
                                                   v1::Shift* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RosterService/PlanShift", acts::PlanShift);
}

grpc::ServerUnaryReactor* RosterService::ReplaceShift(grpc::CallbackServerContext* context,
                                                      const v1::ReplaceShiftRequest* request,
                                                      v1::Shift* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RosterService/ReplaceShift", acts::ReplaceShift);
}

grpc::ServerUnaryReactor* RosterService::CancelShift(grpc::CallbackServerContext* context,
                                                     const v1::CancelShiftRequest* request,
                                                     v1::Shift* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RosterService/CancelShift", acts::CancelShift);
}

grpc::ServerUnaryReactor* RosterService::SignIn(grpc::CallbackServerContext* context,
                                                const v1::SignInRequest* request,
                                                v1::Shift* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RosterService/SignIn", acts::SignIn);
}

grpc::ServerUnaryReactor* RosterService::SignOut(grpc::CallbackServerContext* context,
                                                 const v1::SignOutRequest* request,
                                                 v1::SignOutResponse* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RosterService/SignOut", acts::SignOut);
}

grpc::ServerUnaryReactor* RosterService::ListShifts(grpc::CallbackServerContext* context,
                                                    const v1::ListShiftsRequest* request,
                                                    v1::ListShiftsResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.RosterService/ListShifts", acts::ListShifts);
}

grpc::ServerUnaryReactor* RosterService::GetCoverage(grpc::CallbackServerContext* context,
                                                     const v1::GetCoverageRequest* request,
                                                     v1::Coverage* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.RosterService/GetCoverage", acts::GetCoverage);
}

// When everything else is full, this is what must pass.
grpc::ServerUnaryReactor* RosterService::DeclareSurge(grpc::CallbackServerContext* context,
                                                      const v1::DeclareSurgeRequest* request,
                                                      v1::Surge* response) {
  return Serve(runtime_.vital, context, request, response,
               "/sas.regulation.v1.RosterService/DeclareSurge", acts::DeclareSurge);
}

grpc::ServerUnaryReactor* RosterService::EndSurge(grpc::CallbackServerContext* context,
                                                  const v1::EndSurgeRequest* request,
                                                  v1::Surge* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RosterService/EndSurge", acts::EndSurge);
}

}  // namespace sas::regulation
