#include "tests/contract/ledger/ledgers.h"

#include <mutex>

#include "common/base/status.h"
#include "common/ledger/journal_memory.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/migrate.h"
#include "common/testing/temp_database.h"

namespace sas::ledger {
namespace {

class MemoryUnderTest final : public LedgerUnderTest {
 public:
  explicit MemoryUnderTest(const base::Clock& clock) : clock_(clock) {}

  absl::Status Write(const base::Call& call,
                     const std::function<absl::Status(Journal&)>& work) override {
    const std::lock_guard lock(mutex_);
    const std::unique_ptr<Journal> journal = ledger_.Begin(call, clock_);
    SAS_RETURN_IF_ERROR(work(*journal));
    ledger_.Commit(*journal);
    return absl::OkStatus();
  }

  Feed& feed() override { return ledger_; }

  void Reopen() override {}

  sql::Database* database() override { return nullptr; }

 private:
  const base::Clock& clock_;
  std::mutex mutex_;  // The store's own lock.
  MemoryLedger ledger_;
};

class SqlUnderTest final : public LedgerUnderTest {
 public:
  SqlUnderTest(std::unique_ptr<testing::TempLedger> files, const base::Clock& clock)
      : files_(std::move(files)), clock_(clock) {
    Reopen();
  }

  absl::Status Write(const base::Call& call,
                     const std::function<absl::Status(Journal&)>& work) override {
    return RunWrite<SqlJournal>(*database_, *feed_, call, clock_, work);
  }

  Feed& feed() override { return *feed_; }

  void Reopen() override {
    feed_.reset();
    database_.reset();
    sql::Database::Options options;
    options.url = files_->url();
    options.schema = "journal";
    options.connections = 8;
    auto opened = sql::Database::Open(options, clock_);
    SAS_CHECK(opened.ok(), opened.status().ToString());
    database_ = *std::move(opened);
    const absl::Status migrated =
        sql::Migrate(*database_, base::InternalCall("migrate", clock_, std::chrono::seconds(20)),
                     JournalMigrations());
    SAS_CHECK(migrated.ok(), migrated.ToString());
    feed_ = std::make_unique<SqlFeed>(*database_);
  }

  sql::Database* database() override { return database_.get(); }

 private:
  std::unique_ptr<testing::TempLedger> files_;
  const base::Clock& clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlFeed> feed_;
};

}  // namespace

std::string KindName(Kind kind) {
  if (kind == Kind::kMemory) return "Memory";
  return kind == Kind::kSqlite ? "Sqlite" : "Postgres";
}

std::unique_ptr<LedgerUnderTest> MakeLedger(Kind kind, const base::Clock& clock,
                                            std::string& reason) {
  if (kind == Kind::kMemory) return std::make_unique<MemoryUnderTest>(clock);
  auto files = testing::TempLedger::Make(
      kind == Kind::kSqlite ? testing::Engine::kSqlite : testing::Engine::kPostgres, reason);
  if (!files) return nullptr;
  return std::make_unique<SqlUnderTest>(std::move(files), clock);
}

}  // namespace sas::ledger
