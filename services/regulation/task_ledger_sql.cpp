#include "services/regulation/task_ledger_sql.h"

#include "common/base/resource_name.h"
#include "common/care/identifiers.h"
#include "services/regulation/convert_task.h"
#include "services/regulation/store_sql_rows.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;
using sql::ToMicros;

constexpr char kLive[] = "state IN (1, 2)";

// The column is normal, as organizations are compared; rows from before have what somebody wrote.
// The whole query; a filter that is not asked for is left out or compares with itself.
std::string SelectOf(const TaskQuery& query, const sql::Session& session) {
  const std::string name = sql_rows::ByBytes(session, "name");
  std::string text =
      "SELECT name, document FROM tasks WHERE (:everywhere = '' OR region = :region)";
  text +=
      " AND (:all = '' OR " + sql_rows::Among(session, "among", "territory") +
      ")"
      " AND (:anywhere = '' OR (organization <> '' AND organization IN (:there, :there_written)))"
      " AND (:anything = '' OR case_name = :about)"
      " AND (:anybody = '' OR owner = :has OR person = :asked)";
  if (query.role != base::Role::kUnspecified) {
    text += " AND role = " + std::to_string(static_cast<int>(query.role));
  }
  if (!query.include_ended) text += std::string(" AND ") + kLive;
  text +=
      " AND (:everything = 1 OR (organization <> '' AND organization IN (:own, :own_written)) "
      "OR creator = :me OR owner = :me_too OR person = :me_again)";
  text += " AND (due_us, " + name + ") > (:due, :after) ORDER BY due_us, " + name + " LIMIT :most";
  return text;
}

}  // namespace

absl::StatusOr<v1::CareTask> SqlTaskLedger::GetTask(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found, sql_rows::Find<v1::CareTask>(session_, access_, "tasks", name));
  if (!found) return TaskNotFound(name);
  return *std::move(found);
}

absl::Status SqlTaskLedger::PutTask(const v1::CareTask& row) {
  const std::string name = row.name();
  const std::string region(base::RegionOf(name));
  const TaskValue task = ToValue(row);
  const int state = static_cast<int>(task.state);
  const int role = static_cast<int>(task.role);
  const std::string organization = care::NormalOrganization(task.organization);
  const std::string territory = row.territory();
  const std::string case_name = row.regulation_case();
  const long long due = ToMicros(ToInstant(row.due_time()));
  const long long version = VersionOf(row.etag());
  const long long before = version - 1;
  const std::string document = ledger::ToDocument(row);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    if (before == 0) {
      changed = Exec(session_,
                     "INSERT INTO tasks (name, region, territory, state, role, organization, "
                     "person, owner, creator, case_name, due_us, version, document) VALUES (:name, "
                     ":region, :territory, :state, :role, :organization, :person, :owner, "
                     ":creator, :case_name, :due, :version, :document) "
                     "ON CONFLICT (name) DO NOTHING",
                     use(name, "name"), use(region, "region"), use(territory, "territory"),
                     use(state, "state"), use(role, "role"), use(organization, "organization"),
                     use(task.person, "person"), use(task.owner, "owner"),
                     use(task.creator, "creator"), use(case_name, "case_name"), use(due, "due"),
                     use(version, "version"), use(document, "document"));
    } else {
      changed = Exec(session_,
                     "UPDATE tasks SET state = :state, role = :role, organization = "
                     ":organization, person = :person, owner = :owner, case_name = :case_name, "
                     "due_us = :due, version = :version, document = :document WHERE name = :name "
                     "AND version = :before",
                     use(state, "state"), use(role, "role"), use(organization, "organization"),
                     use(task.person, "person"), use(task.owner, "owner"),
                     use(case_name, "case_name"), use(due, "due"), use(version, "version"),
                     use(document, "document"), use(name, "name"), use(before, "before"));
    }
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::CareTask>> SqlTaskLedger::ListTasks(const TaskQuery& query) {
  sql_rows::NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string territories = sql_rows::ListOf(query.territories);
    const int everything = query.seen_by && !IsOfCrra(query.seen_by->role) ? 0 : 1;
    const base::Actor viewer = query.seen_by.value_or(base::Actor{});
    const std::string own = care::NormalOrganization(viewer.organization);
    const std::string there = care::NormalOrganization(query.organization);
    const long long due = query.after ? query.after->wait_start_us : -1;
    const std::string after = query.after ? query.after->name : "";
    const long long most = query.limit;
    std::string name;
    std::string document;
    FetchEach(
        session_, SelectOf(query, session_), [&] { rows.emplace_back(name, document); },
        use(query.region, "everywhere"), use(query.region, "region"), use(territories, "all"),
        use(territories, "among"), use(query.organization, "anywhere"), use(there, "there"),
        use(query.organization, "there_written"), use(query.case_name, "anything"),
        use(query.case_name, "about"), use(query.mine, "anybody"), use(query.mine, "has"),
        use(query.mine, "asked"), use(everything, "everything"), use(own, "own"),
        use(viewer.organization, "own_written"), use(viewer.subject, "me"),
        use(viewer.subject, "me_too"), use(viewer.subject, "me_again"), use(due, "due"),
        use(after, "after"), use(most, "most"), into(name), into(document));
  }));
  return sql_rows::Parse<v1::CareTask>(rows);
}

absl::StatusOr<TaskCount> SqlTaskLedger::CountTasks(base::Instant now) {
  long long open = 0;
  long long overdue = 0;
  long long oldest = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long by = ToMicros(now);
    FetchOne(session_,
             std::string("SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_us <= :by THEN 1 ELSE 0 "
                         "END), 0), COALESCE(MIN(CASE WHEN due_us <= :then THEN due_us END), 0) "
                         "FROM tasks WHERE ") +
                 kLive,
             use(by, "by"), use(by, "then"), into(open), into(overdue), into(oldest));
  }));
  return TaskCount{static_cast<int>(open), static_cast<int>(overdue), sql::FromMicros(oldest)};
}

}  // namespace sas::regulation
