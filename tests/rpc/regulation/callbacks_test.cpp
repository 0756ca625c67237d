#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Whoever was promised a call is called, and three calls that reach nobody are a regulator's
// (hazard H-13).
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Came = v1::CallReturn;

constexpr auto kFailed = v1::BoardCard::ALARM_CALLBACK_FAILED;

class Callbacks : public RegulationTest {
 protected:
  absl::StatusOr<v1::RegulationCase> Called(const base::Actor& actor, const std::string& name,
                                            Came::Result result = Came::RESULT_NO_ANSWER) {
    v1::RecordCallbackAttemptRequest request;
    request.set_name(name);
    request.set_result(result);
    return Ask(actor, &Stub::RecordCallbackAttempt, request);
  }

  // A promise whose three calls, each when it was due, reached nobody.
  v1::RegulationCase CalledInVain() {
    const std::string name = Prioritized(v1::PRIORITY_P3).name();
    EXPECT_THAT(Called(arm_, name), IsOk());
    clock_.Advance(minutes(5));
    EXPECT_THAT(Called(arm_, name, Came::RESULT_BUSY), IsOk());
    clock_.Advance(minutes(10));
    const auto third = Called(arm_, name, Came::RESULT_VOICEMAIL);
    EXPECT_THAT(third, IsOk());
    EXPECT_TRUE(third->callback().decision_due());
    return third.value_or(v1::RegulationCase());
  }

  std::string Next(const base::Actor& actor) {
    v1::ClaimNextRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    return Ask(actor, &Stub::ClaimNextRegulationCase, request)->name();
  }

  absl::StatusOr<v1::RegulationCase> Lower(const base::Actor& actor, const std::string& name,
                                           v1::Priority priority) {
    v1::PrioritizeRegulationCaseRequest request;
    request.set_name(name);
    request.set_priority(priority);
    request.set_etag(Get(name).etag());
    request.set_reason("réévalué");
    if (priority == v1::PRIORITY_P3) {
      v1::CallbackPromise& promise = *request.mutable_callback();
      promise.set_consent(true);
      *promise.mutable_window_start_time() = ToTimestamp(clock_.Now());
      *promise.mutable_window_end_time() = ToTimestamp(clock_.Now() + hours(1));
    }
    return Ask(actor, &Stub::PrioritizeRegulationCase, request);
  }

  std::string Decided() {
    const std::string name = Prioritized(v1::PRIORITY_P2).name();
    EXPECT_THAT(Claim(mrl_, name), IsOk());
    EXPECT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
    return name;
  }

  // By the regulator who has decided, and has the dossier still.
  std::string PromisedAfterDecision() {
    const std::string name = Decided();
    EXPECT_THAT(Lower(mrl_, name, v1::PRIORITY_P3), IsOk());
    return name;
  }

  bool IsOwed(const std::string& name) { return Get(name).callback().decision_due(); }

  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

TEST_F(Callbacks, H13_CallsCountWhenTheyAreDueAndTheThirdIsARegulators) {
  const v1::RegulationCase promised = Prioritized(v1::PRIORITY_P3);
  const std::string name = promised.name();
  EXPECT_EQ(promised.callback().attempts_size(), 0);
  EXPECT_EQ(ToInstant(promised.callback().next_attempt_time()),
            ToInstant(promised.callback().window_start_time()));
  const auto first = Called(arm_, name);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->callback().attempt_count(), 1);
  EXPECT_TRUE(first->callback().attempts(0).counted());
  EXPECT_EQ(first->callback().attempts(0).called_by().subject(), "arm-1");
  EXPECT_EQ(ToInstant(first->callback().next_attempt_time()),
            ToInstant(first->callback().attempts(0).call_time()) + minutes(5));
  const auto impatient = Called(mrl_, name);
  ASSERT_THAT(impatient, IsOk());
  EXPECT_EQ(impatient->callback().attempt_count(), 1);  // Kept, not counted.
  EXPECT_EQ(impatient->callback().attempts_size(), 2);
  EXPECT_FALSE(impatient->callback().attempts(1).counted());
  clock_.Advance(minutes(5));
  ASSERT_THAT(Called(arm_, name), IsOk());
  EXPECT_FALSE(IsOwed(name));
  clock_.Advance(minutes(10));
  const auto third = Called(arm_, name);
  ASSERT_THAT(third, IsOk());
  EXPECT_TRUE(third->callback().decision_due());
  EXPECT_FALSE(third->callback().has_next_attempt_time());
  EXPECT_TRUE(third->has_wait_start_time());
  EXPECT_EQ(ToInstant(third->wait_alarm_time()),
            ToInstant(third->callback().attempts(3).call_time()));
  EXPECT_EQ(third->priority(), v1::PRIORITY_P3);  // Software raises nothing.
}

