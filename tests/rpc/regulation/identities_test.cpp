#include <functional>
#include <set>

#include "tests/rpc/regulation/regulation_fixture.h"

// What is heard on the telephone is never a certainty (hazard H-30).
namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;

class Identities : public RegulationTest {
 protected:
  absl::StatusOr<v1::RegulationCase> WritePatients(const base::Actor& actor,
                                                   const v1::RegulationCase& row) {
    v1::UpdateRegulationCaseRequest request;
    *request.mutable_regulation_case() = row;
    request.mutable_update_mask()->add_paths("patients");
    request.set_etag(Get(row.name()).etag());
    return Ask(actor, &Stub::UpdateRegulationCase, request);
  }

  // A nurse who has the patient and his card before her.
  v1::RegulationCase AtThePractice(v1::IdentityStatus status) {
    base::Actor nurse = testing::ActorWith(base::Role::kProfessional, "idel-1");
    nurse.entry_point = "idel";
    v1::CreateRegulationCaseRequest request = NewCase();
    request.mutable_regulation_case()->mutable_origin()->set_entry_point(
        sas::type::v1::ENTRY_POINT_IDEL);
    v1::Patient& patient = *request.mutable_regulation_case()->mutable_patients(0);
    patient.set_family_name("ROSSI");
    patient.set_identity_status(status);
    const auto opened = Ask(nurse, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(opened, IsOk());
    return opened.value_or(v1::RegulationCase());
  }
};

TEST_F(Identities, H30_WhatIsTakenByTelephoneIsProvisional) {
  EXPECT_EQ(Open().patients(0).identity_status(), v1::IDENTITY_STATUS_PROVISIONAL);
  for (const auto status : {v1::IDENTITY_STATUS_RETRIEVED, v1::IDENTITY_STATUS_VALIDATED,
                            v1::IDENTITY_STATUS_QUALIFIED}) {
    v1::CreateRegulationCaseRequest request = NewCase();
    request.mutable_regulation_case()->mutable_patients(0)->set_identity_status(status);
    EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request),
                ReasonIs("IDENTITY_NOT_PROVISIONAL"));
    // Nor later, neither for who is known nor for who is added.
    v1::RegulationCase row = Open();
    row.mutable_patients(0)->set_identity_status(status);
    EXPECT_THAT(WritePatients(arm_, row), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
    row.mutable_patients(0)->set_identity_status(v1::IDENTITY_STATUS_PROVISIONAL);
    row.add_patients()->set_identity_status(status);
    EXPECT_THAT(WritePatients(mrl_, row), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
  }
}

TEST_F(Identities, H30_ATraitThatIsCorrectedByTelephoneIsProvisionalAgain) {
  v1::RegulationCase row = AtThePractice(v1::IDENTITY_STATUS_QUALIFIED);
  ASSERT_EQ(row.patients(0).identity_status(), v1::IDENTITY_STATUS_QUALIFIED);
  row.mutable_patients(0)->set_phone_number("+33199000009");  // No trait of an identity.
  EXPECT_THAT(WritePatients(arm_, row), IsOk());
  row.mutable_patients(0)->set_family_name("ROSSY");
  EXPECT_THAT(WritePatients(arm_, row), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
  row.mutable_patients(0)->set_identity_status(v1::IDENTITY_STATUS_PROVISIONAL);
  EXPECT_THAT(WritePatients(arm_, row), IsOk());
  row.mutable_patients(0)->set_identity_status(v1::IDENTITY_STATUS_QUALIFIED);
  EXPECT_THAT(WritePatients(arm_, row), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
}

TEST_F(Identities, H30_NoMatchFillsAField) {
  v1::CreateRegulationCaseRequest known = NewCase();
  v1::Patient& patient = *known.mutable_regulation_case()->mutable_patients(0);
  patient.set_family_name("ROSSI");
  patient.set_given_names("Ada");
  patient.set_phone_number("+33199000001");
  patient.set_allergies("pénicilline");
  patient.set_email_address("ada@patient.example");
  ASSERT_THAT(Ask(arm_, &Stub::CreateRegulationCase, known), IsOk());
  // The same number, the same names: the dossier holds what was sent, and no word of the other.
  v1::CreateRegulationCaseRequest again = NewCase();
  again.mutable_regulation_case()->mutable_patients(0)->set_family_name("ROSSI");
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, again);
  ASSERT_THAT(opened, IsOk());
  v1::Patient held = opened->patients(0);
  held.clear_name();
  v1::Patient sent = again.regulation_case().patients(0);
  sent.set_identity_status(v1::IDENTITY_STATUS_PROVISIONAL);
  EXPECT_EQ(held.SerializeAsString(), sent.SerializeAsString());
  EXPECT_EQ(opened->further_calls_size(), 0);
}

TEST_F(Identities, H30_AnUnknownPatientIsOrderedFor) {
  v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  EXPECT_EQ(row.patients(0).family_name() + row.patients(0).birth_date(), "");
  ASSERT_THAT(Claim(mrl_, row.name()), IsOk());
  const auto decision =
      Decide(mrl_, row.name(), v1::CARE_LEVEL_R3, "ORIENT", "LIBERAL.MG", "CABINET");
  ASSERT_THAT(decision, IsOk());
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*decision)), IsOk());
}

