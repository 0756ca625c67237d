#include "services/regulation/domain/entry.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/testing/status_matchers.h"
#include "services/regulation/domain/reorientation.h"

namespace sas::regulation {
namespace {

using base::Role;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

base::Actor Who(Role role, const std::string& entry_point, const std::string& profession = "") {
  base::Actor actor;
  actor.subject = "s-1";
  actor.role = role;
  actor.entry_point = entry_point;
  actor.profession = profession;
  return actor;
}

TEST(Entry, S2_16_to_S2_19_EachEntersByHisOwnWay) {
  struct Row {
    base::Actor actor;
    const char* entry_point;
    const char* reason;  // Empty: lets in.
  };

  const Row rows[] = {
      {Who(Role::kProfessional, "medecin_traitant", "10"), "medecin_traitant", ""},
      {Who(Role::kEffecteur, ""), "medecin_traitant", ""},
      {Who(Role::kSecretariat, ""), "secretariat", ""},
      {Who(Role::kProfessional, "urgences", "60"), "urgences", ""},
      {Who(Role::kProfessional, "urgences", "10"), "urgences", ""},
      {Who(Role::kProfessional, "pharmacie", "21"), "pharmacie", ""},
      {Who(Role::kProfessional, "idel", "60"), "idel", ""},
      {Who(Role::kProfessional, "podologue", "80"), "podologue", ""},
      {Who(Role::kProfessional, "autre_professionnel", "70"), "autre_professionnel", ""},
      {Who(Role::kProfessional, "local", "60"), "local", ""},
      {Who(Role::kSecretariat, ""), "local", ""},
      {Who(Role::kProfessional, "pharmacie", "60"), "pharmacie", "PROFESSION_NOT_ALLOWED"},
      {Who(Role::kProfessional, "idel", ""), "idel", "PROFESSION_NOT_ALLOWED"},
      {Who(Role::kProfessional, "idel", "60"), "pharmacie", "ENTRY_POINT_FORBIDDEN"},
      {Who(Role::kProfessional, "idel", "60"), "local", "ENTRY_POINT_FORBIDDEN"},
      {Who(Role::kProfessional, "", "60"), "idel", "ENTRY_POINT_FORBIDDEN"},
      {Who(Role::kProfessional, "secretariat", ""), "secretariat", "ENTRY_POINT_FORBIDDEN"},
      {Who(Role::kSecretariat, ""), "medecin_traitant", "ENTRY_POINT_FORBIDDEN"},
      {Who(Role::kProfessional, "line_15", "10"), "line_15", "ENTRY_POINT_FORBIDDEN"},
      {Who(Role::kOsnp, "pharmacie", "21"), "pharmacie", "ENTRY_POINT_FORBIDDEN"},
  };
  for (const Row& row : rows) {
    const absl::Status status = CheckSubmitter(row.actor, row.entry_point, false);
    const std::string what = row.actor.entry_point + " by " + row.entry_point;
    if (*row.reason == '\0') {
      EXPECT_THAT(status, IsOk()) << what;
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied, row.reason)) << what;
    }
  }
}

TEST(Entry, S2_16_ASecretariatNamesTheDoctorWhoOrients) {
  const base::Actor secretary = Who(Role::kSecretariat, "medecin_traitant");
  EXPECT_THAT(CheckSubmitter(secretary, "medecin_traitant", false),
              ReasonIs("ORIENTING_PROFESSIONAL_REQUIRED"));
  EXPECT_THAT(CheckSubmitter(secretary, "medecin_traitant", true), IsOk());
}

EntryAnswers Mild() {
  EntryAnswers answers;
  answers.minimum = Priority::kP3;
  answers.motif_identified = true;
  answers.attempts = 1;
  return answers;
}

TEST(Entry, S2_21_S2_22_S2_23_TheWishDecidesWhenNothingIsUrgent) {
  EXPECT_EQ(*OutcomeOf(Mild(), EntryWish::kBook), EntryOutcome::kBook);
  EXPECT_EQ(*OutcomeOf(Mild(), EntryWish::kCallBack), EntryOutcome::kWaiting);
  EXPECT_EQ(*OutcomeOf(Mild(), EntryWish::kReorient), EntryOutcome::kReoriented);
  EXPECT_THAT(OutcomeOf(Mild(), EntryWish::kUnspecified), ReasonIs("WISH_REQUIRED"));
}

TEST(Entry, S2_20_MotifSeverityAndWhatWasTriedAreMandatory) {
  EntryAnswers answers = Mild();
  answers.attempts = 0;
  EXPECT_THAT(OutcomeOf(answers, EntryWish::kBook), ReasonIs("ATTEMPTS_REQUIRED"));
  answers = Mild();
  answers.missing = {"detresse"};
  EXPECT_THAT(OutcomeOf(answers, EntryWish::kBook), ReasonIs("TRIAGE_INCOMPLETE"));
  answers = Mild();
  answers.motif_identified = false;
  EXPECT_THAT(OutcomeOf(answers, EntryWish::kBook), ReasonIs("MOTIF_NOT_IDENTIFIED"));
}

TEST(Entry, H06_WhatIsUrgentNeitherBooksNorWaitsWhateverElseIsMissing) {
  for (const EntryWish wish :
       {EntryWish::kUnspecified, EntryWish::kBook, EntryWish::kCallBack, EntryWish::kReorient}) {
    EntryAnswers sign;
    sign.severity_sign = true;
    sign.missing = {"parcours"};
    EXPECT_EQ(*OutcomeOf(sign, wish), EntryOutcome::kRegulator);
    EntryAnswers vital = Mild();
    vital.vital_motif = true;
    EXPECT_EQ(*OutcomeOf(vital, wish), EntryOutcome::kRegulator);
    EntryAnswers urgent = Mild();
    urgent.minimum = Priority::kP1;
    EXPECT_EQ(*OutcomeOf(urgent, wish), EntryOutcome::kRegulator);
  }
}

