#pragma once

#include <soci/soci.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/sql/database.h"
#include "common/sql/errors.h"

/// Small conveniences over SOCI. Like SOCI itself they throw; Database::Run and Guard turn that
/// into statuses. Bind 64-bit numbers as `long long`; bound variables must outlive the call.
namespace sas::sql {

/// One statement, bound and run once. The helpers below are all that most code needs; this is for
/// queries whose conditions are put together.
class Query {
 public:
  Query(Session& session, std::string text);
  ~Query();  ///< Keeps the prepared statement for the next one with this text.
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Takes a soci::use or soci::into; the variable must outlive the query.
  template <typename Exchange>
  void Bind(Exchange&& exchange) {
    statement_->exchange(std::forward<Exchange>(exchange));
  }

  /// Runs it; with `fetch` also reads the first row and tells whether there was one.
  bool Run(bool fetch);

  /// Reads the next row after Run(false).
  bool Fetch() { return statement_->fetch(); }

  long long Changed() { return statement_->get_affected_rows(); }

 private:
  Session& session_;
  std::string text_;
  std::unique_ptr<soci::statement> statement_;
  bool sound_ = false;  ///< Ran without fault: may be kept.
};

/// Runs one statement and gives the number of rows that it changed.
///
///     const long long changed = Exec(session, "UPDATE t SET a = :a WHERE id = :id",
///                                    soci::use(a, "a"), soci::use(id, "id"));
template <typename... Exchanges>
long long Exec(Session& session, std::string text, Exchanges&&... exchanges) {
  Query query(session, std::move(text));
  (query.Bind(std::forward<Exchanges>(exchanges)), ...);
  query.Run(true);
  return query.Changed();
}

/// The same for a query that gives one row through soci::into; false when there was none.
template <typename... Exchanges>
bool FetchOne(Session& session, std::string text, Exchanges&&... exchanges) {
  Query query(session, std::move(text));
  (query.Bind(std::forward<Exchanges>(exchanges)), ...);
  return query.Run(true);
}

/// Runs a query and calls `each` after every row; the row stands in the soci::into variables. Give
/// nullable columns an indicator.
template <typename Each, typename... Exchanges>
void FetchEach(Session& session, std::string text, Each each, Exchanges&&... exchanges) {
  Query query(session, std::move(text));
  (query.Bind(std::forward<Exchanges>(exchanges)), ...);
  query.Run(false);
  while (query.Fetch()) each();
}

/// Runs `attempt` in a savepoint of its own: when it fails, its effects are undone and the
/// transaction goes on, on both engines (PostgreSQL refuses everything after a failed statement).
/// Returns the status of `attempt`.
template <typename Attempt>
absl::Status TrySavepoint(Session& session, Attempt&& attempt) {
  SAS_RETURN_IF_ERROR(Guard([&] { Exec(session, "SAVEPOINT sas_try"); }));
  const absl::Status status = Guard(std::forward<Attempt>(attempt));
  const absl::Status closed = Guard([&] {
    if (!status.ok()) Exec(session, "ROLLBACK TO SAVEPOINT sas_try");
    Exec(session, "RELEASE SAVEPOINT sas_try");
  });
  return status.ok() ? closed : status;
}

/// Timestamps are BIGINT microseconds since 1970-01-01 UTC.
inline long long ToMicros(base::Instant instant) {
  return instant.time_since_epoch().count();
}

inline base::Instant FromMicros(long long micros) {
  return base::Instant(std::chrono::microseconds(micros));
}

/// Column of a soci::row as a number, whatever the engine calls its type: SQLite gives expressions
/// such as count(*) as text, PostgreSQL gives sum(bigint) as a double. 0 for null.
long long Int64(const soci::row& row, std::size_t column);

/// Column of a soci::row as text; empty for null.
std::string Text(const soci::row& row, std::size_t column);

}  // namespace sas::sql
