#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Who speaks the caller's language, or knows children, takes those who need it.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::IsOk;
using ::testing::Pair;
using testing::ReasonIs;
using testing::StatusIs;
using Shift = v1::Shift;

class SkillsTest : public RegulationTest {
 protected:
  /// An adult who speaks `language`.
  std::string Waiting(const std::string& language, v1::Priority priority = v1::PRIORITY_P2,
                      const std::string& motif = "M03.05") {
    v1::CreateRegulationCaseRequest request = NewCase(motif);
    request.mutable_regulation_case()->mutable_origin()->set_language_code(language);
    request.mutable_regulation_case()->mutable_patients(0)->mutable_age()->set_value(40);
    const auto row = Ask(arm_, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(row, IsOk());
    EXPECT_THAT(Prioritize(arm_, row->name(), priority), IsOk());
    return row->name();
  }

  void OnShift(const base::Actor& actor, const std::string& language, bool signs_in = true,
               const std::string& territory = "85") {
    v1::PlanShiftRequest request;
    request.set_parent("regions/fr-pdl");
    Shift& shift = *request.mutable_shift();
    shift.set_territory(territory);
    shift.set_role(static_cast<sas::type::v1::Role>(actor.role));
    shift.set_subject(actor.subject);
    shift.set_place(Shift::PLACE_CRRA);
    if (!language.empty()) shift.add_languages(language);
    *shift.mutable_start_time() = ToTimestamp(clock_.Now());
    *shift.mutable_end_time() = ToTimestamp(clock_.Now() + hours(8));
    const auto planned = AskOn(rosters_, supervisor_, &v1::RosterService::Stub::PlanShift, request);
    ASSERT_THAT(planned, IsOk());
    if (!signs_in) return;
    v1::SignInRequest sign_in;
    sign_in.set_name(planned->name());
    ASSERT_THAT(AskOn(rosters_, actor, &v1::RosterService::Stub::SignIn, sign_in), IsOk());
  }

  absl::StatusOr<v1::RegulationCase> Next(const base::Actor& actor) {
    v1::ClaimNextRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    return Ask(actor, &Stub::ClaimNextRegulationCase, request);
  }

  std::string NextName(const base::Actor& actor) {
    const auto row = Next(actor);
    EXPECT_THAT(row, IsOk());
    return row.value_or(v1::RegulationCase()).name();
  }

  const base::Actor other_ = testing::ActorWith(base::Role::kRegulatorMg, "mrl-2");
  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

TEST_F(SkillsTest, WhatADossierNeedsStandsOnItAndOnTheBoard) {
  v1::CreateRegulationCaseRequest request = NewCase("M03.16");
  request.mutable_regulation_case()->mutable_origin()->set_language_code("ar");
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(opened->needed_skills(), ElementsAre("LANGUAGE:ar", "PAEDIATRICS", "PSYCHIATRY"));
  v1::AttachCallRequest again;
  again.set_name(opened->name());
  again.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  again.mutable_call()->set_caller_phone_number("+33199000009");
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, again), IsOk());
  EXPECT_THAT(Get(opened->name()).needed_skills(), ElementsAre("PAEDIATRICS", "PSYCHIATRY"))
      << "who calls now speaks French";
  v1::ListRegulationCasesRequest list;
  list.set_parent("regions/fr-pdl");
  const auto rows = Ask(mrl_, &Stub::ListRegulationCases, list);
  ASSERT_THAT(rows, IsOk());
  EXPECT_THAT(rows->regulation_cases(0).needed_skills(), ElementsAre("PAEDIATRICS", "PSYCHIATRY"));
  const auto board = OpenBoard(*server_, mrl_, BoardOf());
  ASSERT_TRUE(board->Next());
  EXPECT_THAT(board->cards[opened->name()].needed_skills(),
              ElementsAre("PAEDIATRICS", "PSYCHIATRY"));
  request.mutable_regulation_case()->add_needed_skills("PSYCHIATRY");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request),
              StatusIs(absl::StatusCode::kInvalidArgument, "OUTPUT_ONLY_FIELD"));
}

