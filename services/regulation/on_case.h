#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "services/regulation/case_work.h"
#include "services/regulation/desk.h"
#include "services/regulation/seen.h"

namespace sas::regulation::acts {

inline constexpr char kCaseName[] = "regions/*/cases/*";
inline constexpr char kOrderName[] = "regions/*/cases/*/orders/*";

inline absl::Status PatientNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND",
                    "the dossier has no such patient; read it again", {{"name", name}});
}

/// Whether a stale screen stops the act: a raise and the hour of a team pass (hazard H-31).
template <typename Request>
inline constexpr Stale kStale = Stale::kRefused;
template <>
inline constexpr Stale kStale<v1::PrioritizeRegulationCaseRequest> = Stale::kPasses;
template <>
inline constexpr Stale kStale<v1::LaunchReflexDepartureRequest> = Stale::kPasses;
template <>
inline constexpr Stale kStale<v1::RecordMissionStatusRequest> = Stale::kPasses;

/// An act on one dossier, once per request_id, if the screen shows that dossier: `act` changes it
/// and saves it, the caller gets what he may see of it.
template <typename Request, typename Act>
absl::StatusOr<v1::RegulationCase> OnCase(Desk& desk, const base::Call& call,
                                          const Request& request, const std::string& name,
                                          Act act) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, name, "name"));
  return ledger::WriteOnce<v1::RegulationCase>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::RegulationCase> {
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, desk.clock.Now(), name));
        if constexpr (requires { request.etag(); }) {
          SAS_RETURN_IF_ERROR(
              CheckSeen(desk, call.actor, request.etag(), work.row(), kStale<Request>));
        }
        SAS_RETURN_IF_ERROR(act(work));
        return work.View();
      });
}

}  // namespace sas::regulation::acts
