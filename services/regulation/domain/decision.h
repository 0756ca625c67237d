#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

/// A decision as the rules see it; codes are HubSante's.
struct DecisionValue {
  CareLevel level = CareLevel::kUnspecified;
  std::string code;              ///< typeDecision: INTER, ORIENT, CONSEIL, PMT, PASPLUS.
  std::string resource_code;     ///< typeRessource, may be empty.
  std::string orientation_code;  ///< typeOrientation, may be empty.
  std::string delay_code;        ///< delai, may be empty.
  bool medical_transport = false;
};

/// One allowed combination (domain.md §1.5). "SMUR.*" stands for SMUR and all below it, "" for no
/// code, "?" for any of the list or none.
struct DecisionRule {
  std::string_view code;
  CareLevel level_min;  ///< R1 is the smallest.
  CareLevel level_max;
  std::string_view resource;
  std::string_view orientation;
  bool mission;  ///< A team goes: a bilan is awaited (B1).
};

std::span<const DecisionRule> DecisionRules();

/// The rule that allows it, nullptr when none does.
const DecisionRule* RuleFor(const DecisionValue& decision);

/// INVALID_ARGUMENT `UNKNOWN_CODE` about `decision.…` for a code outside its list;
/// FAILED_PRECONDITION `DECISION_NOT_ALLOWED` for a combination outside the table;
/// FAILED_PRECONDITION `SMUR_NEEDS_AMU` when a general practitioner sends a SMUR: he transfers the
/// dossier to the AMU instead, in one act (domain.md §1.2).
absl::Status CheckDecision(const DecisionValue& decision, base::Role by);

/// Whether every code that these rules name stands in its list, which may be a file of
/// NOMENCLATURE_DIR; `INVALID_NOMENCLATURE` else.
absl::Status CheckDecisionCodes();

/// A team goes and reports.
bool IsMission(const DecisionValue& decision);

/// May an OSNP's search follow? ORIENT to a practice or a téléconsultation, INTER of a visiting
/// doctor; never R1.
bool AllowsOrder(const DecisionValue& decision);

/// HubSante.attribution of a dossier after an act of `by`: it becomes a DRM.
std::string_view AttributionAfter(base::Role by, Filiere filiere);

}  // namespace sas::regulation
