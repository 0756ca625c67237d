#include "services/regulation/domain/case_life.h"

#include <gtest/gtest.h>

#include <string_view>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using enum CaseState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;

// One column for each state, PROGRAM to ARCHIVE; '-' is refused, a digit is the state after.
TEST(CaseLife, EveryActInEveryState) {
  struct Row {
    CaseAct act;
    std::string_view after;
  };

  const Row rows[] = {
      {CaseAct::kActivate, "2------"}, {CaseAct::kWork, "123----"},
      {CaseAct::kTake, "1234---"},     {CaseAct::kNote, "1234---"},
      {CaseAct::kReturn, "2222---"},   {CaseAct::kDecide, "-222---"},
      {CaseAct::kComplete, "-3-----"}, {CaseAct::kValidate, "--4----"},
      {CaseAct::kClose, "---5---"},    {CaseAct::kCloseDirect, "-4-----"},
      {CaseAct::kFile, "----6--"},     {CaseAct::kArchive, "-----7-"},
  };
  for (const Row& row : rows) {
    for (int state = 1; state <= 7; ++state) {
      const char expected = row.after[static_cast<std::size_t>(state - 1)];
      const auto after = Advance(static_cast<CaseState>(state), row.act);
      const std::string where = "act " + std::to_string(static_cast<int>(row.act)) + " in " +
                                std::string(CaseStateCode(static_cast<CaseState>(state)));
      if (expected == '-') {
        EXPECT_THAT(after, ReasonIs(state >= 5 ? "CASE_CLOSED" : "CASE_STATE_FORBIDS")) << where;
      } else {
        ASSERT_THAT(after, IsOk()) << where;
        EXPECT_EQ(static_cast<int>(*after), expected - '0') << where;
      }
    }
  }
}

base::Instant On(int year, unsigned month, unsigned day, int hour = 0) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                               static_cast<int>(day)) +
         std::chrono::hours(hour);
}

TEST(CaseLife, AValidatedDossierIsClosedADayAfterItBecameActive) {
  const base::Instant opened = On(2026, 11, 24, 10);
  const auto undecided = AgeingOf(kValidated, opened, {}, kKeptDefault);
  ASSERT_TRUE(undecided);
  EXPECT_EQ(undecided->act, CaseAct::kClose);
  EXPECT_EQ(undecided->due, On(2026, 11, 25, 10));
  // A decision makes it active again: its day begins anew.
  EXPECT_EQ(AgeingOf(kValidated, opened, On(2026, 11, 25, 9), kKeptDefault)->due,
            On(2026, 11, 26, 9));
}

TEST(CaseLife, AClosedDossierIsFiledAfterThreeMonths) {
  const auto ageing = AgeingOf(kClosed, On(2026, 11, 30, 10), On(2026, 11, 30, 11), kKeptDefault);
  ASSERT_TRUE(ageing);
  EXPECT_EQ(ageing->act, CaseAct::kFile);
  EXPECT_EQ(ageing->due, On(2027, 2, 28, 10));  // No 30 February.
  EXPECT_EQ(AgeingOf(kClosed, On(2026, 4, 15), {}, kKeptDefault)->due, On(2026, 7, 15));
}

TEST(CaseLife, NothingElseMovesByItself) {
  for (const CaseState state : {kActive, kCompleted, kArchived}) {
    EXPECT_FALSE(AgeingOf(state, On(2020, 1, 1), {}, kKeptDefault)) << CaseStateCode(state);
  }
}

TEST(CaseLife, WhatIsPreparedBeginsAtItsHourAndWhatIsFiledIsArchivedAfterYears) {
  const auto begins = AgeingOf(kProgrammed, On(2026, 12, 2, 14), {}, kKeptDefault);
  ASSERT_TRUE(begins);
  EXPECT_EQ(begins->act, CaseAct::kActivate);
  EXPECT_EQ(begins->due, On(2026, 12, 2, 14));
  const auto archived = AgeingOf(kFiled, On(2024, 2, 29), {}, std::chrono::years(2));
  ASSERT_TRUE(archived);
  EXPECT_EQ(archived->act, CaseAct::kArchive);
  EXPECT_EQ(archived->due, On(2026, 2, 28));
}

// What the ledger is asked for must hold all that is due, on the shortest months and years as well.
TEST(CaseLife, WhatIsDueIsAmongTheOldOnes) {
  for (int day = 0; day < 366; ++day) {
    const base::Instant opened = On(2027, 1, 1, 12) + std::chrono::days(day);
    for (const CaseState state : {kProgrammed, kValidated, kClosed, kFiled}) {
      EXPECT_LE(opened,
                NewestToAge(state, AgeingOf(state, opened, {}, kKeptDefault)->due, kKeptDefault));
    }
  }
}

CaseFacts Whole() {
  CaseFacts facts;
  facts.motif_known = true;
  facts.priority = Priority::kP2;
  return facts;
}

TEST(CaseLife, NamesEverythingThatIsMissing) {
  EXPECT_THAT(MissingOf(Whole()), IsEmpty());
  CaseFacts facts;
  facts.patient_without_decision = facts.bilan_awaited = facts.undecided_bilan = true;
  facts.reflex_unacknowledged = facts.open_order = facts.returned_order = true;
  EXPECT_THAT(MissingOf(facts),
              ElementsAre("PRIORITY", "MOTIF", "DECISION", "BILAN", "DECISION_AFTER_BILAN",
                          "REFLEX_ACKNOWLEDGEMENT", "OPEN_ORDER", "RETURNED_ORDER"));
}

