// Migrations on both engines.
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/sql/database.h"
#include "common/sql/errors.h"
#include "common/sql/migrate.h"
#include "common/sql/statement.h"
#include "common/testing/temp_database.h"

namespace sas::sql {
namespace {

constexpr std::string_view kFirst = R"(
-- Makes the table.
CREATE TABLE t (
  id BIGINT PRIMARY KEY
);
-- sqlite:
INSERT INTO t (id) VALUES (100);
-- end
-- postgres:
INSERT INTO t (id) VALUES (200);
-- end
)";
constexpr std::string_view kSecond = "ALTER TABLE t ADD COLUMN text TEXT;\n";
constexpr std::string_view kBroken =
    "INSERT INTO t (id) VALUES (7);\nINSERT INTO nowhere (id) VALUES (7);\n";

class Migrations : public ::testing::TestWithParam<testing::Engine> {
 protected:
  void SetUp() override {
    SetCauseSink([](std::string_view, std::string_view) {});
    std::string reason;
    ledger_ = testing::TempLedger::Make(GetParam(), reason);
    if (!ledger_) GTEST_SKIP() << reason;
    database_ = Open();
  }

  void TearDown() override { SetCauseSink(nullptr); }

  std::unique_ptr<Database> Open() {
    Database::Options options;
    options.url = ledger_->url();
    options.schema = "migrations";
    options.needs_fsync = false;
    auto opened = Database::Open(options, clock_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }

  base::Call Call() const {
    return base::InternalCall("migrate", clock_, std::chrono::seconds(20));
  }

  absl::Status Apply(const std::vector<Migration>& steps) {
    return Migrate(*database_, Call(), steps);
  }

  long long Number(const std::string& query) {
    long long number = -1;
    const absl::Status status = database_->Run(Call(), Access::kRead, [&](Session& session) {
      FetchOne(session, query, soci::into(number));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return number;
  }

  base::SystemClock clock_;
  std::unique_ptr<testing::TempLedger> ledger_;
  std::unique_ptr<Database> database_;
};

TEST_P(Migrations, RunOnceInTheOrderOfTheirNames) {
  ASSERT_TRUE(Apply({{"0002_second.sql", kSecond}, {"0001_first.sql", kFirst}}).ok());
  ASSERT_TRUE(Apply({{"0001_first.sql", kFirst}, {"0002_second.sql", kSecond}}).ok());
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM schema_migrations"), 2);
}

TEST_P(Migrations, LinesOfTheOtherDialectAreLeftOut) {
  ASSERT_TRUE(Apply({{"0001_first.sql", kFirst}}).ok());
  EXPECT_EQ(Number("SELECT id FROM t"), GetParam() == testing::Engine::kSqlite ? 100 : 200);
}

TEST_P(Migrations, GoOnFromWhatIsThere) {
  ASSERT_TRUE(Apply({{"0001_first.sql", kFirst}}).ok());
  ASSERT_TRUE(Apply({{"0001_first.sql", kFirst}, {"0002_second.sql", kSecond}}).ok());
  EXPECT_EQ(Number("SELECT count(*) FROM t WHERE text IS NULL"), 1);
}

TEST_P(Migrations, ChangedFileIsRefused) {
  ASSERT_TRUE(Apply({{"0001_first.sql", kFirst}}).ok());
  const absl::Status status = Apply({{"0001_first.sql", kSecond}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(status), "MIGRATION_CHANGED");
}

TEST_P(Migrations, LedgerOfANewerVersionIsRefused) {
  ASSERT_TRUE(Apply({{"0001_first.sql", kFirst}, {"0002_second.sql", kSecond}}).ok());
  const absl::Status status = Apply({{"0001_first.sql", kFirst}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(status), "SCHEMA_TOO_NEW");
}

TEST_P(Migrations, BrokenStepIsUndoneAndEarlierOnesStay) {
  const absl::Status status = Apply({{"0001_first.sql", kFirst}, {"0002_broken.sql", kBroken}});
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Number("SELECT count(*) FROM t WHERE id = 7"), 0);
  EXPECT_EQ(Number("SELECT count(*) FROM schema_migrations"), 1);
}

TEST_P(Migrations, ReplicasMayStartTogether) {
  std::vector<std::unique_ptr<Database>> replicas;
  std::vector<std::thread> threads;
  const int count = GetParam() == testing::Engine::kPostgres ? 6 : 1;
  for (int i = 0; i < count; ++i) {
    if (GetParam() == testing::Engine::kPostgres) replicas.push_back(Open());
    Database& replica = replicas.empty() ? *database_ : *replicas.back();
    threads.emplace_back([this, &replica] {
      const absl::Status status =
          Migrate(replica, Call(), {{"0001_first.sql", kFirst}, {"0002_second.sql", kSecond}});
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number("SELECT count(*) FROM t"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, Migrations,
                         ::testing::Values(testing::Engine::kSqlite, testing::Engine::kPostgres),
                         [](const auto& engine) { return testing::EngineName(engine.param); });

}  // namespace
}  // namespace sas::sql
