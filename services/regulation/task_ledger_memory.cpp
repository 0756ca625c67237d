#include "services/regulation/task_ledger_memory.h"

#include <algorithm>
#include <utility>

#include "common/care/identifiers.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_task.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

bool Wanted(const std::string& asked, const std::string& value) {
  return asked.empty() || asked == value;
}

bool Shows(const TaskQuery& query, const v1::CareTask& row) {
  const TaskValue task = ToValue(row);
  const bool mine = query.mine.empty() || task.owner == query.mine || task.person == query.mine;
  const bool role = query.role == base::Role::kUnspecified || query.role == task.role;
  const bool here =
      query.region.empty() || row.name().rfind("regions/" + query.region + "/", 0) == 0;
  const bool structure =
      query.organization.empty() || care::SameOrganization(query.organization, task.organization);
  return here && InTerritories(query.territories, row.territory()) && structure && role &&
         Wanted(query.case_name, row.regulation_case()) && mine &&
         (query.include_ended || !IsEnded(task.state)) &&
         (!query.seen_by || Sees(task, *query.seen_by));
}

}  // namespace

absl::StatusOr<v1::CareTask> MemoryTaskLedger::GetTask(const std::string& name) {
  const auto found = rows_.find(name);
  if (found == rows_.end()) return TaskNotFound(name);
  return *found->second;
}

absl::Status MemoryTaskLedger::PutTask(const v1::CareTask& task) {
  const auto found = rows_.find(task.name());
  const std::int64_t before = found == rows_.end() ? 0 : VersionOf(found->second->etag());
  if (VersionOf(task.etag()) != before + 1) return ConcurrentChange(task.name());
  rows_[task.name()] = std::make_shared<const v1::CareTask>(task);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::CareTask>> MemoryTaskLedger::ListTasks(const TaskQuery& query) {
  std::vector<std::pair<QueueKey, const v1::CareTask*>> shown;
  for (const auto& [name, row] : rows_) {
    if (Shows(query, *row)) shown.emplace_back(TaskKeyOf(*row), row.get());
  }
  std::sort(shown.begin(), shown.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<v1::CareTask> page;
  for (const auto& [key, row] : shown) {
    if (static_cast<int>(page.size()) >= query.limit) break;
    if (!query.after || *query.after < key) page.push_back(*row);
  }
  return page;
}

absl::StatusOr<TaskCount> MemoryTaskLedger::CountTasks(base::Instant now) {
  TaskCount count;
  for (const auto& [name, row] : rows_) {
    const TaskState state = ToValue(*row).state;
    if (IsEnded(state)) continue;
    ++count.open;
    const base::Instant due = ToInstant(row->due_time());
    if (!IsOverdue(state, due, now)) continue;
    if (count.overdue++ == 0 || due < count.oldest_due) count.oldest_due = due;
  }
  return count;
}

}  // namespace sas::regulation
