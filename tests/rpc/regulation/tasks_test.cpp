#include <functional>
#include <utility>

#include "tests/rpc/regulation/task_fixture.h"

// Tasks: asked, taken, given on, closed, handed to a regulator.
namespace sas::regulation {
namespace {

using base::Role;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Pair = std::pair<std::string, std::string>;

class Tasks : public TaskTest {};

TEST_F(Tasks, S3_19_FromTheRegulatorToTheSecretaryAndBackWithItsResult) {
  const v1::CareTask task = Created(NewTask());
  EXPECT_EQ(task.state(), v1::CareTask::STATE_OPEN);
  EXPECT_EQ(task.created_by().subject(), "mrl-1");
  EXPECT_THAT(CloseTask(secretary_, task),
              StatusIs(absl::StatusCode::kFailedPrecondition, "TASK_NOT_TAKEN"));
  const auto taken = Take(secretary_, task.name());
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::CareTask::STATE_TAKEN);
  EXPECT_EQ(taken->owner().subject(), "sec-1");
  const auto done = CloseTask(secretary_, *taken);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::CareTask::STATE_DONE);
  const auto read = Task(mrl_, task.name());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->end().result(), "Patient joint, rassuré");
  EXPECT_EQ(read->end().ended_by().subject(), "sec-1");
  EXPECT_THAT(EventTypes(), ElementsAre("task.created", "task.taken", "task.closed"));
  EXPECT_THAT(Listed(mrl_), IsEmpty());
  EXPECT_THAT(Take(secretary_, task.name()), ReasonIs("TASK_ENDED"));
}

TEST_F(Tasks, S3_19_OneOwnerAndTheOtherHearsWho) {
  const v1::CareTask task = Created(NewTask());
  ASSERT_THAT(Take(secretary_, task.name()), IsOk());
  const auto second = Take(Of(Role::kSecretariat, "sec-2"), task.name());
  ASSERT_THAT(second, StatusIs(absl::StatusCode::kAborted, "ALREADY_TAKEN"));
  EXPECT_THAT(base::DetailOf(second.status()).metadata, Contains(Pair("owner", "sec-1")));
  const auto again = Take(secretary_, task.name());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->etag(), Task(mrl_, task.name())->etag());
}

TEST_F(Tasks, S3_19_TheNurseGivesItOnAndTheHistoryStays) {
  const v1::CareTask task = Created(NewTask());
  const auto taken = Take(secretary_, task.name());
  ASSERT_THAT(taken, IsOk());
  const auto given = Delegate(nurse_, *taken, sas::type::v1::ROLE_MEDICAL_ASSISTANT, "am-1");
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->state(), v1::CareTask::STATE_OPEN);
  EXPECT_FALSE(given->has_owner());
  ASSERT_EQ(given->delegations_size(), 1);
  const v1::TaskDelegation& history = given->delegations(0);
  EXPECT_EQ(history.delegated_by().subject(), "idec-1");
  EXPECT_EQ(history.from_person(), "sec-1");
  EXPECT_EQ(history.from_role(), sas::type::v1::ROLE_SECRETARIAT);
  EXPECT_EQ(history.to_organization(), "msp-challans");
  EXPECT_THAT(Take(secretary_, task.name()), ReasonIs("TASK_FOR_ANOTHER"));
  EXPECT_THAT(Take(assistant_, task.name()), IsOk());
}

