#include "services/slots/directory_service.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/slots/directory_reads.h"
#include "services/slots/planning_rights.h"

namespace sas::slots {
DirectoryService::DirectoryService(const rpc::Runtime& runtime, SlotsStore& store,
                                   DirectoryOptions options)
    : runtime_(runtime), store_(store), options_(std::move(options)) {}

absl::StatusOr<v1::ImportTerritoryResponse> DirectoryService::Import(
    const base::Call& call, const v1::ImportTerritoryRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  const std::string& region = ids[0];
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, region));
  SAS_RETURN_IF_ERROR(CheckOwnTerritories(call.actor, request.territory()));
  const base::Instant now = runtime_.clock.Now();
  if (request.validate_only()) {
    TerritoryImport import(call.actor, region, request.territory(), options_.import, now);
    SAS_RETURN_IF_ERROR(store_.Read(
        call, [&](SlotsTransaction& transaction) { return import.Check(transaction); }));
    return import.Response();
  }
  auto answer = ledger::WriteOnce<v1::ImportTerritoryResponse>(
      store_, call, request, [&](SlotsTransaction& transaction) {
        return TerritoryImport(call.actor, region, request.territory(), options_.import, now)
            .Run(transaction);
      });
  if (answer.ok() && options_.on_change) options_.on_change(call, region);
  return answer;
}

grpc::ServerUnaryReactor* DirectoryService::ImportTerritory(
    grpc::CallbackServerContext* context, const v1::ImportTerritoryRequest* request,
    v1::ImportTerritoryResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.DirectoryService/ImportTerritory",
      [this](const base::Call& call, const auto& proto) { return Import(call, proto); });
}

grpc::ServerUnaryReactor* DirectoryService::GetSite(grpc::CallbackServerContext* context,
                                                    const v1::GetSiteRequest* request,
                                                    v1::Site* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/GetSite",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadSite(store_, call, proto, runtime_.clock.Now());
                         });
}

grpc::ServerUnaryReactor* DirectoryService::ListSites(grpc::CallbackServerContext* context,
                                                      const v1::ListSitesRequest* request,
                                                      v1::ListSitesResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/ListSites",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadSites(store_, call, proto, runtime_.clock.Now());
                         });
}

grpc::ServerUnaryReactor* DirectoryService::GetPractitioner(
    grpc::CallbackServerContext* context, const v1::GetPractitionerRequest* request,
    v1::Practitioner* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/GetPractitioner",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadPractitioner(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* DirectoryService::ListPractitioners(
    grpc::CallbackServerContext* context, const v1::ListPractitionersRequest* request,
    v1::ListPractitionersResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/ListPractitioners",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadPractitioners(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* DirectoryService::ListSessionPlans(
    grpc::CallbackServerContext* context, const v1::ListSessionPlansRequest* request,
    v1::ListSessionPlansResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/ListSessionPlans",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadSessionPlans(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* DirectoryService::ListSessions(grpc::CallbackServerContext* context,
                                                         const v1::ListSessionsRequest* request,
                                                         v1::ListSessionsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/ListSessions",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadSessions(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* DirectoryService::SearchCommunes(grpc::CallbackServerContext* context,
                                                           const v1::SearchCommunesRequest* request,
                                                           v1::SearchCommunesResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.DirectoryService/SearchCommunes",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadCommunes(store_, call, proto);
                         });
}

}  // namespace sas::slots
