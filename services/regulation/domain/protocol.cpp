#include "services/regulation/domain/protocol.h"

#include <algorithm>

namespace sas::regulation {
namespace {

bool Bounds(const care::Age& limit) {
  return limit.unit != care::AgeUnit::kUnspecified;
}

Belongs ByAge(const Audience& audience, const Facts& facts) {
  if (!Bounds(audience.age_min) && !Bounds(audience.age_max)) return Belongs::kYes;
  if (!facts.age) return Belongs::kMaybe;
  return care::AgeWithin(*facts.age, audience.age_min, audience.age_max) ? Belongs::kYes
                                                                         : Belongs::kNo;
}

Belongs ByPregnancy(const Audience& audience, const Facts& facts) {
  if (audience.pregnancy == Pregnancy::kAny) return Belongs::kYes;
  if (!facts.pregnant) return Belongs::kMaybe;
  const bool wanted = audience.pregnancy == Pregnancy::kPregnant;
  return *facts.pregnant == wanted ? Belongs::kYes : Belongs::kNo;
}

}  // namespace

const Question* FindQuestion(const Protocol& protocol, std::string_view id) {
  const auto found = std::find_if(protocol.questions.begin(), protocol.questions.end(),
                                  [&](const Question& question) { return question.id == id; });
  return found == protocol.questions.end() ? nullptr : &*found;
}

std::vector<std::string> SeveritySigns(const Protocol& protocol) {
  std::vector<std::string> signs;
  for (const Question& question : protocol.questions) {
    if (question.red_flag) signs.push_back(question.id);
  }
  for (const Rule& rule : protocol.rules) {
    if (rule.severity) signs.push_back(rule.id);
  }
  return signs;
}

Belongs In(const Audience& audience, const Facts& facts) {
  return std::min(ByAge(audience, facts), ByPregnancy(audience, facts));
}

}  // namespace sas::regulation
