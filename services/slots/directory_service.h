#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "common/rpc/runtime.h"
#include "sas/slots/v1/directory_service.grpc.pb.h"
#include "services/slots/directory_import.h"
#include "services/slots/store.h"

namespace sas::slots {

struct DirectoryOptions {
  ImportOptions import;
  /// Called after the commit of a change, and again for its repeats; may be empty. Returns when
  /// searches show the change, or soon (HotSide::Show).
  std::function<void(const base::Call& call, const std::string& region)> on_change;
};

/// What a territory offers and by which rules. Answers from the ledger, so that a planner reads
/// what he has just written; a change is answered when the searches of this process show it.
/// Thread-safe.
class DirectoryService final : public v1::DirectoryService::CallbackService {
 public:
  /// All outlive the service.
  DirectoryService(const rpc::Runtime& runtime, SlotsStore& store, DirectoryOptions options);

  grpc::ServerUnaryReactor* ImportTerritory(grpc::CallbackServerContext* context,
                                            const v1::ImportTerritoryRequest* request,
                                            v1::ImportTerritoryResponse* response) override;
  grpc::ServerUnaryReactor* GetSite(grpc::CallbackServerContext* context,
                                    const v1::GetSiteRequest* request, v1::Site* response) override;
  grpc::ServerUnaryReactor* ListSites(grpc::CallbackServerContext* context,
                                      const v1::ListSitesRequest* request,
                                      v1::ListSitesResponse* response) override;
  grpc::ServerUnaryReactor* GetPractitioner(grpc::CallbackServerContext* context,
                                            const v1::GetPractitionerRequest* request,
                                            v1::Practitioner* response) override;
  grpc::ServerUnaryReactor* ListPractitioners(grpc::CallbackServerContext* context,
                                              const v1::ListPractitionersRequest* request,
                                              v1::ListPractitionersResponse* response) override;
  grpc::ServerUnaryReactor* ListSessionPlans(grpc::CallbackServerContext* context,
                                             const v1::ListSessionPlansRequest* request,
                                             v1::ListSessionPlansResponse* response) override;
  grpc::ServerUnaryReactor* ListSessions(grpc::CallbackServerContext* context,
                                         const v1::ListSessionsRequest* request,
                                         v1::ListSessionsResponse* response) override;
  grpc::ServerUnaryReactor* SearchCommunes(grpc::CallbackServerContext* context,
                                           const v1::SearchCommunesRequest* request,
                                           v1::SearchCommunesResponse* response) override;

 private:
  absl::StatusOr<v1::ImportTerritoryResponse> Import(const base::Call& call,
                                                     const v1::ImportTerritoryRequest& request);

  const rpc::Runtime& runtime_;
  SlotsStore& store_;
  const DirectoryOptions options_;
};

}  // namespace sas::slots
