#include "services/regulation/case_reference_service.h"

#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/on_case.h"
#include "services/regulation/serve.h"

namespace sas::regulation {
namespace {

absl::StatusOr<v1::CaseReference> Find(Desk& desk, const base::Call& call,
                                       const v1::GetCaseReferenceRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, acts::kCaseName, request.name(), "name"));
  v1::CaseReference reference;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(request.name()));
        reference.set_name(row.name());
        reference.set_territory(row.territory());
        const auto& patients = row.patients();
        const bool known =
            request.patient().empty() ||
            std::any_of(patients.begin(), patients.end(), [&](const v1::Patient& patient) {
              return patient.name() == request.patient();
            });
        return known ? absl::OkStatus() : acts::PatientNotFound(request.patient());
      }));
  return reference;
}

}  // namespace

grpc::ServerUnaryReactor* CaseReferenceService::GetCaseReference(
    grpc::CallbackServerContext* context, const v1::GetCaseReferenceRequest* request,
    v1::CaseReference* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.CaseReferenceService/GetCaseReference", Find);
}

}  // namespace sas::regulation