TEST_F(Callbacks, H13_BeforeItsWindowNobodyIsCalledForNothing) {
  v1::PrioritizeRegulationCaseRequest request;
  request.set_name(Open().name());
  request.set_priority(v1::PRIORITY_P3);
  request.set_filiere(sas::type::v1::FILIERE_SNP);
  request.mutable_callback()->set_consent(true);
  *request.mutable_callback()->mutable_window_start_time() = ToTimestamp(clock_.Now() + hours(1));
  *request.mutable_callback()->mutable_window_end_time() = ToTimestamp(clock_.Now() + hours(2));
  request.mutable_callback()->set_decision_due(true);  // Not theirs to say.
  request.mutable_callback()->add_attempts()->set_counted(true);
  const auto promised = Ask(arm_, &Stub::PrioritizeRegulationCase, request);
  ASSERT_THAT(promised, IsOk());
  EXPECT_FALSE(promised->callback().decision_due());
  EXPECT_EQ(promised->callback().attempts_size(), 0);
  EXPECT_EQ(Called(arm_, request.name())->callback().attempt_count(), 0);
  clock_.Advance(hours(1));
  EXPECT_EQ(Called(arm_, request.name())->callback().attempt_count(), 1);
}

TEST_F(Callbacks, H13_AWrongNumberIsARegulatorsAtOnceAndRanksAsIfItHadFallenDue) {
  const std::string p2 = Prioritized(v1::PRIORITY_P2).name();
  const std::string name = Prioritized(v1::PRIORITY_P3).name();
  const auto wrong = Called(arm_, name, Came::RESULT_WRONG_NUMBER);
  ASSERT_THAT(wrong, IsOk());
  EXPECT_EQ(wrong->callback().attempt_count(), 0);
  EXPECT_TRUE(wrong->callback().decision_due());
  EXPECT_GT(ToInstant(wrong->callback().window_end_time()),
            clock_.Now());      // Half an hour too soon.
  EXPECT_EQ(Next(mrl_), name);  // Before a P2, as a promise past its window.
  EXPECT_NE(p2, name);
}

TEST_F(Callbacks, H13_ItIsLoudForEverybodyUntilARegulatorHasDecided) {
  const std::string name = CalledInVain().name();
  const auto screen = OpenBoard(*server_, supervisor_, BoardOf());
  ASSERT_TRUE(screen->Next());
  EXPECT_TRUE(screen->Alarmed(name, kFailed));
  EXPECT_FALSE(screen->Alarmed(name, v1::BoardCard::ALARM_CALLBACK_DUE));
  EXPECT_EQ(screen->cards[name].column(), v1::BoardCard::COLUMN_TO_TAKE);
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_TRUE(screen->NextUntil([&] { return !screen->cards[name].owner().empty(); }));
  EXPECT_TRUE(screen->Alarmed(name, kFailed));  // Whoever has it.
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_TRUE(screen->NextUntil([&] { return !screen->Alarmed(name, kFailed); }));
  EXPECT_FALSE(Get(name).has_callback());
  EXPECT_THAT(Called(arm_, name),
              StatusIs(absl::StatusCode::kFailedPrecondition, "NO_CALLBACK_PROMISED"));
  screen->Leave();
}

