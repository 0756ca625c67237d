#include "services/regulation/roles.h"
#include "tests/rpc/regulation/task_fixture.h"

// Who may do what with tasks, and what a refused act leaves behind.
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

class TaskRights : public TaskTest {};

TEST_F(TaskRights, S3_19_H47_EveryMethodHasAPolicyAndNoneIsForThePublic) {
  rpc::RoleTable roles;
  AllowTaskMethods(roles);
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "sas.regulation.v1.TaskService");
  EXPECT_EQ(roles.entries().size(), static_cast<std::size_t>(service->method_count()));
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string method = "/sas.regulation.v1.TaskService/" + service->method(i)->name();
    ASSERT_TRUE(roles.Knows(method)) << method;
    for (const Role role : {Role::kUnspecified, Role::kPlanner, Role::kSteering, Role::kReferent,
                            Role::kPartner, Role::kOperations, Role::kService}) {
      EXPECT_FALSE(roles.Check(method, testing::ActorWith(role)).ok()) << method;
    }
  }
  const auto may = [&](Role role, const std::string& method) {
    return roles.Check("/sas.regulation.v1.TaskService/" + method, testing::ActorWith(role)).ok();
  };
  for (const Role role : {Role::kCoordinatingNurse, Role::kMedicalAssistant,
                          Role::kSpecialisedNurse, Role::kSecretariat}) {
    EXPECT_TRUE(may(role, "CloseTask"));
    EXPECT_TRUE(may(role, "EscalateChecklist"));
    EXPECT_EQ(may(role, "DelegateTask"), role == Role::kCoordinatingNurse);
  }
  EXPECT_FALSE(may(Role::kArm, "DelegateTask"));
}

// The new roles have what their work needs of the other services, and nothing else.
TEST_F(TaskRights, S3_19_NursesAndAssistantsReadProtocolsAndNoDossiers) {
  rpc::RoleTable roles;
  AllowRegulationMethods(roles);
  AllowProtocolMethods(roles);
  AllowBoardMethods(roles);
  AllowKpiMethods(roles);
  for (const Role role :
       {Role::kCoordinatingNurse, Role::kMedicalAssistant, Role::kSpecialisedNurse}) {
    std::vector<std::string> allowed;
    for (const auto& [method, who] : roles.entries()) {
      if (roles.Check(method, testing::ActorWith(role)).ok()) {
        allowed.push_back(method.substr(method.rfind('/') + 1));
      }
    }
    EXPECT_THAT(allowed, ::testing::UnorderedElementsAre("ListProtocols", "GetProtocol",
                                                         "AcknowledgeProtocol"));
  }
}

