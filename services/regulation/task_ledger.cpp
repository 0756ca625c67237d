#include "services/regulation/task_ledger.h"

#include "common/base/status.h"
#include "services/regulation/convert.h"

namespace sas::regulation {

absl::Status TaskNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "TASK_NOT_FOUND",
                    "no such task; look it up in the list", {{"name", name}});
}

QueueKey TaskKeyOf(const v1::CareTask& task) {
  QueueKey key;
  key.wait_start_us = ToInstant(task.due_time()).time_since_epoch().count();
  key.name = task.name();
  return key;
}

}  // namespace sas::regulation
