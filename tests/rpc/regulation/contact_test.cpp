#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using base::Role;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class ContactOfPatient : public RegulationTest {
 protected:
  absl::StatusOr<v1::PatientContact> AskContact(const base::Actor& actor,
                                                const std::string& patient,
                                                bool for_letter = false) {
    v1::GetPatientContactRequest request;
    request.set_name(patient);
    request.set_for_letter(for_letter);
    return Ask(actor, &Stub::GetPatientContact, request);
  }

  v1::RegulationCase Known() {
    desk_->test_identities = care::TestIdentities::kAccept;
    v1::UpdateRegulationCaseRequest request;
    v1::RegulationCase row = Open();
    v1::Patient& patient = *row.mutable_patients(0);
    patient.set_family_name("Essai");
    patient.set_given_names("Camille");
    patient.set_birth_date("");
    patient.set_phone_number("+33639980001");
    patient.set_email_address("camille@fai.example");
    patient.set_protected_contact(true);
    patient.set_message_opt_out(true);
    patient.mutable_treating_doctor()->set_status(v1::TreatingDoctor::STATUS_DECLARED);
    patient.mutable_treating_doctor()->set_rpps("99700000013");
    patient.mutable_treating_doctor()->set_display_name("Dr Homonyme");
    patient.mutable_treating_doctor()->set_mssante_address("dr@medecin.essai.mssante.fr");
    *request.mutable_regulation_case() = row;
    request.mutable_update_mask()->add_paths("patients");
    request.set_etag(row.etag());
    const auto written = Ask(arm_, &Stub::UpdateRegulationCase, request);
    EXPECT_THAT(written, IsOk());
    return written.ok() ? *written : row;
  }

  const base::Actor booking_ = ActorWith(Role::kService, "sas-booking");
};

TEST_F(ContactOfPatient, S3_13_AServiceReadsHowToReachThePatientAndWhetherItMay) {
  const v1::RegulationCase row = Known();
  const auto contact = AskContact(booking_, row.patients(0).name());
  ASSERT_THAT(contact, IsOk());
  EXPECT_EQ(contact->phone_number(), "+33639980001");
  EXPECT_EQ(contact->email_address(), "camille@fai.example");
  EXPECT_TRUE(contact->protected_contact());
  EXPECT_TRUE(contact->message_opt_out());
  // Who he is belongs into a letter only.
  EXPECT_EQ(contact->family_name(), "");
  const auto letter = AskContact(booking_, row.patients(0).name(), true);
  ASSERT_THAT(letter, IsOk());
  EXPECT_EQ(letter->family_name(), "Essai");
}

TEST_F(ContactOfPatient, H34_TheTreatingDoctorIsKnownByRppsAndNotByName) {
  const auto contact = AskContact(booking_, Known().patients(0).name(), true);
  ASSERT_THAT(contact, IsOk());
  EXPECT_EQ(contact->treating_doctor().rpps(), "99700000013");
  EXPECT_EQ(contact->treating_doctor().mssante_address(), "dr@medecin.essai.mssante.fr");
  EXPECT_EQ(contact->treating_doctor().display_name(), "");
}

TEST_F(ContactOfPatient, IsForServicesOnly) {
  const v1::RegulationCase row = Known();
  for (const auto& actor : {arm_, mru_, osnp_, ActorWith(Role::kSupervisor, "sup-1")}) {
    EXPECT_THAT(AskContact(actor, row.patients(0).name()),
                StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  }
  EXPECT_THAT(AskContact(booking_, row.name() + "/patients/no"),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_THAT(AskContact(booking_, "regions/fr-pdl/cases/no/patients/no"),
              ReasonIs("CASE_NOT_FOUND"));
}

TEST_F(ContactOfPatient, AddressesAreCheckedWhenTheyAreWritten) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.mutable_regulation_case()->mutable_patients(0)->set_email_address("camille");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("INVALID_EMAIL_ADDRESS"));
  request = NewCase();
  request.mutable_regulation_case()
      ->mutable_patients(0)
      ->mutable_treating_doctor()
      ->set_mssante_address("dr@fai.example");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("INVALID_SECURE_ADDRESS"));
}

}  // namespace
}  // namespace sas::regulation
