#include "tests/contract/booking/booking_stores.h"

#include "common/base/status.h"
#include "common/testing/temp_database.h"
#include "services/booking/store_memory.h"
#include "services/booking/store_sql.h"

namespace sas::booking {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  explicit MemoryUnderTest(const base::Clock& clock) : store_(clock) {}

  BookingStore& store() override { return store_; }

  void Reopen() override {}

 private:
  MemoryBookingStore store_;
};

class SqlUnderTest final : public StoreUnderTest {
 public:
  SqlUnderTest(std::unique_ptr<testing::TempLedger> files, const base::Clock& clock)
      : files_(std::move(files)), clock_(clock) {
    Reopen();
  }

  BookingStore& store() override { return *store_; }

  void Reopen() override {
    store_.reset();
    database_.reset();
    sql::Database::Options options;
    options.url = files_->url();
    options.schema = "booking";
    options.connections = 8;
    auto opened = sql::Database::Open(options, clock_);
    SAS_CHECK(opened.ok(), opened.status().ToString());
    database_ = *std::move(opened);
    const absl::Status migrated =
        sql::Migrate(*database_, base::InternalCall("migrate", clock_, std::chrono::seconds(20)),
                     BookingMigrations());
    SAS_CHECK(migrated.ok(), migrated.ToString());
    store_ = std::make_unique<SqlBookingStore>(*database_, clock_);
  }

 private:
  std::unique_ptr<testing::TempLedger> files_;
  const base::Clock& clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlBookingStore> store_;
};

}  // namespace

std::string KindName(Kind kind) {
  if (kind == Kind::kMemory) return "Memory";
  return kind == Kind::kSqlite ? "Sqlite" : "Postgres";
}

std::unique_ptr<StoreUnderTest> MakeStore(Kind kind, const base::Clock& clock,
                                          std::string& reason) {
  if (kind == Kind::kMemory) return std::make_unique<MemoryUnderTest>(clock);
  auto files = testing::TempLedger::Make(
      kind == Kind::kSqlite ? testing::Engine::kSqlite : testing::Engine::kPostgres, reason);
  if (!files) return nullptr;
  return std::make_unique<SqlUnderTest>(std::move(files), clock);
}

}  // namespace sas::booking
