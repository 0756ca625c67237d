#include "services/regulation/community_service.h"

#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"

namespace sas::regulation {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* CommunityService::Serve(
    base::Executor& lane, grpc::CallbackServerContext* context, const Request* request,
    Response* response, const char* method,
    absl::StatusOr<Response> (*act)(CommunityDesk&, const base::Call&, const Request&)) {
  return rpc::ServeUnary(runtime_, lane, context, request, response, method,
                         [&desk = desk_, act](const base::Call& call,
                                              const Request& proto) -> absl::StatusOr<Response> {
                           SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
                           return act(desk, call, proto);
                         });
}

grpc::ServerUnaryReactor* CommunityService::AskCommunity(grpc::CallbackServerContext* context,
                                                         const v1::AskCommunityRequest* request,
                                                         v1::CareOrder* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.CommunityService/AskCommunity", acts::AskCommunity);
}

grpc::ServerUnaryReactor* CommunityService::WithdrawDemand(grpc::CallbackServerContext* context,
                                                           const v1::WithdrawDemandRequest* request,
                                                           v1::CareOrder* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.CommunityService/WithdrawDemand", acts::WithdrawDemand);
}

grpc::ServerUnaryReactor* CommunityService::AnswerDemand(grpc::CallbackServerContext* context,
                                                         const v1::AnswerDemandRequest* request,
                                                         v1::CommunityDemand* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.CommunityService/AnswerDemand", acts::AnswerDemand);
}

grpc::ServerUnaryReactor* CommunityService::ListDemands(grpc::CallbackServerContext* context,
                                                        const v1::ListDemandsRequest* request,
                                                        v1::ListDemandsResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.CommunityService/ListDemands", acts::ListDemands);
}

}  // namespace sas::regulation
