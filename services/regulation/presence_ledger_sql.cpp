#include "services/regulation/presence_ledger_sql.h"

#include "services/regulation/store_sql_rows.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::ToMicros;
using sql_rows::ByBytes;

// When a row's stream ends or has ended.
std::string End() {
  constexpr std::chrono::microseconds kStale = kStreamStale;
  return "(seen_us + " + std::to_string(kStale.count()) + " * is_open)";
}

}  // namespace

absl::Status SqlPresenceLedger::PutStream(const BoardStream& stream) {
  const long long open = stream.open ? 1 : 0;
  const long long seen = ToMicros(stream.seen);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO board_streams (stream, replica, region, subject, is_open, seen_us) VALUES "
         "(:stream, :replica, :region, :subject, :open, :seen) ON CONFLICT (stream) DO UPDATE SET "
         "is_open = excluded.is_open, seen_us = excluded.seen_us",
         use(stream.id, "stream"), use(stream.replica, "replica"), use(stream.region, "region"),
         use(stream.subject, "subject"), use(open, "open"), use(seen, "seen"));
  });
}

absl::StatusOr<int> SqlPresenceLedger::RenewStreams(const std::string& replica, base::Instant now) {
  const long long seen = ToMicros(now);
  long long renewed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    renewed = Exec(session_,
                   "UPDATE board_streams SET seen_us = :seen WHERE replica = :replica AND "
                   "is_open = 1",
                   use(seen, "seen"), use(replica, "replica"));
  }));
  return static_cast<int>(renewed);
}

absl::StatusOr<std::vector<Absence>> SqlPresenceLedger::ListAbsent(base::Instant until, int limit) {
  std::vector<Absence> absent;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long last = ToMicros(until);
    const long long most = limit;
    Absence row;
    long long since = 0;
    sql::FetchEach(
        session_,
        "SELECT region, subject, MAX(" + End() +
            ") AS since FROM board_streams GROUP BY region, subject HAVING MAX(" + End() +
            ") <= :last ORDER BY since, " + ByBytes(session_, "region") + ", " +
            ByBytes(session_, "subject") + " LIMIT :most",
        [&] {
          row.since = sql::FromMicros(since);
          absent.push_back(row);
        },
        use(last, "last"), use(most, "most"), into(row.region), into(row.subject), into(since));
  }));
  return absent;
}

absl::StatusOr<std::optional<base::Instant>> SqlPresenceLedger::FindEnd(
    const std::string& region, const std::string& subject) {
  long long end = -1;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    sql::FetchOne(session_,
                  "SELECT COALESCE(MAX(" + End() +
                      "), -1) FROM board_streams WHERE region = :region AND subject = :subject",
                  use(region, "region"), use(subject, "subject"), into(end));
  }));
  if (end < 0) return std::optional<base::Instant>();
  return std::optional(sql::FromMicros(end));
}

absl::Status SqlPresenceLedger::DropStreams(const std::string& region, const std::string& subject,
                                            base::Instant until) {
  const long long last = ToMicros(until);
  return sql::Guard([&] {
    Exec(session_,
         "DELETE FROM board_streams WHERE region = :region AND subject = :subject AND " + End() +
             " <= :last",
         use(region, "region"), use(subject, "subject"), use(last, "last"));
  });
}

absl::Status SqlPresenceLedger::DropEnded(base::Instant until) {
  const long long last = ToMicros(until);
  return sql::Guard([&] {
    Exec(session_, "DELETE FROM board_streams WHERE " + End() + " <= :last", use(last, "last"));
  });
}

}  // namespace sas::regulation
