#include "services/regulation/domain/decision.h"

#include <array>

#include "common/base/status.h"
#include "common/care/nomenclature.h"

namespace sas::regulation {
namespace {

using enum CareLevel;

constexpr std::string_view kAny = "?";

constexpr std::array<DecisionRule, 21> kRules{{
    // A team goes.
    {"INTER", kR1, kR1, "SMUR.*", "", true},
    {"INTER", kR1, kR1, "LIBERAL.MCS", "", true},  // While the SMUR is on its way.
    {"INTER", kR1, kR2, "SIS.*", "", true},
    {"INTER", kR1, kR2, "AASC", "", true},
    {"INTER", kR2, kR2, "TSU", "", true},
    // A doctor visits.
    {"INTER", kR2, kR3, "LIBERAL.SOS", "", false},
    {"INTER", kR2, kR3, "LIBERAL.MG", "", false},
    {"INTER", kR2, kR3, "LIBERAL.INF", "", false},
    // The patient goes, by his own means at R2 and R3, with the team that was sent at R1.
    {"ORIENT", kR1, kR3, kAny, "URGENCES", false},
    {"ORIENT", kR1, kR2, kAny, "REA-USI", false},
    {"ORIENT", kR1, kR2, kAny, "SANTE", false},
    {"ORIENT", kR3, kR3, "", "CABINET", false},
    {"ORIENT", kR3, kR3, "LIBERAL.*", "CABINET", false},
    {"ORIENT", kR3, kR4, "", "AUTRE", false},
    {"ORIENT", kR3, kR4, "LIBERAL.MG", "AUTRE", false},  // Téléconsultation.
    {"ORIENT", kR2, kR4, "", "DOMICILE", false},         // Left at home after a bilan.
    {"ORIENT", kR2, kR4, "", "EPHAD", false},
    {"CONSEIL", kR4, kR4, "", "", false},
    {"PMT", kR4, kR4, "", "", false},
    {"PMT", kR4, kR4, "LIBERAL.PHARM", "", false},
    // Nothing more from us: a third party acts.
    {"PASPLUS", kR1, kR4, kAny, "", false},
}};

bool Fits(std::string_view pattern, std::string_view code) {
  if (pattern == kAny) return true;
  if (pattern.size() >= 2 && pattern.substr(pattern.size() - 2) == ".*") {
    const std::string_view family = pattern.substr(0, pattern.size() - 2);
    return code == family || code.substr(0, family.size() + 1) == std::string(family) + ".";
  }
  return pattern == code;
}

absl::Status CheckNamed(std::span<const care::Code> list, const std::string& name,
                        std::string_view code) {
  if (code.size() >= 2 && code.substr(code.size() - 2) == ".*") code.remove_suffix(2);
  if (code.empty() || code == kAny || !care::LabelIn(list, code).empty()) return absl::OkStatus();
  return base::InvalidField(
      "nomenclatures", "INVALID_NOMENCLATURE",
      name + ".tsv lacks " + std::string(code) + ", which the rules of decisions name");
}

absl::Status CheckListed(std::span<const care::Code> list, std::string_view name,
                         const std::string& code, std::string_view field) {
  if (code.empty()) return absl::OkStatus();
  return care::CheckCode(list, name, code, field);
}

}  // namespace

std::span<const DecisionRule> DecisionRules() {
  return kRules;
}

const DecisionRule* RuleFor(const DecisionValue& decision) {
  for (const DecisionRule& rule : kRules) {
    if (rule.code == decision.code && rule.level_min <= decision.level &&
        decision.level <= rule.level_max && Fits(rule.resource, decision.resource_code) &&
        Fits(rule.orientation, decision.orientation_code)) {
      return &rule;
    }
  }
  return nullptr;
}

absl::Status CheckDecisionCodes() {
  for (const DecisionRule& rule : kRules) {
    SAS_RETURN_IF_ERROR(CheckNamed(care::DecisionTypes(), "type_decision", rule.code));
    SAS_RETURN_IF_ERROR(CheckNamed(care::ResourceTypes(), "type_ressource", rule.resource));
    SAS_RETURN_IF_ERROR(CheckNamed(care::OrientationTypes(), "type_orientation", rule.orientation));
  }
  for (const base::Role by : {base::Role::kRegulatorAmu, base::Role::kRegulatorMg}) {
    for (const Filiere filiere :
         {Filiere::kUnspecified, Filiere::kAmu, Filiere::kSnp, Filiere::kPsy, Filiere::kNeonat}) {
      SAS_RETURN_IF_ERROR(
          CheckNamed(care::Attributions(), "attribution", AttributionAfter(by, filiere)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDecision(const DecisionValue& decision, base::Role by) {
  SAS_RETURN_IF_ERROR(care::CheckCode(care::DecisionTypes(), "typeDecision", decision.code,
                                      "decision.decision_code"));
  SAS_RETURN_IF_ERROR(CheckListed(care::ResourceTypes(), "typeRessource", decision.resource_code,
                                  "decision.resource_code"));
  SAS_RETURN_IF_ERROR(CheckListed(care::OrientationTypes(), "typeOrientation",
                                  decision.orientation_code, "decision.orientation_code"));
  SAS_RETURN_IF_ERROR(
      CheckListed(care::Delays(), "delai", decision.delay_code, "decision.delay_code"));
  if (RuleFor(decision) == nullptr) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "DECISION_NOT_ALLOWED",
                      "this level does not go with this decision and these codes; see the table of "
                      "decisions",
                      {{"care_level", "R" + std::to_string(static_cast<int>(decision.level))},
                       {"decision_code", decision.code},
                       {"resource_code", decision.resource_code},
                       {"orientation_code", decision.orientation_code}});
  }
  if (by == base::Role::kRegulatorMg && decision.code == "INTER" &&
      Fits("SMUR.*", decision.resource_code)) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SMUR_NEEDS_AMU",
                      "a SMUR is sent by the AMU's regulator: transfer the dossier to the AMU");
  }
  return absl::OkStatus();
}

bool IsMission(const DecisionValue& decision) {
  const DecisionRule* rule = RuleFor(decision);
  return rule != nullptr && rule->mission;
}

bool AllowsOrder(const DecisionValue& decision) {
  if (decision.level == kR1 || decision.level == kUnspecified) return false;
  if (decision.code == "ORIENT") {
    return decision.orientation_code == "CABINET" || decision.orientation_code == "AUTRE";
  }
  return decision.code == "INTER" &&
         (decision.resource_code == "LIBERAL.SOS" || decision.resource_code == "LIBERAL.MG");
}

std::string_view AttributionAfter(base::Role by, Filiere filiere) {
  switch (filiere) {
    case Filiere::kPsy:
      return "DRM.SPE.PSY";
    case Filiere::kNeonat:
      return "DRM.SPE.PEDIA";
    case Filiere::kSnp:
      return by == base::Role::kRegulatorAmu ? "DRM.MRL.INDISPMG" : "DRM.MRL.MG";
    case Filiere::kAmu:
      return by == base::Role::kRegulatorMg ? "DRM.MRU.INDISPMU" : "DRM.MRU.MU";
    case Filiere::kUnspecified:
      break;
  }
  return by == base::Role::kRegulatorMg ? "DRM.MRL.MG" : "DRM.MRU.MU";
}

}  // namespace sas::regulation