// Raises pass; whatever would put the dossier off or end it is a regulator's.
TEST_F(Callbacks, H13_NobodyElseEndsIt) {
  const std::string name = CalledInVain().name();
  const auto needs_regulator = StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED");
  EXPECT_THAT(Prioritize(arm_, name, v1::PRIORITY_P3), needs_regulator);
  EXPECT_THAT(Prioritize(arm_, name, v1::PRIORITY_NR), needs_regulator);
  ASSERT_THAT(Called(arm_, name, Came::RESULT_REACHED), IsOk());
  EXPECT_TRUE(IsOwed(name));
  v1::AttachCallRequest again;
  again.set_name(name);
  again.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, again), IsOk());
  EXPECT_TRUE(IsOwed(name));
  ASSERT_THAT(Prioritize(arm_, name, v1::PRIORITY_P2), IsOk());
  EXPECT_TRUE(IsOwed(name));
  v1::EscalateTaskRequest ask;
  v1::CreateTaskRequest create;
  create.set_parent("regions/fr-pdl");
  create.mutable_task()->set_kind(v1::CareTask::KIND_CALL_BACK);
  create.mutable_task()->set_territory("85");
  create.mutable_task()->set_instruction("Rappeler");
  create.mutable_task()->set_role(sas::type::v1::ROLE_ARM);
  create.mutable_task()->set_regulation_case(name);
  *create.mutable_task()->mutable_due_time() = ToTimestamp(clock_.Now() + hours(1));
  ask.set_name(AskTasks(arm_, &v1::TaskService::Stub::CreateTask, create)->name());
  ask.set_reason("essoufflé");
  ASSERT_THAT(AskTasks(arm_, &v1::TaskService::Stub::EscalateTask, ask), IsOk());
  EXPECT_TRUE(IsOwed(name));
  EXPECT_EQ(Get(name).priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_THAT(Prioritize(arm_, name, v1::PRIORITY_NR), needs_regulator);
  v1::LaunchReflexDepartureRequest launch;
  launch.set_name(name);
  launch.add_resource_codes("SMUR.ADULT");
  ASSERT_THAT(Ask(arm_, &Stub::LaunchReflexDeparture, launch), IsOk());
  EXPECT_TRUE(IsOwed(name));
  EXPECT_TRUE(Get(name).has_wait_start_time());
}

TEST_F(Callbacks, H13_WhatIsPromisedAfterADecisionWaitsUntilARegulatorHasDoneIt) {
  const std::string name = PromisedAfterDecision();
  EXPECT_TRUE(Get(name).has_wait_start_time());
  EXPECT_EQ(ToInstant(Get(name).wait_alarm_time()),
            ToInstant(Get(name).callback().window_end_time()));
  v1::ReleaseRegulationCaseRequest release;
  release.set_name(name);
  ASSERT_THAT(Ask(mrl_, &Stub::ReleaseRegulationCase, release), IsOk());
  for (const base::Actor& actor : {arm_, supervisor_}) {
    EXPECT_THAT(Complete(actor, name), ReasonIs("REGULATOR_REQUIRED"));
  }
  EXPECT_EQ(Next(mrl_), name);
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_FALSE(Get(name).has_wait_start_time());
  EXPECT_THAT(Complete(arm_, name), IsOk());
}

