#pragma once

#include <grpcpp/grpcpp.h>

#include "common/observe/metrics.h"
#include "common/rpc/runtime.h"
#include "sas/slots/v1/template_service.grpc.pb.h"
#include "services/slots/planning_service.h"
#include "services/slots/projection.h"
#include "services/slots/store.h"
#include "services/slots/template_metrics.h"

namespace sas::slots {

/// sas.slots.v1.TemplateService: a CSNP's named agenda and named worklist, made in one transaction
/// of the ledger. A failure leaves neither; slots of the agenda are in the searches of this replica
/// when the call is answered. Thread-safe.
class TemplateService final : public v1::TemplateService::CallbackService {
 public:
  /// All outlive the service.
  TemplateService(const rpc::Runtime& runtime, SlotsStore& store, const Projection& projection,
                  observe::Metrics& metrics, PlanningOptions options);

  grpc::ServerUnaryReactor* ApplyTemplate(grpc::CallbackServerContext* context,
                                          const v1::ApplyTemplateRequest* request,
                                          v1::ApplyTemplateResponse* response) override;
  grpc::ServerUnaryReactor* GetAgenda(grpc::CallbackServerContext* context,
                                      const v1::GetAgendaRequest* request,
                                      v1::Agenda* response) override;
  grpc::ServerUnaryReactor* ListAgendas(grpc::CallbackServerContext* context,
                                        const v1::ListAgendasRequest* request,
                                        v1::ListAgendasResponse* response) override;
  grpc::ServerUnaryReactor* GetWorklist(grpc::CallbackServerContext* context,
                                        const v1::GetWorklistRequest* request,
                                        v1::Worklist* response) override;
  grpc::ServerUnaryReactor* ListWorklists(grpc::CallbackServerContext* context,
                                          const v1::ListWorklistsRequest* request,
                                          v1::ListWorklistsResponse* response) override;
  grpc::ServerUnaryReactor* GetWorklistVerdicts(grpc::CallbackServerContext* context,
                                                const v1::GetWorklistVerdictsRequest* request,
                                                v1::GetWorklistVerdictsResponse* response) override;

 private:
  absl::StatusOr<v1::ApplyTemplateResponse> Apply(const base::Call& call,
                                                  const v1::ApplyTemplateRequest& request);

  const rpc::Runtime& runtime_;
  SlotsStore& store_;
  const Projection& projection_;
  TemplateMetrics metrics_;
  const PlanningOptions options_;
};

}  // namespace sas::slots
