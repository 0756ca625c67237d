#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/task.pb.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/task.h"

namespace sas::regulation {

struct TaskQuery {
  std::string region;                          ///< Empty: all.
  std::vector<std::string> territories;        ///< Empty: all.
  std::string organization;                    ///< Empty: all.
  base::Role role = base::Role::kUnspecified;  ///< That is asked; unspecified: all.
  std::string case_name;                       ///< Empty: all.
  std::string mine;                            ///< Subject who has it or is asked; empty: all.
  bool include_ended = false;
  std::optional<base::Actor> seen_by;  ///< Only what he sees; nothing: all.
  std::optional<QueueKey> after;       ///< wait_start_us holds the due time.
  int limit = 0;
};

struct TaskCount {
  int open = 0;     ///< Not ended.
  int overdue = 0;  ///< Of these, due by then.
  base::Instant oldest_due{};
};

/// Tasks; part of a RegulationTransaction and of its rules.
class TaskLedger {
 public:
  virtual ~TaskLedger() = default;

  /// NOT_FOUND `TASK_NOT_FOUND`.
  virtual absl::StatusOr<v1::CareTask> GetTask(const std::string& name) = 0;
  /// ABORTED `CONCURRENT_CHANGE` unless the etag is the successor of the stored one.
  virtual absl::Status PutTask(const v1::CareTask& task) = 0;
  /// Soonest due first.
  virtual absl::StatusOr<std::vector<v1::CareTask>> ListTasks(const TaskQuery& query) = 0;
  /// Of all regions.
  virtual absl::StatusOr<TaskCount> CountTasks(base::Instant now) = 0;
};

absl::Status TaskNotFound(const std::string& name);

/// Sort key of a list.
QueueKey TaskKeyOf(const v1::CareTask& task);

}  // namespace sas::regulation
