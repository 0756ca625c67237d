#include "services/regulation/domain/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using base::Role;
using ::testing::Contains;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

base::Actor Who(Role role, const std::string& organization = "",
                const std::string& subject = "me") {
  base::Actor actor;
  actor.subject = subject;
  actor.role = role;
  actor.organization = organization;
  return actor;
}

// Asked of the secretariat of msp-challans by somebody else.
TaskValue Task(TaskKind kind = TaskKind::kCallBack) {
  TaskValue task;
  task.kind = kind;
  task.state = TaskState::kOpen;
  task.role = Role::kSecretariat;
  task.organization = "msp-challans";
  task.creator = "arm-1";
  return task;
}

TaskValue TakenBy(const std::string& subject, TaskKind kind = TaskKind::kCallBack) {
  TaskValue task = Task(kind);
  task.state = TaskState::kTaken;
  task.owner = subject;
  task.owner_role = Role::kSecretariat;
  return task;
}

TEST(TaskSight, S3_19_PeopleOfAStructureSeeItsTasksAndTheirOwn) {
  for (const Role role : {Role::kCoordinatingNurse, Role::kMedicalAssistant,
                          Role::kSpecialisedNurse, Role::kSecretariat, Role::kEffecteur}) {
    EXPECT_TRUE(Sees(Task(), Who(role, "msp-challans")));
    EXPECT_THAT(CheckSees(Task(), Who(role, "msp-palluau")),
                StatusIs(absl::StatusCode::kPermissionDenied, "OTHER_STRUCTURE"));
    EXPECT_FALSE(Sees(Task(), Who(role)));  // Without a structure in the credentials.
  }
  EXPECT_TRUE(Sees(Task(), Who(Role::kSecretariat, "msp-palluau", "arm-1")));  // Has asked it.
  EXPECT_TRUE(Sees(TakenBy("me"), Who(Role::kSpecialisedNurse)));
  TaskValue personal = Task();
  personal.person = "me";
  EXPECT_TRUE(Sees(personal, Who(Role::kSpecialisedNurse)));
  TaskValue of_crra = Task();
  of_crra.organization.clear();
  EXPECT_FALSE(Sees(of_crra, Who(Role::kCoordinatingNurse)));  // No structure is not one's own.
  EXPECT_TRUE(Sees(Task(), Who(Role::kArm)));
}