TEST_F(SkillsTest, ADossierIsLeftForTheColleagueWhoSpeaksTheLanguage) {
  OnShift(mrl_, "");
  OnShift(other_, "ar");
  const std::string arabic = Waiting("ar");
  const std::string french = Waiting("");
  EXPECT_EQ(NextName(mrl_), french);
  EXPECT_EQ(NextName(other_), arabic);
}

TEST_F(SkillsTest, OnceItsTargetHasPassedItIsInItsPlaceAgain) {
  OnShift(mrl_, "");
  OnShift(other_, "ar");
  const std::string arabic = Waiting("ar");
  Waiting("");
  clock_.SetNow(ToInstant(Get(arabic).wait_target_time()));
  EXPECT_EQ(NextName(mrl_), arabic);
}

// An idle doctor helps who waits: an interpreter is on the line, a colleague is not.
TEST_F(SkillsTest, NobodyIsSentAwayWhileSomebodyWaits) {
  OnShift(mrl_, "");
  OnShift(other_, "ar");
  const std::string first = Waiting("ar");
  Waiting("ar");
  EXPECT_EQ(NextName(mrl_), first);
}

TEST_F(SkillsTest, WhoIsAskedByNameTakesItAtOnce) {
  OnShift(mrl_, "");
  OnShift(other_, "ar");
  EXPECT_THAT(Claim(mrl_, Waiting("ar")), IsOk());
}

// Invariant I4: nobody of a lower band comes first because somebody of a higher one is left.
TEST_F(SkillsTest, BandsNeverOvertakeOneAnother) {
  OnShift(mrl_, "");
  OnShift(other_, "ar");
  const std::string arabic = Waiting("ar");
  v1::PrioritizeRegulationCaseRequest promise;
  promise.set_name(Waiting(""));
  promise.set_priority(v1::PRIORITY_P3);
  promise.set_etag(Get(promise.name()).etag());
  promise.set_reason("report accepté");
  *promise.mutable_callback()->mutable_window_start_time() = ToTimestamp(clock_.Now());
  *promise.mutable_callback()->mutable_window_end_time() =
      ToTimestamp(clock_.Now() + std::chrono::hours(1));
  promise.mutable_callback()->set_consent(true);
  ASSERT_THAT(Ask(mrl_, &Stub::PrioritizeRegulationCase, promise), IsOk());
  EXPECT_EQ(NextName(mrl_), arabic);
}

TEST_F(SkillsTest, H03_WhoIsUrgentIsTakenByWhoeverIsThere) {
  OnShift(mrl_, "");
  OnShift(other_, "ar");
  for (const v1::Priority priority : {v1::PRIORITY_P0, v1::PRIORITY_P1}) {
    const std::string urgent = Waiting("ar", priority, "M03.14");
    EXPECT_EQ(NextName(mrl_), urgent);
  }
}

TEST_F(SkillsTest, OnlyAColleagueWhoIsThereCounts) {
  const std::string first = Waiting("ar");
  EXPECT_EQ(NextName(mrl_), first) << "no roster, no rule";
  OnShift(mrl_, "");
  OnShift(other_, "ar", false);
  const std::string second = Waiting("ar");
  EXPECT_EQ(NextName(mrl_), second) << "he has not signed in";
  OnShift(testing::ActorWith(base::Role::kRegulatorMg, "mrl-3"), "ar", true, "44");
  OnShift(testing::ActorWith(base::Role::kRegulatorAmu, "mru-3"), "ar");
  const std::string third = Waiting("ar");
  EXPECT_EQ(NextName(mrl_), third) << "elsewhere, or of the other chain";
}

TEST_F(SkillsTest, WhoHasNoShiftHasNoSkill) {
  OnShift(other_, "ar");
  const std::string arabic = Waiting("ar");
  const std::string french = Waiting("");
  EXPECT_EQ(NextName(mrl_), french);
  EXPECT_EQ(NextName(other_), arabic);
}

}  // namespace
}  // namespace sas::regulation
