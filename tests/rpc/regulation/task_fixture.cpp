#include "tests/rpc/regulation/task_fixture.h"

namespace sas::regulation {

using testing::IsOk;

base::Actor TaskTest::Of(base::Role role, const std::string& subject,
                         const std::string& organization, const std::string& profession) {
  base::Actor actor = testing::ActorWith(role, subject);
  actor.organization = organization;
  actor.profession = profession;
  if (role == base::Role::kSecretariat) actor.entry_point = "secretariat";
  return actor;
}

v1::CareTask TaskTest::NewTask(v1::CareTask::Kind kind, sas::type::v1::Role role) const {
  v1::CareTask task;
  task.set_kind(kind);
  task.set_territory("85");
  task.set_instruction("Rappeler le patient dans l’heure");
  task.set_role(role);
  task.set_organization("msp-challans");
  *task.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(1));
  return task;
}

v1::CareTask TaskTest::NewAct() const {
  v1::CareTask task =
      NewTask(v1::CareTask::KIND_DELEGATED_ACT, sas::type::v1::ROLE_SPECIALISED_NURSE);
  task.set_act_code("SUIVI_PLAIE");
  task.set_protocol("regions/fr-pdl/scopes/85-lvo/protocols/delegation-infirmiere");
  task.mutable_facts()->set_motif_code("M02.06");
  task.mutable_facts()->mutable_age()->set_value(40);
  task.mutable_facts()->mutable_age()->set_unit(sas::type::v1::Age::UNIT_YEAR);
  return task;
}

absl::StatusOr<v1::CareTask> TaskTest::Create(const base::Actor& actor, const v1::CareTask& task) {
  v1::CreateTaskRequest request;
  request.set_parent("regions/fr-pdl");
  *request.mutable_task() = task;
  return AskTasks(actor, &TaskStub::CreateTask, request);
}

v1::CareTask TaskTest::Created(const v1::CareTask& task) {
  const auto created = Create(mrl_, task);
  EXPECT_THAT(created, IsOk());
  return created.value_or(v1::CareTask());
}

absl::StatusOr<v1::CareTask> TaskTest::Task(const base::Actor& actor, const std::string& name) {
  v1::GetTaskRequest request;
  request.set_name(name);
  return AskTasks(actor, &TaskStub::GetTask, request);
}

absl::StatusOr<v1::CareTask> TaskTest::Take(const base::Actor& actor, const std::string& name) {
  v1::TakeTaskRequest request;
  request.set_name(name);
  return AskTasks(actor, &TaskStub::TakeTask, request);
}

absl::StatusOr<v1::CareTask> TaskTest::Delegate(const base::Actor& actor, const v1::CareTask& task,
                                                sas::type::v1::Role role,
                                                const std::string& person) {
  v1::DelegateTaskRequest request;
  request.set_name(task.name());
  request.set_etag(task.etag());
  request.set_role(role);
  request.set_person(person);
  request.set_reason("Absente cet après-midi");
  return AskTasks(actor, &TaskStub::DelegateTask, request);
}

absl::StatusOr<v1::CareTask> TaskTest::CloseTask(const base::Actor& actor, const v1::CareTask& task,
                                                 const std::string& result) {
  v1::CloseTaskRequest request;
  request.set_name(task.name());
  request.set_etag(task.etag());
  request.set_result(result);
  return AskTasks(actor, &TaskStub::CloseTask, request);
}

absl::StatusOr<v1::CareTask> TaskTest::Cancel(const base::Actor& actor, const v1::CareTask& task) {
  v1::CancelTaskRequest request;
  request.set_name(task.name());
  request.set_etag(task.etag());
  request.set_reason("Le patient a rappelé de lui-même");
  return AskTasks(actor, &TaskStub::CancelTask, request);
}

v1::EscalateTaskRequest TaskTest::Escalation(const std::string& name) const {
  v1::EscalateTaskRequest request;
  request.set_name(name);
  request.set_reason("Essoufflé au téléphone");
  return request;
}

v1::RegulationCase TaskTest::SecretaryCase(const std::string& motif) const {
  v1::RegulationCase row = NewCase(motif).regulation_case();
  row.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_SECRETARIAT);
  row.mutable_origin()->clear_origine_code();
  return row;
}

std::vector<std::string> TaskTest::Listed(const base::Actor& actor, v1::ListTasksRequest request) {
  request.set_parent("regions/fr-pdl");
  const auto page = AskTasks(actor, &TaskStub::ListTasks, request);
  EXPECT_THAT(page, IsOk());
  const v1::ListTasksResponse shown = page.value_or(v1::ListTasksResponse());
  std::vector<std::string> names;
  for (const v1::CareTask& task : shown.tasks()) {
    names.push_back(task.name());
  }
  return names;
}

}  // namespace sas::regulation
