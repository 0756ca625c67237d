#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_case.h"
#include "services/regulation/replaced_decisions.h"

namespace sas::regulation::acts {
namespace {

absl::Status MoveReflex(CaseWork& work, ReflexAct act) {
  v1::ReflexDeparture& reflex = *work.row().mutable_reflex_departure();
  SAS_ASSIGN_OR_RETURN(const ReflexState state, Advance(ToValue(reflex.state()), act));
  reflex.set_state(static_cast<v1::ReflexDeparture::State>(state));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::RegulationCase> LaunchReflexDeparture(
    Desk& desk, const base::Call& call, const v1::LaunchReflexDepartureRequest& request) {
  if (request.resource_codes().empty() || request.resource_codes_size() > kReflexResourcesMax) {
    return base::InvalidField("resource_codes", "RESOURCES_REQUIRED",
                              "name the means that were sent: 1 to 10");
  }
  for (int i = 0; i < request.resource_codes_size(); ++i) {
    SAS_RETURN_IF_ERROR(CheckReflexResource(request.resource_codes(i),
                                            "resource_codes[" + std::to_string(i) + "]"));
  }
  bool launched = false;
  auto answer = OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
    SAS_RETURN_IF_ERROR(MoveReflex(work, ReflexAct::kLaunch));
    v1::RegulationCase& row = work.row();
    v1::ReflexDeparture& reflex = *row.mutable_reflex_departure();
    *reflex.mutable_resource_codes() = request.resource_codes();
    *reflex.mutable_launch_time() = ToTimestamp(work.now());
    *reflex.mutable_launched_by() = ToProto(call.actor);
    row.set_bilan_awaited(true);
    if (row.filiere() == sas::type::v1::FILIERE_UNSPECIFIED) {
      row.set_filiere(sas::type::v1::FILIERE_AMU);
    }
    work.EndPromise();
    SAS_RETURN_IF_ERROR(work.SetPriority(v1::PRIORITY_P0));
    work.Wait();  // The regulation follows at once.
    // The means are gone whatever the list says: a fact is recorded, and its being off the list
    // too.
    const bool on_list = care::IsReflexMotif(row.motif_code(), row.fait_code());
    launched = true;
    return work.Save("case.reflex",
                     std::string("state=LAUNCHED on_list=") + (on_list ? "true" : "false"));
  });
  if (answer.ok() && launched) desk.metrics.ReflexDeparture();
  return answer;
}

absl::StatusOr<v1::RegulationCase> AcknowledgeReflexDeparture(
    Desk& desk, const base::Call& call, const v1::AcknowledgeReflexDepartureRequest& request) {
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kWork));
    SAS_RETURN_IF_ERROR(MoveReflex(work, ReflexAct::kAcknowledge));
    return work.Save("case.reflex", "state=ACKNOWLEDGED");
  });
}

absl::StatusOr<v1::RegulationCase> CancelReflexDeparture(
    Desk& desk, const base::Call& call, const v1::CancelReflexDepartureRequest& request) {
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  if (!request.caller_informed()) {
    return base::InvalidField("caller_informed", "CALLER_NOT_INFORMED",
                              "tell the caller that the means do not come, then cancel");
  }
  if (!request.responder_informed()) {
    return base::InvalidField("responder_informed", "RESPONDER_NOT_INFORMED",
                              "tell the responder on the road, then cancel");
  }
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kWork));
    SAS_RETURN_IF_ERROR(MoveReflex(work, ReflexAct::kCancel));
    SAS_ASSIGN_OR_RETURN(const bool awaited, AwaitsBilan(work));
    work.row().set_bilan_awaited(awaited);
    work.AddNote("Départ réflexe annulé : " + request.reason(), false);
    return work.Save("case.reflex", "state=CANCELLED");
  });
}

absl::StatusOr<v1::RegulationCase> RecordBilan(Desk& desk, const base::Call& call,
                                               const v1::RecordBilanRequest& request) {
  SAS_RETURN_IF_ERROR(CheckBilan(request.bilan()));
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
    v1::RegulationCase& row = work.row();
    *row.mutable_bilan() = request.bilan();
    *row.mutable_bilan()->mutable_record_time() = ToTimestamp(work.now());
    row.set_bilan_awaited(false);
    work.Wait();  // The regulator takes or confirms a decision.
    return work.Save("case.bilan", "bilan=recorded");
  });
}

}  // namespace sas::regulation::acts
