#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/care/age.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

inline constexpr std::string_view kPaediatrics = "PAEDIATRICS";
inline constexpr std::string_view kPsychiatry = "PSYCHIATRY";
inline constexpr int kSkillCandidatesMax = 20;  ///< Looked at for one regulator who takes the next.

/// What asks for a skill.
struct SkillFacts {
  std::string language;         ///< ISO 639-1 of the latest call; empty means French.
  std::vector<care::Age> ages;  ///< Of the patients, as they were told.
  std::string motif_code;
  Filiere filiere = Filiere::kUnspecified;
};

/// "LANGUAGE:ar" of a language.
std::string LanguageSkill(std::string_view language);

/// What whoever takes the dossier should have, in the order LANGUAGE, PAEDIATRICS, PSYCHIATRY.
/// [OUR ASSUMPTION] A child is younger than 15 years and 3 months, the bound of the French
/// paediatric wards; the age is what the caller said, in whole years from two years on.
std::vector<std::string> NeededSkills(const SkillFacts& facts);

/// A dossier that may be taken next.
struct SkillCandidate {
  QueueEntry queue;
  base::Instant wait_target{};
  std::vector<std::string> needed;
};

/// Is it left for somebody else, so that each is heard by who can hear him? Only P2 and P3, and no
/// due callback; only until the wait should have ended, so that nobody starves. `others` are the
/// skills of each colleague who could take it: one of them has all that the caller has of what is
/// needed, and more. Two who lack each something leave it to nobody.
bool IsLeft(const SkillCandidate& candidate, const std::vector<std::string>& own,
            const std::vector<std::vector<std::string>>& others, base::Instant now);

}  // namespace sas::regulation
