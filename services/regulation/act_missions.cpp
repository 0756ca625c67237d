#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/mission.h"
#include "services/regulation/missions.h"
#include "services/regulation/on_case.h"

namespace sas::regulation::acts {
namespace {

constexpr std::size_t kUnitMax = 60;
constexpr std::size_t kDestinationMax = 120;

absl::Status MoveReflex(CaseWork& work, ReflexAct act) {
  v1::ReflexDeparture& reflex = *work.row().mutable_reflex_departure();
  SAS_ASSIGN_OR_RETURN(const ReflexState state, Advance(ToValue(reflex.state()), act));
  reflex.set_state(static_cast<v1::ReflexDeparture::State>(state));
  return absl::OkStatus();
}

// Who it is for, while there is no doubt.
std::string OnlyPatient(const v1::RegulationCase& row) {
  return row.patients_size() == 1 ? row.patients(0).name() : "";
}

// Of whom a bilan says something: who is named, else whom its teams were sent for.
absl::StatusOr<std::string> PatientOfBilan(const CaseWork& work, const std::string& named,
                                           const std::vector<v1::Mission*>& teams) {
  const std::string sent_for = teams.empty() ? "" : teams.front()->patient();
  return work.PatientOf(named.empty() ? sent_for : named, "bilan.patient");
}

// Only a regulator calls a team back; the whole reflex departure has its own act, which makes sure
// that caller and responder were told.
absl::Status CheckCallBack(const CaseWork& work, const v1::Mission& mission,
                           const v1::RegulationCase& row) {
  if (!IsRegulator(work.call().actor.role)) return RegulatorRequired();
  if (!mission.decision().empty() || ReflexTeamOut(row, mission.mission_id())) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "REFLEX_CANCEL_REQUIRED",
                    "it is the last team of the reflex departure: cancel the departure, and say "
                    "that caller and responder were told");
}

absl::Status CheckStatusShape(const v1::RecordMissionStatusRequest& request) {
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.unit(), "unit", kUnitMax));
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.destination(), "destination", kDestinationMax,
                                     request.status_code() == kMissionOriented ? 1 : 0));
  SAS_RETURN_IF_ERROR(request.status_code() == kMissionCalledBack
                          ? CheckReason(request.reason())
                          : CheckOptionalReason(request.reason()));
  if (request.vehicle_code().empty()) return absl::OkStatus();
  return care::CheckCode(care::VehicleTypes(), "typeVecteur", request.vehicle_code(),
                         "vehicle_code");
}

void Describe(const v1::RecordMissionStatusRequest& request, v1::Mission& mission) {
  if (!request.vehicle_code().empty()) mission.set_vehicle_code(request.vehicle_code());
  if (!request.unit().empty()) mission.set_unit(request.unit());
  if (!request.destination().empty()) mission.set_destination(request.destination());
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
    for (const std::string& resource : request.resource_codes()) {
      SAS_RETURN_IF_ERROR(SendTeam(work, resource, "", OnlyPatient(row)));
    }
    if (row.filiere() == sas::type::v1::FILIERE_UNSPECIFIED) {
      row.set_filiere(sas::type::v1::FILIERE_AMU);
    }
    work.EndPromise();
    SAS_RETURN_IF_ERROR(work.SetPriority(v1::PRIORITY_P0));
    // Also of a dossier that was P0 before (hazard H-14).
    SAS_RETURN_IF_ERROR(work.SupersedeOrders("", kUpgrade));
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
    CallBackTeams(work, "");
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
    if (row.bilans_size() >= kBilansMax) return LimitReached("bilans", kBilansMax);
    SAS_ASSIGN_OR_RETURN(const auto teams, ReportingTeams(work, request.mission_ids()));
    v1::Bilan bilan = request.bilan();
    SAS_ASSIGN_OR_RETURN(*bilan.mutable_patient(), PatientOfBilan(work, bilan.patient(), teams));
    *bilan.mutable_record_time() = ToTimestamp(work.now());
    *bilan.mutable_recorded_by() = ToProto(call.actor);
    for (v1::Mission* team : teams) {
      bilan.add_mission_ids(team->mission_id());
      AddStep(work, *team, kMissionReported, work.now());
    }
    // A dossier from before teams were told apart.
    if (row.missions().empty()) row.set_bilan_awaited(false);
    *row.add_bilans() = bilan;
    *row.mutable_bilan() = std::move(bilan);
    work.ComeBack();  // The regulator takes or confirms a decision.
    return work.Save("case.bilan", "bilan=recorded teams=" + std::to_string(teams.size()));
  });
}

absl::StatusOr<v1::RegulationCase> RecordMissionStatus(
    Desk& desk, const base::Call& call, const v1::RecordMissionStatusRequest& request) {
  SAS_RETURN_IF_ERROR(CheckStatusShape(request));
  return OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kWork));
    SAS_ASSIGN_OR_RETURN(v1::Mission * mission,
                         FindMission(work, request.mission_id(), "mission_id"));
    const MissionStep step{request.status_code(),
                           request.has_occur_time() ? ToInstant(request.occur_time()) : work.now()};
    SAS_RETURN_IF_ERROR(CheckMissionStep(StepsOf(*mission), step, work.now()));
    if (step.status == kMissionCalledBack) {
      SAS_RETURN_IF_ERROR(CheckCallBack(work, *mission, work.row()));
      work.AddNote("Équipe " + mission->mission_id() + " rappelée : " + request.reason(), false);
    }
    Describe(request, *mission);
    AddStep(work, *mission, step.status, step.at);
    return work.Save("case.mission", "mission=" + mission->mission_id() + " status=" + step.status);
  });
}

}  // namespace sas::regulation::acts
