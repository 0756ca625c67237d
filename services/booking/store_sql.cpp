#include "services/booking/store_sql.h"

#include <soci/soci.h>

#include <functional>
#include <set>

#include "common/ledger/document.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"
#include "embedded/booking_migrations.h"
#include "services/booking/store_sql_transaction.h"

namespace sas::booking {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchOne;

constexpr int kTidyRowsMax = 2000;
constexpr std::chrono::hours kEventRetention{90 * 24};
constexpr std::chrono::hours kOfferRetention{30 * 24};
constexpr int kFreedPurgedMax = 200;

// Columns as SOCI binds them.
struct Bound {
  explicit Bound(const AppointmentRecord& record, const AppointmentColumns& columns)
      : state(static_cast<long long>(columns.state)),
        seat(columns.seat),
        start_us(sql::ToMicros(columns.start)),
        end_us(sql::ToMicros(columns.end)),
        consultation_start_us(Micros(record.consultation_start)),
        left_us(Micros(record.left)),
        version(record.version),
        document(ledger::ToDocument(record.appointment)) {}

  static long long Micros(const std::optional<base::Instant>& instant) {
    return instant ? sql::ToMicros(*instant) : 0;
  }

  long long state;
  long long seat;
  long long start_us;
  long long end_us;
  long long consultation_start_us;
  long long left_us;
  long long version;
  std::string document;
};

std::optional<base::Instant> Instant(long long micros) {
  if (micros == 0) return std::nullopt;
  return sql::FromMicros(micros);
}

}  // namespace

std::vector<sql::Migration> BookingMigrations() {
  return ledger::JournalMigrations(migrations::kFiles);
}

SqlBookingStore::SqlBookingStore(sql::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock), feed_(database) {}

absl::Status SqlBookingStore::Write(const base::Call& call, const Work& work) {
  return ledger::RunWrite<SqlTransaction>(database_, feed_, call, clock_, work);
}

// Two loads that come in different orders would each have what the other waits for. Keys first, as
// a write by itself takes them.
void SqlBookingStore::WriteTogether(std::vector<BookingWrite>& writes) {
  std::set<ledger::AnswerKey> keys;
  CountedIn counted;
  for (const BookingWrite& write : writes) {
    if (!write.key.request_id.empty()) keys.insert(write.key);
    counted.days.insert(write.counted.days.begin(), write.counted.days.end());
    counted.names.insert(write.counted.names.begin(), write.counted.names.end());
  }
  std::function<absl::Status(SqlTransaction&)> take;
  if (!counted.days.empty() || !counted.names.empty()) {
    take = [&](SqlTransaction& transaction) -> absl::Status {
      for (const ledger::AnswerKey& key : keys) {
        SAS_RETURN_IF_ERROR(transaction.journal().FindAnswer(key).status());
      }
      return transaction.TakeCounted(counted);
    };
  }
  ledger::RunWritesTogether<SqlTransaction>(database_, feed_, clock_, writes, take);
}

absl::Status SqlBookingStore::Read(const base::Call& call, const Work& work) {
  return ledger::RunRead<SqlTransaction>(database_, call, clock_, work);
}

absl::Status SqlBookingStore::Tidy(const base::Call& call) {
  SAS_RETURN_IF_ERROR(ledger::PurgeAnswers(database_, call, clock_, kTidyRowsMax).status());
  SAS_RETURN_IF_ERROR(Write(call, [&](BookingTransaction& transaction) {
    return transaction.offers().PurgeFreed(clock_.Now() - kOfferRetention, kFreedPurgedMax);
  }));
  SAS_RETURN_IF_ERROR(PurgePractitionerHours(database_, call, clock_.Now()));
  return ledger::TrimOutbox(database_, call, clock_.Now() - kEventRetention, kTidyRowsMax).status();
}

absl::StatusOr<AppointmentRecord> SqlTransaction::Get(const std::string& name) {
  AppointmentRecord record;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    std::string document;
    long long version = 0;
    long long consultation_start_us = 0;
    long long left_us = 0;
    if (!FetchOne(session_,
                  "SELECT document, version, consultation_start_us, left_us FROM appointments "
                  "WHERE name = :name",
                  use(name, "name"), into(document), into(version), into(consultation_start_us),
                  into(left_us))) {
      return AppointmentNotFound(name);
    }
    SAS_RETURN_IF_ERROR(ledger::FromDocument(document, name, &record.appointment));
    record.version = version;
    record.consultation_start = Instant(consultation_start_us);
    record.left = Instant(left_us);
    return absl::OkStatus();
  }));
  return record;
}

