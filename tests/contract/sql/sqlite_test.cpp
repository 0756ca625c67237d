// What only the SQLite engine promises: group commit, one process per file, and what it does when
// the disk fails.
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/sql/database.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"
#include "common/testing/child_process.h"
#include "common/testing/temp_database.h"
#include "tests/contract/sql/disk_faults.h"

namespace sas::sql {
namespace {

using soci::into;
using soci::use;

class Sqlite : public ::testing::Test {
 protected:
  void SetUp() override {
    SetCauseSink([](std::string_view, std::string_view) {});
    Open();
    ASSERT_TRUE(Write([](Session& session) {
                  Exec(session, "CREATE TABLE t (id BIGINT PRIMARY KEY, text TEXT)");
                  return absl::OkStatus();
                }).ok());
  }

  void TearDown() override {
    testing::Disk().full = false;
    SetCauseSink(nullptr);
  }

  static absl::StatusOr<std::unique_ptr<Database>> OpenUrl(const std::string& url,
                                                           const base::Clock& clock,
                                                           std::size_t queue_max = 1024) {
    Database::Options options;
    options.url = url;
    options.queue_max = queue_max;
    return Database::Open(options, clock);
  }

  void Open(std::size_t queue_max = 1024) {
    database_.reset();
    auto opened = OpenUrl(file_.url(), clock_, queue_max);
    ASSERT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }

  base::Call Call(std::chrono::milliseconds budget = std::chrono::seconds(20)) const {
    return base::InternalCall("test", clock_, budget);
  }

  absl::Status Write(const std::function<absl::Status(Session&)>& work) {
    return database_->Run(Call(), Access::kWrite, work);
  }

  static absl::Status Insert(Session& session, long long id, const std::string& text = "") {
    Exec(session, "INSERT INTO t (id, text) VALUES (:id, :text)", use(id, "id"), use(text, "text"));
    return absl::OkStatus();
  }

  long long Count() {
    long long count = -1;
    const absl::Status status = database_->Run(Call(), Access::kRead, [&](Session& session) {
      FetchOne(session, "SELECT count(*) FROM t", into(count));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return count;
  }

  struct Writer {
    std::function<absl::Status(Session&)> work;
    std::chrono::milliseconds budget{20000};
  };

  /// Occupies the writer thread until Go.
  class Holder {
   public:
    explicit Holder(Sqlite& test) : thread_([this, &test] { Hold(test); }) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return held_; });
    }

    ~Holder() { Go(); }

    void Go() {
      {
        const std::lock_guard lock(mutex_);
        go_ = true;
      }
      changed_.notify_all();
      if (thread_.joinable()) thread_.join();
    }

   private:
    void Hold(Sqlite& test) {
      const auto work = [this](Session&) {
        std::unique_lock lock(mutex_);
        held_ = true;
        changed_.notify_all();
        changed_.wait(lock, [&] { return go_; });
        return absl::OkStatus();
      };
      const absl::Status status = test.database_->Run(test.Call(), Access::kRead, work);
      EXPECT_TRUE(status.ok()) << status;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    bool go_ = false;
    std::thread thread_;
  };

  /// Runs all of them in one batch, in any order, and gives their statuses.
  std::vector<absl::Status> OneBatch(const std::vector<Writer>& writers) {
    Holder holder(*this);
    std::vector<absl::Status> statuses(writers.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < writers.size(); ++i) {
      threads.emplace_back([&, i] {
        statuses[i] = database_->Run(Call(writers[i].budget), Access::kWrite, writers[i].work);
      });
      // One after the other, so that the batch has the order of the list.
      EXPECT_TRUE(testing::PollUntil([&] { return database_->Waiting() == i + 1; }));
    }
    holder.Go();
    for (std::thread& thread : threads) thread.join();
    return statuses;
  }

  /// Runs one of the tests of SqliteOtherProcess on `url`: its exit code, -1 after a signal.
  int OtherProcess(const std::string& test, const std::string& url) const {
    ::setenv("OTHER_PROCESS_URL", url.c_str(), 1);
    testing::ChildProcess::Options options;
    options.command = {"/proc/self/exe", "--gtest_filter=SqliteOtherProcess.DISABLED_" + test,
                       "--gtest_also_run_disabled_tests"};
    options.log = file_.path() + ".log";
    return testing::ChildProcess(options).Wait();
  }

