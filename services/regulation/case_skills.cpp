#include "services/regulation/case_skills.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/domain/skills.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation {
namespace {

using Skills = std::vector<std::string>;

/// Who regulates in one territory now, as far as skills go.
struct Team {
  Skills own;                  ///< Of the caller's shift; empty without one.
  std::vector<Skills> others;  ///< Of his colleagues of the same chain who are signed in.
};

Skills SkillsOf(const v1::Shift& shift) {
  Skills skills;
  for (const std::string& language : shift.languages()) skills.push_back(LanguageSkill(language));
  for (const int skill : shift.skills()) {
    if (skill == v1::Shift::SKILL_PAEDIATRICS) skills.emplace_back(kPaediatrics);
    if (skill == v1::Shift::SKILL_PSYCHIATRY) skills.emplace_back(kPsychiatry);
  }
  return skills;
}

// By territory; only those where somebody else has a skill.
absl::StatusOr<std::map<std::string, Team>> TeamsOf(RegulationTransaction& transaction,
                                                    const base::Actor& actor,
                                                    const CaseQuery& query) {
  SAS_ASSIGN_OR_RETURN(const auto shifts,
                       ShiftsAt(transaction, query.region, query.territories, query.now,
                                query.now + std::chrono::microseconds(1)));
  std::map<std::string, Team> teams;
  for (const v1::Shift& shift : shifts) {
    const ShiftValue value = ToValue(shift);
    if (!OnShift(value, query.now)) continue;
    Team& team = teams[value.territory];
    const bool same_chain = OwnFiliere(value.role) == OwnFiliere(actor.role);
    if (value.subject == actor.subject) {
      team.own = SkillsOf(shift);
    } else if (same_chain && value.state == ShiftState::kSignedIn) {
      team.others.push_back(SkillsOf(shift));
    }
  }
  std::erase_if(teams, [](const auto& each) {
    const auto& others = each.second.others;
    return std::all_of(others.begin(), others.end(), [](const Skills& any) { return any.empty(); });
  });
  return teams;
}

bool IsLeft(const v1::RegulationCase& row, const std::map<std::string, Team>& teams,
            base::Instant now) {
  const auto team = teams.find(row.territory());
  if (team == teams.end()) return false;
  const SkillCandidate candidate{IndexOf(row).queue, ToInstant(row.wait_target_time()),
                                 NeededSkillsOf(row)};
  return IsLeft(candidate, team->second.own, team->second.others, now);
}

}  // namespace

std::vector<std::string> NeededSkillsOf(const v1::RegulationCase& row) {
  SkillFacts facts;
  facts.language = LatestCall(row).language_code();
  for (const v1::Patient& patient : row.patients()) {
    facts.ages.push_back({patient.age().value(), static_cast<care::AgeUnit>(patient.age().unit())});
  }
  facts.motif_code = row.motif_code();
  facts.filiere = ToValue(row.filiere());
  return NeededSkills(facts);
}

absl::StatusOr<std::string> NextCaseFor(RegulationTransaction& transaction,
                                        const base::Actor& actor, CaseQuery query) {
  SAS_ASSIGN_OR_RETURN(const auto teams, TeamsOf(transaction, actor, query));
  if (teams.empty()) return transaction.NextCase(query);
  query.limit = kSkillCandidatesMax;
  SAS_ASSIGN_OR_RETURN(const auto ready, transaction.NextCases(query));
  if (ready.empty()) return std::string();
  const int band = KeyOf(IndexOf(ready.front()).queue, query.now).band;
  const auto next = std::find_if(ready.begin(), ready.end(), [&](const v1::RegulationCase& row) {
    const bool beyond = KeyOf(IndexOf(row).queue, query.now).band != band;
    return beyond || !IsLeft(row, teams, query.now);
  });
  // Nobody is sent away while somebody waits, and no lower band comes first: without another choice
  // the head of the band is his.
  const bool others = next != ready.end() && KeyOf(IndexOf(*next).queue, query.now).band == band;
  return others ? next->name() : ready.front().name();
}

}  // namespace sas::regulation
