#include <soci/soci.h>

#include <chrono>

#include "common/sql/statement.h"
#include "services/booking/store_sql_transaction.h"

// Nobody receives two patients at once in two agendas (hazard H-22).
namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchOne;

namespace {

constexpr std::chrono::hours kSlotLengthMax{24};  ///< Far above that of plans and platforms, 2 h.
constexpr std::chrono::hours kHoursKept{24};

// Those of one doctor's day, from the index; one of another slot before one of this.
constexpr char kOverlapping[] =
    "SELECT slot FROM appointments WHERE practitioner = :practitioner AND practitioner <> '' "
    "AND state <> 5 AND start_us > :earliest_us AND start_us < :end_us AND end_us > :start_us "
    "AND name <> :name ORDER BY CASE WHEN slot = :slot THEN 1 ELSE 0 END LIMIT 1";

// In the order of time, so that two that need the same hours do not wait for one another.
constexpr char kTouchHours[] =
    "INSERT INTO practitioner_hours (start_us, practitioner, version) "
    "SELECT hour_us, :practitioner, 1 FROM generate_series(CAST(:first_us AS BIGINT), "
    "CAST(:last_us AS BIGINT), CAST(:step_us AS BIGINT)) AS hour_us "
    "ON CONFLICT (start_us, practitioner) DO UPDATE SET version = practitioner_hours.version + 1";

}  // namespace

// A neighbour in the same slot was checked when it came, and is locked until we commit: whoever
// cancels or moves it waits, so it answers for our time too. The first one of a slot has nobody to
// answer for it and writes its hours. Thus seats of one slot never wait for one another.
absl::Status SqlTransaction::ClaimPractitioner(const AppointmentColumns& wanted) {
  if (wanted.practitioner.empty()) return absl::OkStatus();
  const bool postgres = session_.dialect == sql::Dialect::kPostgres;
  const long long start_us = sql::ToMicros(wanted.start);
  const long long end_us = sql::ToMicros(wanted.end);
  const long long earliest_us = sql::ToMicros(wanted.start - kSlotLengthMax);
  std::string found;
  const bool overlaps =
      FetchOne(session_, std::string(kOverlapping) + (postgres ? " FOR SHARE" : ""),
               use(wanted.practitioner, "practitioner"), use(earliest_us, "earliest_us"),
               use(end_us, "end_us"), use(start_us, "start_us"), use(wanted.name, "name"),
               use(wanted.slot, "slot"), into(found));
  if (overlaps && found != wanted.slot) return PractitionerBusy(wanted.slot, found);
  if (overlaps || !postgres || end_us <= start_us) return absl::OkStatus();
  const long long step_us = std::chrono::microseconds(std::chrono::hours(1)).count();
  const long long first_us = start_us - start_us % step_us;
  const long long last_us = end_us - 1;
  Exec(session_, kTouchHours, use(wanted.practitioner, "practitioner"), use(first_us, "first_us"),
       use(last_us, "last_us"), use(step_us, "step_us"));
  return absl::OkStatus();
}

absl::Status PurgePractitionerHours(sql::Database& database, const base::Call& call,
                                    base::Instant now) {
  if (database.dialect() != sql::Dialect::kPostgres) return absl::OkStatus();
  return database.Run(call, sql::Access::kWrite, [&](sql::Session& session) {
    const long long before_us = sql::ToMicros(now - kHoursKept);
    Exec(session, "DELETE FROM practitioner_hours WHERE start_us < :before_us",
         use(before_us, "before_us"));
    return absl::OkStatus();
  });
}

}  // namespace sas::booking
