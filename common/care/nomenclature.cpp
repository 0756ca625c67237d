#include "common/care/nomenclature.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "embedded/care_nomenclature.h"

namespace sas::care {
namespace {

constexpr std::size_t kCodeInMessageMax = 32;  ///< Characters of a wrong code that are repeated.

/// Lines `code TAB label`; a line that starts with '#' carries the version.
std::vector<Code> Parse(std::string_view text) {
  std::vector<Code> codes;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = line.find('\t');
    SAS_CHECK(tab != std::string_view::npos, "a line of a nomenclature has no label");
    codes.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  return codes;
}

constexpr std::array<std::string_view, 9> kVital{"M02.02", "M02.08", "M02.09", "M02.10", "M03.01",
                                                 "M03.04", "M03.06", "M03.08", "M03.19"};

// Hanging, gunshot, fall from a height or through a window, complete burial.
constexpr std::array<std::string_view, 6> kReflexFaits{"C02.08.04", "C02.08.07", "C02.11.01",
                                                       "C02.12.00", "C02.13.02", "C02.13.06"};

template <typename List>
bool In(const List& list, std::string_view code) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

constexpr std::size_t kGroupLength = 7;  ///< "C02.05."

// Whether it is of level 3, below a level 2 of the list that has no level 3 there.
bool BelowOpenGroup(std::span<const Code> list, std::string_view code) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (code.size() != kGroupLength + 2 || !digit(code[kGroupLength]) || !digit(code.back()) ||
      code.substr(3, 4) == ".00.") {
    return false;
  }
  const std::string group(code.substr(0, kGroupLength));
  return !LabelIn(list, group + "00").empty() &&
         std::count_if(list.begin(), list.end(),
                       [&](const Code& entry) { return StartsWith(entry.code, group); }) == 1;
}

}  // namespace

std::span<const Code> Motifs() {
  static const std::vector<Code> kCodes = Parse(nomenclature::motif_tsv);
  return kCodes;
}

std::span<const Code> Priorities() {
  static const std::vector<Code> kCodes = Parse(nomenclature::priorite_tsv);
  return kCodes;
}

std::span<const Code> CareLevels() {
  static const std::vector<Code> kCodes = Parse(nomenclature::niveau_soin_tsv);
  return kCodes;
}

std::span<const Code> Filieres() {
  static const std::vector<Code> kCodes = Parse(nomenclature::filiere_tsv);
  return kCodes;
}

std::span<const Code> Origines() {
  static const std::vector<Code> kCodes = Parse(nomenclature::origine_tsv);
  return kCodes;
}

std::span<const Code> CallerTypes() {
  static const std::vector<Code> kCodes = Parse(nomenclature::type_appelant_tsv);
  return kCodes;
}

std::span<const Code> CommunicationDifficulties() {
  static const std::vector<Code> kCodes = Parse(nomenclature::communication_tsv);
  return kCodes;
}

std::span<const Code> Risks() {
  static const std::vector<Code> kCodes = Parse(nomenclature::risque_tsv);
  return kCodes;
}

std::span<const Code> Attributions() {
  static const std::vector<Code> kCodes = Parse(nomenclature::attribution_tsv);
  return kCodes;
}

std::span<const Code> DecisionTypes() {
  static const std::vector<Code> kCodes = Parse(nomenclature::type_decision_tsv);
  return kCodes;
}

std::span<const Code> OrientationTypes() {
  static const std::vector<Code> kCodes = Parse(nomenclature::type_orientation_tsv);
  return kCodes;
}

std::span<const Code> ResourceTypes() {
  static const std::vector<Code> kCodes = Parse(nomenclature::type_ressource_tsv);
  return kCodes;
}

std::span<const Code> Delays() {
  static const std::vector<Code> kCodes = Parse(nomenclature::delai_tsv);
  return kCodes;
}

std::span<const Code> Faits() {
  static const std::vector<Code> kCodes = Parse(nomenclature::fait_tsv);
  return kCodes;
}

std::span<const Code> Lieux() {
  static const std::vector<Code> kCodes = Parse(nomenclature::lieu_tsv);
  return kCodes;
}

std::span<const Code> VehicleTypes() {
  static const std::vector<Code> kCodes = Parse(nomenclature::type_vecteur_tsv);
  return kCodes;
}

std::span<const Code> MissionStatuses() {
  static const std::vector<Code> kCodes = Parse(nomenclature::statut_vecteur_tsv);
  return kCodes;
}

std::span<const Code> RedactorRoles() {
  static const std::vector<Code> kCodes = Parse(nomenclature::role_tsv);
  return kCodes;
}

std::span<const Code> Frameworks() {
  static const std::vector<Code> kCodes = Parse(nomenclature::cadre_tsv);
  return kCodes;
}

std::string_view LabelIn(std::span<const Code> list, std::string_view code) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Code& entry) { return entry.code == code; });
  return found == list.end() ? std::string_view() : found->label;
}

std::string_view MotifLabel(std::string_view code) {
  return LabelIn(Motifs(), code);
}

absl::Status CheckCode(std::span<const Code> list, std::string_view list_name,
                       std::string_view code, std::string_view field) {
  if (!LabelIn(list, code).empty()) return absl::OkStatus();
  return base::InvalidField(
      field, "UNKNOWN_CODE", "use a code of " + std::string(list_name),
      {{"code", std::string(code.substr(0, kCodeInMessageMax))}, {"list", std::string(list_name)}});
}

absl::Status CheckMotif(std::string_view code, std::string_view field) {
  return CheckCode(Motifs(), "HubSante.motif", code, field);
}

absl::Status CheckFait(std::string_view code, std::string_view field) {
  if (BelowOpenGroup(Faits(), code)) return absl::OkStatus();
  return CheckCode(Faits(), "HubSante.fait", code, field);
}

absl::Status CheckLieu(std::string_view code, std::string_view field) {
  if (BelowOpenGroup(Lieux(), code)) return absl::OkStatus();
  return CheckCode(Lieux(), "HubSante.lieu", code, field);
}

bool IsVitalMotif(std::string_view motif_code) {
  return StartsWith(motif_code, "M01.") || In(kVital, motif_code);
}

bool IsReflexMotif(std::string_view motif_code, std::string_view fait_code) {
  if (In(kReflexFaits, fait_code)) return true;
  const bool road_user = fait_code == "C01.01.04" || fait_code == "C01.01.05";
  if (road_user && StartsWith(motif_code, "M01.")) return true;
  const bool corpse = StartsWith(fait_code, "C10.02.");  // Somebody found dead, not dying.
  return (motif_code == "M01.01" && !corpse) || motif_code == "M02.10";
}

}  // namespace sas::care
