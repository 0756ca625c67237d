#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/domain/delegation.h"
#include "services/regulation/on_case.h"
#include "services/regulation/on_task.h"
#include "services/regulation/paging.h"
#include "services/regulation/protocol_library.h"
#include "services/regulation/shape_task.h"

namespace sas::regulation {

absl::Status CountTasks(TaskDesk& desk, const base::Call& call) {
  const base::Instant now = desk.desk.clock.Now();
  TaskCount count;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(count, transaction.tasks().CountTasks(now));
        return absl::OkStatus();
      }));
  desk.metrics.Refresh(count, now);
  return absl::OkStatus();
}

namespace acts {
namespace {

base::Role RoleOf(sas::type::v1::Role role) {
  return static_cast<base::Role>(role);
}

std::string AskedOf(const v1::CareTask& task) {
  return "role=" + std::string(base::RoleName(RoleOf(task.role()))) +
         " organization=" + task.organization();
}

// The dossier is the caller's to refer to, of the task's territory, and has the patient.
absl::Status CheckDossier(const Desk& desk, RegulationTransaction& transaction,
                          const base::Call& call, base::Instant now, const std::string& etag,
                          v1::CareTask& task) {
  if (task.regulation_case().empty()) {
    if (task.patient().empty()) return absl::OkStatus();
    return base::InvalidField("task.patient", "PATIENT_NOT_IN_CASE",
                              "a patient is one of a dossier: name the dossier, too");
  }
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, task.regulation_case(), "task.regulation_case"));
  SAS_ASSIGN_OR_RETURN(CaseWork work,
                       CaseWork::Open(transaction, call, now, task.regulation_case()));
  const v1::RegulationCase& row = work.row();
  SAS_RETURN_IF_ERROR(CheckOwnCase(call.actor, row));
  SAS_RETURN_IF_ERROR(CheckSeen(desk, call.actor, etag, row, Stale::kPasses));
  if (row.territory() != task.territory()) {
    return base::InvalidField("task.territory", "OTHER_TERRITORY",
                              "the dossier is of another territory: give that one",
                              {{"territory", row.territory()}});
  }
  SAS_ASSIGN_OR_RETURN(*task.mutable_patient(), work.PatientOf(task.patient(), "task.patient"));
  return absl::OkStatus();
}

// The version in force of the protocol that a delegated act rests on.
absl::StatusOr<v1::Protocol> DelegationOf(RegulationTransaction& transaction,
                                          const v1::CareTask& task, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(v1::Protocol protocol, FindVersion(transaction, task.protocol(), now));
  if (protocol.kind() == v1::Protocol::KIND_DELEGATION) return protocol;
  return base::InvalidField("task.protocol", "NOT_A_DELEGATION",
                            "this protocol asks questions: name one of délégation");
}

// May whoever is asked close it?
absl::Status CheckActOf(RegulationTransaction& transaction, const v1::CareTask& task,
                        base::Instant now) {
  if (task.kind() != v1::CareTask::KIND_DELEGATED_ACT) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const v1::Protocol protocol, DelegationOf(transaction, task, now));
  return CheckActAsked(ToValue(protocol), task.act_code(), RoleOf(task.role()));
}