TEST(CaseLife, S1_05_H04_NoValidationWithoutBilan) {
  CaseFacts facts = Whole();
  facts.bilan_awaited = true;
  EXPECT_THAT(CheckComplete(facts), ReasonIs("CASE_INCOMPLETE"));
  EXPECT_THAT(CheckValidate(facts), ReasonIs("CASE_INCOMPLETE"));
  facts.bilan_awaited = false;
  facts.undecided_bilan = true;  // The regulator confirms or decides anew.
  EXPECT_THAT(CheckValidate(facts), ReasonIs("CASE_INCOMPLETE"));
  facts.undecided_bilan = false;
  EXPECT_THAT(CheckValidate(facts), IsOk());
}

TEST(CaseLife, H29_NoClosingWithAnUndecidedPatient) {
  CaseFacts facts = Whole();
  facts.patient_without_decision = true;
  EXPECT_THAT(CheckComplete(facts), ReasonIs("CASE_INCOMPLETE"));
  facts.priority = Priority::kNr;  // No act of regulation is owed.
  EXPECT_THAT(CheckComplete(facts), IsOk());
}

// no_close_with_undecided_patient: whatever else is true of the dossier.
TEST(CaseLife, H29_NothingElseLetsAnUndecidedPatientGo) {
  for (int bits = 0; bits < 128; ++bits) {
    CaseFacts facts;
    facts.patient_without_decision = true;
    facts.motif_known = (bits & 1) != 0;
    facts.bilan_awaited = (bits & 2) != 0;
    facts.undecided_bilan = (bits & 4) != 0;
    facts.reflex_unacknowledged = (bits & 8) != 0;
    facts.open_order = (bits & 16) != 0;
    facts.returned_order = (bits & 32) != 0;
    facts.call_return_open = (bits & 64) != 0;
    for (const Priority priority :
         {Priority::kUnspecified, Priority::kP0, Priority::kP1, Priority::kP2, Priority::kP3}) {
      facts.priority = priority;
      EXPECT_FALSE(CheckComplete(facts).ok()) << bits;
      EXPECT_FALSE(CheckValidate(facts).ok()) << bits;
    }
  }
}

TEST(CaseLife, H08_NoCompletionWhileWhoHungUpIsToBeCalledBack) {
  CaseFacts facts = Whole();
  facts.call_return_open = true;
  EXPECT_THAT(CheckComplete(facts), ReasonIs("CASE_INCOMPLETE"));
  EXPECT_THAT(CheckValidate(facts), ReasonIs("CASE_INCOMPLETE"));
  facts.priority = Priority::kNr;
  EXPECT_THAT(CheckComplete(facts), ReasonIs("CASE_INCOMPLETE"));
  DirectCloseFacts direct;
  direct.attribution = "D.D-MALV.ERR";
  direct.call_return_open = true;
  EXPECT_THAT(CheckDirectClose(direct), ReasonIs("CALL_RETURN_OPEN"));
}

TEST(CaseLife, H15_NoCompletionWhileAnOrderIsOpenOrReturned) {
  CaseFacts open = Whole();
  open.open_order = true;
  EXPECT_THAT(CheckComplete(open), ReasonIs("CASE_INCOMPLETE"));
  CaseFacts returned = Whole();
  returned.returned_order = true;
  EXPECT_THAT(CheckComplete(returned), ReasonIs("CASE_INCOMPLETE"));
}

TEST(CaseLife, CodesMayFollowCompletionButNotValidation) {
  CaseFacts facts = Whole();
  facts.motif_known = false;
  EXPECT_THAT(CheckComplete(facts), IsOk());
  EXPECT_THAT(CheckValidate(facts), ReasonIs("CASE_INCOMPLETE"));
}

TEST(CaseLife, DirectClosingIsForCallsWithoutMedicalAct) {
  DirectCloseFacts facts;
  facts.attribution = "D.D-MALV.ERR";
  EXPECT_THAT(CheckDirectClose(facts), IsOk());
  facts.attribution = "DR.DREG.DRINFO";
  EXPECT_THAT(CheckDirectClose(facts), IsOk());
  facts.attribution = "DRM.MRL.MG";
  EXPECT_THAT(CheckDirectClose(facts), ReasonIs("ATTRIBUTION_NOT_DIRECT"));
  facts.attribution = "";
  EXPECT_THAT(CheckDirectClose(facts), ReasonIs("ATTRIBUTION_REQUIRED"));
  facts.attribution = "D";
  facts.vital_motif = true;
  EXPECT_THAT(CheckDirectClose(facts), ReasonIs("PRIORITY_FORBIDS_CLOSING"));
  facts.priority = Priority::kNr;  // Set with a second act, by the rule of the vital motif.
  EXPECT_THAT(CheckDirectClose(facts), IsOk());
  facts.priority = Priority::kP2;
  EXPECT_THAT(CheckDirectClose(facts), ReasonIs("PRIORITY_FORBIDS_CLOSING"));
  facts.priority = Priority::kNr;
  facts.medical_act = true;
  EXPECT_THAT(CheckDirectClose(facts), ReasonIs("MEDICAL_ACT_EXISTS"));
}

}  // namespace
}  // namespace sas::regulation
