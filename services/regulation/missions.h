#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/regulation/case_work.h"
#include "services/regulation/domain/mission.h"

/// The teams of a dossier: each change keeps `bilan_awaited` of team and dossier true.
namespace sas::regulation {

/// The way of a team as the rules see it.
std::vector<MissionStep> StepsOf(const v1::Mission& mission);

/// A team goes: by a decision, or by reflex when `decision` is empty. A decision that sends what
/// has left by reflex for this patient confirms that team, and sends no second one.
/// RESOURCE_EXHAUSTED `LIMIT_REACHED`.
absl::Status SendTeam(CaseWork& work, const std::string& resource, const std::string& decision,
                      const std::string& patient);

/// INVALID_ARGUMENT `MISSION_NOT_FOUND` about `field`.
absl::StatusOr<v1::Mission*> FindMission(CaseWork& work, const std::string& id,
                                         const std::string& field);

/// The next hour of its way. What it says was checked.
void AddStep(CaseWork& work, v1::Mission& mission, std::string_view status, base::Instant at);

/// Teams of this decision that do not have the patient yet turn round; of the reflex departure when
/// it is empty.
void CallBackTeams(CaseWork& work, const std::string& decision);

/// A team of the reflex departure other than `except` is out.
bool ReflexTeamOut(const v1::RegulationCase& row, const std::string& except);

/// Teams that a bilan reports of: those that are named; else the only one that has not reported, or
/// the only one at all, or none. FAILED_PRECONDITION `MISSION_REQUIRED` naming those that have not.
absl::StatusOr<std::vector<v1::Mission*>> ReportingTeams(
    CaseWork& work, const google::protobuf::RepeatedPtrField<std::string>& named);

/// Something is still done for a patient by a team that has reported.
bool TeamAtWork(const v1::RegulationCase& row);

}  // namespace sas::regulation
