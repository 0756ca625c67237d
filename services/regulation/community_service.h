#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/community_service.grpc.pb.h"
#include "services/regulation/community_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.CommunityService on the lanes of the process. What each RPC does stands in
/// community_acts.h.
class CommunityService final : public v1::CommunityService::CallbackService {
 public:
  /// Both outlive the server.
  CommunityService(const rpc::Runtime& runtime, CommunityDesk& desk)
      : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* AskCommunity(grpc::CallbackServerContext* context,
                                         const v1::AskCommunityRequest* request,
                                         v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* WithdrawDemand(grpc::CallbackServerContext* context,
                                           const v1::WithdrawDemandRequest* request,
                                           v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* AnswerDemand(grpc::CallbackServerContext* context,
                                         const v1::AnswerDemandRequest* request,
                                         v1::CommunityDemand* response) override;
  grpc::ServerUnaryReactor* ListDemands(grpc::CallbackServerContext* context,
                                        const v1::ListDemandsRequest* request,
                                        v1::ListDemandsResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Serve(base::Executor& lane, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, const char* method,
                                  absl::StatusOr<Response> (*act)(CommunityDesk&, const base::Call&,
                                                                  const Request&));

  const rpc::Runtime& runtime_;
  CommunityDesk& desk_;
};

}  // namespace sas::regulation
