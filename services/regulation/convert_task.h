#pragma once

#include "sas/regulation/v1/task.pb.h"
#include "services/regulation/domain/task.h"

namespace sas::regulation {

/// Between the messages of tasks and the values of their rules.
TaskValue ToValue(const v1::CareTask& task);

}  // namespace sas::regulation
