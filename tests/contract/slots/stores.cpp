#include "tests/contract/slots/stores.h"

#include "common/base/status.h"
#include "common/sql/migrate.h"
#include "common/testing/temp_database.h"
#include "services/slots/store_memory.h"
#include "services/slots/store_sql.h"

namespace sas::slots {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  explicit MemoryUnderTest(const base::Clock& clock) : store_(clock) {}

  SlotsStore& store() override { return store_; }

  void Reopen() override {}

 private:
  MemorySlotsStore store_;
};

class SqlUnderTest final : public StoreUnderTest {
 public:
  SqlUnderTest(std::unique_ptr<testing::TempLedger> files, const base::Clock& clock)
      : files_(std::move(files)), clock_(clock) {
    Reopen();
  }

  SlotsStore& store() override { return *store_; }

  void Reopen() override {
    store_.reset();
    database_.reset();
    sql::Database::Options options;
    options.url = files_->url();
    options.schema = "slots";
    options.connections = 8;
    auto opened = sql::Database::Open(options, clock_);
    SAS_CHECK(opened.ok(), opened.status().ToString());
    database_ = *std::move(opened);
    const absl::Status migrated =
        sql::Migrate(*database_, base::InternalCall("migrate", clock_, std::chrono::seconds(20)),
                     SlotsMigrations());
    SAS_CHECK(migrated.ok(), migrated.ToString());
    store_ = std::make_unique<SqlSlotsStore>(*database_, clock_);
  }

 private:
  std::unique_ptr<testing::TempLedger> files_;
  const base::Clock& clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlSlotsStore> store_;
};

}  // namespace

std::string KindName(StoreKind kind) {
  switch (kind) {
    case StoreKind::kMemory:
      return "Memory";
    case StoreKind::kSqlite:
      return "Sqlite";
    default:
      return "Postgres";
  }
}

std::unique_ptr<StoreUnderTest> MakeStore(StoreKind kind, const base::Clock& clock,
                                          std::string& reason) {
  if (kind == StoreKind::kMemory) return std::make_unique<MemoryUnderTest>(clock);
  auto files = testing::TempLedger::Make(
      kind == StoreKind::kSqlite ? testing::Engine::kSqlite : testing::Engine::kPostgres, reason);
  if (files == nullptr) return nullptr;
  return std::make_unique<SqlUnderTest>(std::move(files), clock);
}

void StoreContract::SetUp() {
  std::string reason;
  under_test_ = MakeStore(GetParam(), clock_, reason);
  if (under_test_ == nullptr) GTEST_SKIP() << reason;
}

}  // namespace sas::slots
