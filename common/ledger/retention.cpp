#include <soci/soci.h>

#include "common/base/status.h"
#include "common/ledger/cursor.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/statement.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;

/// Position of the last event that may go, {0, 0} when none may. Events leave in feed order only,
/// so that what is left has no hole: the first young one stops the search.
Cursor LastToTrim(sql::Session& session, base::Instant before, long long limit) {
  const std::string settled =
      session.dialect == sql::Dialect::kPostgres
          ? " WHERE tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
          : "";
  Cursor at;
  Cursor last;
  long long time_us = 0;
  bool young = false;
  sql::FetchEach(
      session,
      "SELECT tx, sequence, record_time_us FROM outbox" + settled +
          " ORDER BY tx, sequence LIMIT :limit",
      [&] {
        young = young || time_us >= sql::ToMicros(before);
        if (!young) last = at;
      },
      use(limit, "limit"), into(at.tx), into(at.sequence), into(time_us));
  return last;
}

}  // namespace

absl::StatusOr<int> PurgeAnswers(sql::Database& database, const base::Call& call,
                                 const base::Clock& clock, int limit) {
  long long removed = 0;
  SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kWrite, [&](sql::Session& session) {
    const long long now = sql::ToMicros(clock.Now());
    const long long rows_max = limit;
    removed = sql::Exec(session,
                        "DELETE FROM answers WHERE (caller, method, request_id) IN "
                        "(SELECT caller, method, request_id FROM answers WHERE expires <= :now "
                        "ORDER BY expires LIMIT :rows_max)",
                        use(now, "now"), use(rows_max, "rows_max"));
    return absl::OkStatus();
  }));
  return static_cast<int>(removed);
}

absl::StatusOr<int> TrimOutbox(sql::Database& database, const base::Call& call,
                               base::Instant before, int limit) {
  long long removed = 0;
  SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kWrite, [&](sql::Session& session) {
    removed = 0;
    const Cursor last = LastToTrim(session, before, limit);
    if (last.sequence == 0) return absl::OkStatus();
    removed = sql::Exec(session, "DELETE FROM outbox WHERE (tx, sequence) <= (:tx, :sequence)",
                        use(last.tx, "tx"), use(last.sequence, "sequence"));
    sql::Exec(session, "UPDATE outbox_trimmed SET tx = :tx, sequence = :sequence",
              use(last.tx, "tx"), use(last.sequence, "sequence"));
    return absl::OkStatus();
  }));
  return static_cast<int>(removed);
}

}  // namespace sas::ledger
