#include "common/base/status.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_task.h"
#include "services/regulation/shape_task.h"

namespace sas::regulation::acts {
namespace {

bool IsOver(const v1::RegulationCase& row) {
  return row.state() >= v1::RegulationCase::STATE_CLOSED;
}

// The dossier that a regulator is asked about: the task's own one, or the one to open when there is
// none that can wait.
absl::StatusOr<CaseWork> DossierOf(TaskDesk& desk, TaskWork& task,
                                   const v1::EscalateTaskRequest& request, const Moment& moment) {
  const std::string& name = task.row().regulation_case();
  if (!request.has_new_case()) {
    if (name.empty()) {
      return base::InvalidField("new_case", "CASE_REQUIRED",
                                "the task has no dossier: give the one to open");
    }
    return CaseWork::Open(task.transaction(), task.call(), moment.now, name);
  }
  if (!name.empty()) {
    SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, task.transaction().GetCase(name));
    if (!IsOver(row)) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "CASE_EXISTS",
                        "there is a dossier that can wait: ask without a new one",
                        {{"regulation_case", name}});
    }
  }
  if (request.new_case().territory() != task.row().territory()) {
    return base::InvalidField("new_case.territory", "OTHER_TERRITORY",
                              "the task is of another territory: give that one",
                              {{"territory", task.row().territory()}});
  }
  const std::string parent = task.row().name().substr(0, task.row().name().find("/tasks/"));
  return OpenCase(desk.desk, task.transaction(), task.call(), moment, parent, request.new_case());
}

}  // namespace

absl::StatusOr<v1::CareTask> EscalateTask(TaskDesk& desk, const base::Call& call,
                                          const v1::EscalateTaskRequest& request) {
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  const Moment moment = desk.desk.Now();
  if (request.has_new_case()) {
    SAS_RETURN_IF_ERROR(CheckEscalatedCase(call, request.new_case(), moment));
  }
  const bool opens = request.has_new_case();
  bool opened = false;
  auto answer = OnTask(desk, call, request, [&](TaskWork& task) -> absl::Status {
    SAS_RETURN_IF_ERROR(CheckLive(task.value()));
    SAS_ASSIGN_OR_RETURN(CaseWork work, DossierOf(desk, task, request, moment));
    SAS_RETURN_IF_ERROR(AskRegulator(work, request.reason()));
    SAS_RETURN_IF_ERROR(opens ? SaveOpened(work) : work.Save("case.escalated", "by=task"));
    task.row().set_regulation_case(work.row().name());
    task.Escalate(work.row(), opens, request.reason());
    opened = opens;
    return task.Save("task.escalated", "state=ESCALATED");
  });
  if (answer.ok() && opened) CountOpened(desk.desk, request.new_case());
  return answer;
}

}  // namespace sas::regulation::acts