TEST_F(Tasks, S3_19_IsGivenOnTwentyTimesAtMost) {
  v1::CareTask task = Created(NewTask());
  for (int i = 0; i < kTaskDelegationsMax; ++i) {
    const auto given = Delegate(nurse_, task, sas::type::v1::ROLE_SECRETARIAT);
    ASSERT_THAT(given, IsOk());
    task = *given;
  }
  EXPECT_THAT(Delegate(nurse_, task, sas::type::v1::ROLE_SECRETARIAT),
              StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_DELEGATIONS"));
}

TEST_F(Tasks, S3_19_JudgementIsNotGivenToAnAssistant) {
  const v1::CareTask task =
      Created(NewTask(v1::CareTask::KIND_FOLLOW_UP, sas::type::v1::ROLE_COORDINATING_NURSE));
  EXPECT_THAT(Delegate(nurse_, task, sas::type::v1::ROLE_MEDICAL_ASSISTANT),
              StatusIs(absl::StatusCode::kPermissionDenied, "MEDICAL_JUDGEMENT_REQUIRED"));
  EXPECT_THAT(Create(mrl_, NewTask(v1::CareTask::KIND_FOLLOW_UP)),
              ReasonIs("MEDICAL_JUDGEMENT_REQUIRED"));
  const auto taken = Take(nurse_, task.name());
  ASSERT_THAT(taken, IsOk());
  EXPECT_THAT(CloseTask(nurse_, *taken, "Va mieux, apyrétique"), IsOk());
}

TEST_F(Tasks, S3_19_IsTakenBackByWhoAsked) {
  const auto asked = Create(arm_, NewTask());
  ASSERT_THAT(asked, IsOk());
  EXPECT_THAT(Cancel(secretary_, *asked), ReasonIs("NOT_TASK_CREATOR"));
  const auto cancelled = Cancel(arm_, *asked);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), v1::CareTask::STATE_CANCELLED);
  EXPECT_EQ(cancelled->end().reason(), "Le patient a rappelé de lui-même");
}

TEST_F(Tasks, S3_19_SoonestDueFirstByStructureRoleAndPerson) {
  v1::CareTask later = NewTask();
  *later.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(3));
  const std::string third = Created(later).name();
  const std::string first = Created(NewTask()).name();
  v1::CareTask of_osnp = NewTask(v1::CareTask::KIND_CALL_BACK, sas::type::v1::ROLE_OSNP);
  of_osnp.clear_organization();
  *of_osnp.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(2));
  const std::string second = Created(of_osnp).name();
  EXPECT_THAT(Listed(mrl_), ElementsAre(first, second, third));
  EXPECT_THAT(Listed(nurse_), ElementsAre(first, third));
  v1::ListTasksRequest by_role;
  by_role.set_role(sas::type::v1::ROLE_OSNP);
  EXPECT_THAT(Listed(mrl_, by_role), ElementsAre(second));
  v1::ListTasksRequest by_structure;
  by_structure.set_organization("msp-challans");
  EXPECT_THAT(Listed(arm_, by_structure), ElementsAre(first, third));
  ASSERT_THAT(Take(secretary_, third), IsOk());
  v1::ListTasksRequest mine;
  mine.set_mine(true);
  EXPECT_THAT(Listed(secretary_, mine), ElementsAre(third));
  v1::ListTasksRequest page;
  page.set_parent("regions/fr-pdl");
  page.set_page_size(2);
  const auto one = AskTasks(mrl_, &TaskStub::ListTasks, page);
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(one->tasks_size(), 2);
  page.set_page_token(one->next_page_token());
  const auto two = AskTasks(mrl_, &TaskStub::ListTasks, page);
  ASSERT_THAT(two, IsOk());
  ASSERT_EQ(two->tasks_size(), 1);
  EXPECT_EQ(two->tasks(0).name(), third);
  EXPECT_EQ(two->next_page_token(), "");
}

TEST_F(Tasks, S3_19_IsOverdueAtItsHour) {
  const v1::CareTask task = Created(NewTask());
  EXPECT_FALSE(task.overdue());
  clock_.Advance(std::chrono::hours(1));
  const auto late = Task(mrl_, task.name());
  ASSERT_THAT(late, IsOk());
  EXPECT_TRUE(late->overdue());
  ASSERT_THAT(Cancel(mrl_, *late), IsOk());
  EXPECT_FALSE(Task(mrl_, task.name())->overdue());
}

