#pragma once

#include <vector>

#include "services/regulation/domain/protocol.h"
#include "services/regulation/domain/protocol_evaluator.h"

/// The checklist of a trained secretary (seed 003): she takes steps, or she asks a regulator. She
/// does not sort, so whatever would give a call a priority is a regulator's to look at.
namespace sas::regulation {

/// A rule that asks for a regulator: a severity sign, a priority, or a criterion of exclusion.
/// Every other rule of a checklist is a step.
bool Escalates(const Rule& rule);
/// The same of the whole result of a checklist.
bool Escalates(const TriageResult& result);

struct ChecklistSteps {
  bool escalate = false;
  std::vector<Reason> reasons;  ///< Why a regulator.
  std::vector<Reason> steps;    ///< In the order of the file; none while something is to be asked.
};

/// What `result`, the evaluation of `checklist`, means for the secretary. A severity sign always
/// escalates, whatever else was answered, and so does a sign that nobody knows.
ChecklistSteps StepsOf(const Protocol& checklist, const TriageResult& result);

}  // namespace sas::regulation
