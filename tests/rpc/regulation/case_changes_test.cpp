#include "services/regulation/case_changes.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <string>

#include "services/regulation/protected_case.h"

namespace sas::regulation {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Told(const v1::RegulationCase& before, const v1::RegulationCase& after) {
  std::vector<std::string> lines;
  for (const v1::FieldChange& change : ChangesBetween(before, after)) {
    lines.push_back(change.field() + ": " + change.before() + " > " + change.after());
  }
  return lines;
}

v1::RegulationCase Dossier() {
  v1::RegulationCase row;
  row.set_name("regions/fr-pdl/cases/one");
  row.set_motif_code("M03.14");
  row.add_risque_codes("R01");
  row.mutable_patient_place()->mutable_point()->set_latitude_degrees(46.845812345);
  for (const char* id : {"a", "b"}) {
    v1::Patient& patient = *row.add_patients();
    patient.set_name(row.name() + "/patients/" + id);
    patient.set_phone_number(std::string("+3363998000") + id);
  }
  return row;
}

TEST(CaseChanges, TellsEachFieldBeforeAndAfter) {
  v1::RegulationCase after = Dossier();
  after.set_motif_code("M03.15");
  after.set_priority(v1::PRIORITY_P2);
  after.add_risque_codes("R02");
  after.mutable_patient_place()->mutable_point()->set_latitude_degrees(46.845812346);
  after.mutable_origin()->mutable_pickup_time()->set_seconds(1'800'000'000);
  EXPECT_THAT(Told(Dossier(), after),
              ElementsAre("priority:  > PRIORITY_P2", "origin.pickup_time:  > 2027-01-15T08:00:00Z",
                          "patient_place.point.latitude_degrees: 46.845812345 > 46.845812346",
                          "motif_code: M03.14 > M03.15", "risque_codes[1]:  > R02"));
  EXPECT_THAT(Told(Dossier(), Dossier()), IsEmpty());
}

TEST(CaseChanges, APatientIsComparedWithHimselfWhereverHeStands) {
  v1::RegulationCase after = Dossier();
  after.mutable_patients()->SwapElements(0, 1);
  EXPECT_THAT(Told(Dossier(), after), IsEmpty());
  after.mutable_patients(0)->set_family_name("Essai");
  EXPECT_THAT(Told(Dossier(), after), ElementsAre("patients[0].family_name:  > Essai"));
  after.mutable_patients()->RemoveLast();
  EXPECT_THAT(Told(Dossier(), after),
              ElementsAre("patients[0].family_name:  > Essai",
                          "patients[0].name: regions/fr-pdl/cases/one/patients/a > ",
                          "patients[0].phone_number: +3363998000a > "));
}

TEST(CaseChanges, WhatIsComputedOrToldElsewhereIsNoEdit) {
  v1::RegulationCase after = Dossier();
  after.set_etag("other");
  after.mutable_claim()->set_version(3);
  after.add_notes()->set_text("vu");
  after.mutable_wait_start_time()->set_seconds(1);
  EXPECT_THAT(Told(Dossier(), after), IsEmpty());
}

// Every field of a dossier with something in it, as deep as there are fields.
void Fill(Message& message, int depth = 0) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const bool list = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        list ? reflection.AddString(&message, &field, "text")
             : reflection.SetString(&message, &field, "text");
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        list ? reflection.AddEnumValue(&message, &field, 1)
             : reflection.SetEnumValue(&message, &field, 1);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        ASSERT_FALSE(list) << field.full_name();
        reflection.SetBool(&message, &field, true);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        ASSERT_FALSE(list) << field.full_name();
        reflection.SetDouble(&message, &field, 0.5);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        ASSERT_FALSE(list) << field.full_name();
        reflection.SetInt64(&message, &field, 7);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        ASSERT_FALSE(list) << field.full_name();
        reflection.SetInt32(&message, &field, 7);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        ASSERT_LT(depth, 8) << field.full_name();
        Fill(list ? *reflection.AddMessage(&message, &field)
                  : *reflection.MutableMessage(&message, &field),
             depth + 1);
        break;
      default:
        FAIL() << "no text for " << field.full_name();
    }
  }
}

TEST(CaseChanges, EveryFieldOfADossierHasAText) {
  v1::RegulationCase full;
  Fill(full);
  ASSERT_FALSE(HasFatalFailure());
  for (const v1::FieldChange& change : ChangesBetween({}, full)) {
    EXPECT_EQ(change.before(), "") << change.field();
    EXPECT_NE(change.after(), "") << change.field();
  }
}

// What is left out of a dossier is left out of its history, and nothing else is.
TEST(ProtectedCase, H35_TheHistorySealsWhatTheDossierSeals) {
  v1::RegulationCase full;
  Fill(full);
  v1::RegulationCase sealed = full;
  Seal(sealed);
  sealed.set_contact_sealed(full.contact_sealed());
  std::vector<std::string> left_out;
  for (const v1::FieldChange& change : ChangesBetween(full, sealed)) {
    left_out.push_back(change.field());
    EXPECT_TRUE(IsSealed(change.field())) << change.field();
  }
  EXPECT_THAT(left_out,
              ::testing::IsSupersetOf(
                  {"patients[0].family_name", "patients[0].phone_number",
                   "origin.caller_phone_number", "further_calls[0].callback_phone_number",
                   "origin.telephone_point.latitude_degrees", "patient_place.address_line"}));
  for (const char* open : {"motif_code", "patients[0].age.value", "patients[0].sex", "priority",
                           "origin.origine_code", "patient_place.insee_code",
                           "patients[0].treating_doctor.rpps", "patients[0].protected_contact"}) {
    EXPECT_FALSE(IsSealed(open)) << open;
  }
}

}  // namespace
}  // namespace sas::regulation
