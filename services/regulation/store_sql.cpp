#include "services/regulation/store_sql.h"

#include "common/sql/statement.h"
#include "embedded/regulation_migrations.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchOne;

std::vector<sql::Migration> RegulationMigrations() {
  return ledger::JournalMigrations(migrations::kFiles);
}

SqlRegulationStore::SqlRegulationStore(sql::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock), feed_(database) {}

absl::Status SqlRegulationStore::Write(const base::Call& call, const Work& work) {
  return ledger::RunWrite<SqlTransaction>(database_, feed_, call, clock_, work);
}

absl::Status SqlRegulationStore::Read(const base::Call& call, const Work& work) {
  return ledger::RunRead<SqlTransaction>(database_, call, clock_, work);
}

void Query::AndTerritories(const std::vector<std::string>& territories, sql::Dialect dialect) {
  if (territories.empty()) return;
  std::string list = ",";
  for (const std::string& territory : territories) list += territory + ",";
  const char* position = dialect == sql::Dialect::kPostgres ? "strpos" : "instr";
  text += std::string(" AND ") + position + "(:territories, ',' || territory || ',') > 0";
  bound.emplace_back("territories", list);
}

std::string SqlTransaction::ForUpdate() const {
  const bool locks = access_ == sql::Access::kWrite && session_.dialect == sql::Dialect::kPostgres;
  return locks ? " FOR UPDATE" : "";
}

std::string SqlTransaction::NameColumn() const {
  return session_.dialect == sql::Dialect::kPostgres ? "name COLLATE \"C\"" : "name";
}

std::vector<SqlTransaction::NamedDocument> SqlTransaction::Fetch(const Query& query) {
  std::vector<NamedDocument> rows;
  NamedDocument row;
  soci::statement statement(session_.soci);
  for (const auto& [name, value] : query.bound) statement.exchange(use(value, name));
  statement.exchange(into(row.first));
  statement.exchange(into(row.second));
  statement.alloc();
  statement.prepare(query.text, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) rows.push_back(row);
  return rows;
}

absl::StatusOr<std::optional<std::string>> SqlTransaction::Find(const std::string& table,
                                                                const std::string& name) {
  std::optional<std::string> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string document;
    if (FetchOne(session_, "SELECT document FROM " + table + " WHERE name = :name" + ForUpdate(),
                 use(name, "name"), into(document))) {
      found = std::move(document);
    }
  }));
  return found;
}

absl::StatusOr<std::int64_t> SqlTransaction::NextCount(const std::string& key) {
  long long value = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    FetchOne(session_,
             "INSERT INTO counters (counter, value) VALUES (:counter, 1) ON CONFLICT (counter) "
             "DO UPDATE SET value = counters.value + 1 RETURNING value",
             use(key, "counter"), into(value));
  }));
  return value;
}

absl::StatusOr<std::string> SqlTransaction::GetCursor(const std::string& feed) {
  std::string cursor;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    FetchOne(session_, "SELECT cursor_text FROM cursors WHERE feed = :feed" + ForUpdate(),
             use(feed, "feed"), into(cursor));
  }));
  return cursor;
}

absl::Status SqlTransaction::PutCursor(const std::string& feed, const std::string& cursor) {
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO cursors (feed, cursor_text) VALUES (:feed, :cursor_text) "
         "ON CONFLICT (feed) DO UPDATE SET cursor_text = excluded.cursor_text",
         use(feed, "feed"), use(cursor, "cursor_text"));
  });
}

}  // namespace sas::regulation
