#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/exchange_service.grpc.pb.h"
#include "services/regulation/exchange_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.ExchangeService on the lanes of the process. What each RPC does stands in
/// exchange_acts.h.
class ExchangeService final : public v1::ExchangeService::CallbackService {
 public:
  /// Both outlive the server.
  ExchangeService(const rpc::Runtime& runtime, ExchangeDesk& desk)
      : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* CreateCaseExchange(grpc::CallbackServerContext* context,
                                               const v1::CreateCaseExchangeRequest* request,
                                               v1::CaseExchange* response) override;
  grpc::ServerUnaryReactor* GetCaseExchange(grpc::CallbackServerContext* context,
                                            const v1::GetCaseExchangeRequest* request,
                                            v1::CaseExchange* response) override;
  grpc::ServerUnaryReactor* ListCaseExchanges(grpc::CallbackServerContext* context,
                                              const v1::ListCaseExchangesRequest* request,
                                              v1::ListCaseExchangesResponse* response) override;
  grpc::ServerUnaryReactor* ListUnreadExchanges(grpc::CallbackServerContext* context,
                                                const v1::ListUnreadExchangesRequest* request,
                                                v1::ListUnreadExchangesResponse* response) override;
  grpc::ServerUnaryReactor* MarkExchangeRead(grpc::CallbackServerContext* context,
                                             const v1::MarkExchangeReadRequest* request,
                                             v1::CaseExchange* response) override;
  grpc::ServerUnaryReactor* StartCall(grpc::CallbackServerContext* context,
                                      const v1::StartCallRequest* request,
                                      v1::StartCallResponse* response) override;
  grpc::ServerUnaryReactor* RecordMssanteState(grpc::CallbackServerContext* context,
                                               const v1::RecordMssanteStateRequest* request,
                                               v1::CaseExchange* response) override;
  grpc::ServerUnaryReactor* RequestExpertise(grpc::CallbackServerContext* context,
                                             const v1::RequestExpertiseRequest* request,
                                             v1::CaseExchange* response) override;
  grpc::ServerUnaryReactor* AttachExpertiseResult(
      grpc::CallbackServerContext* context, const v1::AttachExpertiseResultRequest* request,
      v1::AttachExpertiseResultResponse* response) override;
  grpc::ServerUnaryReactor* GetJourney(grpc::CallbackServerContext* context,
                                       const v1::GetJourneyRequest* request,
                                       v1::Journey* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Serve(base::Executor& lane, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, const char* method,
                                  absl::StatusOr<Response> (*act)(ExchangeDesk&, const base::Call&,
                                                                  const Request&));

  const rpc::Runtime& runtime_;
  ExchangeDesk& desk_;
};

}  // namespace sas::regulation
