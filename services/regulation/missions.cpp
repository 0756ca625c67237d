#include "services/regulation/missions.h"

#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/shape.h"

namespace sas::regulation {
namespace {

void Settle(v1::RegulationCase& row, v1::Mission& mission) {
  const auto steps = StepsOf(mission);
  mission.set_bilan_awaited(AwaitsBilan(steps));
  mission.set_ended(HasEnded(steps));
  row.set_bilan_awaited(std::any_of(row.missions().begin(), row.missions().end(),
                                    [](const v1::Mission& each) { return each.bilan_awaited(); }));
}

bool Confirms(const v1::Mission& reflex, const std::string& resource, const std::string& patient) {
  return reflex.decision().empty() && reflex.resource_code() == resource &&
         (reflex.patient().empty() || reflex.patient() == patient) && !HasEnded(StepsOf(reflex));
}

// Each as "1=SMUR.ADULT".
std::string Named(const std::vector<v1::Mission*>& missions) {
  std::string names;
  for (const v1::Mission* mission : missions) {
    names += (names.empty() ? "" : ",") + mission->mission_id() + "=" + mission->resource_code();
  }
  return names;
}

}  // namespace

std::vector<MissionStep> StepsOf(const v1::Mission& mission) {
  std::vector<MissionStep> steps;
  for (const v1::MissionStep& step : mission.steps()) {
    steps.push_back({step.status_code(), ToInstant(step.occur_time())});
  }
  return steps;
}

absl::Status SendTeam(CaseWork& work, const std::string& resource, const std::string& decision,
                      const std::string& patient) {
  v1::RegulationCase& row = work.row();
  for (v1::Mission& mission : *row.mutable_missions()) {
    if (decision.empty() || !Confirms(mission, resource, patient)) continue;
    mission.set_decision(decision);
    mission.set_patient(patient);
    return absl::OkStatus();
  }
  if (row.missions_size() >= kMissionsMax) return LimitReached("missions", kMissionsMax);
  v1::Mission& mission = *row.add_missions();
  mission.set_mission_id(std::to_string(row.missions_size()));
  mission.set_decision(decision);
  mission.set_patient(patient);
  mission.set_resource_code(resource);
  AddStep(work, mission, kMissionDecided, work.now());
  // A reflex departure is recorded when the means have gone.
  if (decision.empty()) AddStep(work, mission, kMissionLeft, work.now());
  return absl::OkStatus();
}

absl::StatusOr<v1::Mission*> FindMission(CaseWork& work, const std::string& id,
                                         const std::string& field) {
  for (v1::Mission& mission : *work.row().mutable_missions()) {
    if (mission.mission_id() == id) return &mission;
  }
  return base::InvalidField(field, "MISSION_NOT_FOUND",
                            "the dossier has no such team; read it again");
}

void AddStep(CaseWork& work, v1::Mission& mission, std::string_view status, base::Instant at) {
  v1::MissionStep& step = *mission.add_steps();
  step.set_status_code(std::string(status));
  *step.mutable_occur_time() = ToTimestamp(at);
  *step.mutable_record_time() = ToTimestamp(work.now());
  *step.mutable_recorded_by() = ToProto(work.call().actor);
  Settle(work.row(), mission);
}

void CallBackTeams(CaseWork& work, const std::string& decision) {
  for (v1::Mission& mission : *work.row().mutable_missions()) {
    const auto steps = StepsOf(mission);
    if (mission.decision() != decision || IsCalledBack(steps) || HasPatient(steps)) continue;
    AddStep(work, mission, kMissionCalledBack, work.now());
  }
}

bool ReflexTeamOut(const v1::RegulationCase& row, const std::string& except) {
  return std::any_of(row.missions().begin(), row.missions().end(), [&](const v1::Mission& each) {
    return each.decision().empty() && each.mission_id() != except && !IsCalledBack(StepsOf(each));
  });
}

absl::StatusOr<std::vector<v1::Mission*>> ReportingTeams(
    CaseWork& work, const google::protobuf::RepeatedPtrField<std::string>& named) {
  std::vector<v1::Mission*> teams;
  for (int i = 0; i < named.size(); ++i) {
    SAS_ASSIGN_OR_RETURN(v1::Mission * mission,
                         FindMission(work, named[i], "mission_ids[" + std::to_string(i) + "]"));
    if (std::find(teams.begin(), teams.end(), mission) == teams.end()) teams.push_back(mission);
  }
  if (!named.empty()) return teams;
  auto& missions = *work.row().mutable_missions();
  for (v1::Mission& mission : missions) {
    if (mission.bilan_awaited()) teams.push_back(&mission);
  }
  if (teams.size() > 1) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "MISSION_REQUIRED",
                      "several teams have not reported: say of which this is the bilan",
                      {{"missions", Named(teams)}});
  }
  if (teams.empty() && missions.size() == 1) teams.push_back(&missions[0]);
  return teams;
}

bool TeamAtWork(const v1::RegulationCase& row) {
  return std::any_of(row.missions().begin(), row.missions().end(), [](const v1::Mission& each) {
    return !each.ended() && !each.bilan_awaited();
  });
}

}  // namespace sas::regulation
