#include <soci/soci.h>

#include "common/base/resource_name.h"
#include "common/sql/statement.h"
#include "services/booking/domain/session.h"
#include "services/booking/store_sql_transaction.h"

// Weeks of practitioners and sessions with patients beyond their seats.
namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;

namespace {

// Of two transactions that count the same one runs again; SQLite has one writer.
void TouchCounted(sql::Session& session, const std::string& counted) {
  if (session.dialect != sql::Dialect::kPostgres) return;
  Exec(session,
       "INSERT INTO capped_counts (counted, version) VALUES (:counted, 1) "
       "ON CONFLICT (counted) DO UPDATE SET version = capped_counts.version + 1",
       use(counted, "counted"));
}

}  // namespace

// The region is compared here: SQLite would take the index of all its appointments for it.
absl::StatusOr<int> SqlTransaction::CountWeekForOneMore(const CappedWeek& week) {
  int count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    count = 0;
    const long long start_us = sql::ToMicros(week.start);
    const long long end_us = sql::ToMicros(week.end);
    std::string region;
    TouchCounted(session_, base::JoinName({{"regions", week.region}, {"rpps", week.practitioner}}));
    FetchEach(
        session_,
        "SELECT region FROM appointments WHERE practitioner = :practitioner AND "
        "practitioner <> '' AND state <> 5 AND start_us >= :start_us AND start_us < :end_us "
        "AND name <> :except",
        [&] { count += region == week.region ? 1 : 0; }, use(week.practitioner, "practitioner"),
        use(start_us, "start_us"), use(end_us, "end_us"), use(week.except, "except"), into(region));
  }));
  return count;
}

absl::StatusOr<int> SqlTransaction::CountBeyondForOneMore(const CappedSession& session) {
  int count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    count = 0;
    const long long start_us = sql::ToMicros(session.start);
    const long long end_us = sql::ToMicros(session.end);
    const long long seats = session.seats;
    std::string slot;
    TouchCounted(session_, session.site + "/agendas/" + session.agenda);
    FetchEach(
        session_,
        "SELECT slot FROM appointments WHERE site = :site AND start_us >= :start_us AND "
        "start_us < :end_us AND state <> 5 AND seat >= :seats AND name <> :except",
        [&] { count += AgendaOfSlot(slot) == session.agenda ? 1 : 0; }, use(session.site, "site"),
        use(start_us, "start_us"), use(end_us, "end_us"), use(seats, "seats"),
        use(session.except, "except"), into(slot));
  }));
  return count;
}

}  // namespace sas::booking
