#pragma once

#include <span>
#include <string_view>

#include "absl/status/status.h"

namespace sas::care {

/// One entry of a HubSante nomenclature, kept as data with its version (nomenclature/*.tsv).
struct Code {
  std::string_view code;
  std::string_view label;
};

/// HubSante.motif (52 codes).
std::span<const Code> Motifs();
/// HubSante.priorite, niveauSoin, typeDecision, filiere, origine, typeAppelant.
std::span<const Code> Origines();
std::span<const Code> CallerTypes();
std::span<const Code> DecisionTypes();
std::span<const Code> Attributions();

/// French label, empty when the code is unknown.
std::string_view MotifLabel(std::string_view code);

/// INVALID_ARGUMENT `UNKNOWN_CODE` naming field, code and list; an empty code is refused too.
absl::Status CheckMotif(std::string_view code, std::string_view field);
absl::Status CheckCode(std::span<const Code> list, std::string_view list_name,
                       std::string_view code, std::string_view field);

/// Motifs on which a low priority needs a second explicit act (hazard H-02): M01.*, M02.02, M02.08,
/// M02.09, M02.10, M03.01, M03.04, M03.06, M03.08, M03.19.
bool IsVitalMotif(std::string_view motif_code);

/// Closed list of reflex departures, keyed on motif and on nature de fait (guide de régulation, 931).
bool IsReflexMotif(std::string_view motif_code, std::string_view fait_code);

}  // namespace sas::care
