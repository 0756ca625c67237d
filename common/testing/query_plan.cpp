#include "common/testing/query_plan.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <set>

namespace sas::testing {
namespace {

constexpr int kDetailColumn = 3;  // Of EXPLAIN QUERY PLAN.

std::string PlanIn(sql::Session& session, const std::string& part) {
  auto* connection = static_cast<soci::sqlite3_session_backend*>(session.soci.get_backend())->conn_;
  std::set<std::string> texts;
  for (auto* each = sqlite_api::sqlite3_next_stmt(connection, nullptr); each != nullptr;
       each = sqlite_api::sqlite3_next_stmt(connection, each)) {
    const std::string text = sqlite_api::sqlite3_sql(each);
    if (text.find(part) != std::string::npos) texts.insert(text);
  }
  if (texts.size() != 1) return {};
  const std::string explain = "EXPLAIN QUERY PLAN " + *texts.begin();
  sqlite_api::sqlite3_stmt* statement = nullptr;
  sqlite_api::sqlite3_prepare_v2(connection, explain.c_str(), -1, &statement, nullptr);
  std::string plan;
  while (sqlite_api::sqlite3_step(statement) == SQLITE_ROW) {
    plan +=
        reinterpret_cast<const char*>(sqlite_api::sqlite3_column_text(statement, kDetailColumn));
    plan += "\n";
  }
  sqlite_api::sqlite3_finalize(statement);
  return plan;
}

}  // namespace

std::string PlanOf(sql::Database& database, const base::Clock& clock, const std::string& part) {
  std::string plan;
  const base::Call call = base::InternalCall("plan", clock, std::chrono::seconds(30));
  const absl::Status read = database.Run(call, sql::Access::kRead, [&](sql::Session& session) {
    plan = PlanIn(session, part);
    return absl::OkStatus();
  });
  return read.ok() ? plan : std::string(read.message());
}

}  // namespace sas::testing
