#include "services/regulation/convert_task.h"

namespace sas::regulation {
namespace {

template <typename Value, typename Proto>
constexpr bool Same(Value value, Proto proto) {
  return static_cast<int>(value) == static_cast<int>(proto);
}

static_assert(Same(TaskKind::kCallBack, v1::CareTask::KIND_CALL_BACK) &&
              Same(TaskKind::kDelegatedAct, v1::CareTask::KIND_DELEGATED_ACT) &&
              Same(TaskKind::kAdministrative, v1::CareTask::KIND_ADMINISTRATIVE));
static_assert(Same(TaskState::kOpen, v1::CareTask::STATE_OPEN) &&
              Same(TaskState::kEscalated, v1::CareTask::STATE_ESCALATED));
static_assert(v1::CareTask::Kind_ARRAYSIZE == 8 && v1::CareTask::State_ARRAYSIZE == 6);

}  // namespace

TaskValue ToValue(const v1::CareTask& task) {
  TaskValue value;
  value.kind = static_cast<TaskKind>(task.kind());
  value.state = static_cast<TaskState>(task.state());
  value.role = static_cast<base::Role>(task.role());
  value.organization = task.organization();
  value.person = task.person();
  value.owner = task.owner().subject();
  value.owner_role = static_cast<base::Role>(task.owner().role());
  value.creator = task.created_by().subject();
  return value;
}

}  // namespace sas::regulation
