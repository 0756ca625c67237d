#include "services/regulation/acts.h"
#include "services/regulation/serve.h"
#include "services/regulation/service.h"

namespace sas::regulation {

grpc::ServerUnaryReactor* RegulationService::RecordLostCall(
    grpc::CallbackServerContext* context, const v1::RecordLostCallRequest* request,
    v1::LostCall* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordLostCall", acts::RecordLostCall);
}

grpc::ServerUnaryReactor* RegulationService::RecordHangUp(grpc::CallbackServerContext* context,
                                                          const v1::RecordHangUpRequest* request,
                                                          v1::LostCall* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordHangUp", acts::RecordHangUp);
}

grpc::ServerUnaryReactor* RegulationService::ClaimLostCall(grpc::CallbackServerContext* context,
                                                           const v1::ClaimLostCallRequest* request,
                                                           v1::LostCall* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ClaimLostCall", acts::ClaimLostCall);
}

grpc::ServerUnaryReactor* RegulationService::RecordCallReturn(
    grpc::CallbackServerContext* context, const v1::RecordCallReturnRequest* request,
    v1::LostCall* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordCallReturn", acts::RecordCallReturn);
}

grpc::ServerUnaryReactor* RegulationService::ListLostCalls(grpc::CallbackServerContext* context,
                                                           const v1::ListLostCallsRequest* request,
                                                           v1::ListLostCallsResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/ListLostCalls", acts::ListLostCalls);
}

grpc::ServerUnaryReactor* RegulationService::ResolveLostCall(
    grpc::CallbackServerContext* context, const v1::ResolveLostCallRequest* request,
    v1::LostCall* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ResolveLostCall", acts::ResolveLostCall);
}

grpc::ServerUnaryReactor* RegulationService::GetBoard(grpc::CallbackServerContext* context,
                                                      const v1::GetBoardRequest* request,
                                                      v1::Board* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/GetBoard", acts::GetBoard);
}

}  // namespace sas::regulation
