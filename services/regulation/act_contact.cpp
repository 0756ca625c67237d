#include <string>

#include "services/regulation/acts.h"
#include "services/regulation/on_case.h"

namespace sas::regulation::acts {
namespace {

constexpr char kPatientName[] = "regions/*/cases/*/patients/*";

v1::PatientContact ContactOf(const v1::Patient& patient, bool for_letter) {
  v1::PatientContact contact;
  contact.set_phone_number(patient.phone_number());
  contact.set_email_address(patient.email_address());
  contact.set_protected_contact(patient.protected_contact());
  contact.set_message_opt_out(patient.message_opt_out());
  if (patient.treating_doctor().status() == v1::TreatingDoctor::STATUS_DECLARED) {
    *contact.mutable_treating_doctor() = patient.treating_doctor();
    contact.mutable_treating_doctor()->clear_display_name();
  }
  if (!for_letter) return contact;
  contact.set_family_name(patient.family_name());
  contact.set_given_names(patient.given_names());
  contact.set_birth_date(patient.birth_date());
  return contact;
}

}  // namespace

absl::StatusOr<v1::PatientContact> GetPatientContact(Desk& desk, const base::Call& call,
                                                     const v1::GetPatientContactRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kPatientName, request.name(), "name"));
  const std::string dossier = request.name().substr(0, request.name().find("/patients/"));
  v1::PatientContact contact;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(dossier));
        SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.territory()));
        for (const v1::Patient& patient : row.patients()) {
          if (patient.name() != request.name()) continue;
          contact = ContactOf(patient, request.for_letter());
          return absl::OkStatus();
        }
        return PatientNotFound(request.name());
      }));
  return contact;
}

}  // namespace sas::regulation::acts
