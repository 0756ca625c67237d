#include "services/regulation/domain/missing_information.h"

namespace sas::regulation {
namespace {

constexpr int kChildYears = 15;  // Doses go by weight below it.

bool IsChild(const PatientKnowledge& patient) {
  return patient.has_age &&
         (patient.age.unit != care::AgeUnit::kYear || patient.age.value < kChildYears);
}

}  // namespace

std::vector<MissingItem> MissingOf(const PatientKnowledge& patient) {
  std::vector<MissingItem> missing;
  if (patient.asked_by_treating_doctor) return missing;
  const auto ask = [&](bool known, std::string_view code, std::string_view text) {
    if (!known) missing.push_back({code, text});
  };
  ask(patient.name, "IDENTITY", "Identité : nom et prénoms de naissance");
  ask(patient.birth_date, "BIRTH_DATE", "Date de naissance");
  ask(patient.has_age || patient.birth_date, "AGE", "Âge");
  ask(patient.sex, "SEX", "Sexe");
  ask(patient.weight || !IsChild(patient), "WEIGHT", "Poids de l’enfant");
  ask(patient.allergies, "ALLERGIES", "Allergies (ou « aucune connue »)");
  ask(patient.current_treatment, "CURRENT_TREATMENT", "Traitement en cours (ou « aucun »)");
  ask(patient.medical_history, "MEDICAL_HISTORY", "Antécédents (ou « aucun connu »)");
  ask(patient.treating_doctor_asked, "TREATING_DOCTOR", "Médecin traitant : lequel, ou aucun");
  ask(!patient.treating_doctor_declared || patient.treating_doctor_reachable,
      "TREATING_DOCTOR_CONTACT", "Médecin traitant : RPPS ou adresse MSSanté, pour le retour");
  return missing;
}

std::vector<MissingItem> MissingOf(const CaseKnowledge& dossier) {
  std::vector<MissingItem> missing;
  if (!dossier.callback_number) {
    missing.push_back({"CALLBACK_NUMBER", "Numéro à rappeler"});
  }
  if (!dossier.place) missing.push_back({"PLACE", "Lieu où se trouve le patient"});
  if (!dossier.motif) missing.push_back({"MOTIF", "Motif de recours"});
  return missing;
}

}  // namespace sas::regulation
