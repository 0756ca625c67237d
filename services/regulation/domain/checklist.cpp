#include "services/regulation/domain/checklist.h"

#include <algorithm>

namespace sas::regulation {
namespace {

// Reasons that no rule gave are those of signs, audience and motif: they are a regulator's.
bool IsStep(const Protocol& checklist, const std::string& id) {
  if (checklist.otherwise && checklist.otherwise->id == id && !Escalates(*checklist.otherwise)) {
    return true;
  }
  return std::any_of(checklist.rules.begin(), checklist.rules.end(),
                     [&](const Rule& rule) { return rule.id == id && !Escalates(rule); });
}

}  // namespace

bool Escalates(const Rule& rule) {
  return rule.severity || rule.excludes || rule.minimum != Priority::kUnspecified;
}

bool Escalates(const TriageResult& result) {
  return result.booking_blocked || result.excluded || result.minimum != Priority::kUnspecified;
}

ChecklistSteps StepsOf(const Protocol& checklist, const TriageResult& result) {
  ChecklistSteps found;
  found.escalate = Escalates(result);
  for (const Reason& reason : result.reasons) {
    if (!IsStep(checklist, reason.rule)) {
      found.reasons.push_back(reason);
    } else if (!found.escalate && result.missing.empty()) {
      found.steps.push_back(reason);
    }
  }
  return found;
}

}  // namespace sas::regulation