absl::Status CheckProtocolName(const base::Call& call, const v1::CareTask& task) {
  if (task.protocol().empty()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(CheckName(call, kProtocolName, task.protocol(), "task.protocol"));
  if (TerritoryOfScope(ScopeOf(task.protocol())) == task.territory()) return absl::OkStatus();
  return base::InvalidField("task.protocol", "OTHER_TERRITORY",
                            "the protocol is of another territory than the task",
                            {{"territory", task.territory()}});
}

// What is known of the patient for a delegated act: the dossier's word wins.
absl::StatusOr<Facts> FactsOf(TaskWork& work) {
  v1::TriageFacts facts = work.row().facts();
  if (!work.row().regulation_case().empty()) {
    SAS_ASSIGN_OR_RETURN(const v1::RegulationCase dossier,
                         work.transaction().GetCase(work.row().regulation_case()));
    if (!dossier.motif_code().empty()) facts.set_motif_code(dossier.motif_code());
    for (const v1::Patient& patient : dossier.patients()) {
      if (patient.name() == work.row().patient() && patient.has_age()) {
        *facts.mutable_age() = patient.age();
      }
    }
  }
  return ToValue(facts);
}

// A doctor closes any act by himself; everybody else by the version in force at this hour.
absl::StatusOr<std::string> VersionToCloseBy(TaskWork& work) {
  if (work.row().kind() != v1::CareTask::KIND_DELEGATED_ACT || IsDoctor(work.call().actor)) {
    return std::string();
  }
  SAS_ASSIGN_OR_RETURN(const v1::Protocol protocol,
                       DelegationOf(work.transaction(), work.row(), work.now()));
  SAS_ASSIGN_OR_RETURN(const Facts facts, FactsOf(work));
  SAS_RETURN_IF_ERROR(
      CheckActClosed(ToValue(protocol), work.row().act_code(), work.call().actor, facts));
  return protocol.name();
}

// Who had it, or was asked, goes into the history; then it is open for whoever is asked now.
absl::Status GiveOn(TaskWork& work, const v1::DelegateTaskRequest& request,
                    const std::string& organization) {
  v1::CareTask& row = work.row();
  if (row.delegations_size() >= kTaskDelegationsMax) {
    return base::Fail(absl::StatusCode::kResourceExhausted, "TOO_MANY_DELEGATIONS",
                      "the task was given on too often: cancel it and ask anew",
                      {{"maximum", std::to_string(kTaskDelegationsMax)}});
  }
  v1::TaskDelegation& history = *row.add_delegations();
  *history.mutable_delegated_by() = ToProto(work.call().actor);
  *history.mutable_delegate_time() = ToTimestamp(work.now());
  history.set_from_role(row.role());
  history.set_from_organization(row.organization());
  history.set_from_person(row.has_owner() ? row.owner().subject() : row.person());
  history.set_to_role(request.role());
  history.set_to_organization(organization);
  history.set_to_person(request.person());
  history.set_reason(request.reason());
  row.set_role(request.role());
  row.set_organization(organization);
  row.set_person(request.person());
  if (request.has_due_time()) *row.mutable_due_time() = request.due_time();
  row.set_state(v1::CareTask::STATE_OPEN);
  row.clear_owner();
  row.clear_take_time();
  return absl::OkStatus();
}

absl::StatusOr<TaskQuery> QueryOf(const base::Call& call, const v1::ListTasksRequest& request,
                                  const PageRequest& page) {
  TaskQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  if (!request.regulation_case().empty()) {
    SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.regulation_case(), "regulation_case"));
  }
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.organization(), "organization", kPseudonymMax));
  query.organization = request.organization();
  query.role = RoleOf(request.role());
  query.case_name = request.regulation_case();
  if (request.mine()) query.mine = call.actor.subject;
  query.include_ended = request.include_ended();
  query.seen_by = call.actor;
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  return query;
}

}  // namespace

absl::StatusOr<v1::CareTask> CreateTask(TaskDesk& desk, const base::Call& call,
                                        const v1::CreateTaskRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  const v1::CareTask& asked = request.task();
  SAS_RETURN_IF_ERROR(CheckNewTask(asked, call.actor, desk.desk.Now()));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, asked.territory()));
  SAS_RETURN_IF_ERROR(CheckProtocolName(call, asked));
  SAS_RETURN_IF_ERROR(
      CheckSameRegion(request.parent(), asked.regulation_case(), "task.regulation_case"));
  SAS_RETURN_IF_ERROR(CheckSameRegion(request.parent(), asked.protocol(), "task.protocol"));
  bool created = false;
  auto answer = ledger::WriteOnce<v1::CareTask>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareTask> {
        const base::Instant now = desk.desk.clock.Now();
        v1::CareTask row = asked;
        row.set_name(request.parent() + "/tasks/" +
                     base::MakeId(desk.desk.clock, desk.desk.random));
        row.set_state(v1::CareTask::STATE_OPEN);
        SAS_RETURN_IF_ERROR(CheckDossier(desk.desk, transaction, call, now, request.etag(), row));
        SAS_RETURN_IF_ERROR(CheckActOf(transaction, row, now));
        TaskWork work = TaskWork::New(transaction, call, now, std::move(row));
        SAS_RETURN_IF_ERROR(work.Save("task.created", AskedOf(work.row())));
        created = true;
        return ShowTask(transaction, work.row(), now);
      });
  if (answer.ok() && created) desk.metrics.Asked(answer->kind());
  return answer;
}

