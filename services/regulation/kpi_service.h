#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/kpi_service.grpc.pb.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// sas.regulation.v1.KpiService on the background lane. Thread-safe.
class KpiService final : public v1::KpiService::CallbackService {
 public:
  /// Both outlive the server.
  KpiService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* QueryKpis(grpc::CallbackServerContext* context,
                                      const v1::QueryKpisRequest* request,
                                      v1::QueryKpisResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