absl::Status SqlTransaction::Insert(const AppointmentRecord& record) {
  return sql::Guard([&]() -> absl::Status {
    const AppointmentColumns columns = ColumnsOf(record.appointment);
    const Bound bound(record, columns);
    SAS_RETURN_IF_ERROR(ClaimPractitioner(columns));
    // A conflict changes nothing and, on PostgreSQL, does not spoil the transaction.
    const long long inserted = Exec(
        session_,
        "INSERT INTO appointments (name, region, territory, state, slot, seat, site, "
        "regulation_case, care_order, booker, practitioner, start_us, end_us, "
        "consultation_start_us, left_us, version, document) VALUES (:name, :region, :territory, "
        ":state, :slot, :seat, :site, :regulation_case, :care_order, :booker, :practitioner, "
        ":start_us, :end_us, :consultation_start_us, :left_us, :version, :document) "
        "ON CONFLICT DO NOTHING",
        use(columns.name, "name"), use(columns.region, "region"),
        use(columns.territory, "territory"), use(bound.state, "state"), use(columns.slot, "slot"),
        use(bound.seat, "seat"), use(columns.site, "site"),
        use(columns.regulation_case, "regulation_case"), use(columns.care_order, "care_order"),
        use(columns.booker, "booker"), use(columns.practitioner, "practitioner"),
        use(bound.start_us, "start_us"), use(bound.end_us, "end_us"),
        use(bound.consultation_start_us, "consultation_start_us"), use(bound.left_us, "left_us"),
        use(bound.version, "version"), use(bound.document, "document"));
    return inserted > 0 ? absl::OkStatus() : WhyNotInserted(columns);
  });
}

absl::Status SqlTransaction::WhyNotInserted(const AppointmentColumns& columns) {
  std::string found;
  if (FetchOne(session_, "SELECT name FROM appointments WHERE name = :name",
               use(columns.name, "name"), into(found))) {
    return AppointmentExists(found);
  }
  if (!columns.care_order.empty() &&
      FetchOne(session_,
               "SELECT name FROM appointments WHERE care_order = :care_order AND "
               "care_order <> '' AND state <> 5",
               use(columns.care_order, "care_order"), into(found))) {
    return OrderAlreadyBooked(found);
  }
  return SeatTaken(columns.slot);
}

absl::Status SqlTransaction::Update(const AppointmentRecord& record) {
  return sql::Guard([&]() -> absl::Status {
    const AppointmentColumns columns = ColumnsOf(record.appointment);
    const Bound bound(record, columns);
    // Case and order of an appointment never change; slot and seat do in Move alone.
    const long long changed =
        Exec(session_,
             "UPDATE appointments SET state = :state, "
             "consultation_start_us = :consultation_start_us, left_us = :left_us, "
             "version = :version, document = :document "
             "WHERE name = :name AND version = :version - 1",
             use(bound.state, "state"), use(bound.consultation_start_us, "consultation_start_us"),
             use(bound.left_us, "left_us"), use(bound.version, "version"),
             use(bound.document, "document"), use(columns.name, "name"));
    return changed > 0 ? absl::OkStatus() : ConcurrentChange(columns.name);
  });
}

absl::Status SqlTransaction::Move(const AppointmentRecord& record) {
  const AppointmentColumns columns = ColumnsOf(record.appointment);
  const absl::Status moved = sql::Guard([&]() -> absl::Status {
    const Bound bound(record, columns);
    SAS_RETURN_IF_ERROR(ClaimPractitioner(columns));
    const long long changed = Exec(
        session_,
        "UPDATE appointments SET state = :state, slot = :slot, seat = :seat, site = :site, "
        "practitioner = :practitioner, start_us = :start_us, end_us = :end_us, "
        "version = :version, document = :document "
        "WHERE name = :name AND version = :version - 1",
        use(bound.state, "state"), use(columns.slot, "slot"), use(bound.seat, "seat"),
        use(columns.site, "site"), use(columns.practitioner, "practitioner"),
        use(bound.start_us, "start_us"), use(bound.end_us, "end_us"), use(bound.version, "version"),
        use(bound.document, "document"), use(columns.name, "name"));
    return changed > 0 ? absl::OkStatus() : ConcurrentChange(columns.name);
  });
  const bool taken = sql::IsUniqueViolation(moved, "appointments_live_seat",
                                            "appointments.slot, appointments.seat");
  return taken ? SeatTaken(columns.slot) : moved;
}

absl::StatusOr<int> SqlTransaction::CountForOneMore(const std::string& site, base::Instant start,
                                                    base::Instant end) {
  long long count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long start_us = sql::ToMicros(start);
    const long long end_us = sql::ToMicros(end);
    Exec(session_,
         "INSERT INTO capped_days (site, start_us, version) VALUES (:site, :start_us, 1) "
         "ON CONFLICT (site, start_us) DO UPDATE SET version = capped_days.version + 1",
         use(site, "site"), use(start_us, "start_us"));
    FetchOne(session_,
             "SELECT count(*) FROM appointments WHERE site = :site AND start_us >= :start_us "
             "AND start_us < :end_us AND state <> 5",
             use(site, "site"), use(start_us, "start_us"), use(end_us, "end_us"), into(count));
  }));
  return static_cast<int>(count);
}

// From one region to the next in the index, however many appointments each has.
absl::StatusOr<std::vector<std::string>> SqlTransaction::Regions() {
  std::vector<std::string> regions;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string last;
    std::string next;
    while (FetchOne(session_,
                    "SELECT region FROM appointments WHERE region > :last ORDER BY region LIMIT 1",
                    use(last, "last"), into(next))) {
      regions.push_back(next);
      last = next;
    }
  }));
  return regions;
}

absl::StatusOr<std::int64_t> SqlTransaction::CountOpen() {
  long long count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    FetchOne(session_, "SELECT count(*) FROM appointments WHERE state IN (1, 2)", into(count));
  }));
  return count;
}

}  // namespace sas::booking
