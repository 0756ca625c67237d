#include "services/booking/domain/eligibility.h"

#include <gtest/gtest.h>

#include <utility>

#include "common/care/entry_way.h"
#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

base::Actor Actor(base::Role role, const std::string& entry_point = "") {
  base::Actor actor;
  actor.role = role;
  actor.entry_point = entry_point;
  return actor;
}

TEST(Booker, S0_10_NobodyButTheListedRolesBooks) {
  for (int value = 0; value <= static_cast<int>(base::Role::kService); ++value) {
    const auto role = static_cast<base::Role>(value);
    const bool regulation = role == base::Role::kOsnp || role == base::Role::kRegulatorAmu ||
                            role == base::Role::kRegulatorMg;
    for (int point = 0; point <= static_cast<int>(EntryPoint::kLocal); ++point) {
      const auto entry_point = static_cast<EntryPoint>(point);
      const bool line =
          entry_point == EntryPoint::kLine15 || entry_point == EntryPoint::kLine116117;
      const bool desk = role == base::Role::kSecretariat && entry_point == EntryPoint::kSecretariat;
      const bool doctor =
          role == base::Role::kEffecteur && entry_point == EntryPoint::kMedecinTraitant;
      EXPECT_EQ(CheckBooker(Actor(role), entry_point).ok(), (regulation && line) || desk || doctor)
          << value << " " << point;
    }
  }
}

