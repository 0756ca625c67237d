#include "services/regulation/domain/missing_information.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sas::regulation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PatientKnowledge Known() {
  PatientKnowledge known;
  known.name = known.birth_date = known.sex = known.has_age = known.medical_history = true;
  known.current_treatment = known.allergies = known.treating_doctor_asked = true;
  known.age = {40, care::AgeUnit::kYear};
  return known;
}

std::vector<std::string> Codes(const std::vector<MissingItem>& items) {
  std::vector<std::string> codes;
  for (const MissingItem& item : items) {
    EXPECT_FALSE(item.text.empty()) << item.code;
    codes.emplace_back(item.code);
  }
  return codes;
}

TEST(MissingInformation, S3_15_OfAnUnknownPatientEverythingInTheOrderInWhichToAsk) {
  EXPECT_THAT(Codes(MissingOf(PatientKnowledge{})),
              ElementsAre("IDENTITY", "BIRTH_DATE", "AGE", "SEX", "ALLERGIES", "CURRENT_TREATMENT",
                          "MEDICAL_HISTORY", "TREATING_DOCTOR"));
  EXPECT_THAT(Codes(MissingOf(CaseKnowledge{})), ElementsAre("CALLBACK_NUMBER", "PLACE", "MOTIF"));
  EXPECT_THAT(Codes(MissingOf(CaseKnowledge{true, true, true})), IsEmpty());
}

TEST(MissingInformation, S3_15_EachItemByItself) {
  EXPECT_THAT(Codes(MissingOf(Known())), IsEmpty());
  const auto without = [](bool PatientKnowledge::*what) {
    PatientKnowledge known = Known();
    known.*what = false;
    return Codes(MissingOf(known));
  };
  EXPECT_THAT(without(&PatientKnowledge::name), ElementsAre("IDENTITY"));
  EXPECT_THAT(without(&PatientKnowledge::birth_date), ElementsAre("BIRTH_DATE"));
  EXPECT_THAT(without(&PatientKnowledge::sex), ElementsAre("SEX"));
  EXPECT_THAT(without(&PatientKnowledge::medical_history), ElementsAre("MEDICAL_HISTORY"));
  EXPECT_THAT(without(&PatientKnowledge::current_treatment), ElementsAre("CURRENT_TREATMENT"));
  EXPECT_THAT(without(&PatientKnowledge::allergies), ElementsAre("ALLERGIES"));
  EXPECT_THAT(without(&PatientKnowledge::treating_doctor_asked), ElementsAre("TREATING_DOCTOR"));
  EXPECT_THAT(without(&PatientKnowledge::has_age), IsEmpty());  // The birth date tells it.
}

TEST(MissingInformation, S3_15_AChildsWeightAndADeclaredDoctorsAddress) {
  PatientKnowledge child = Known();
  child.age = {14, care::AgeUnit::kYear};
  EXPECT_THAT(Codes(MissingOf(child)), ElementsAre("WEIGHT"));
  child.age = {15, care::AgeUnit::kYear};
  EXPECT_THAT(Codes(MissingOf(child)), IsEmpty());
  child.age = {20, care::AgeUnit::kMonth};
  EXPECT_THAT(Codes(MissingOf(child)), ElementsAre("WEIGHT"));
  child.weight = true;
  EXPECT_THAT(Codes(MissingOf(child)), IsEmpty());
  PatientKnowledge declared = Known();
  declared.treating_doctor_declared = true;
  EXPECT_THAT(Codes(MissingOf(declared)), ElementsAre("TREATING_DOCTOR_CONTACT"));
  declared.treating_doctor_reachable = true;
  EXPECT_THAT(Codes(MissingOf(declared)), IsEmpty());
}

TEST(MissingInformation, S3_15_TheTreatingDoctorHasTheFile) {
  PatientKnowledge unknown;
  unknown.asked_by_treating_doctor = true;
  EXPECT_THAT(MissingOf(unknown), IsEmpty());
}

}  // namespace
}  // namespace sas::regulation
