#include "services/regulation/domain/skills.h"

#include <algorithm>

namespace sas::regulation {
namespace {

constexpr double kChildDaysMax = 15.25 * 365.25;
constexpr std::string_view kPsychiatricMotif = "M03.16";
constexpr std::string_view kFrench = "fr";

bool IsChild(const care::Age& age) {
  return age.unit != care::AgeUnit::kUnspecified && care::AgeDays(age) < kChildDaysMax;
}

bool Has(const std::vector<std::string>& skills, const std::string& skill) {
  return std::find(skills.begin(), skills.end(), skill) != skills.end();
}

}  // namespace

std::string LanguageSkill(std::string_view language) {
  return "LANGUAGE:" + std::string(language);
}

std::vector<std::string> NeededSkills(const SkillFacts& facts) {
  std::vector<std::string> needed;
  if (!facts.language.empty() && facts.language != kFrench) {
    needed.push_back(LanguageSkill(facts.language));
  }
  if (std::any_of(facts.ages.begin(), facts.ages.end(), IsChild)) needed.emplace_back(kPaediatrics);
  if (facts.filiere == Filiere::kPsy || facts.motif_code == kPsychiatricMotif) {
    needed.emplace_back(kPsychiatry);
  }
  return needed;
}

bool IsLeft(const SkillCandidate& candidate, const std::vector<std::string>& own,
            const std::vector<std::vector<std::string>>& others, base::Instant now) {
  const Priority priority = candidate.queue.priority;
  const bool may_wait = priority == Priority::kP2 || priority == Priority::kP3;
  if (!may_wait || KeyOf(candidate.queue, now).not_due == 0) return false;
  if (candidate.wait_target <= now) return false;
  return std::any_of(others.begin(), others.end(), [&](const std::vector<std::string>& theirs) {
    bool more = false;
    for (const std::string& skill : candidate.needed) {
      const bool mine = Has(own, skill);
      if (mine && !Has(theirs, skill)) return false;
      more = more || (!mine && Has(theirs, skill));
    }
    return more;
  });
}

}  // namespace sas::regulation
