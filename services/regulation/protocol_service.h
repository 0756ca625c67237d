#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/protocol_service.grpc.pb.h"
#include "services/regulation/protocol_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.ProtocolService on the lanes of the process: questions of a call never wait
/// behind a simulation. What each RPC does stands in protocol_acts.h.
class ProtocolService final : public v1::ProtocolService::CallbackService {
 public:
  /// Both outlive the server.
  ProtocolService(const rpc::Runtime& runtime, ProtocolDesk& desk)
      : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* ListProtocols(grpc::CallbackServerContext* context,
                                          const v1::ListProtocolsRequest* request,
                                          v1::ListProtocolsResponse* response) override;
  grpc::ServerUnaryReactor* GetProtocol(grpc::CallbackServerContext* context,
                                        const v1::GetProtocolRequest* request,
                                        v1::Protocol* response) override;
  grpc::ServerUnaryReactor* CheckProtocol(grpc::CallbackServerContext* context,
                                          const v1::CheckProtocolRequest* request,
                                          v1::CheckProtocolResponse* response) override;
  grpc::ServerUnaryReactor* SimulateProtocol(grpc::CallbackServerContext* context,
                                             const v1::SimulateProtocolRequest* request,
                                             v1::Protocol* response) override;
  grpc::ServerUnaryReactor* SignProtocol(grpc::CallbackServerContext* context,
                                         const v1::SignProtocolRequest* request,
                                         v1::Protocol* response) override;
  grpc::ServerUnaryReactor* AcknowledgeProtocol(grpc::CallbackServerContext* context,
                                                const v1::AcknowledgeProtocolRequest* request,
                                                v1::Protocol* response) override;
  grpc::ServerUnaryReactor* EvaluateTriage(grpc::CallbackServerContext* context,
                                           const v1::EvaluateTriageRequest* request,
                                           v1::EvaluateTriageResponse* response) override;
  grpc::ServerUnaryReactor* RecordTriage(grpc::CallbackServerContext* context,
                                         const v1::RecordTriageRequest* request,
                                         v1::RegulationCase* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Serve(base::Executor& lane, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, const char* method,
                                  absl::StatusOr<Response> (*act)(ProtocolDesk&, const base::Call&,
                                                                  const Request&));

  const rpc::Runtime& runtime_;
  ProtocolDesk& desk_;
};

}  // namespace sas::regulation
