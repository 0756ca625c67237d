#include "services/regulation/task_work.h"

#include <utility>

#include "common/base/bound_etag.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_task.h"
#include "services/regulation/desk.h"
#include "services/regulation/facts.h"

namespace sas::regulation {
namespace {

v1::TaskEscalation::State StateOf(const v1::RegulationCase& dossier, base::Instant now) {
  if (!dossier.has_wait_start_time()) return v1::TaskEscalation::STATE_ANSWERED;
  return IsLive(ToValue(dossier.claim()), now) ? v1::TaskEscalation::STATE_TAKEN
                                               : v1::TaskEscalation::STATE_WAITING;
}

}  // namespace

absl::StatusOr<TaskWork> TaskWork::Open(RegulationTransaction& transaction, const base::Call& call,
                                        base::Instant now, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::CareTask row, transaction.tasks().GetTask(name));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.territory()));
  SAS_RETURN_IF_ERROR(CheckSees(ToValue(row), call.actor));
  return TaskWork(transaction, call, now, std::move(row));
}

TaskWork TaskWork::New(RegulationTransaction& transaction, const base::Call& call,
                       base::Instant now, v1::CareTask row) {
  *row.mutable_created_by() = ToProto(call.actor);
  *row.mutable_create_time() = ToTimestamp(now);
  return TaskWork(transaction, call, now, std::move(row));
}

TaskValue TaskWork::value() const {
  return ToValue(row_);
}

absl::Status TaskWork::CheckEtag(const std::string& etag) const {
  if (etag.empty()) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "send the version on the screen; read the task first");
  }
  if (etag == row_.etag()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the task has changed since it was read; look at it again",
                    {{"etag", row_.etag()}, {"sent_etag", etag}});
}

v1::TaskEnd& TaskWork::End(v1::CareTask::State state) {
  row_.set_state(state);
  v1::TaskEnd& end = *row_.mutable_end();
  *end.mutable_ended_by() = ToProto(call_.actor);
  *end.mutable_end_time() = ToTimestamp(now_);
  return end;
}

void TaskWork::Escalate(const v1::RegulationCase& dossier, bool opened, const std::string& reason) {
  End(v1::CareTask::STATE_ESCALATED).set_reason(reason);
  v1::TaskEscalation& escalation = *row_.mutable_escalation();
  escalation.set_regulation_case(dossier.name());
  escalation.set_case_number(dossier.case_number());
  escalation.set_opened(opened);
}

absl::Status TaskWork::Save(const std::string& event, const std::string& detail) {
  row_.clear_overdue();  // Computed when it is read, like the state of an escalation.
  *row_.mutable_update_time() = ToTimestamp(now_);
  row_.set_etag(base::BoundEtag(row_.name(), VersionOf(row_.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction_.tasks().PutTask(row_));
  return RecordTask(transaction_, row_, {event, ActOf(call_), detail});
}

absl::StatusOr<v1::CareTask> ShowTask(RegulationTransaction& transaction, v1::CareTask task,
                                      base::Instant now) {
  task.set_overdue(IsOverdue(ToValue(task).state, ToInstant(task.due_time()), now));
  if (!task.has_escalation()) return task;
  v1::TaskEscalation& escalation = *task.mutable_escalation();
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase dossier,
                       transaction.GetCase(escalation.regulation_case()));
  escalation.set_state(StateOf(dossier, now));
  if (escalation.state() == v1::TaskEscalation::STATE_TAKEN) {
    *escalation.mutable_taken_by() = dossier.claim().owner();
  }
  if (dossier.has_wait_start_time()) {
    *escalation.mutable_wait_start_time() = dossier.wait_start_time();
    *escalation.mutable_wait_alarm_time() = dossier.wait_alarm_time();
  }
  return task;
}

absl::Status AskRegulator(CaseWork& work, const std::string& reason) {
  v1::RegulationCase& row = work.row();
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  row.set_priority(static_cast<v1::Priority>(AskedPriority(ToValue(row.priority()))));
  work.EndPromise();  // Nobody waits for its hour now.
  work.ComeBack();
  work.AddNote("Demande de régulation : " + reason, true);
  return absl::OkStatus();
}

}  // namespace sas::regulation
