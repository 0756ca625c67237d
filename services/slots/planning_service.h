#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/planning_service.grpc.pb.h"
#include "services/slots/directory_import.h"
#include "services/slots/planning_work.h"
#include "services/slots/store.h"

namespace sas::slots {

struct PlanningOptions {
  ImportOptions import;
  /// Called after each commit, and again for its repeats: returns when searches of this process
  /// show the change, or when it has waited long enough. May be empty.
  std::function<void(const base::Call& call, const std::string& region)> on_change;
};

/// How practices and coordinators keep control of what they share. Writes to the ledger; a change
/// is in the searches of this replica when it is answered. Thread-safe.
class PlanningService final : public v1::PlanningService::CallbackService {
 public:
  /// All outlive the service.
  PlanningService(const rpc::Runtime& runtime, SlotsStore& store, PlanningOptions options);

  grpc::ServerUnaryReactor* UpdateStructure(grpc::CallbackServerContext* context,
                                            const v1::UpdateStructureRequest* request,
                                            v1::Structure* response) override;
  grpc::ServerUnaryReactor* UpdateSite(grpc::CallbackServerContext* context,
                                       const v1::UpdateSiteRequest* request,
                                       v1::Site* response) override;
  grpc::ServerUnaryReactor* UpdatePractitioner(grpc::CallbackServerContext* context,
                                               const v1::UpdatePractitionerRequest* request,
                                               v1::Practitioner* response) override;
  grpc::ServerUnaryReactor* UpdateSessionPlan(grpc::CallbackServerContext* context,
                                              const v1::UpdateSessionPlanRequest* request,
                                              v1::SessionPlan* response) override;
  grpc::ServerUnaryReactor* DeleteSessionPlan(grpc::CallbackServerContext* context,
                                              const v1::DeleteSessionPlanRequest* request,
                                              v1::DeleteSessionPlanResponse* response) override;
  grpc::ServerUnaryReactor* CreateAgendaException(grpc::CallbackServerContext* context,
                                                  const v1::CreateAgendaExceptionRequest* request,
                                                  v1::AgendaException* response) override;
  grpc::ServerUnaryReactor* DeleteAgendaException(
      grpc::CallbackServerContext* context, const v1::DeleteAgendaExceptionRequest* request,
      v1::DeleteAgendaExceptionResponse* response) override;
  grpc::ServerUnaryReactor* ListAgendaExceptions(
      grpc::CallbackServerContext* context, const v1::ListAgendaExceptionsRequest* request,
      v1::ListAgendaExceptionsResponse* response) override;
  grpc::ServerUnaryReactor* OpenSlots(grpc::CallbackServerContext* context,
                                      const v1::OpenSlotsRequest* request,
                                      v1::OpenSlotsResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawSlot(grpc::CallbackServerContext* context,
                                         const v1::WithdrawSlotRequest* request,
                                         v1::Slot* response) override;
  grpc::ServerUnaryReactor* SignCarePolicy(grpc::CallbackServerContext* context,
                                           const v1::SignCarePolicyRequest* request,
                                           v1::Site* response) override;

 private:
  /// Writes once, then waits until the searches have it. `name` is what the request is about.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Change(const base::Call& call, const Request& request,
                                  std::string_view pattern, const std::string& name,
                                  std::string_view field,
                                  absl::StatusOr<Response> (PlanningWork::*work)(const Request&));
  absl::StatusOr<v1::ListAgendaExceptionsResponse> List(
      const base::Call& call, const v1::ListAgendaExceptionsRequest& request);
  absl::Status CheckOpenSlots(const v1::OpenSlotsRequest& request) const;

  const rpc::Runtime& runtime_;
  SlotsStore& store_;
  const PlanningOptions options_;
};

}  // namespace sas::slots
