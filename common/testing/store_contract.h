#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/call.h"
#include "common/base/status.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"
#include "common/testing/fake_clock.h"
#include "common/testing/temp_database.h"

/// One suite for all implementations of a store: in memory, on SQLite, on PostgreSQL. The test
/// links the store's own libraries, and sas_testing_stores.
namespace sas::testing {

enum class Backend { kMemory, kSqlite, kPostgres };

/// For INSTANTIATE_TEST_SUITE_P: what to run on, and how the tests are called then.
inline auto EveryBackend() {
  return ::testing::Values(Backend::kMemory, Backend::kSqlite, Backend::kPostgres);
}

inline std::string BackendName(const ::testing::TestParamInfo<Backend>& info) {
  constexpr const char* kNames[] = {"Memory", "Sqlite", "Postgres"};
  return kNames[static_cast<int>(info.param)];
}

/// An empty store. `Memory` is made from a clock, `Sql` from a database, brought up to date with
/// `kMigrations`, and a clock.
template <typename Store, typename Memory, typename Sql,
          std::vector<sql::Migration> (*kMigrations)()>
class StoreUnderTest {
 public:
  /// Nullptr with the `reason` when the engine is not installed. `clock` outlives the store.
  static std::unique_ptr<StoreUnderTest> Make(Backend backend, const base::Clock& clock,
                                              std::string& reason) {
    std::unique_ptr<StoreUnderTest> made(new StoreUnderTest(clock));
    if (backend == Backend::kMemory) {
      made->store_ = std::make_unique<Memory>(clock);
      return made;
    }
    made->files_ =
        TempLedger::Make(backend == Backend::kSqlite ? Engine::kSqlite : Engine::kPostgres, reason);
    if (made->files_ == nullptr) return nullptr;
    made->Reopen();
    return made;
  }

  Store& store() { return *store_; }

  /// Nullptr for the store in memory.
  sql::Database* database() { return database_.get(); }

  /// Closes and opens what is durable; a store in memory stays as it is.
  void Reopen() {
    if (files_ == nullptr) return;
    store_.reset();
    database_.reset();
    sql::Database::Options options;
    options.url = files_->url();
    options.schema = "contract";
    options.connections = 8;
    options.needs_fsync = false;  // The test's server has none.
    auto opened = sql::Database::Open(options, clock_);
    SAS_CHECK(opened.ok(), opened.status().ToString());
    database_ = *std::move(opened);
    const absl::Status migrated = sql::Migrate(
        *database_, base::InternalCall("migrate", clock_, std::chrono::seconds(20)), kMigrations());
    SAS_CHECK(migrated.ok(), migrated.ToString());
    store_ = std::make_unique<Sql>(*database_, clock_);
  }

 private:
  explicit StoreUnderTest(const base::Clock& clock) : clock_(clock) {}

  const base::Clock& clock_;
  std::unique_ptr<TempLedger> files_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Store> store_;
};

/// The fixture of a suite; skips what cannot run here. `UnderTest` is a StoreUnderTest.
template <typename UnderTest>
class StoreContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    std::string reason;
    under_test_ = UnderTest::Make(GetParam(), clock_, reason);
    if (under_test_ == nullptr) GTEST_SKIP() << reason;
  }

  auto& store() { return under_test_->store(); }

  void Reopen() { under_test_->Reopen(); }

  base::Call Call() const { return base::InternalCall("test", clock_, std::chrono::seconds(30)); }

  template <typename Work>
  absl::Status Write(const Work& work) {
    return store().Write(Call(), work);
  }

  template <typename Work>
  absl::Status Read(const Work& work) {
    return store().Read(Call(), work);
  }

  FakeClock clock_;
  std::unique_ptr<UnderTest> under_test_;
};

}  // namespace sas::testing