TEST(Booker, AProfessionalEntersByHisOwnEntryPointOnly) {
  const base::Actor pharmacist = Actor(base::Role::kProfessional, "pharmacie");
  EXPECT_THAT(CheckBooker(pharmacist, EntryPoint::kPharmacie), IsOk());
  EXPECT_THAT(CheckBooker(pharmacist, EntryPoint::kUrgences),
              StatusIs(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(CheckBooker(pharmacist, EntryPoint::kLine15), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(CheckBooker(Actor(base::Role::kProfessional, "line_15"), EntryPoint::kLine15),
              ReasonIs("ENTRY_POINT_FORBIDDEN"));
}

TEST(Booker, ASecretariatOfTheTreatingDoctorOrients) {
  const base::Actor desk = Actor(base::Role::kSecretariat, "medecin_traitant");
  EXPECT_THAT(CheckBooker(desk, EntryPoint::kMedecinTraitant), IsOk());
  EXPECT_THAT(CheckBooker(desk, EntryPoint::kSecretariat), ReasonIs("ENTRY_POINT_FORBIDDEN"));
}

TEST(Booker, S2_21_WhoMayEnterMayBookWhatHeHasEntered) {
  const std::pair<const char*, EntryPoint> ways[] = {
      {"medecin_traitant", EntryPoint::kMedecinTraitant},
      {"secretariat", EntryPoint::kSecretariat},
      {"urgences", EntryPoint::kUrgences},
      {"pharmacie", EntryPoint::kPharmacie},
      {"idel", EntryPoint::kIdel},
      {"podologue", EntryPoint::kPodologue},
      {"autre_professionnel", EntryPoint::kAutreProfessionnel},
      {"local", EntryPoint::kLocal}};
  for (int value = 0; value <= static_cast<int>(base::Role::kSpecialisedNurse); ++value) {
    const auto role = static_cast<base::Role>(value);
    for (const char* own : {"", "medecin_traitant", "secretariat", "urgences", "pharmacie", "idel",
                            "podologue", "autre_professionnel", "local"}) {
      for (const auto& [name, entry_point] : ways) {
        if (!care::EntersBy(Actor(role, own), name)) continue;
        EXPECT_THAT(CheckBooker(Actor(role, own), entry_point, /*has_order=*/true), IsOk())
            << value << " of " << own << " by " << name;
      }
    }
  }
}

TEST(Booker, APracticeBooksLocallyWhatItHasEnteredOnly) {
  for (const base::Role role : {base::Role::kSecretariat, base::Role::kEffecteur}) {
    EXPECT_THAT(CheckBooker(Actor(role), EntryPoint::kLocal, true), IsOk());
    EXPECT_THAT(CheckBooker(Actor(role), EntryPoint::kLocal), ReasonIs("ENTRY_POINT_FORBIDDEN"));
    EXPECT_THAT(CheckBooker(Actor(role), EntryPoint::kPharmacie, true),
                ReasonIs("ENTRY_POINT_FORBIDDEN"));
  }
}

EntryRule PharmacyRule() {
  EntryRule rule;
  rule.entry_point = EntryPoint::kPharmacie;
  return rule;
}

Entry PharmacyEntry() {
  Entry entry;
  entry.entry_point = EntryPoint::kPharmacie;
  entry.profession = "21";
  return entry;
}

TEST(Eligibility, S0_01_NoBookingWithoutTheReasonThatTheSiteAsksFor) {
  EntryRule rule = PharmacyRule();
  Entry entry = PharmacyEntry();
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
  rule.access_reasons = {AccessReason::kSansMt, AccessReason::kPasDeRdv48h};
  EXPECT_THAT(CheckEntry(rule, entry),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ACCESS_REASON_REQUIRED"));
  entry.access_reason = AccessReason::kHorsResidence;
  EXPECT_THAT(CheckEntry(rule, entry), ReasonIs("ACCESS_REASON_NOT_ACCEPTED"));
  entry.access_reason = AccessReason::kSansMt;
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
}

TEST(Eligibility, S0_02_The48hReasonKeepsWhatWasTried) {
  EntryRule rule = PharmacyRule();
  rule.access_reasons = {AccessReason::kPasDeRdv48h};
  Entry entry = PharmacyEntry();
  entry.access_reason = AccessReason::kPasDeRdv48h;
  EXPECT_THAT(CheckEntry(rule, entry), ReasonIs("ATTEMPTS_REQUIRED"));
  entry.attempt_count = 1;
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
}

TEST(Eligibility, S4_01_NoAnswerFromThePracticesKeepsTheAttempts) {
  Entry entry = PharmacyEntry();
  entry.access_reason = AccessReason::kSansReponseCabinets;
  EXPECT_THAT(CheckEntry(PharmacyRule(), entry), ReasonIs("ATTEMPTS_REQUIRED"));
  entry.attempt_count = 2;
  EXPECT_THAT(CheckEntry(PharmacyRule(), entry), IsOk());
}

TEST(Eligibility, S4_05_TheThreeReasonsOfChallansNeedNoAttempts) {
  EntryRule rule = PharmacyRule();
  rule.access_reasons = {AccessReason::kMtIndisponible, AccessReason::kSansMt,
                         AccessReason::kHorsResidence};
  Entry entry = PharmacyEntry();
  for (const AccessReason reason : rule.access_reasons) {
    entry.access_reason = reason;
    EXPECT_THAT(CheckEntry(rule, entry), IsOk());
  }
  entry.access_reason = AccessReason::kReorientationUrgences;
  EXPECT_THAT(CheckEntry(rule, entry), ReasonIs("ACCESS_REASON_NOT_ACCEPTED"));
}

TEST(Eligibility, S0_11_OnlyAnAllowedProfessionBooks) {
  EntryRule rule = PharmacyRule();
  rule.profession_codes = {"21", "60"};
  Entry entry = PharmacyEntry();
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
  entry.profession = "91";
  EXPECT_THAT(CheckEntry(rule, entry),
              StatusIs(absl::StatusCode::kPermissionDenied, "PROFESSION_NOT_ALLOWED"));
  entry.profession = "";
  EXPECT_THAT(CheckEntry(rule, entry), ReasonIs("PROFESSION_NOT_ALLOWED"));
}

TEST(Eligibility, ARuleOpensItsOwnEntryPoint) {
  Entry entry = PharmacyEntry();
  entry.entry_point = EntryPoint::kIdel;
  EXPECT_THAT(CheckEntry(PharmacyRule(), entry),
              StatusIs(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_CLOSED"));
}

TEST(Eligibility, S0_13_TheOrientingProfessionalIsNamedWhereAsked) {
  EntryRule rule = PharmacyRule();
  rule.orienting_professional_required = true;
  Entry entry = PharmacyEntry();
  EXPECT_THAT(CheckEntry(rule, entry), ReasonIs("ORIENTING_PROFESSIONAL_REQUIRED"));
  entry.orienting_professional_named = true;
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
}

TEST(Eligibility, S4_07_ARegulatedAgendaNeedsAnOrder) {
  EntryRule rule;
  rule.entry_point = EntryPoint::kLine116117;
  rule.order_required = true;
  Entry entry;
  entry.entry_point = EntryPoint::kLine116117;
  EXPECT_THAT(CheckEntry(rule, entry),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ORDER_REQUIRED"));
  entry.has_order = true;
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
}

Evaluation Whole() {
  return {4, true, true, true};
}

TEST(Eligibility, S4_08_TheEmergencyDepartmentEntersByItsEvaluationWithoutOrder) {
  EntryRule rule;
  rule.entry_point = EntryPoint::kUrgences;
  rule.evaluation_required = true;
  Entry entry;
  entry.entry_point = EntryPoint::kUrgences;
  EXPECT_THAT(CheckEntry(rule, entry), ReasonIs("EVALUATION_REQUIRED"));
  entry.evaluation = Whole();
  EXPECT_THAT(CheckEntry(rule, entry), IsOk());
}

TEST(Eligibility, S4_08_AnEvaluationIsWholeAndNotTooUrgent) {
  for (const int level : {3, 4, 5}) {
    Evaluation evaluation = Whole();
    evaluation.triage_level = level;
    EXPECT_THAT(CheckEvaluation(evaluation), IsOk());
  }
  for (const int level : {1, 2}) {
    Evaluation evaluation = Whole();
    evaluation.triage_level = level;
    EXPECT_THAT(CheckEvaluation(evaluation), ReasonIs("EVALUATION_TOO_URGENT"));
  }
  for (const int level : {-1, 0, 6}) {
    Evaluation evaluation = Whole();
    evaluation.triage_level = level;
    EXPECT_THAT(CheckEvaluation(evaluation), ReasonIs("INVALID_TRIAGE_LEVEL"));
  }
  Evaluation evaluation = Whole();
  evaluation.patient_informed = false;
  EXPECT_THAT(CheckEvaluation(evaluation), ReasonIs("PATIENT_NOT_INFORMED"));
  evaluation = Whole();
  evaluation.protocol_named = false;
  EXPECT_THAT(CheckEvaluation(evaluation), ReasonIs("PROTOCOL_REQUIRED"));
  evaluation = Whole();
  evaluation.reason_given = false;
  EXPECT_THAT(CheckEvaluation(evaluation), ReasonIs("EVALUATION_REASON_REQUIRED"));
}

TEST(Eligibility, AnEvaluationThatIsGivenIsCheckedEvenWhereNoneIsAsked) {
  Entry entry = PharmacyEntry();
  entry.evaluation = Whole();
  entry.evaluation->triage_level = 1;
  EXPECT_THAT(CheckEntry(PharmacyRule(), entry), ReasonIs("EVALUATION_TOO_URGENT"));
}

}  // namespace
}  // namespace sas::booking
