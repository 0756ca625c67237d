#include "services/regulation/exchange_service.h"

#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"

namespace sas::regulation {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* ExchangeService::Serve(
    base::Executor& lane, grpc::CallbackServerContext* context, const Request* request,
    Response* response, const char* method,
    absl::StatusOr<Response> (*act)(ExchangeDesk&, const base::Call&, const Request&)) {
  return rpc::ServeUnary(runtime_, lane, context, request, response, method,
                         [&desk = desk_, act](const base::Call& call,
                                              const Request& proto) -> absl::StatusOr<Response> {
                           SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
                           return act(desk, call, proto);
                         });
}

grpc::ServerUnaryReactor* ExchangeService::CreateCaseExchange(
    grpc::CallbackServerContext* context, const v1::CreateCaseExchangeRequest* request,
    v1::CaseExchange* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/CreateCaseExchange", acts::CreateCaseExchange);
}

grpc::ServerUnaryReactor* ExchangeService::GetCaseExchange(
    grpc::CallbackServerContext* context, const v1::GetCaseExchangeRequest* request,
    v1::CaseExchange* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/GetCaseExchange", acts::GetCaseExchange);
}

grpc::ServerUnaryReactor* ExchangeService::ListCaseExchanges(
    grpc::CallbackServerContext* context, const v1::ListCaseExchangesRequest* request,
    v1::ListCaseExchangesResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.ExchangeService/ListCaseExchanges", acts::ListCaseExchanges);
}

grpc::ServerUnaryReactor* ExchangeService::ListUnreadExchanges(
    grpc::CallbackServerContext* context, const v1::ListUnreadExchangesRequest* request,
    v1::ListUnreadExchangesResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.ExchangeService/ListUnreadExchanges", acts::ListUnreadExchanges);
}

grpc::ServerUnaryReactor* ExchangeService::MarkExchangeRead(
    grpc::CallbackServerContext* context, const v1::MarkExchangeReadRequest* request,
    v1::CaseExchange* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/MarkExchangeRead", acts::MarkExchangeRead);
}

grpc::ServerUnaryReactor* ExchangeService::StartCall(grpc::CallbackServerContext* context,
                                                     const v1::StartCallRequest* request,
                                                     v1::StartCallResponse* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/StartCall", acts::StartCall);
}

grpc::ServerUnaryReactor* ExchangeService::RecordMssanteState(
    grpc::CallbackServerContext* context, const v1::RecordMssanteStateRequest* request,
    v1::CaseExchange* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/RecordMssanteState", acts::RecordMssanteState);
}

grpc::ServerUnaryReactor* ExchangeService::RequestExpertise(
    grpc::CallbackServerContext* context, const v1::RequestExpertiseRequest* request,
    v1::CaseExchange* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/RequestExpertise", acts::RequestExpertise);
}

grpc::ServerUnaryReactor* ExchangeService::AttachExpertiseResult(
    grpc::CallbackServerContext* context, const v1::AttachExpertiseResultRequest* request,
    v1::AttachExpertiseResultResponse* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/AttachExpertiseResult",
               acts::AttachExpertiseResult);
}

grpc::ServerUnaryReactor* ExchangeService::GetJourney(grpc::CallbackServerContext* context,
                                                      const v1::GetJourneyRequest* request,
                                                      v1::Journey* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ExchangeService/GetJourney", acts::GetJourney);
}

}  // namespace sas::regulation
