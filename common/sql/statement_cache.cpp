#include "common/sql/statement_cache.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <utility>

namespace sas::sql {
namespace {

/// Texts are few and fixed; one that holds a value would fill the cache, which then starts anew.
constexpr std::size_t kStatementsMax = 256;

}  // namespace

std::unique_ptr<soci::statement> StatementCache::Take(const std::string& text) {
  const auto found = statements_.find(text);
  if (found == statements_.end()) return nullptr;
  std::unique_ptr<soci::statement> statement = std::move(found->second);
  statements_.erase(found);
  return statement;
}

void StatementCache::Keep(std::string text, std::unique_ptr<soci::statement> statement) {
  // A statement that stands on a row keeps its snapshot and thereby the whole WAL; and its bindings
  // point at variables that are gone.
  auto* backend = static_cast<soci::sqlite3_statement_backend*>(statement->get_backend());
  sqlite3_reset(backend->stmt_);
  sqlite3_clear_bindings(backend->stmt_);
  statement->bind_clean_up();
  if (statements_.size() >= kStatementsMax) statements_.clear();
  statements_.emplace(std::move(text), std::move(statement));
}

// SQLite's own switch (PRAGMA query_only) makes it parse every prepared statement anew.
void StatementCache::CheckMayRun(soci::statement& statement) const {
  if (!read_only_) return;
  auto* backend = static_cast<soci::sqlite3_statement_backend*>(statement.get_backend());
  if (sqlite3_stmt_readonly(backend->stmt_) != 0) return;
  throw soci::sqlite3_soci_error("a unit of work that only reads would write", SQLITE_READONLY);
}

}  // namespace sas::sql
