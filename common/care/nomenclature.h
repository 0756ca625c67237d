#pragma once

#include <span>
#include <string_view>

#include "absl/status/status.h"

namespace sas::care {

/// One entry of a HubSante nomenclature, kept as data with its version: nomenclature/*.tsv, which
/// tells the format, or what NOMENCLATURE_DIR puts in its place (nomenclature_files.h).
struct Code {
  std::string_view code;
  std::string_view label;
};

/// Any list, by the name of its file without extension: "type_pec".
std::span<const Code> CodesOf(std::string_view file);

/// HubSante.motif (52 codes).
std::span<const Code> Motifs();
std::span<const Code> Priorities();                 ///< HubSante.priorite
std::span<const Code> CareLevels();                 ///< HubSante.niveauSoin
std::span<const Code> Filieres();                   ///< HubSante.filiere
std::span<const Code> Origines();                   ///< HubSante.origine
std::span<const Code> CallerTypes();                ///< HubSante.typeAppelant
std::span<const Code> CommunicationDifficulties();  ///< HubSante.communication
std::span<const Code> Risks();                      ///< HubSante.risque
std::span<const Code> Attributions();               ///< HubSante.attribution
std::span<const Code> DecisionTypes();              ///< HubSante.typeDecision
std::span<const Code> OrientationTypes();           ///< HubSante.typeOrientation
std::span<const Code> ResourceTypes();              ///< HubSante.typeRessource
std::span<const Code> Delays();                     ///< HubSante.delai
std::span<const Code> Faits();            ///< HubSante.fait, level 3 in part: see CheckFait.
std::span<const Code> Lieux();            ///< HubSante.lieu, level 3 in part: see CheckLieu.
std::span<const Code> VehicleTypes();     ///< HubSante.typeVecteur
std::span<const Code> MissionStatuses();  ///< HubSante.statutVecteur
std::span<const Code> RedactorRoles();    ///< HubSante.role
std::span<const Code> Frameworks();       ///< HubSante.cadre
std::span<const Code> Languages();        ///< HubSante.langue: ISO 639-1, two letters.

/// French label, empty when the code is unknown.
std::string_view LabelIn(std::span<const Code> list, std::string_view code);
std::string_view MotifLabel(std::string_view code);

/// INVALID_ARGUMENT `UNKNOWN_CODE` naming field, code and list; an empty code is refused too.
absl::Status CheckMotif(std::string_view code, std::string_view field);
absl::Status CheckCode(std::span<const Code> list, std::string_view list_name,
                       std::string_view code, std::string_view field);

/// As CheckCode. The lists are known whole to level 2 (C02.05.00) and in part to level 3
/// (C02.05.01): a code of level 3 passes when its level 2 is listed and nothing of level 3 is
/// listed below that.
absl::Status CheckFait(std::string_view code, std::string_view field);
absl::Status CheckLieu(std::string_view code, std::string_view field);

/// Motifs on which a low priority needs a second explicit act (hazard H-02): vital_motifs.tsv.
bool IsVitalMotif(std::string_view motif_code);

/// Closed list of reflex departures, keyed on motif and on nature de fait (guide de régulation,
/// 931): reflex.tsv. A two-wheel rider or a pedestrian counts when the motif says that he is in
/// vital distress (M01.*).
bool IsReflexMotif(std::string_view motif_code, std::string_view fait_code);

}  // namespace sas::care
