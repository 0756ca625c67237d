#include "tools/sasctl/dossier.h"

#include <iostream>

#include "common/care/nomenclature.h"
#include "tools/sasctl/print.h"

namespace sasctl {

using regulation::RegulationCase;

std::string Who(const RegulationCase& dossier) {
  if (dossier.patients().empty()) return "";
  const regulation::Patient& patient = dossier.patients(0);
  const char* sex = patient.sex() == regulation::SEX_FEMALE ? "F "
                    : patient.sex() == regulation::SEX_MALE ? "H "
                                                            : "";
  return sex + AgeText(patient.age());
}

std::string PriorityText(regulation::Priority priority) {
  return priority == regulation::PRIORITY_UNSPECIFIED
             ? "à fixer"
             : Short(regulation::Priority_Name(priority), "PRIORITY_");
}

std::string MotifText(const std::string& code) {
  return code + " " + std::string(sas::care::MotifLabel(code));
}

void ShowDossier(const Suite& suite, const RegulationCase& dossier) {
  if (suite.json()) return PrintJson(dossier);
  std::cout << dossier.case_number() << "  " << PriorityText(dossier.priority()) << "  "
            << MotifText(dossier.motif_code()) << "  " << Who(dossier) << "\n"
            << "  " << dossier.name() << "\n"
            << "  état " << Short(RegulationCase::State_Name(dossier.state()), "STATE_")
            << ", filière " << Short(type::Filiere_Name(dossier.filiere()), "FILIERE_");
  if (dossier.has_claim()) {
    std::cout << ", pris par " << dossier.claim().owner().subject() << " (prise "
              << dossier.claim().version() << ")";
  }
  if (dossier.reflex_departure().state() != regulation::ReflexDeparture::STATE_UNSPECIFIED) {
    std::cout << "\n  départ réflexe: "
              << Short(regulation::ReflexDeparture::State_Name(dossier.reflex_departure().state()),
                       "STATE_");
  }
  for (const std::string& code : dossier.missing()) std::cout << "\n  manque: " << code;
  std::cout << "\n  etag " << dossier.etag() << "\n";
}

RegulationCase GetDossier(Suite& suite, const std::string& text) {
  regulation::GetRegulationCaseRequest request;
  request.set_name(suite.CaseName(text));
  return suite.Ask<RegulationCase>(base::Role::kArm, suite.Regulation(),
                                   &regulation::RegulationService::Stub::GetRegulationCase,
                                   request);
}

}  // namespace sasctl