TEST(TaskSight, AStructureIsOneHoweverItsCredentialsSpellIt) {
  TaskValue task = Task();
  task.organization = "850000019";
  const base::Actor secretary = Who(Role::kSecretariat, "1850000019");
  const base::Actor nurse = Who(Role::kCoordinatingNurse, "85 000 001 9", "idec-1");
  EXPECT_TRUE(Sees(task, secretary));
  EXPECT_TRUE(CheckTake(task, secretary).value());
  EXPECT_THAT(CheckMayAsk(secretary, TaskKind::kCallBack, "850000019"), IsOk());
  EXPECT_THAT(CheckDelegate(task, nurse), IsOk());
  EXPECT_THAT(CheckCancel(task, nurse), IsOk());
  EXPECT_THAT(CheckSees(task, Who(Role::kSecretariat, "1920000650")), ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(CheckAsked(TaskKind::kCallBack, Role::kSecretariat, " "),
              ReasonIs("ORGANIZATION_REQUIRED"));
}

TEST(TaskAsked, S3_19_OfARoleWithAStructureOrOfTheCrra) {
  EXPECT_THAT(CheckAsked(TaskKind::kCallBack, Role::kSecretariat, "msp"), IsOk());
  EXPECT_THAT(CheckAsked(TaskKind::kCallBack, Role::kOsnp, ""), IsOk());
  EXPECT_THAT(CheckAsked(TaskKind::kCallBack, Role::kSecretariat, ""),
              ReasonIs("ORGANIZATION_REQUIRED"));
  EXPECT_THAT(CheckAsked(TaskKind::kCallBack, Role::kArm, "msp"),
              ReasonIs("ORGANIZATION_FORBIDDEN"));
  for (const Role role : {Role::kUnspecified, Role::kPlanner, Role::kSteering, Role::kPartner}) {
    EXPECT_THAT(CheckAsked(TaskKind::kCallBack, role, "msp"), ReasonIs("ROLE_TAKES_NO_TASK"));
  }
}

TEST(TaskAsked, S3_19_MedicalJudgementIsNeitherASecretariatsNorAnAssistants) {
  for (const Role role : {Role::kMedicalAssistant, Role::kSecretariat, Role::kSpecialisedNurse}) {
    EXPECT_THAT(CheckAsked(TaskKind::kFollowUp, role, "msp"),
                StatusIs(absl::StatusCode::kPermissionDenied, "MEDICAL_JUDGEMENT_REQUIRED"));
    TaskValue task = TakenBy("me", TaskKind::kFollowUp);
    EXPECT_THAT(CheckClose(task, Who(role, "msp-challans")),
                ReasonIs("MEDICAL_JUDGEMENT_REQUIRED"));
  }
  for (const Role role : {Role::kCoordinatingNurse, Role::kProfessional, Role::kEffecteur}) {
    EXPECT_THAT(CheckAsked(TaskKind::kFollowUp, role, "msp"), IsOk());
  }
  for (const TaskKind kind :
       {TaskKind::kCallBack, TaskKind::kCollectInformation, TaskKind::kAdministrative}) {
    EXPECT_THAT(CheckAsked(kind, Role::kMedicalAssistant, "msp"), IsOk());
  }
}

TEST(TaskAsked, S3_19_PeopleOfAStructureAskTheirOwnAndTheCrra) {
  const base::Actor secretary = Who(Role::kSecretariat, "msp-challans");
  EXPECT_THAT(CheckMayAsk(secretary, TaskKind::kCallBack, "msp-challans"), IsOk());
  EXPECT_THAT(CheckMayAsk(secretary, TaskKind::kCallBack, ""), IsOk());
  EXPECT_THAT(CheckMayAsk(secretary, TaskKind::kCallBack, "msp-palluau"),
              ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(CheckMayAsk(Who(Role::kArm), TaskKind::kCallBack, "msp-palluau"), IsOk());
  EXPECT_THAT(CheckMayAsk(Who(Role::kRegulatorMg), TaskKind::kEscalation, ""),
              ReasonIs("ESCALATION_IS_AN_ACT"));
}

TEST(TaskAsked, S3_20_ADelegatedActIsAskedByANurseOrADoctor) {
  const auto ask = [](const base::Actor& actor) {
    return CheckMayAsk(actor, TaskKind::kDelegatedAct, "msp-challans");
  };
  EXPECT_THAT(ask(Who(Role::kCoordinatingNurse, "msp-challans")), IsOk());
  EXPECT_THAT(ask(Who(Role::kRegulatorMg)), IsOk());
  base::Actor doctor = Who(Role::kEffecteur, "msp-challans");
  EXPECT_THAT(ask(doctor), ReasonIs("NOT_A_DELEGATOR"));
  doctor.profession = "10";
  EXPECT_THAT(ask(doctor), IsOk());
  EXPECT_THAT(ask(Who(Role::kSecretariat, "msp-challans")), ReasonIs("NOT_A_DELEGATOR"));
  EXPECT_THAT(ask(Who(Role::kArm)), ReasonIs("NOT_A_DELEGATOR"));
}

TEST(TaskTake, S3_19_HasOneOwnerWhoIsNamed) {
  const base::Actor secretary = Who(Role::kSecretariat, "msp-challans");
  EXPECT_TRUE(CheckTake(Task(), secretary).value());
  EXPECT_FALSE(CheckTake(TakenBy("me"), secretary).value());
  const auto refused = CheckTake(TakenBy("sec-2"), secretary);
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kAborted, "ALREADY_TAKEN"));
  EXPECT_THAT(base::DetailOf(refused.status()).metadata,
              Contains(std::pair<std::string, std::string>("owner", "sec-2")));
}

TEST(TaskTake, S3_19_IsForWhoIsAskedTheNurseAndDoctors) {
  EXPECT_THAT(CheckTake(Task(), Who(Role::kMedicalAssistant, "msp-challans")),
              ReasonIs("TASK_FOR_ANOTHER"));
  EXPECT_THAT(CheckTake(Task(), Who(Role::kSecretariat, "msp-palluau")),
              ReasonIs("TASK_FOR_ANOTHER"));
  EXPECT_THAT(CheckTake(Task(), Who(Role::kCoordinatingNurse, "msp-challans")), IsOk());
  EXPECT_THAT(CheckTake(Task(), Who(Role::kCoordinatingNurse, "msp-palluau")),
              ReasonIs("TASK_FOR_ANOTHER"));
  EXPECT_THAT(CheckTake(Task(), Who(Role::kRegulatorMg)), IsOk());
  TaskValue personal = Task();
  personal.person = "sec-2";
  EXPECT_THAT(CheckTake(personal, Who(Role::kSecretariat, "msp-challans")),
              ReasonIs("TASK_FOR_ANOTHER"));
  EXPECT_THAT(CheckTake(personal, Who(Role::kSecretariat, "msp-challans", "sec-2")), IsOk());
}