  base::SystemClock clock_;
  testing::TempSqlite file_;
  std::unique_ptr<Database> database_;
};

TEST_F(Sqlite, WritersThatWaitTogetherShareOneSync) {
  std::vector<Writer> writers;
  for (long long id = 0; id < 20; ++id) {
    writers.push_back({[id](Session& session) { return Insert(session, id); }});
  }
  const int before = testing::Disk().syncs;
  for (const absl::Status& status : OneBatch(writers)) {
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(testing::Disk().syncs - before, 1);
  EXPECT_EQ(Count(), 20);
}

TEST_F(Sqlite, H01_EveryAcknowledgedWriteWasSynced) {
  for (long long id = 0; id < 5; ++id) {
    const int before = testing::Disk().syncs;
    ASSERT_TRUE(Write([&](Session& session) { return Insert(session, id); }).ok());
    EXPECT_GE(testing::Disk().syncs - before, 1);
  }
}

TEST_F(Sqlite, ReadsDoNotSync) {
  const int before = testing::Disk().syncs;
  for (int i = 0; i < 5; ++i) Count();
  EXPECT_EQ(testing::Disk().syncs - before, 0);
}

TEST_F(Sqlite, FailingUnitLeavesItsBatchAlone) {
  const auto twice = [](Session& session) {
    (void)Insert(session, 100);
    return Insert(session, 100);  // Throws: its first row goes too.
  };
  const auto refused = [](Session& session) -> absl::Status {
    (void)Insert(session, 101);
    return base::Fail(absl::StatusCode::kAborted, "NO", "refused");
  };
  const std::vector<absl::Status> statuses =
      OneBatch({{[](Session& session) { return Insert(session, 1); }},
                {twice},
                {refused},
                {[](Session& session) { return Insert(session, 2); }}});
  EXPECT_TRUE(statuses[0].ok()) << statuses[0];
  EXPECT_EQ(base::ReasonOf(statuses[1]), "UNIQUE_VIOLATION");
  EXPECT_EQ(base::ReasonOf(statuses[2]), "NO");
  EXPECT_TRUE(statuses[3].ok()) << statuses[3];
  EXPECT_EQ(Count(), 2);
}

// SQLite undoes the whole transaction when a write is interrupted: the neighbours run again.
TEST_F(Sqlite, UnitThatLosesTheTransactionTakesNobodyWithIt) {
  int first_runs = 0;
  const auto first = [&](Session& session) {
    ++first_runs;
    return Insert(session, 1);
  };
  const auto endless = [](Session& session) {
    Exec(session,
         "INSERT INTO t (id) WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n "
         "WHERE i < 1000000000) SELECT i FROM n");
    return absl::OkStatus();
  };
  const auto last = [](Session& session) { return Insert(session, 2); };
  const std::vector<absl::Status> statuses =
      OneBatch({{first}, {endless, std::chrono::milliseconds(300)}, {last}});
  EXPECT_TRUE(statuses[0].ok()) << statuses[0];
  EXPECT_EQ(base::ReasonOf(statuses[1]), "LEDGER_TIMEOUT");
  EXPECT_TRUE(statuses[2].ok()) << statuses[2];
  EXPECT_EQ(first_runs, 2);
  EXPECT_EQ(Count(), 2);
}

TEST_F(Sqlite, QueueHasABound) {
  Open(2);
  const auto nothing = [](Session&) { return absl::OkStatus(); };
  Holder holder(*this);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = database_->Run(Call(), Access::kRead, nothing);
      EXPECT_TRUE(status.ok()) << status;
    });
    EXPECT_TRUE(testing::PollUntil([&] { return database_->Waiting() == i + 1; }));
  }
  const absl::Status refused = database_->Run(Call(), Access::kRead, nothing);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(refused), "LEDGER_BUSY");
  EXPECT_TRUE(base::DetailOf(refused).retry_after.has_value());
  holder.Go();
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Sqlite, KeptStatementsHoldNoSnapshot) {
  const std::string text(4000, 'x');
  for (long long id = 0; id < 12000; ++id) {
    ASSERT_TRUE(Write([&](Session& session) {
                  (void)Insert(session, id, text);
                  long long any = 0;
                  FetchOne(session, "SELECT id FROM t", into(any));  // Stops before the last row.
                  return absl::OkStatus();
                }).ok());
  }

  struct stat info {};

  ASSERT_EQ(::stat((file_.path() + "-wal").c_str(), &info), 0);
  EXPECT_LT(info.st_size, 30'000'000) << "the log of 48 MB was never taken over";
}

