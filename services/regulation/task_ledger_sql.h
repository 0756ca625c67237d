#pragma once

#include "common/sql/database.h"
#include "services/regulation/task_ledger.h"

namespace sas::regulation {

/// TaskLedger on SQLite and PostgreSQL, inside a transaction of the store.
class SqlTaskLedger final : public TaskLedger {
 public:
  SqlTaskLedger(sql::Session& session, sql::Access access) : session_(session), access_(access) {}

  absl::StatusOr<v1::CareTask> GetTask(const std::string& name) override;
  absl::Status PutTask(const v1::CareTask& task) override;
  absl::StatusOr<std::vector<v1::CareTask>> ListTasks(const TaskQuery& query) override;
  absl::StatusOr<TaskCount> CountTasks(base::Instant now) override;

 private:
  sql::Session& session_;
  const sql::Access access_;
};

}  // namespace sas::regulation