absl::StatusOr<v1::CareTask> GetTask(TaskDesk& desk, const base::Call& call,
                                     const v1::GetTaskRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kTaskName, request.name(), "name"));
  v1::CareTask shown;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(TaskWork work, TaskWork::Open(transaction, call, now, request.name()));
        SAS_ASSIGN_OR_RETURN(shown, ShowTask(transaction, work.row(), now));
        return absl::OkStatus();
      }));
  return shown;
}

absl::StatusOr<v1::ListTasksResponse> ListTasks(TaskDesk& desk, const base::Call& call,
                                                const v1::ListTasksRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  SAS_ASSIGN_OR_RETURN(const TaskQuery query, QueryOf(call, request, page));
  v1::ListTasksResponse response;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto tasks, transaction.tasks().ListTasks(query));
        if (static_cast<int>(tasks.size()) > page.size) {
          tasks.pop_back();
          response.set_next_page_token(WritePage(page, {TaskKeyOf(tasks.back()), {}}));
        }
        for (v1::CareTask& task : tasks) {
          SAS_ASSIGN_OR_RETURN(*response.add_tasks(),
                               ShowTask(transaction, std::move(task), desk.desk.clock.Now()));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::CareTask> TakeTask(TaskDesk& desk, const base::Call& call,
                                      const v1::TakeTaskRequest& request) {
  return OnTask(desk, call, request, [&](TaskWork& work) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const bool taken, CheckTake(work.value(), call.actor));
    if (!taken) return absl::OkStatus();
    work.row().set_state(v1::CareTask::STATE_TAKEN);
    *work.row().mutable_owner() = ToProto(call.actor);
    *work.row().mutable_take_time() = ToTimestamp(work.now());
    return work.Save("task.taken", "state=TAKEN");
  });
}

absl::StatusOr<v1::CareTask> DelegateTask(TaskDesk& desk, const base::Call& call,
                                          const v1::DelegateTaskRequest& request) {
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.organization(), "organization", kPseudonymMax));
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.person(), "person", kPseudonymMax));
  return OnTask(desk, call, request, [&](TaskWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.CheckEtag(request.etag()));
    SAS_RETURN_IF_ERROR(CheckDelegate(work.value(), call.actor));
    const bool keeps = request.organization().empty() && IsOfStructure(RoleOf(request.role()));
    const std::string organization = keeps ? work.row().organization() : request.organization();
    const TaskKind kind = work.value().kind;
    SAS_RETURN_IF_ERROR(CheckMayAsk(call.actor, kind, organization));
    SAS_RETURN_IF_ERROR(CheckAsked(kind, RoleOf(request.role()), organization));
    if (request.has_due_time()) {
      SAS_RETURN_IF_ERROR(CheckDue(ToInstant(request.due_time()), work.now(), "due_time"));
    }
    SAS_RETURN_IF_ERROR(GiveOn(work, request, organization));
    SAS_RETURN_IF_ERROR(CheckActOf(work.transaction(), work.row(), work.now()));
    return work.Save("task.delegated", AskedOf(work.row()));
  });
}

absl::StatusOr<v1::CareTask> CloseTask(TaskDesk& desk, const base::Call& call,
                                       const v1::CloseTaskRequest& request) {
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.result(), "result", kTaskResultMax, 1));
  return OnTask(desk, call, request, [&](TaskWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.CheckEtag(request.etag()));
    SAS_RETURN_IF_ERROR(CheckClose(work.value(), call.actor));
    SAS_ASSIGN_OR_RETURN(const std::string version, VersionToCloseBy(work));
    v1::TaskEnd& end = work.End(v1::CareTask::STATE_DONE);
    end.set_result(request.result());
    end.set_protocol(version);
    return work.Save("task.closed", "state=DONE protocol=" + version);
  });
}

absl::StatusOr<v1::CareTask> CancelTask(TaskDesk& desk, const base::Call& call,
                                        const v1::CancelTaskRequest& request) {
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return OnTask(desk, call, request, [&](TaskWork& work) -> absl::Status {
    SAS_RETURN_IF_ERROR(work.CheckEtag(request.etag()));
    SAS_RETURN_IF_ERROR(CheckCancel(work.value(), call.actor));
    work.End(v1::CareTask::STATE_CANCELLED).set_reason(request.reason());
    return work.Save("task.cancelled", "state=CANCELLED");
  });
}

}  // namespace acts
}  // namespace sas::regulation
