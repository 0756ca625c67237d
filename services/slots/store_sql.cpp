#include "services/slots/store_sql.h"

#include "embedded/slots_migrations.h"
#include "services/slots/store_sql_transaction.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

namespace {

constexpr std::chrono::hours kRetention{90 * 24};  // Longer than the fair share looks back.
constexpr int kTidyRowsMax = 2000;

}  // namespace

std::vector<sql::Migration> SlotsMigrations() {
  return ledger::JournalMigrations(migrations::kFiles);
}

SqlSlotsStore::SqlSlotsStore(sql::Database& database, const base::Clock& clock)
    : database_(database), clock_(clock), feed_(database) {}

absl::Status SqlSlotsStore::Write(const base::Call& call,
                                  const std::function<absl::Status(SlotsTransaction&)>& work) {
  return ledger::RunWrite<SqlTransaction>(database_, feed_, call, clock_, work);
}

absl::Status SqlSlotsStore::Read(const base::Call& call,
                                 const std::function<absl::Status(SlotsTransaction&)>& work) {
  return ledger::RunRead<SqlTransaction>(database_, call, clock_, work);
}

absl::Status SqlSlotsStore::Ping(const base::Call& call) {
  return database_.Ping(call);
}

absl::Status SqlSlotsStore::Tidy(const base::Call& call) {
  const base::Instant before = clock_.Now() - kRetention;
  SAS_RETURN_IF_ERROR(ledger::PurgeAnswers(database_, call, clock_, kTidyRowsMax).status());
  SAS_RETURN_IF_ERROR(ledger::TrimOutbox(database_, call, before, kTidyRowsMax).status());
  return Write(call, [&](SlotsTransaction& transaction) {
    SAS_RETURN_IF_ERROR(transaction.imports().PurgeImports(before, kTidyRowsMax).status());
    SAS_RETURN_IF_ERROR(transaction.partners().PurgeSlots(before, kTidyRowsMax).status());
    SAS_RETURN_IF_ERROR(transaction.agendas().PurgeExceptions(before, kTidyRowsMax).status());
    return transaction.PurgeSeats(before, kTidyRowsMax).status();
  });
}

absl::StatusOr<std::vector<std::string>> SqlTransaction::ListRegions() {
  std::vector<std::string> regions;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string region;
    FetchEach(
        session_, "SELECT region FROM regions ORDER BY " + Bytewise("region"),
        [&] { regions.push_back(region); }, into(region));
  }));
  return regions;
}

absl::StatusOr<RegionState> SqlTransaction::GetRegion(std::string_view region) {
  RegionState state;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    long long epoch = 0;
    long long seats = 0;
    long long directory = 0;
    if (FetchOne(session_,
                 "SELECT epoch, seat_sequence, directory FROM regions WHERE region = :region",
                 use(key, "region"), into(epoch), into(seats), into(directory))) {
      state = {epoch, seats, directory};
    }
  }));
  return state;
}

absl::Status SqlTransaction::SetEpoch(std::string_view region, std::int64_t epoch) {
  return sql::Guard([&]() -> absl::Status {
    const std::string key(region);
    const long long value = epoch;
    const bool raised =
        value > 0 && Exec(session_,
                          "INSERT INTO regions (region, epoch, seat_sequence, directory) "
                          "VALUES (:region, :epoch, 0, 0) ON CONFLICT (region) DO UPDATE "
                          "SET epoch = excluded.epoch WHERE regions.epoch < excluded.epoch",
                          use(key, "region"), use(value, "epoch")) > 0;
    return raised ? absl::OkStatus() : EpochSuperseded(region, epoch);
  });
}

absl::StatusOr<std::int64_t> SqlTransaction::NextDirectory(std::string_view region) {
  SAS_ASSIGN_OR_RETURN(const std::int64_t version, Next(region, "directory"));
  versions_[std::string(region)] = version;
  return version;
}

absl::StatusOr<std::int64_t> SqlTransaction::Next(std::string_view region, const char* counter) {
  long long value = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const std::string column(counter);
    Exec(session_,
         "INSERT INTO regions (region, epoch, seat_sequence, directory) VALUES (:region, 0, 0, 0) "
         "ON CONFLICT (region) DO NOTHING",
         use(key, "region"));
    FetchOne(session_,
             "UPDATE regions SET " + column + " = " + column +
                 " + 1 WHERE region = :region RETURNING " + column,
             use(key, "region"), into(value));
  }));
  return value;
}

}  // namespace sas::slots