TEST(Entry, S2_23_WhoIsExcludedCanOnlyBeSentElsewhere) {
  EntryAnswers answers = Mild();
  answers.excluded = true;
  answers.orientation = "CABINET";
  EXPECT_THAT(OutcomeOf(answers, EntryWish::kBook), ReasonIs("ENTRY_UNSUITABLE"));
  EXPECT_THAT(OutcomeOf(answers, EntryWish::kCallBack), ReasonIs("ENTRY_UNSUITABLE"));
  EXPECT_EQ(*OutcomeOf(answers, EntryWish::kReorient), EntryOutcome::kReoriented);
}

TEST(Entry, S2_22_PriorityThenAge) {
  EXPECT_EQ(EntryPriority(Priority::kP3), Priority::kP3);
  EXPECT_EQ(EntryPriority(Priority::kNr), Priority::kP3);
  EXPECT_EQ(EntryPriority(Priority::kP2), Priority::kP2);
  EXPECT_EQ(EntryPriority(Priority::kUnspecified), Priority::kP2) << "not said is not ordinary";
  const base::Instant early{std::chrono::hours(1)};
  const base::Instant late{std::chrono::hours(9)};
  std::vector<QueueKey> keys{
      EntryKey(Priority::kP3, early, "a"), EntryKey(Priority::kP2, late, "b"),
      EntryKey(Priority::kP2, early, "d"), EntryKey(Priority::kP2, early, "c"),
      EntryKey(Priority::kP3, late, "e")};
  std::sort(keys.begin(), keys.end());
  std::string order;
  for (const QueueKey& key : keys) order += key.name;
  EXPECT_EQ(order, "cdbae");
}

TEST(Entry, AStructureSeesItsOwnEntriesAndTheOsnpNoLocalOnes) {
  base::Actor secretary = Who(Role::kSecretariat, "");
  secretary.organization = "structures/a";
  const EntryOwner ours{true, false, "structures/a", "colleague"};
  const EntryOwner theirs{true, false, "structures/b", "s-1"};
  const EntryOwner mine{true, false, "", "s-1"};
  const EntryOwner alien{true, false, "", "s-2"};
  const EntryOwner local{true, true, "structures/a", "colleague"};
  const EntryOwner ordered{};
  EXPECT_THAT(CheckEntryRight(secretary, ours), IsOk());
  EXPECT_THAT(CheckEntryRight(secretary, mine), IsOk());
  EXPECT_THAT(CheckEntryRight(secretary, local), IsOk());
  for (const EntryOwner& owner : {theirs, alien, ordered}) {
    EXPECT_THAT(CheckEntryRight(secretary, owner), ReasonIs("NOT_OWN_ENTRY"));
  }
  const base::Actor claim_lost = Who(Role::kSecretariat, "");
  EXPECT_THAT(CheckEntryRight(claim_lost, theirs), IsOk()) << "the same person entered it";
  EXPECT_THAT(CheckEntryRight(claim_lost, ours), ReasonIs("NOT_OWN_ENTRY"));
  const base::Actor osnp = Who(Role::kOsnp, "");
  EXPECT_THAT(CheckEntryRight(osnp, ours), IsOk());
  EXPECT_THAT(CheckEntryRight(osnp, ordered), IsOk());
  EXPECT_THAT(CheckEntryRight(osnp, local), ReasonIs("NOT_OWN_ENTRY"));
  for (const Role role : {Role::kArm, Role::kRegulatorMg, Role::kSupervisor, Role::kService}) {
    EXPECT_THAT(CheckEntryRight(Who(role, ""), local), IsOk());
  }
}

ReorientationFacts To(Destination destination) {
  ReorientationFacts facts;
  facts.destination = destination;
  facts.patient_informed = true;
  return facts;
}

TEST(Reorientation, S2_15_SaysWhereAndThatThePatientKnows) {
  EXPECT_THAT(CheckReorientation(To(Destination::kUrgences)), IsOk());
  EXPECT_THAT(CheckReorientation(To(Destination::kUnspecified)), ReasonIs("DESTINATION_REQUIRED"));
  EXPECT_THAT(CheckReorientation(To(Destination::kOtherStructure)), ReasonIs("STRUCTURE_REQUIRED"));
  ReorientationFacts named = To(Destination::kOtherStructure);
  named.structure_named = true;
  EXPECT_THAT(CheckReorientation(named), IsOk());
  ReorientationFacts untold = To(Destination::kSamu);
  untold.patient_informed = false;
  EXPECT_THAT(CheckReorientation(untold), ReasonIs("PATIENT_NOT_INFORMED"));
}

TEST(Reorientation, S2_15_ToTheSamuWhateverStandsElsewhereByARegulator) {
  ReorientationFacts owed = To(Destination::kUrgences);
  owed.regulator_owed = true;
  EXPECT_THAT(CheckReorientation(owed), ReasonIs("REGULATOR_REQUIRED"));
  owed.by_regulator = true;
  EXPECT_THAT(CheckReorientation(owed), IsOk());
  ReorientationFacts booked = To(Destination::kSos);
  booked.booked = true;
  EXPECT_THAT(CheckReorientation(booked), ReasonIs("PATIENT_ALREADY_BOOKED"));
  for (const bool by_regulator : {false, true}) {
    ReorientationFacts samu = To(Destination::kSamu);
    samu.regulator_owed = samu.booked = true;
    samu.by_regulator = by_regulator;
    EXPECT_THAT(CheckReorientation(samu), IsOk());
  }
}

}  // namespace
}  // namespace sas::regulation
