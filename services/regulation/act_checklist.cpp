#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/domain/checklist.h"
#include "services/regulation/on_case.h"
#include "services/regulation/protocol_library.h"
#include "services/regulation/shape_task.h"
#include "services/regulation/task_acts.h"
#include "services/regulation/task_work.h"
#include "services/regulation/triage_records.h"

namespace sas::regulation::acts {
namespace {

absl::Status CheckIsChecklist(const v1::Protocol& protocol) {
  if (protocol.kind() == v1::Protocol::KIND_CHECKLIST) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "NOT_A_CHECKLIST",
                    "this protocol has no steps for a secretary: take a checklist",
                    {{"protocol", protocol.name()}});
}

void Tell(const std::vector<Reason>& reasons,
          google::protobuf::RepeatedPtrField<v1::TriageReason>& told) {
  for (const Reason& reason : reasons) {
    v1::TriageReason& line = *told.Add();
    line.set_rule(reason.rule);
    line.set_explanation(reason.explanation);
  }
}

absl::Status CheckEscalation(const base::Call& call, const v1::EscalateChecklistRequest& request,
                             const Moment& moment) {
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, request.triage().protocol(), true));
  SAS_RETURN_IF_ERROR(CheckTriage(call.actor, request.triage()));
  if (request.has_new_case() != request.regulation_case().empty()) {
    return base::InvalidField("new_case", "CASE_REQUIRED",
                              "give the caller's dossier, or the one to open: one of the two");
  }
  SAS_RETURN_IF_ERROR(
      CheckSameRegion(request.parent(), request.regulation_case(), "regulation_case"));
  if (request.has_new_case()) return CheckEscalatedCase(call, request.new_case(), moment);
  return CheckName(call, kCaseName, request.regulation_case(), "regulation_case");
}

absl::StatusOr<CaseWork> DossierOf(TaskDesk& desk, RegulationTransaction& transaction,
                                   const base::Call& call, const Moment& moment,
                                   const v1::EscalateChecklistRequest& request) {
  if (request.has_new_case()) {
    return OpenCase(desk.desk, transaction, call, moment, request.parent(), request.new_case());
  }
  SAS_ASSIGN_OR_RETURN(CaseWork work,
                       CaseWork::Open(transaction, call, moment.now, request.regulation_case()));
  SAS_RETURN_IF_ERROR(CheckOwnCase(call.actor, work.row()));
  return work;
}

// By which the secretary, and her colleagues, follow what became of the caller.
v1::CareTask TraceOf(const std::string& name, const base::Actor& actor,
                     const v1::RegulationCase& dossier, const v1::TriageRecord& record,
                     const std::string& reason) {
  v1::CareTask task;
  task.set_name(name);
  task.set_kind(v1::CareTask::KIND_ESCALATION);
  task.set_territory(dossier.territory());
  task.set_regulation_case(dossier.name());
  task.set_patient(record.patient());
  task.set_instruction(reason);
  task.set_role(ToProto(actor).role());
  task.set_organization(actor.organization);
  *task.mutable_owner() = ToProto(actor);
  *task.mutable_due_time() = dossier.wait_alarm_time();
  return task;
}

}  // namespace

absl::StatusOr<v1::ChecklistOutcome> EvaluateChecklist(
    TaskDesk& desk, const base::Call& call, const v1::EvaluateChecklistRequest& request) {
  SAS_ASSIGN_OR_RETURN(
      const v1::Protocol protocol,
      VersionAsked(desk.desk, call, request.name(), request.facts(), request.answers()));
  SAS_RETURN_IF_ERROR(CheckIsChecklist(protocol));
  if (!WasInForce(protocol)) return NotInForce(protocol.name());
  const Protocol checklist = ToValue(protocol);
  const std::vector<Answer> answers = ToValues(request.answers());
  SAS_RETURN_IF_ERROR(CheckAnswers(checklist, answers, "answers"));
  const TriageResult result = Evaluate(checklist, ToValue(request.facts()), answers);
  const ChecklistSteps steps = StepsOf(checklist, result);
  v1::ChecklistOutcome outcome;
  outcome.set_protocol(protocol.name());
  outcome.set_escalate(steps.escalate);
  Tell(steps.reasons, *outcome.mutable_reasons());
  Tell(steps.steps, *outcome.mutable_steps());
  for (const std::string& question : result.missing) outcome.add_missing(question);
  outcome.set_next_question(result.next_question);
  for (const std::string& sign : result.positive_signs) outcome.add_positive_signs(sign);
  outcome.set_proposal(result.proposal);
  return outcome;
}

absl::StatusOr<v1::CareTask> EscalateChecklist(TaskDesk& desk, const base::Call& call,
                                               const v1::EscalateChecklistRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  const Moment moment = desk.desk.Now();
  SAS_RETURN_IF_ERROR(CheckEscalation(call, request, moment));
  const bool opens = request.has_new_case();
  bool created = false;
  auto answer = ledger::WriteOnce<v1::CareTask>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareTask> {
        SAS_ASSIGN_OR_RETURN(const v1::Protocol protocol,
                             FindVersion(transaction, request.triage().protocol(), moment.now));
        SAS_RETURN_IF_ERROR(CheckIsChecklist(protocol));
        SAS_ASSIGN_OR_RETURN(CaseWork work, DossierOf(desk, transaction, call, moment, request));
        SAS_RETURN_IF_ERROR(AskRegulator(work, request.reason()));
        SAS_ASSIGN_OR_RETURN(const v1::TriageRecord record,
                             NewTriage(desk.desk, work, request.triage()));
        SAS_RETURN_IF_ERROR(PutTriage(work.row(), record));
        SAS_RETURN_IF_ERROR(ReactToTriage(work, record));
        SAS_RETURN_IF_ERROR(opens ? SaveOpened(work)
                                  : work.Save("case.escalated", TriageDetail(record)));
        SAS_RETURN_IF_ERROR(transaction.protocols().AddTriage(record));
        const std::string name =
            request.parent() + "/tasks/" + base::MakeId(desk.desk.clock, desk.desk.random);
        TaskWork task =
            TaskWork::New(transaction, call, moment.now,
                          TraceOf(name, call.actor, work.row(), record, request.reason()));
        task.Escalate(work.row(), opens, request.reason());
        SAS_RETURN_IF_ERROR(task.Save("task.escalated", "state=ESCALATED"));
        created = true;
        return ShowTask(transaction, task.row(), moment.now);
      });
  if (!answer.ok() || !created) return answer;
  if (opens) CountOpened(desk.desk, request.new_case());
  desk.metrics.Asked(answer->kind());
  desk.metrics.Ended(answer->state());
  return answer;
}

}  // namespace sas::regulation::acts