TEST_F(Tasks, S3_20_TheNurseClosesWhatTheProtocolLeavesToHer) {
  const std::string version = InForce("delegation-infirmiere", "85-lvo");
  const v1::CareTask task = Created(NewAct());
  const auto taken = Take(ipa_, task.name());
  ASSERT_THAT(taken, IsOk());
  const auto done = CloseTask(ipa_, *taken, "Plaie propre, pansement refait");
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->end().protocol(), version);
}

TEST_F(Tasks, S3_20_WhatIsNotDelegatedIsRefusedAndNamesWhoMay) {
  InForce("delegation-infirmiere", "85-lvo");
  const auto refused = [&](const v1::CareTask& asked, const base::Actor& actor,
                           const std::string& why) {
    const v1::CareTask task = Created(asked);
    const auto taken = Take(actor, task.name());
    ASSERT_THAT(taken, IsOk());
    const auto closed = CloseTask(actor, *taken);
    ASSERT_THAT(closed, StatusIs(absl::StatusCode::kPermissionDenied, "ACT_NOT_DELEGATED"));
    EXPECT_THAT(base::DetailOf(closed.status()).metadata, Contains(Pair("why", why)));
    EXPECT_THAT(base::DetailOf(closed.status()).metadata,
                Contains(Pair("who", "médecin, specialised_nurse, coordinating_nurse (60)")));
  };
  v1::CareTask child = NewAct();
  child.mutable_facts()->mutable_age()->set_value(2);
  refused(child, ipa_, "PATIENT");
  v1::CareTask unknown = NewAct();
  unknown.mutable_facts()->clear_age();
  refused(unknown, ipa_, "PATIENT");
  v1::CareTask fever = NewAct();
  fever.mutable_facts()->set_motif_code("M03.14");
  refused(fever, ipa_, "MOTIF");
  refused(NewAct(), Of(Role::kSpecialisedNurse, "asalee", "msp-challans", "70"), "PROFESSION");
  // Nor may it be asked of somebody who could not close it.
  v1::CareTask assistant = NewAct();
  assistant.set_role(sas::type::v1::ROLE_MEDICAL_ASSISTANT);
  EXPECT_THAT(Create(mrl_, assistant), ReasonIs("ACT_NOT_DELEGATED"));
  EXPECT_THAT(Delegate(nurse_, Created(NewAct()), sas::type::v1::ROLE_MEDICAL_ASSISTANT),
              ReasonIs("ACT_NOT_DELEGATED"));
}

TEST_F(Tasks, S3_20_TheDossiersWordOnMotifAndAgeWins) {
  InForce("delegation-infirmiere", "85-lvo");
  v1::CareTask asked = NewAct();
  asked.set_regulation_case(Open("M03.14").name());
  const v1::CareTask task = Created(asked);
  EXPECT_NE(task.patient(), "");
  const auto taken = Take(ipa_, task.name());
  ASSERT_THAT(taken, IsOk());
  EXPECT_THAT(CloseTask(ipa_, *taken), ReasonIs("ACT_NOT_DELEGATED"));
}

TEST_F(Tasks, S3_20_ADoctorClosesAnyActByHimself) {
  InForce("delegation-infirmiere", "85-lvo");
  v1::CareTask child = NewAct();
  child.mutable_facts()->mutable_age()->set_value(2);
  const v1::CareTask task = Created(child);
  const base::Actor doctor = Of(Role::kEffecteur, "dr-1", "msp-challans", "10");
  const auto taken = Take(doctor, task.name());
  ASSERT_THAT(taken, IsOk());
  const auto done = CloseTask(doctor, *taken);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->end().protocol(), "");
}

TEST_F(Tasks, S3_20_NothingIsDelegatedWithoutASignedProtocol) {
  Write("d.json", Demo("delegation-infirmiere"));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Create(mrl_, NewAct()), ReasonIs("NO_PROTOCOL_IN_FORCE"));
  v1::CareTask asks_questions = NewAct();
  InForce("fievre-nourrisson");
  asks_questions.set_protocol("regions/fr-pdl/scopes/85/protocols/fievre-nourrisson");
  EXPECT_THAT(Create(mrl_, asks_questions), ReasonIs("NOT_A_DELEGATION"));
}

