#include <soci/soci.h>

#include "absl/strings/str_join.h"
#include "common/sql/statement.h"
#include "services/booking/domain/session.h"
#include "services/booking/store_sql_transaction.h"

// Weeks of practitioners, sessions with patients beyond their seats, and what several appointments
// of one transaction take before they are written.
namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;

namespace {

// In the order of the lists, which is that of the sets. No name has a blank.
constexpr char kTakeDays[] =
    "INSERT INTO capped_days (site, start_us, version) "
    "SELECT day.site, day.start_us, 1 FROM unnest(string_to_array(:sites, ' '), "
    "CAST(string_to_array(:starts, ' ') AS BIGINT[])) AS day (site, start_us) "
    "ON CONFLICT (site, start_us) DO UPDATE SET version = capped_days.version + 1";

constexpr char kTakeNames[] =
    "INSERT INTO capped_counts (counted, version) "
    "SELECT each.counted, 1 FROM unnest(string_to_array(:names, ' ')) AS each (counted) "
    "ON CONFLICT (counted) DO UPDATE SET version = capped_counts.version + 1";

// A lock alone would let whoever waits for it go on with what he read before.
constexpr char kHold[] =
    "WITH held AS (SELECT name FROM appointments WHERE name = ANY (string_to_array(:names, ' ')) "
    "ORDER BY name FOR NO KEY UPDATE) "
    "UPDATE appointments SET version = version FROM held WHERE appointments.name = held.name";

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
    TouchCounted(session_, CountedName(week));
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
    TouchCounted(session_, CountedName(session));
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

absl::Status SqlTransaction::TakeCounted(const CountedIn& counted) {
  if (session_.dialect != sql::Dialect::kPostgres) return absl::OkStatus();
  return sql::Guard([&] {
    const std::string sites = absl::StrJoin(
        counted.days, " ", [](std::string* out, const auto& day) { out->append(day.first); });
    const std::string starts =
        absl::StrJoin(counted.days, " ", [](std::string* out, const auto& day) {
          out->append(std::to_string(sql::ToMicros(day.second)));
        });
    const std::string names = absl::StrJoin(counted.names, " ");
    if (!sites.empty()) Exec(session_, kTakeDays, use(sites, "sites"), use(starts, "starts"));
    if (!names.empty()) Exec(session_, kTakeNames, use(names, "names"));
  });
}

absl::Status SqlTransaction::HoldAppointments(const std::vector<std::string>& names) {
  if (session_.dialect != sql::Dialect::kPostgres || names.empty()) return absl::OkStatus();
  return sql::Guard([&] {
    const std::string list = absl::StrJoin(names, " ");
    Exec(session_, kHold, use(list, "names"));
  });
}

}  // namespace sas::booking
