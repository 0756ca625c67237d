// Copies of a running SQLite ledger.

#include "common/ledger/backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/sql/statement.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_database.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;
using sql::Access;
using sql::Session;
using testing::IsOk;
using testing::ReasonIs;

class BackupsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = Open(file_.path());
    ASSERT_THAT(Write("CREATE TABLE t (id BIGINT PRIMARY KEY, text TEXT)"), IsOk());
  }

  std::unique_ptr<sql::Database> Open(const std::string& path) {
    sql::Database::Options options;
    options.url = "sqlite:" + path;
    auto opened = sql::Database::Open(options, clock_);
    EXPECT_THAT(opened, IsOk());
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  base::Call Call() const { return base::InternalCall("test", clock_, std::chrono::minutes(1)); }

  absl::Status Write(const std::string& statement) {
    return database_->Run(Call(), Access::kWrite, [&](Session& session) {
      sql::Exec(session, statement);
      return absl::OkStatus();
    });
  }

  absl::Status Insert(long long id) {
    return database_->Run(Call(), Access::kWrite, [&](Session& session) {
      const std::string text(500, 'x');
      sql::Exec(session, "INSERT INTO t (id, text) VALUES (:id, :text)", use(id, "id"),
                use(text, "text"));
      return absl::OkStatus();
    });
  }

  long long CountIn(const std::string& path) {
    const auto copy = Open(path);
    long long count = -1;
    std::string sound;
    EXPECT_THAT(copy->Run(Call(), Access::kRead,
                          [&](Session& session) {
                            sql::FetchOne(session, "SELECT count(*) FROM t", into(count));
                            sql::FetchOne(session, "PRAGMA integrity_check", into(sound));
                            return absl::OkStatus();
                          }),
                IsOk());
    EXPECT_EQ(sound, "ok");
    return count;
  }

  Backups Make(int keep = 24) { return {{folder(), "booking", keep}, *database_, clock_}; }

  std::string folder() const { return std::filesystem::path(file_.path()).parent_path(); }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(folder())) {
      const std::string name = each.path().filename();
      if (name.rfind("booking-", 0) == 0) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  testing::FakeClock clock_;
  testing::TempSqlite file_;
  std::unique_ptr<sql::Database> database_;
};

TEST_F(BackupsTest, ACopyHasAllThatWasCommittedBeforeItWhileWritesGoOn) {
  constexpr long long kBefore = 2000;  // Some hundred pages: several steps.
  for (long long id = 0; id < kBefore; ++id) ASSERT_THAT(Insert(id), IsOk());
  std::atomic<bool> over{false};
  std::atomic<long long> written{kBefore};
  std::thread writer([&] {
    while (!over) {
      if (Insert(written.load()).ok()) ++written;
    }
  });
  const std::string copy = folder() + "/copy.db";
  EXPECT_THAT(database_->Backup(Call(), copy), IsOk());
  over = true;
  writer.join();
  const long long count = CountIn(copy);
  EXPECT_GE(count, kBefore);
  EXPECT_LE(count, written.load());
}

TEST_F(BackupsTest, TheOldestGoAndOthersFilesStay) {
  const std::string other = folder() + "/slots-20200101T000000Z.db";
  std::filesystem::copy_file(file_.path(), other);
  Backups backups = Make(/*keep=*/2);
  ASSERT_THAT(backups.CheckSetup(), IsOk());
  for (int hour = 0; hour < 3; ++hour) {
    ASSERT_THAT(Insert(hour), IsOk());
    ASSERT_THAT(backups.Make(), IsOk());
    clock_.Advance(std::chrono::hours(1));
  }
  const auto files = Files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(CountIn(folder() + "/" + files[0]), 2);
  EXPECT_EQ(CountIn(folder() + "/" + files[1]), 3);
  EXPECT_TRUE(std::filesystem::exists(other));
  EXPECT_EQ(backups.AgeSeconds(), 3600);
}

TEST_F(BackupsTest, ACopyThatFailsLeavesNothingAndIsTold) {
  Backups backups = Make();
  std::filesystem::create_directory(folder() + "/gone");
  Backups nowhere({folder() + "/gone", "booking", 1}, *database_, clock_);
  std::filesystem::remove(folder() + "/gone");
  EXPECT_THAT(nowhere.CheckSetup(), ReasonIs("BACKUP_FOLDER"));
  EXPECT_THAT(nowhere.Make(), ReasonIs("BACKUP_FAILED"));
  // The service goes on.
  EXPECT_THAT(Insert(1), IsOk());
  EXPECT_THAT(backups.Make(), IsOk());
  EXPECT_EQ(Files().size(), 1U);
}

TEST_F(BackupsTest, APostgresLedgerIsRefused) {
  std::string reason;
  const auto server = testing::TempPostgres::Start(reason);
  if (server == nullptr) GTEST_SKIP() << reason;
  sql::Database::Options options;
  options.url = server->url();
  options.schema = "backups";
  options.needs_fsync = false;
  const auto postgres = sql::Database::Open(options, clock_);
  ASSERT_THAT(postgres, IsOk());
  const Backups backups({folder(), "booking", 1}, **postgres, clock_);
  EXPECT_THAT(backups.CheckSetup(), ReasonIs("BACKUP_NEEDS_SQLITE"));
}

}  // namespace
}  // namespace sas::ledger