TEST_F(Tasks, S3_09_EscalationOpensADossierThatWaitsAndTheSecretaryHearsWhoHasIt) {
  const v1::CareTask task = Created(NewTask());
  v1::EscalateTaskRequest request = Escalation(task.name());
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::EscalateTask, request), ReasonIs("CASE_REQUIRED"));
  *request.mutable_new_case() = SecretaryCase();
  const auto escalated = AskTasks(secretary_, &TaskStub::EscalateTask, request);
  ASSERT_THAT(escalated, IsOk());
  EXPECT_EQ(escalated->state(), v1::CareTask::STATE_ESCALATED);
  EXPECT_TRUE(escalated->escalation().opened());
  EXPECT_EQ(escalated->escalation().state(), v1::TaskEscalation::STATE_WAITING);
  const std::string name = escalated->escalation().regulation_case();
  const v1::RegulationCase dossier = Get(name);
  EXPECT_EQ(dossier.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_EQ(dossier.attribution(), "");
  ASSERT_TRUE(dossier.has_wait_start_time());
  EXPECT_EQ(ToInstant(dossier.wait_alarm_time()) - ToInstant(dossier.wait_start_time()),
            RuleOf(Priority::kUnspecified).wait_alarm);
  ASSERT_THAT(Prioritize(arm_, name, v1::PRIORITY_P2), IsOk());
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto heard = Task(secretary_, task.name());
  ASSERT_THAT(heard, IsOk());
  EXPECT_EQ(heard->escalation().state(), v1::TaskEscalation::STATE_TAKEN);
  EXPECT_EQ(heard->escalation().taken_by().subject(), "mrl-1");
  EXPECT_EQ(heard->escalation().taken_by().role(), sas::type::v1::ROLE_REGULATOR_MG);
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_EQ(Task(secretary_, task.name())->escalation().state(),
            v1::TaskEscalation::STATE_ANSWERED);
}

TEST_F(Tasks, S3_09_EscalationUnsetsEveryPriorityButTheMostUrgent) {
  const auto after = [&](v1::Priority priority) {
    v1::CareTask asked = NewTask();
    asked.set_regulation_case(Prioritized(priority).name());
    const auto escalated =
        AskTasks(secretary_, &TaskStub::EscalateTask, Escalation(Created(asked).name()));
    EXPECT_THAT(escalated, IsOk());
    EXPECT_FALSE(escalated->escalation().opened());
    return Get(asked.regulation_case());
  };
  EXPECT_EQ(after(v1::PRIORITY_P0).priority(), v1::PRIORITY_P0);
  EXPECT_EQ(after(v1::PRIORITY_P1).priority(), v1::PRIORITY_P1);
  EXPECT_EQ(after(v1::PRIORITY_P2).priority(), v1::PRIORITY_UNSPECIFIED);
  const v1::RegulationCase promised = after(v1::PRIORITY_P3);
  EXPECT_EQ(promised.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_FALSE(promised.has_callback());
  EXPECT_LE(ToInstant(promised.wait_alarm_time()) - ToInstant(promised.wait_start_time()),
            RuleOf(Priority::kUnspecified).wait_alarm);
  EXPECT_EQ(promised.notes(promised.notes_size() - 1).text(),
            "Demande de régulation : Essoufflé au téléphone");
  EXPECT_TRUE(after(v1::PRIORITY_NR).has_wait_start_time());
}

TEST_F(Tasks, S3_09_ADossierThatIsDecidedWaitsAgain) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_FALSE(Get(name).has_wait_start_time());
  v1::CareTask asked = NewTask();
  asked.set_regulation_case(name);
  v1::EscalateTaskRequest request = Escalation(Created(asked).name());
  *request.mutable_new_case() = SecretaryCase();
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::EscalateTask, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CASE_EXISTS"));
  request.clear_new_case();
  ASSERT_THAT(AskTasks(secretary_, &TaskStub::EscalateTask, request), IsOk());
  EXPECT_TRUE(Get(name).has_wait_start_time());
  EXPECT_THAT(EventTypes(), Contains("case.escalated"));
}

