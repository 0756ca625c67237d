#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/regulation/task_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, shared between copies and never changed in place.
using MemoryTaskRows = std::map<std::string, std::shared_ptr<const v1::CareTask>>;

class MemoryTaskLedger final : public TaskLedger {
 public:
  explicit MemoryTaskLedger(MemoryTaskRows& rows) : rows_(rows) {}

  absl::StatusOr<v1::CareTask> GetTask(const std::string& name) override;
  absl::Status PutTask(const v1::CareTask& task) override;
  absl::StatusOr<std::vector<v1::CareTask>> ListTasks(const TaskQuery& query) override;
  absl::StatusOr<TaskCount> CountTasks(base::Instant now) override;

 private:
  MemoryTaskRows& rows_;
};

}  // namespace sas::regulation
