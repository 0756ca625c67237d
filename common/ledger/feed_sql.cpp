#include <soci/soci.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/ledger/cursor.h"
#include "common/ledger/journal_sql.h"
#include "common/ledger/ledger_epoch.h"
#include "common/ledger/listeners.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;

/// Rows that a reader may see: on PostgreSQL those of transactions older than every open one, for
/// a younger row may still be joined by an older one that commits late.
std::string Settled(sql::Dialect dialect) {
  if (dialect == sql::Dialect::kSqlite) return "1 = 1";
  return "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
}

/// The past up to this position is gone.
Cursor Trimmed(sql::Session& session) {
  Cursor trimmed;
  sql::FetchOne(session, "SELECT tx, sequence FROM outbox_trimmed", into(trimmed.tx),
                into(trimmed.sequence));
  return trimmed;
}

/// A cursor from the future belongs to another history: a ledger restored from a copy of another
/// cluster, or an older state of this one.
bool FromTheFuture(sql::Session& session, const Cursor& after) {
  long long next = 0;
  if (session.dialect == sql::Dialect::kPostgres) {
    sql::FetchOne(session, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
                  into(next));
    return after.tx >= next;
  }
  sql::FetchOne(session, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'", into(next));
  return after.tx != 0 || after.sequence > next;
}

/// Makes sure that nothing between `after` and the oldest event kept was removed.
absl::Status CheckReachable(sql::Session& session, const Cursor& after) {
  const Cursor trimmed = Trimmed(session);
  if (after < trimmed || EpochOf(after.sequence) != EpochOf(trimmed.sequence)) {
    return CursorTrimmed();
  }
  if (FromTheFuture(session, after)) return CursorTrimmed();
  return absl::OkStatus();
}

/// On SQLite `sequence` is the row's own number, of which an index of (tx, sequence) knows the
/// order only beside a given tx: a comparison of both would read the feed from its beginning each
/// time.
std::string After(sql::Dialect dialect) {
  if (dialect == sql::Dialect::kSqlite) return "tx = :tx AND sequence > :sequence";
  return "(tx, sequence) > (:tx, :sequence)";
}

absl::Status ReadInto(sql::Session& session, const std::string& region, const Cursor& after,
                      long long limit, bool settled, std::vector<StoredEvent>& events) {
  events.clear();  // The work may run more than once.
  Cursor at;
  StoredEvent event;
  long long time_us = 0;
  std::string encoded;
  bool readable = true;
  const std::string of_region = region.empty() ? "" : "region = :region AND ";
  const std::string and_settled = settled ? " AND " + Settled(session.dialect) : "";
  const std::string query =
      "SELECT tx, sequence, record_time_us, actor, role, trace_id, region, type, subject, payload "
      "FROM outbox WHERE " +
      of_region + After(session.dialect) + and_settled + " ORDER BY tx, sequence LIMIT :limit";
  sql::Query rows(session, query);
  if (!region.empty()) rows.Bind(use(region, "region"));
  rows.Bind(use(after.tx, "tx"));
  rows.Bind(use(after.sequence, "sequence"));
  rows.Bind(use(limit, "limit"));
  rows.Bind(into(at.tx));
  rows.Bind(into(at.sequence));
  rows.Bind(into(time_us));
  for (std::string* column : {&event.actor, &event.role, &event.trace_id, &event.region,
                              &event.type, &event.subject, &encoded}) {
    rows.Bind(into(*column));
  }
  for (rows.Run(false); rows.Fetch();) {
    event.cursor = FormatCursor(at);
    event.record_time = sql::FromMicros(time_us);
    readable = readable && absl::Base64Unescape(encoded, &event.payload);
    events.push_back(event);
  }
  if (readable) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kDataLoss, "EVENT_UNREADABLE",
                    "an event of the feed cannot be read; report it",
                    {{"after_cursor", FormatCursor(after)}});
}

}  // namespace

absl::StatusOr<std::string> SqlJournal::Newest() {
  Cursor newest;
  long long settled = 1;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const bool any = sql::FetchOne(session_,
                                   "SELECT tx, sequence, CASE WHEN " + Settled(session_.dialect) +
                                       " THEN 1 ELSE 0 END FROM outbox "
                                       "ORDER BY tx DESC, sequence DESC LIMIT 1",
                                   into(newest.tx), into(newest.sequence), into(settled));
    if (!any) newest = Trimmed(session_);
  }));
  return settled != 0 ? FormatCursor(newest) : std::string();
}

struct SqlFeed::Listeners : ledger::Listeners {};

SqlFeed::SqlFeed(sql::Database& database)
    : database_(database), listeners_(std::make_unique<Listeners>()) {}

SqlFeed::~SqlFeed() = default;

absl::StatusOr<std::vector<StoredEvent>> SqlFeed::Read(const base::Call& call,
                                                       std::string_view region,
                                                       std::string_view cursor, int limit) {
  return Read(call, region, cursor, limit, true);
}

absl::StatusOr<std::vector<StoredEvent>> SqlFeed::ReadUnsettled(const base::Call& call,
                                                                std::string_view region,
                                                                std::string_view cursor,
                                                                int limit) {
  return Read(call, region, cursor, limit, false);
}

absl::StatusOr<std::vector<StoredEvent>> SqlFeed::Read(const base::Call& call,
                                                       std::string_view region,
                                                       std::string_view cursor, int limit,
                                                       bool settled) {
  SAS_ASSIGN_OR_RETURN(const Cursor after, ParseCursor(cursor));
  std::vector<StoredEvent> events;
  if (limit <= 0) return events;
  SAS_RETURN_IF_ERROR(database_.Run(call, sql::Access::kRead, [&](sql::Session& session) {
    if (!cursor.empty()) SAS_RETURN_IF_ERROR(CheckReachable(session, after));
    return ReadInto(session, std::string(region), after, limit, settled, events);
  }));
  return events;
}

absl::StatusOr<std::string> SqlFeed::Head(const base::Call& call) {
  Cursor head;
  SAS_RETURN_IF_ERROR(database_.Run(call, sql::Access::kRead, [&](sql::Session& session) {
    const bool any =
        sql::FetchOne(session,
                      "SELECT tx, sequence FROM outbox WHERE " + Settled(session.dialect) +
                          " ORDER BY tx DESC, sequence DESC LIMIT 1",
                      into(head.tx), into(head.sequence));
    if (!any) head = Trimmed(session);
    return absl::OkStatus();
  }));
  return FormatCursor(head);
}

std::uint64_t SqlFeed::Subscribe(std::function<void()> wake) {
  return listeners_->Add(std::move(wake));
}

void SqlFeed::Unsubscribe(std::uint64_t id) {
  listeners_->Remove(id);
}

void SqlFeed::Notify() {
  listeners_->Notify();
}

}  // namespace sas::ledger
