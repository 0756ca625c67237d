#pragma once

#include <soci/soci.h>

#include <chrono>
#include <cstddef>
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

/// Runs one statement and gives the number of rows that it changed. One round trip: SOCI's
/// `prepare` would cost three on PostgreSQL.
///
///     const long long changed = Exec(session, "UPDATE t SET a = :a WHERE id = :id",
///                                    soci::use(a, "a"), soci::use(id, "id"));
template <typename... Exchanges>
long long Exec(Session& session, const std::string& query, Exchanges&&... exchanges) {
  soci::statement statement(session.soci);
  (statement.exchange(std::forward<Exchanges>(exchanges)), ...);
  statement.alloc();
  statement.prepare(query, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute(true);
  return statement.get_affected_rows();
}

/// The same for a query that gives one row through soci::into; false when there was none.
template <typename... Exchanges>
bool FetchOne(Session& session, const std::string& query, Exchanges&&... exchanges) {
  soci::statement statement(session.soci);
  (statement.exchange(std::forward<Exchanges>(exchanges)), ...);
  statement.alloc();
  statement.prepare(query, soci::details::st_one_time_query);
  statement.define_and_bind();
  return statement.execute(true);
}

/// Runs a query on a statement that has some of its bindings already, for queries put together, and
/// calls `each` after every row; the row stands in the soci::into variables.
template <typename Each, typename... Exchanges>
void FetchEach(soci::statement& statement, const std::string& query, Each each,
               Exchanges&&... exchanges) {
  (statement.exchange(std::forward<Exchanges>(exchanges)), ...);
  statement.alloc();
  statement.prepare(query, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) each();
}

/// Runs a query and calls `each` after every row. Give nullable columns an indicator.
template <typename Each, typename... Exchanges>
void FetchEach(Session& session, const std::string& query, Each each, Exchanges&&... exchanges) {
  soci::statement statement(session.soci);
  FetchEach(statement, query, std::move(each), std::forward<Exchanges>(exchanges)...);
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
