#include "services/regulation/store_sql.h"

#include "embedded/regulation_migrations.h"
#include "services/regulation/store_sql_rows.h"
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
  return ledger::RunWrite<SqlTransaction>(database_, feed_, call, clock_,
                                          [&](SqlTransaction& transaction) {
                                            transaction.UseDelays(delays_);
                                            return work(transaction);
                                          });
}

absl::Status SqlRegulationStore::Read(const base::Call& call, const Work& work) {
  return ledger::RunRead<SqlTransaction>(database_, call, clock_, work);
}

void Query::AndTerritories(const std::vector<std::string>& territories,
                           const sql::Session& session) {
  if (territories.empty()) return;
  text += " AND " + sql_rows::Among(session, "territories", "territory");
  bound.emplace_back("territories", sql_rows::ListOf(territories));
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
    FetchOne(session_,
             "SELECT cursor_text FROM cursors WHERE feed = :feed" +
                 sql_rows::ForUpdate(session_, access_),
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
