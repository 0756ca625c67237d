#include "services/regulation/protocol_service.h"

#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"

namespace sas::regulation {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* ProtocolService::Serve(
    base::Executor& lane, grpc::CallbackServerContext* context, const Request* request,
    Response* response, const char* method,
    absl::StatusOr<Response> (*act)(ProtocolDesk&, const base::Call&, const Request&)) {
  return rpc::ServeUnary(runtime_, lane, context, request, response, method,
                         [&desk = desk_, act](const base::Call& call,
                                              const Request& proto) -> absl::StatusOr<Response> {
                           SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
                           return act(desk, call, proto);
                         });
}

grpc::ServerUnaryReactor* ProtocolService::ListProtocols(grpc::CallbackServerContext* context,
                                                         const v1::ListProtocolsRequest* request,
                                                         v1::ListProtocolsResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.ProtocolService/ListProtocols", acts::ListProtocols);
}

grpc::ServerUnaryReactor* ProtocolService::GetProtocol(grpc::CallbackServerContext* context,
                                                       const v1::GetProtocolRequest* request,
                                                       v1::Protocol* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ProtocolService/GetProtocol", acts::GetProtocol);
}

grpc::ServerUnaryReactor* ProtocolService::CheckProtocol(grpc::CallbackServerContext* context,
                                                         const v1::CheckProtocolRequest* request,
                                                         v1::CheckProtocolResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.ProtocolService/CheckProtocol", acts::CheckProtocol);
}

grpc::ServerUnaryReactor* ProtocolService::SimulateProtocol(
    grpc::CallbackServerContext* context, const v1::SimulateProtocolRequest* request,
    v1::Protocol* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.ProtocolService/SimulateProtocol", acts::SimulateProtocol);
}

grpc::ServerUnaryReactor* ProtocolService::SignProtocol(grpc::CallbackServerContext* context,
                                                        const v1::SignProtocolRequest* request,
                                                        v1::Protocol* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ProtocolService/SignProtocol", acts::SignProtocol);
}

grpc::ServerUnaryReactor* ProtocolService::AcknowledgeProtocol(
    grpc::CallbackServerContext* context, const v1::AcknowledgeProtocolRequest* request,
    v1::Protocol* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ProtocolService/AcknowledgeProtocol", acts::AcknowledgeProtocol);
}

grpc::ServerUnaryReactor* ProtocolService::EvaluateTriage(grpc::CallbackServerContext* context,
                                                          const v1::EvaluateTriageRequest* request,
                                                          v1::EvaluateTriageResponse* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.ProtocolService/EvaluateTriage", acts::EvaluateTriage);
}

// A caller is on the line, and a positive sign may be among the answers.
grpc::ServerUnaryReactor* ProtocolService::RecordTriage(grpc::CallbackServerContext* context,
                                                        const v1::RecordTriageRequest* request,
                                                        v1::RegulationCase* response) {
  return Serve(runtime_.vital, context, request, response,
               "/sas.regulation.v1.ProtocolService/RecordTriage", acts::RecordTriage);
}

}  // namespace sas::regulation