TEST_F(Tasks, S3_09_ARepeatedEscalationIsOne) {
  v1::EscalateTaskRequest request = Escalation(Created(NewTask()).name());
  *request.mutable_new_case() = SecretaryCase();
  request.set_request_id("once");
  const auto first = AskTasks(secretary_, &TaskStub::EscalateTask, request);
  const auto second = AskTasks(secretary_, &TaskStub::EscalateTask, request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  request.set_reason("autre");
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::EscalateTask, request),
              ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(Tasks, S3_19_TextsAndTimesAreBounded) {
  const auto with = [&](const std::function<void(v1::CareTask&)>& change) {
    v1::CareTask task = NewTask();
    change(task);
    return Create(mrl_, task);
  };
  EXPECT_THAT(with([](auto& t) { t.clear_kind(); }), ReasonIs("TASK_KIND_REQUIRED"));
  EXPECT_THAT(with([](auto& t) { t.clear_instruction(); }), ReasonIs("TEXT_REQUIRED"));
  EXPECT_THAT(with([](auto& t) { t.set_instruction(std::string(300, 'a')); }), IsOk());
  EXPECT_THAT(with([](auto& t) { t.set_instruction(std::string(301, 'a')); }),
              ReasonIs("TEXT_TOO_LONG"));
  EXPECT_THAT(with([](auto& t) { t.set_person(std::string(65, 'a')); }), ReasonIs("TEXT_TOO_LONG"));
  EXPECT_THAT(with([](auto& t) { t.clear_due_time(); }), ReasonIs("INVALID_DUE_TIME"));
  EXPECT_THAT(with([](auto& t) { t.clear_organization(); }), ReasonIs("ORGANIZATION_REQUIRED"));
  EXPECT_THAT(with([](auto& t) { t.set_role(sas::type::v1::ROLE_OSNP); }),
              ReasonIs("ORGANIZATION_FORBIDDEN"));
  EXPECT_THAT(with([](auto& t) { t.set_role(sas::type::v1::ROLE_PLANNER); }),
              ReasonIs("ROLE_TAKES_NO_TASK"));
  EXPECT_THAT(with([](auto& t) { t.set_kind(v1::CareTask::KIND_ESCALATION); }),
              ReasonIs("ESCALATION_IS_AN_ACT"));
  EXPECT_THAT(with([](auto& t) { t.set_act_code("X"); }), ReasonIs("ACT_FORBIDDEN"));
  EXPECT_THAT(with([](auto& t) { t.set_kind(v1::CareTask::KIND_DELEGATED_ACT); }),
              ReasonIs("ACT_REQUIRED"));
  EXPECT_THAT(with([](auto& t) { t.set_etag("x"); }), ReasonIs("OUTPUT_ONLY_FIELD"));
  EXPECT_THAT(with([](auto& t) { t.set_territory("44"); }), IsOk());
  EXPECT_THAT(with([&](auto& t) {
                t.set_territory("44");
                t.set_regulation_case(Open().name());
              }),
              ReasonIs("OTHER_TERRITORY"));
  EXPECT_THAT(with([](auto& t) { t.set_regulation_case("regions/fr-naq/cases/a"); }),
              ReasonIs("OTHER_REGION"));
  EXPECT_THAT(with([](auto& t) { t.set_patient("regions/fr-pdl/cases/a/patients/b"); }),
              ReasonIs("PATIENT_NOT_IN_CASE"));
}

}  // namespace
}  // namespace sas::regulation