TEST_F(TaskRights, S3_19_AnotherStructureSeesAndDoesNothing) {
  const v1::CareTask task = Created(NewTask());
  const base::Actor stranger = Of(Role::kCoordinatingNurse, "idec-2", "msp-palluau", "60");
  EXPECT_THAT(Task(stranger, task.name()),
              StatusIs(absl::StatusCode::kPermissionDenied, "OTHER_STRUCTURE"));
  EXPECT_THAT(Take(stranger, task.name()), ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(Delegate(stranger, task, sas::type::v1::ROLE_SECRETARIAT),
              ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(Cancel(stranger, task), ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(AskTasks(stranger, &TaskStub::EscalateTask, Escalation(task.name())),
              ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(Listed(stranger), IsEmpty());
  v1::ListTasksRequest theirs;
  theirs.set_organization("msp-challans");
  EXPECT_THAT(Listed(stranger, theirs), IsEmpty());
  EXPECT_THAT(Create(stranger, NewTask()), ReasonIs("OTHER_STRUCTURE"));
  EXPECT_THAT(Listed(nurse_), ElementsAre(task.name()));
}

TEST_F(TaskRights, AStructureIsOneHoweverItsCredentialsSpellIt) {
  const v1::CareTask task = Created(NewTask());
  const base::Actor colleague = Of(Role::kSecretariat, "sec-2", "MSP-Challans ");
  EXPECT_THAT(Listed(colleague), ElementsAre(task.name()));
  v1::ListTasksRequest own;
  own.set_organization("Msp-Challans");
  EXPECT_THAT(Listed(colleague, own), ElementsAre(task.name()));
  EXPECT_THAT(Task(colleague, task.name()), IsOk());
  EXPECT_THAT(Take(colleague, task.name()), IsOk());
  EXPECT_THAT(Create(colleague, NewTask()), IsOk());
}

TEST_F(TaskRights, S3_19_RegionAndTerritoryBoundTasksToo) {
  const v1::CareTask task = Created(NewTask());
  base::Actor elsewhere = nurse_;
  elsewhere.regions = {"fr-naq"};
  EXPECT_THAT(Task(elsewhere, task.name()), ReasonIs("REGION_FORBIDDEN"));
  base::Actor nantes = mrl_;
  nantes.territories = {"44"};
  EXPECT_THAT(Task(nantes, task.name()), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Listed(nantes), IsEmpty());
  EXPECT_THAT(Create(nantes, NewTask()), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Task(mrl_, "regions/fr-pdl/tasks/unknown"),
              StatusIs(absl::StatusCode::kNotFound, "TASK_NOT_FOUND"));
}

TEST_F(TaskRights, S3_19_ASecretaryRefersToHerOwnDossiersOnly) {
  v1::CareTask task = NewTask();
  task.set_regulation_case(Open().name());
  EXPECT_THAT(Create(secretary_, task), ReasonIs("NOT_OWN_CASE"));
  EXPECT_THAT(Create(mrl_, task), IsOk());
}

TEST_F(TaskRights, S3_20_OnlyNurseOrDoctorDelegatesAnAct) {
  InForce("delegation-infirmiere", "85-lvo");
  EXPECT_THAT(Create(arm_, NewAct()),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_A_DELEGATOR"));
  EXPECT_THAT(Create(nurse_, NewAct()), IsOk());
  const v1::CareTask task = Created(NewTask());
  EXPECT_THAT(Delegate(secretary_, task, sas::type::v1::ROLE_MEDICAL_ASSISTANT),
              ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Delegate(Of(Role::kEffecteur, "accueil"), task, sas::type::v1::ROLE_SECRETARIAT),
              ReasonIs("NOT_A_DELEGATOR"));
}

// The line under the finger has changed: the act was meant for another version, and does nothing.
TEST_F(TaskRights, H52_AnActIsBoundToTheVersionOnTheScreen) {
  const v1::CareTask shown = Created(NewTask());
  const auto changed = Delegate(nurse_, shown, sas::type::v1::ROLE_MEDICAL_ASSISTANT);
  ASSERT_THAT(changed, IsOk());
  EXPECT_THAT(Cancel(mrl_, shown), StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Delegate(nurse_, shown, sas::type::v1::ROLE_SECRETARIAT), ReasonIs("ETAG_MISMATCH"));
  ASSERT_THAT(Take(assistant_, shown.name()), IsOk());
  EXPECT_THAT(CloseTask(assistant_, *changed), ReasonIs("ETAG_MISMATCH"));
  v1::CareTask blind = *changed;
  blind.clear_etag();
  EXPECT_THAT(CloseTask(assistant_, blind), ReasonIs("ETAG_REQUIRED"));
  EXPECT_EQ(Task(mrl_, shown.name())->state(), v1::CareTask::STATE_TAKEN);
}

// What was typed stays with who typed it: the refusal tells both versions, and leaves neither a
// trace nor a spent request_id.
TEST_F(TaskRights, H55_ARefusedActKeepsNothingAndTellsBothVersions) {
  const v1::CareTask shown = Created(NewTask());
  const auto taken = Take(secretary_, shown.name());
  ASSERT_THAT(taken, IsOk());
  const std::size_t audited = store_.ledger().audit().size();
  v1::CloseTaskRequest request;
  request.set_name(shown.name());
  request.set_etag(shown.etag());
  request.set_result("Joint au deuxième appel ; viendra demain à 9 h");
  request.set_request_id("close-1");
  const auto refused = AskTasks(secretary_, &TaskStub::CloseTask, request);
  ASSERT_THAT(refused, ReasonIs("ETAG_MISMATCH"));
  EXPECT_THAT(base::DetailOf(refused.status()).metadata, Contains(Pair("etag", taken->etag())));
  EXPECT_THAT(base::DetailOf(refused.status()).metadata, Contains(Pair("sent_etag", shown.etag())));
  EXPECT_EQ(store_.ledger().audit().size(), audited);
  EXPECT_EQ(Task(secretary_, shown.name())->SerializeAsString(), taken->SerializeAsString());
  request.set_etag(taken->etag());
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::CloseTask, request), IsOk());
}

}  // namespace
}  // namespace sas::regulation