TEST_F(Sqlite, QueryInsideTheLoopOverTheSameQuery) {
  ASSERT_TRUE(Write([](Session& session) {
                (void)Insert(session, 1);
                return Insert(session, 2);
              }).ok());
  for (int round = 0; round < 2; ++round) {
    std::string seen;
    const absl::Status status = Write([&](Session& session) {
      const std::string query = "SELECT id FROM t ORDER BY id";
      long long outer = 0;
      FetchEach(
          session, query,
          [&] {
            long long inner = 0;
            FetchEach(
                session, query,
                [&] { seen += std::to_string(outer) + std::to_string(inner) + " "; }, into(inner));
          },
          into(outer));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(seen, "11 12 21 22 ");
  }
}

TEST_F(Sqlite, ManyTextsAndAChangedSchemaDoNotConfuseKeptStatements) {
  for (long long id = 0; id < 600; ++id) {
    ASSERT_TRUE(Write([&](Session& session) {
                  Exec(session, "INSERT INTO t (id) VALUES (" + std::to_string(id) + ")");
                  return absl::OkStatus();
                }).ok());
    EXPECT_EQ(Count(), id + 1);
  }
  ASSERT_TRUE(Write([](Session& session) {
                Exec(session, "DROP TABLE t");
                Exec(session, "CREATE TABLE t (text TEXT, other TEXT, id BIGINT)");
                return Insert(session, 7, "after");
              }).ok());
  EXPECT_EQ(Count(), 1);
}

TEST_F(Sqlite, H01_FullDiskAtCommitIsTypedAndReadsGoOn) {
  ASSERT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
  testing::Disk().full = true;
  const absl::Status status = Write([](Session& session) { return Insert(session, 2); });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_FULL");
  EXPECT_EQ(Count(), 1);
  testing::Disk().full = false;
  EXPECT_TRUE(Write([](Session& session) { return Insert(session, 2); }).ok());
  EXPECT_EQ(Count(), 2);
  Open();
  EXPECT_EQ(Count(), 2);
}

class Reserve : public Sqlite {
 protected:
  void OpenWithReserve() {
    database_.reset();
    Database::Options options;
    options.url = file_.url();
    options.reserve_bytes = 65536;
    options.vital = [](const base::Call& call) { return call.method == "vital"; };
    auto opened = Database::Open(options, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }

  std::string file() const { return file_.path() + ".reserve"; }

  absl::Status WriteVital(const std::function<absl::Status(Session&)>& work) {
    return database_->Run(base::InternalCall("vital", clock_, std::chrono::seconds(20)),
                          Access::kWrite, work);
  }

  void TearDown() override {
    testing::Disk().room_without.clear();
    Sqlite::TearDown();
  }
};

TEST_F(Reserve, H01_AFullDiskKeepsItForVitalWrites) {
  OpenWithReserve();

  struct stat found {};

  ASSERT_EQ(::stat(file().c_str(), &found), 0);
  EXPECT_GE(found.st_blocks * 512, 65536) << "the room is really taken";
  testing::Disk().room_without = file();
  testing::Disk().full = true;

  const absl::Status ordinary = Write([](Session& session) { return Insert(session, 1); });
  EXPECT_EQ(ordinary.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(ordinary), "LEDGER_VITAL_ONLY");
  EXPECT_EQ(base::ReasonOf(database_->Room()), "LEDGER_VITAL_ONLY");
  EXPECT_TRUE(WriteVital([](Session& session) { return Insert(session, 2); }).ok());
  EXPECT_EQ(Count(), 1) << "reads go on";

  // The room is used up too: nothing is said that is not there.
  testing::Disk().room_without.clear();
  EXPECT_EQ(base::ReasonOf(WriteVital([](Session& session) { return Insert(session, 3); })),
            "LEDGER_FULL");
  testing::Disk().full = false;
}

TEST_F(Reserve, TheVitalWriteThatMeetsTheFullDiskFirstIsSaved) {
  OpenWithReserve();
  testing::Disk().room_without = file();
  testing::Disk().full = true;
  EXPECT_TRUE(WriteVital([](Session& session) { return Insert(session, 1); }).ok());
  testing::Disk().full = false;
  database_.reset();
  OpenWithReserve();
  EXPECT_EQ(Count(), 1);
}

TEST_F(Reserve, WithRoomAgainEveryWriteIsTakenAndTheReserveIsBack) {
  OpenWithReserve();
  testing::Disk().room_without = file();
  testing::Disk().full = true;
  EXPECT_FALSE(Write([](Session& session) { return Insert(session, 1); }).ok());
  testing::Disk().full = false;
  EXPECT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
  EXPECT_TRUE(database_->Room().ok());
  EXPECT_EQ(::access(file().c_str(), F_OK), 0);
}

TEST_F(Sqlite, FileBelongsToOneConnection) {
  const auto second = OpenUrl(file_.url(), clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(base::ReasonOf(second.status()), "LEDGER_LOCKED");
  EXPECT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
}

// Run by the tests below, each in a process of its own.
class SqliteOtherProcess : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Database>> Open() const {
    Database::Options options;
    options.url = std::getenv("OTHER_PROCESS_URL");
    return Database::Open(options, clock_);
  }

  base::SystemClock clock_;
};

TEST_F(SqliteOtherProcess, DISABLED_FindsTheFileLocked) {
  EXPECT_EQ(base::ReasonOf(Open().status()), "LEDGER_LOCKED");
}

TEST_F(SqliteOtherProcess, DISABLED_WritesWhileSyncFails) {
  const auto database = Open();
  ASSERT_TRUE(database.ok()) << database.status();
  testing::Disk().fail_sync = true;
  (void)(*database)->Run(base::InternalCall("test", clock_, std::chrono::seconds(20)),
                         Access::kWrite, [](Session& session) {
                           Exec(session, "CREATE TABLE t (id BIGINT)");
                           return absl::OkStatus();
                         });
}

TEST_F(Sqlite, H45_FileBelongsToOneProcess) {
  EXPECT_EQ(OtherProcess("FindsTheFileLocked", file_.url()), 0);
}

TEST_F(Sqlite, H01_FailedSyncEndsTheProcess) {
  EXPECT_EQ(OtherProcess("WritesWhileSyncFails", file_.url() + ".other"), -1);
  std::ifstream log(file_.path() + ".log");
  const std::string text(std::istreambuf_iterator<char>(log), {});
  EXPECT_NE(text.find("LEDGER_COMMIT_FAILED"), std::string::npos) << text;
}

TEST_F(Sqlite, OthersOnTheMachineMayNotReadTheFile) {
  for (const char* suffix : {"", "-wal"}) {
    struct stat info {};

    ASSERT_EQ(::stat((file_.path() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0077U, 0U) << suffix;
  }
}

TEST_F(Sqlite, MemoryLedgerWorks) {
  auto opened = OpenUrl("sqlite::memory:", clock_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE((*opened)->Ping(Call()).ok());
}

TEST_F(Sqlite, FileThatCannotBeOpenedIsUnavailable) {
  const auto opened = OpenUrl("sqlite:/nowhere/at/all.db", clock_);
  EXPECT_EQ(base::ReasonOf(opened.status()), "LEDGER_UNAVAILABLE");
}

TEST_F(Sqlite, FileThatIsNoLedgerIsRefused) {
  const std::string path = file_.path() + ".other";
  std::ofstream(path) << std::string(8192, 'x');
  EXPECT_EQ(base::ReasonOf(OpenUrl("sqlite:" + path, clock_).status()), "LEDGER_UNAVAILABLE");
}

TEST_F(Sqlite, PathWithBlanksAndEqualsSign) {
  auto opened = OpenUrl("sqlite:" + file_.path() + " a=b c", clock_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(::access((file_.path() + " a=b c-wal").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace sas::sql