// two_patients_require_ref: an order is about one of them, and says which.
TEST_F(Identities, H29_AnOrderNamesItsPatientAsSoonAsThereAreTwo) {
  v1::CreateRegulationCaseRequest two = NewCase();
  *two.mutable_regulation_case()->add_patients() = two.regulation_case().patients(0);
  const auto row = Ask(arm_, &Stub::CreateRegulationCase, two);
  ASSERT_THAT(row, IsOk());
  ASSERT_THAT(Prioritize(arm_, row->name(), v1::PRIORITY_P2), IsOk());
  ASSERT_THAT(Claim(mrl_, row->name()), IsOk());
  v1::CreateDecisionRequest decide;
  decide.set_parent(row->name());
  v1::Decision& decision = *decide.mutable_decision();
  decision.set_care_level(v1::CARE_LEVEL_R3);
  decision.set_decision_code("ORIENT");
  decision.set_resource_code("LIBERAL.MG");
  decision.set_orientation_code("CABINET");
  decision.set_claim_version(1);
  EXPECT_THAT(Ask(mrl_, &Stub::CreateDecision, decide), ReasonIs("PATIENT_REQUIRED"));
  decision.set_patient(row->patients(1).name());
  const auto decided = Ask(mrl_, &Stub::CreateDecision, decide);
  ASSERT_THAT(decided, IsOk());
  v1::CreateCareOrderRequest order = NewOrder(*decided);
  order.mutable_care_order()->clear_patient();
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, order), ReasonIs("PATIENT_REQUIRED"));
  order.mutable_care_order()->set_patient(row->patients(0).name());  // Nothing was decided for him.
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, order), ReasonIs("DECISION_NOT_FOUND"));
  order.mutable_care_order()->set_patient(row->patients(1).name());
  const auto ordered = Ask(mrl_, &Stub::CreateCareOrder, order);
  ASSERT_THAT(ordered, IsOk());
  EXPECT_EQ(ordered->patient(), row->patients(1).name());
}

// hub_carries_no_ins: there is no field for one, so nothing can carry it unqualified.
TEST_F(Identities, H30_NoMessageHasAPlaceForAnIns) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  std::set<std::string> checked;
  const std::function<void(const google::protobuf::Descriptor*)> check = [&](const auto* message) {
    if (!checked.insert(message->full_name()).second) return;
    for (int i = 0; i < message->field_count(); ++i) {
      const std::string name = "_" + message->field(i)->name() + "_";
      for (const char* word : {"_ins_", "_nir_", "_matricule_", "_nia_"}) {
        EXPECT_EQ(name.find(word), std::string::npos) << message->field(i)->full_name();
      }
      if (message->field(i)->message_type() != nullptr) check(message->field(i)->message_type());
    }
  };
  for (const char* name : {"RegulationService", "EntryService", "ExchangeService", "TaskService",
                           "NeighbourService", "ProtocolService"}) {
    const auto* service = pool->FindServiceByName(std::string("sas.regulation.v1.") + name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      check(service->method(i)->input_type());
      check(service->method(i)->output_type());
    }
  }
  EXPECT_GT(checked.size(), 100U);
  EXPECT_EQ(checked.count("sas.regulation.v1.Patient"), 1U);
}

}  // namespace
}  // namespace sas::regulation