TEST(TaskDelegate, S3_19_ByTheNurseOfTheStructureOrADoctorAlsoFromItsOwner) {
  EXPECT_THAT(CheckDelegate(TakenBy("sec-2"), Who(Role::kCoordinatingNurse, "msp-challans")),
              IsOk());
  EXPECT_THAT(CheckDelegate(Task(), Who(Role::kRegulatorAmu)), IsOk());
  EXPECT_THAT(CheckDelegate(Task(), Who(Role::kCoordinatingNurse, "msp-palluau")),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_A_DELEGATOR"));
  EXPECT_THAT(CheckDelegate(Task(), Who(Role::kSecretariat, "msp-challans")),
              ReasonIs("NOT_A_DELEGATOR"));
}

TEST(TaskClose, S3_19_ByItsOwnerAlone) {
  const base::Actor secretary = Who(Role::kSecretariat, "msp-challans");
  EXPECT_THAT(CheckClose(Task(), secretary),
              StatusIs(absl::StatusCode::kFailedPrecondition, "TASK_NOT_TAKEN"));
  EXPECT_THAT(CheckClose(TakenBy("sec-2"), secretary), ReasonIs("ALREADY_TAKEN"));
  EXPECT_THAT(CheckClose(TakenBy("me"), secretary), IsOk());
}

TEST(TaskCancel, S3_19_ByWhoAskedTheNurseOrTheCrra) {
  EXPECT_THAT(CheckCancel(Task(), Who(Role::kArm, "", "arm-1")), IsOk());
  EXPECT_THAT(CheckCancel(Task(), Who(Role::kCoordinatingNurse, "msp-challans")), IsOk());
  EXPECT_THAT(CheckCancel(Task(), Who(Role::kSupervisor)), IsOk());
  EXPECT_THAT(CheckCancel(Task(), Who(Role::kRegulatorMg)), IsOk());
  EXPECT_THAT(CheckCancel(Task(), Who(Role::kArm)),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_TASK_CREATOR"));
  EXPECT_THAT(CheckCancel(TakenBy("me"), Who(Role::kSecretariat, "msp-challans")),
              ReasonIs("NOT_TASK_CREATOR"));
}

TEST(TaskEnd, S3_19_WhatHasEndedStaysSo) {
  for (const TaskState state : {TaskState::kDone, TaskState::kCancelled, TaskState::kEscalated}) {
    TaskValue task = TakenBy("me");
    task.state = state;
    const base::Actor nurse = Who(Role::kCoordinatingNurse, "msp-challans");
    EXPECT_THAT(CheckTake(task, nurse), ReasonIs("TASK_ENDED"));
    EXPECT_THAT(CheckDelegate(task, nurse), ReasonIs("TASK_ENDED"));
    EXPECT_THAT(CheckClose(task, nurse), ReasonIs("TASK_ENDED"));
    EXPECT_THAT(CheckCancel(task, nurse), ReasonIs("TASK_ENDED"));
    EXPECT_THAT(CheckLive(task), StatusIs(absl::StatusCode::kFailedPrecondition, "TASK_ENDED"));
  }
  EXPECT_THAT(CheckLive(Task()), IsOk());
}

TEST(TaskEscalation, S3_09_UnsetsAllButTheMostUrgent) {
  EXPECT_EQ(AskedPriority(Priority::kP0), Priority::kP0);
  EXPECT_EQ(AskedPriority(Priority::kP1), Priority::kP1);
  for (const Priority priority :
       {Priority::kUnspecified, Priority::kP2, Priority::kP3, Priority::kNr}) {
    EXPECT_EQ(AskedPriority(priority), Priority::kUnspecified);
  }
}

TEST(TaskDue, S3_19_IsAheadByNinetyDaysAtMost) {
  const base::Instant now(std::chrono::hours(24 * 20'000));
  EXPECT_THAT(CheckDue(now, now, "due_time"), ReasonIs("INVALID_DUE_TIME"));
  EXPECT_THAT(CheckDue(now + std::chrono::seconds(1), now, "due_time"), IsOk());
  EXPECT_THAT(CheckDue(now + kTaskDueMax, now, "due_time"), IsOk());
  EXPECT_THAT(CheckDue(now + kTaskDueMax + std::chrono::seconds(1), now, "due_time"),
              ReasonIs("INVALID_DUE_TIME"));
  EXPECT_TRUE(IsOverdue(TaskState::kTaken, now, now));
  EXPECT_FALSE(IsOverdue(TaskState::kOpen, now + std::chrono::seconds(1), now));
  EXPECT_FALSE(IsOverdue(TaskState::kDone, now, now));
}

}  // namespace
}  // namespace sas::regulation