TEST_F(Callbacks, H13_WhatIsPromisedOnACompletedDossierOpensIt) {
  const std::string name = Decided();
  ASSERT_THAT(Complete(arm_, name), IsOk());
  ASSERT_THAT(Lower(mrl_, name, v1::PRIORITY_P3), IsOk());
  EXPECT_EQ(Get(name).state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_FALSE(Get(name).has_close_time());
  EXPECT_EQ(Next(mrl_), name);
}

TEST_F(Callbacks, H13_ADecidedDossierWithSuchAPromiseIsCompletedByARegulator) {
  const std::string name = PromisedAfterDecision();
  ASSERT_THAT(Called(arm_, name, Came::RESULT_WRONG_NUMBER), IsOk());
  EXPECT_TRUE(Get(name).has_wait_start_time());
  for (const base::Actor& actor : {arm_, supervisor_}) {
    EXPECT_THAT(Complete(actor, name), ReasonIs("REGULATOR_REQUIRED"));
  }
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  EXPECT_FALSE(Get(name).has_callback());
}

TEST_F(Callbacks, H13_ARegulatorPromisesAnewSetsAPriorityOrReachesHim) {
  const std::string promised = CalledInVain().name();
  const auto anew = Prioritize(mrl_, promised, v1::PRIORITY_P3);
  ASSERT_THAT(anew, IsOk());
  EXPECT_FALSE(anew->callback().decision_due());
  EXPECT_EQ(anew->callback().attempt_count(), 0);
  EXPECT_EQ(anew->callback().attempts_size(), 0);

  const std::string raised = CalledInVain().name();
  ASSERT_THAT(Prioritize(mrl_, raised, v1::PRIORITY_P1), IsOk());
  EXPECT_FALSE(Get(raised).has_callback());

  const std::string hoax = CalledInVain().name();
  ASSERT_THAT(Lower(mrl_, hoax, v1::PRIORITY_NR), IsOk());
  EXPECT_FALSE(Get(hoax).has_callback());

  const std::string reached = CalledInVain().name();
  const auto spoke = Called(mrl_, reached, Came::RESULT_REACHED);
  ASSERT_THAT(spoke, IsOk());
  EXPECT_FALSE(spoke->callback().decision_due());
  EXPECT_EQ(spoke->callback().attempt_count(), 0);  // Calls are counted anew.
}

TEST_F(Callbacks, H13_WhoHasItGoesOnWhenTheCallerIsReached) {
  const std::string name = Prioritized(v1::PRIORITY_P3).name();
  ASSERT_THAT(Called(arm_, name), IsOk());
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto reached = Called(mrl_, name, Came::RESULT_REACHED);
  ASSERT_THAT(reached, IsOk());
  EXPECT_EQ(reached->claim().owner().subject(), "mrl-1");
  EXPECT_EQ(reached->callback().attempts_size(), 2);
  EXPECT_FALSE(reached->callback().decision_due());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_FALSE(Get(name).has_callback());
}

TEST_F(Callbacks, H13_OneRequestIsOneCallAndOthersAreRefused) {
  const std::string name = Prioritized(v1::PRIORITY_P3).name();
  v1::RecordCallbackAttemptRequest request;
  request.set_name(name);
  request.set_result(Came::RESULT_NO_ANSWER);
  request.set_request_id("call-1");
  const auto first = Ask(arm_, &Stub::RecordCallbackAttempt, request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Ask(arm_, &Stub::RecordCallbackAttempt, request)->SerializeAsString(),
            first->SerializeAsString());
  EXPECT_EQ(Get(name).callback().attempts_size(), 1);
  EXPECT_THAT(Called(arm_, name, Came::RESULT_UNSPECIFIED), ReasonIs("OUTCOME_REQUIRED"));
  EXPECT_THAT(Called(arm_, Prioritized(v1::PRIORITY_P2).name()),
              StatusIs(absl::StatusCode::kFailedPrecondition, "NO_CALLBACK_PROMISED"));
  EXPECT_THAT(Called(osnp_, name), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Called(arm_, "regions/fr-pdl/cases/unknown"), ReasonIs("CASE_NOT_FOUND"));
  for (int i = 0; i < 25; ++i) ASSERT_THAT(Called(arm_, name), IsOk());
  EXPECT_EQ(Get(name).callback().attempts_size(), 20);
}

}  // namespace
}  // namespace sas::regulation
