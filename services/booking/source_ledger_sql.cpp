#include "services/booking/source_ledger_sql.h"

#include <soci/soci.h>

#include "common/base/resource_name.h"
#include "common/base/timestamp.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/booking/store_sql_lease.h"

namespace sas::booking {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

constexpr char kWorkColumns[] =
    "SELECT appointment, task, attempts, due_us, overdue_us, told_person FROM source_work ";

// A row of source_work as SOCI binds it.
struct WorkRow {
  WorkRow() = default;

  explicit WorkRow(const SourceWork& work)
      : appointment(work.appointment),
        task(static_cast<long long>(work.task)),
        attempts(work.attempts),
        due_us(sql::ToMicros(work.due)),
        overdue_us(sql::ToMicros(work.overdue)),
        told_person(work.told_person ? 1 : 0) {}

  SourceWork Get() const {
    return {appointment,
            static_cast<SourceTask>(task),
            static_cast<int>(attempts),
            sql::FromMicros(due_us),
            sql::FromMicros(overdue_us),
            told_person != 0};
  }

  std::string appointment;
  long long task = 0;
  long long attempts = 0;
  long long due_us = 0;
  long long overdue_us = 0;
  long long told_person = 0;
};

// Documents on their way; one that cannot be read ends the reading.
struct BookingRows {
  std::string name;
  std::string document;
  std::vector<v1::SourceBooking> found;
  absl::Status status;

  void Add() {
    v1::SourceBooking booking;
    status.Update(ledger::FromDocument(document, name, &booking));
    found.push_back(std::move(booking));
  }
};

}  // namespace

std::string SqlSourceLedger::ByName() const {
  return session_.dialect == sql::Dialect::kPostgres ? "name COLLATE \"C\"" : "name";
}

absl::Status SqlSourceLedger::PutWork(const SourceWork& work) {
  return sql::Guard([&] {
    const WorkRow row(work);
    Exec(session_,
         "INSERT INTO source_work (appointment, task, attempts, due_us, overdue_us, told_person) "
         "VALUES (:appointment, :task, :attempts, :due_us, :overdue_us, :told) ON CONFLICT "
         "(appointment) DO UPDATE SET task = excluded.task, attempts = excluded.attempts, due_us = "
         "excluded.due_us, overdue_us = excluded.overdue_us, told_person = excluded.told_person",
         use(row.appointment, "appointment"), use(row.task, "task"), use(row.attempts, "attempts"),
         use(row.due_us, "due_us"), use(row.overdue_us, "overdue_us"),
         use(row.told_person, "told"));
  });
}

absl::StatusOr<std::optional<SourceWork>> SqlSourceLedger::GetWork(const std::string& appointment) {
  std::optional<SourceWork> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    WorkRow row;
    if (FetchOne(session_, std::string(kWorkColumns) + "WHERE appointment = :appointment",
                 use(appointment, "appointment"), into(row.appointment), into(row.task),
                 into(row.attempts), into(row.due_us), into(row.overdue_us),
                 into(row.told_person))) {
      found = row.Get();
    }
  }));
  return found;
}

absl::Status SqlSourceLedger::RemoveWork(const std::string& appointment) {
  return sql::Guard([&] {
    Exec(session_, "DELETE FROM source_work WHERE appointment = :appointment",
         use(appointment, "appointment"));
  });
}

absl::StatusOr<std::vector<SourceWork>> SqlSourceLedger::DueWork(base::Instant now, int limit) {
  std::vector<SourceWork> due;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long at = sql::ToMicros(now);
    const long long rows = limit;
    WorkRow row;
    FetchEach(
        session_,
        std::string(kWorkColumns) + "WHERE due_us <= :at ORDER BY due_us, appointment LIMIT :rows",
        [&] { due.push_back(row.Get()); }, use(at, "at"), use(rows, "rows"), into(row.appointment),
        into(row.task), into(row.attempts), into(row.due_us), into(row.overdue_us),
        into(row.told_person));
  }));
  return due;
}

absl::StatusOr<std::optional<v1::SourceBooking>> SqlSourceLedger::FindBooking(
    const std::string& region, const std::string& partner,
    const std::string& external_appointment_id) {
  std::optional<v1::SourceBooking> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    std::string name;
    std::string document;
    if (!FetchOne(session_,
                  "SELECT name, document FROM source_bookings WHERE region = :region AND "
                  "partner = :partner AND external_id = :number",
                  use(region, "region"), use(partner, "partner"),
                  use(external_appointment_id, "number"), into(name), into(document))) {
      return absl::OkStatus();
    }
    return ledger::FromDocument(document, name, &found.emplace());
  }));
  return found;
}

