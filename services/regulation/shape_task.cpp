#include "services/regulation/shape_task.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/task.h"
#include "services/regulation/triage_records.h"

namespace sas::regulation {
namespace {

constexpr std::size_t kActCodeMax = 40;

absl::Status CheckAct(const v1::CareTask& task) {
  const bool delegated = task.kind() == v1::CareTask::KIND_DELEGATED_ACT;
  const bool named = !task.act_code().empty() || !task.protocol().empty();
  if (delegated && (task.act_code().empty() || task.protocol().empty())) {
    return base::InvalidField("task.act_code", "ACT_REQUIRED",
                              "name the act and its protocol of délégation");
  }
  if (!delegated && named) {
    return base::InvalidField("task.act_code", "ACT_FORBIDDEN",
                              "only a DELEGATED_ACT has an act and a protocol");
  }
  return rpc::CheckText(task.act_code(), "task.act_code", kActCodeMax);
}

}  // namespace

absl::Status CheckNewTask(const v1::CareTask& task, const base::Actor& actor,
                          const Moment& moment) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckUnset(task,
                      {"name", "state", "created_by", "create_time", "owner", "take_time",
                       "delegations", "end", "escalation", "overdue", "update_time", "etag"},
                      "task"));
  if (task.kind() == v1::CareTask::KIND_UNSPECIFIED) {
    return base::InvalidField("task.kind", "TASK_KIND_REQUIRED", "say what is asked");
  }
  if (task.kind() == v1::CareTask::KIND_LISTEN_AGAIN) {
    return base::InvalidField("task.kind", "TASK_OF_THE_SERVICE",
                              "the service asks this itself, once for each wait that starves; ask "
                              "a CALL_BACK");
  }
  SAS_RETURN_IF_ERROR(care::CheckTerritory(task.territory(), "task.territory"));
  SAS_RETURN_IF_ERROR(rpc::CheckText(task.instruction(), "task.instruction", kInstructionMax, 1));
  SAS_RETURN_IF_ERROR(rpc::CheckText(task.organization(), "task.organization", kPseudonymMax));
  SAS_RETURN_IF_ERROR(rpc::CheckText(task.person(), "task.person", kPseudonymMax));
  SAS_RETURN_IF_ERROR(CheckTriageFacts(task.facts(), "task.facts"));
  SAS_RETURN_IF_ERROR(CheckAct(task));
  const auto kind = static_cast<TaskKind>(task.kind());
  SAS_RETURN_IF_ERROR(CheckMayAsk(actor, kind, task.organization()));
  SAS_RETURN_IF_ERROR(CheckAsked(kind, static_cast<base::Role>(task.role()), task.organization()));
  return CheckDue(ToInstant(task.due_time()), moment.now, "task.due_time");
}

absl::Status CheckSameRegion(std::string_view parent, std::string_view name,
                             std::string_view field) {
  if (name.empty() || base::RegionOf(name) == base::RegionOf(parent)) return absl::OkStatus();
  return base::InvalidField(field, "OTHER_REGION", "is of another region than the task");
}

absl::Status CheckEscalatedCase(const base::Call& call, const v1::RegulationCase& proto,
                                const Moment& moment) {
  if (!proto.origin().paper_form_number().empty()) {
    return base::InvalidField("new_case.origin.paper_form_number", "PAPER_NEVER_WAITS",
                              "a form that is typed in later waits for nobody: call a regulator");
  }
  return CheckOpening(call, proto, moment);
}

}  // namespace sas::regulation
