#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/task_service.pb.h"
#include "services/regulation/desk.h"
#include "services/regulation/task_metrics.h"

namespace sas::regulation {

/// What every act of TaskService needs.
struct TaskDesk {
  Desk& desk;
  TaskMetrics& metrics;
};

/// Counts the tasks of all regions into the metrics; for a periodic work.
absl::Status CountTasks(TaskDesk& desk, const base::Call& call);

}  // namespace sas::regulation

/// One function for each RPC of TaskService; what each promises stands in the proto.
namespace sas::regulation::acts {

// act_tasks.cpp
absl::StatusOr<v1::CareTask> CreateTask(TaskDesk& desk, const base::Call& call,
                                        const v1::CreateTaskRequest& request);
absl::StatusOr<v1::CareTask> GetTask(TaskDesk& desk, const base::Call& call,
                                     const v1::GetTaskRequest& request);
absl::StatusOr<v1::ListTasksResponse> ListTasks(TaskDesk& desk, const base::Call& call,
                                                const v1::ListTasksRequest& request);
absl::StatusOr<v1::CareTask> TakeTask(TaskDesk& desk, const base::Call& call,
                                      const v1::TakeTaskRequest& request);
absl::StatusOr<v1::CareTask> DelegateTask(TaskDesk& desk, const base::Call& call,
                                          const v1::DelegateTaskRequest& request);
absl::StatusOr<v1::CareTask> CloseTask(TaskDesk& desk, const base::Call& call,
                                       const v1::CloseTaskRequest& request);
absl::StatusOr<v1::CareTask> CancelTask(TaskDesk& desk, const base::Call& call,
                                        const v1::CancelTaskRequest& request);

// act_escalation.cpp
absl::StatusOr<v1::CareTask> EscalateTask(TaskDesk& desk, const base::Call& call,
                                          const v1::EscalateTaskRequest& request);

// act_checklist.cpp
absl::StatusOr<v1::ChecklistOutcome> EvaluateChecklist(TaskDesk& desk, const base::Call& call,
                                                       const v1::EvaluateChecklistRequest& request);
absl::StatusOr<v1::CareTask> EscalateChecklist(TaskDesk& desk, const base::Call& call,
                                               const v1::EscalateChecklistRequest& request);

}  // namespace sas::regulation::acts