absl::StatusOr<v1::SourceBooking> SqlSourceLedger::GetBooking(const std::string& name) {
  v1::SourceBooking booking;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    std::string document;
    if (!FetchOne(session_, "SELECT document FROM source_bookings WHERE name = :name",
                  use(name, "name"), into(document))) {
      return SourceBookingNotFound(name);
    }
    return ledger::FromDocument(document, name, &booking);
  }));
  return booking;
}

// A conflict of the business id changes nothing and, on PostgreSQL, does not spoil the transaction.
absl::Status SqlSourceLedger::PutBooking(const v1::SourceBooking& booking) {
  return sql::Guard([&]() -> absl::Status {
    const std::string region(base::RegionOf(booking.name()));
    const long long made = sql::ToMicros(base::ToInstant(booking.create_time()));
    const std::string document = ledger::ToDocument(booking);
    if (Exec(session_,
             "UPDATE source_bookings SET regulation_case = :regulation_case, document = :document "
             "WHERE name = :name",
             use(booking.regulation_case(), "regulation_case"), use(document, "document"),
             use(booking.name(), "name")) > 0) {
      return absl::OkStatus();
    }
    const long long made_rows =
        Exec(session_,
             "INSERT INTO source_bookings (name, region, partner, external_id, regulation_case, "
             "create_us, document) VALUES (:name, :region, :partner, :number, :regulation_case, "
             ":made, :document) ON CONFLICT DO NOTHING",
             use(booking.name(), "name"), use(region, "region"), use(booking.partner(), "partner"),
             use(booking.external_appointment_id(), "number"),
             use(booking.regulation_case(), "regulation_case"), use(made, "made"),
             use(document, "document"));
    return made_rows > 0 ? absl::OkStatus()
                         : SourceBookingExists(booking.external_appointment_id());
  });
}

absl::StatusOr<std::vector<v1::SourceBooking>> SqlSourceLedger::ListBookings(
    const SourceBookingQuery& query) {
  BookingRows rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long limit = query.limit;
    FetchEach(
        session_,
        "SELECT name, document FROM source_bookings WHERE region = :region AND "
        "regulation_case = :regulation_case AND " +
            ByName() + " > :after ORDER BY " + ByName() + " LIMIT :rows",
        [&] { rows.Add(); }, use(query.region, "region"),
        use(query.regulation_case, "regulation_case"), use(query.after, "after"),
        use(limit, "rows"), into(rows.name), into(rows.document));
  }));
  SAS_RETURN_IF_ERROR(rows.status);
  return std::move(rows.found);
}

absl::StatusOr<SourceFigures> SqlSourceLedger::Figures() {
  SourceFigures figures;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    long long work = 0;
    long long overdue = 0;
    long long unjoined = 0;
    long long oldest = 0;
    FetchOne(session_, "SELECT count(*), coalesce(sum(told_person), 0) FROM source_work",
             into(work), into(overdue));
    FetchOne(session_,
             "SELECT count(*), coalesce(min(create_us), 0) FROM source_bookings WHERE "
             "regulation_case = ''",
             into(unjoined), into(oldest));
    figures.work = work;
    figures.overdue = overdue;
    figures.unjoined = unjoined;
    if (unjoined > 0) figures.oldest_unjoined = sql::FromMicros(oldest);
  }));
  return figures;
}

absl::StatusOr<std::string> SqlSourceLedger::GetCursor(const std::string& feed) {
  std::string cursor;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    FetchOne(session_, "SELECT cursor_text FROM feed_cursors WHERE feed = :feed", use(feed, "feed"),
             into(cursor));
  }));
  return cursor;
}

absl::Status SqlSourceLedger::PutCursor(const std::string& feed, const std::string& cursor) {
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO feed_cursors (feed, cursor_text) VALUES (:feed, :cursor_text) ON CONFLICT "
         "(feed) "
         "DO UPDATE SET cursor_text = excluded.cursor_text",
         use(feed, "feed"), use(cursor, "cursor_text"));
  });
}

absl::StatusOr<bool> SqlSourceLedger::LeaseSources(const std::string& holder, base::Instant now,
                                                   base::Instant until) {
  return TakeLease(session_, "source_lease", holder, now, until);
}

}  // namespace sas::booking
