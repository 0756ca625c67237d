#include "common/care/nomenclature.h"

#include <algorithm>
#include <string>

#include "common/base/status.h"
#include "common/care/nomenclature_files.h"

namespace sas::care {
namespace {

constexpr std::size_t kCodeInMessageMax = 32;  ///< Characters of a wrong code that are repeated.

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
         std::count_if(list.begin(), list.end(), [&](const Code& entry) {
           return entry.code.substr(0, kGroupLength) == group;
         }) == 1;
}

}  // namespace

std::span<const Code> Motifs() {
  return CodesOf("motif");
}

std::span<const Code> Priorities() {
  return CodesOf("priorite");
}

std::span<const Code> CareLevels() {
  return CodesOf("niveau_soin");
}

std::span<const Code> Filieres() {
  return CodesOf("filiere");
}

std::span<const Code> Origines() {
  return CodesOf("origine");
}

std::span<const Code> CallerTypes() {
  return CodesOf("type_appelant");
}

std::span<const Code> CommunicationDifficulties() {
  return CodesOf("communication");
}

std::span<const Code> Risks() {
  return CodesOf("risque");
}

std::span<const Code> Attributions() {
  return CodesOf("attribution");
}

std::span<const Code> DecisionTypes() {
  return CodesOf("type_decision");
}

std::span<const Code> OrientationTypes() {
  return CodesOf("type_orientation");
}

std::span<const Code> ResourceTypes() {
  return CodesOf("type_ressource");
}

std::span<const Code> Delays() {
  return CodesOf("delai");
}

std::span<const Code> Faits() {
  return CodesOf("fait");
}

std::span<const Code> Lieux() {
  return CodesOf("lieu");
}

std::span<const Code> VehicleTypes() {
  return CodesOf("type_vecteur");
}

std::span<const Code> MissionStatuses() {
  return CodesOf("statut_vecteur");
}

std::span<const Code> RedactorRoles() {
  return CodesOf("role");
}

std::span<const Code> Frameworks() {
  return CodesOf("cadre");
}

std::span<const Code> Languages() {
  return CodesOf("langue");
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
  const auto vital = CodesOf("vital_motifs");
  return std::any_of(vital.begin(), vital.end(),
                     [&](const Code& entry) { return FitsPattern(entry.code, motif_code); });
}

bool IsReflexMotif(std::string_view motif_code, std::string_view fait_code) {
  const auto rules = ReflexRules();
  return std::any_of(rules.begin(), rules.end(), [&](const ReflexRule& rule) {
    return FitsPattern(rule.motif, motif_code) && FitsPattern(rule.fait, fait_code);
  });
}

}  // namespace sas::care
