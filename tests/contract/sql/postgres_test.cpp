// What only the PostgreSQL engine promises: broken connections, unknown outcomes, audit chains of
// several replicas.
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/sql/database.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"
#include "common/testing/temp_database.h"

namespace sas::sql {
namespace {

using soci::into;
using soci::use;
using std::chrono::milliseconds;

class Postgres : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    server_ = testing::TempPostgres::Start(reason);
    if (!server_) GTEST_SKIP() << reason;
    SetCauseSink([](std::string_view, std::string_view) {});
    database_ = Open("one");
    ASSERT_NE(database_, nullptr);
    ASSERT_TRUE(Write([](Session& session) {
                  Exec(session, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
                  return absl::OkStatus();
                }).ok());
  }

  void TearDown() override { SetCauseSink(nullptr); }

  std::unique_ptr<Database> Open(const std::string& schema, std::size_t connections = 4,
                                 milliseconds lease_timeout = milliseconds(2000)) {
    Database::Options options;
    options.url = server_->url();
    options.schema = schema;
    options.needs_fsync = false;
    options.connections = connections;
    options.lease_timeout = lease_timeout;
    auto opened = Database::Open(options, clock_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  base::Call Call(milliseconds budget = milliseconds(20000)) const {
    return base::InternalCall("test", clock_, budget);
  }

  absl::Status Write(const std::function<absl::Status(Session&)>& work) {
    return database_->Run(Call(), Access::kWrite, work);
  }

  static absl::Status Insert(Session& session, long long id) {
    Exec(session, "INSERT INTO t (id) VALUES (:id)", use(id, "id"));
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

  base::SystemClock clock_;
  std::unique_ptr<testing::TempPostgres> server_;
  std::unique_ptr<Database> database_;
};

TEST_F(Postgres, ConnectionsThatTheServerClosedAreMadeAnew) {
  ASSERT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
  server_->CutConnections();
  EXPECT_TRUE(Write([](Session& session) { return Insert(session, 2); }).ok());
  server_->RestartServer();
  EXPECT_TRUE(Write([](Session& session) { return Insert(session, 3); }).ok());
  EXPECT_EQ(Count(), 3);
}

TEST_F(Postgres, ConnectionThatBreaksInsideTheWorkSavesNothing) {
  const absl::Status status = Write([&](Session& session) {
    (void)Insert(session, 1);
    server_->CutConnections();
    return Insert(session, 2);
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_UNAVAILABLE");
  EXPECT_TRUE(base::DetailOf(status).retry_after.has_value());
  EXPECT_EQ(Count(), 0);
}

TEST_F(Postgres, ConnectionThatBreaksInsideCommitLeavesTheOutcomeUnknown) {
  ASSERT_TRUE(server_->Psql(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
      "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; "
      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON one.t DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION die()"));
  const absl::Status status = Write([](Session& session) { return Insert(session, 1); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_OUTCOME_UNKNOWN");
  EXPECT_EQ(Count(), 0);
}

TEST_F(Postgres, ServerThatIsAwayIsUnavailableAtOnce) {
  server_->StopServer();
  const absl::Status status = Write([](Session& session) { return Insert(session, 1); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_UNAVAILABLE");
  server_->RestartServer();
  EXPECT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
}

TEST_F(Postgres, FailedStatementThatTheWorkPassesOverIsNoSuccess) {
  const absl::Status status = Write([](Session& session) {
    (void)Insert(session, 1);
    (void)Guard([&] { return Insert(session, 1); });  // Without TrySavepoint: all is lost.
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Count(), 0);
}

TEST_F(Postgres, ConflictInsideAHandledStatusRunsTheWorkAgain) {
  ASSERT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
  int runs = 0;
  const absl::Status status = Write([&](Session& session) -> absl::Status {
    long long id = 0;
    FetchOne(session, "SELECT max(id) FROM t", into(id));
    if (++runs == 1) {
      EXPECT_TRUE(server_->Psql("UPDATE one.t SET id = 10 WHERE id = 1"));
    }
    // The work may hand the conflict on as a status of its own making.
    return Guard([&] { Exec(session, "UPDATE t SET id = id + 1 WHERE id = :id", use(id, "id")); });
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
}

// Two that have what the other wants: the server ends one, which runs again and finds the rows
// free.
TEST_F(Postgres, ADeadlockRunsOneOfThemAgain) {
  ASSERT_TRUE(
      server_->Psql("DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET deadlock_timeout = "
                    "10'', current_database()); END'"));
  database_ = Open("one");
  ASSERT_TRUE(Write([](Session& session) {
                (void)Insert(session, 1);
                return Insert(session, 2);
              }).ok());
  std::mutex mutex;
  std::condition_variable both_in;
  int in = 0;
  std::atomic<int> runs{0};
  const auto take = [](Session& session, long long id) {
    Exec(session, "UPDATE t SET id = id WHERE id = :id", use(id, "id"));
  };
  const auto cross = [&](long long mine, long long other) {
    bool met = false;
    return Write([&, mine, other](Session& session) {
      ++runs;
      take(session, mine);
      if (!met) {
        met = true;
        std::unique_lock lock(mutex);
        ++in;
        both_in.notify_all();
        EXPECT_TRUE(both_in.wait_for(lock, std::chrono::seconds(10), [&] { return in == 2; }));
      }
      take(session, other);
      return absl::OkStatus();
    });
  };
  absl::Status one;
  std::thread beside([&] { one = cross(1, 2); });
  const absl::Status two = cross(2, 1);
  beside.join();
  EXPECT_TRUE(one.ok()) << one;
  EXPECT_TRUE(two.ok()) << two;
  EXPECT_GE(runs, 3) << "they never met";
}

TEST_F(Postgres, WhoMeetsOthersEachTimeIsToldSoAfter64Times) {
  ASSERT_TRUE(Write([](Session& session) { return Insert(session, 1); }).ok());
  int runs = 0;
  const auto touch = [](Session& session) {
    Exec(session, "UPDATE t SET id = id WHERE id = 1");
    return absl::OkStatus();
  };
  const absl::Status status = Write([&](Session& session) -> absl::Status {
    ++runs;
    long long id = 0;
    FetchOne(session, "SELECT id FROM t", into(id));
    EXPECT_TRUE(Write(touch).ok());  // Another, on another connection.
    return touch(session);
  });
  EXPECT_EQ(runs, 64);
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_CONFLICT");
  EXPECT_TRUE(base::DetailOf(status).retry_after.has_value());
}

TEST_F(Postgres, PoolHasABoundAndWaitsNoLongerThanTold) {
  database_ = Open("one", 1, milliseconds(30));
  const absl::Status outer = Write([&](Session&) {
    const absl::Status inner = Write([](Session&) { return absl::OkStatus(); });
    EXPECT_EQ(inner.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(base::ReasonOf(inner), "LEDGER_BUSY");
    return absl::OkStatus();
  });
  EXPECT_TRUE(outer.ok()) << outer;
  EXPECT_TRUE(Write([](Session&) { return absl::OkStatus(); }).ok());
}

TEST_F(Postgres, NoTwoConnectionsOfAnyReplicaShareAChain) {
  const auto other = Open("one");
  std::mutex mutex;
  std::condition_variable all_in;
  std::multiset<int> chains;
  std::vector<std::thread> threads;
  for (Database* database : {database_.get(), other.get()}) {
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, database] {
        const absl::Status status = database->Run(Call(), Access::kWrite, [&](Session& session) {
          std::unique_lock lock(mutex);
          chains.insert(session.chain);
          all_in.notify_all();
          all_in.wait(lock, [&] { return chains.size() == 8; });
          return absl::OkStatus();
        });
        EXPECT_TRUE(status.ok()) << status;
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<int>(chains.begin(), chains.end()).size(), 8U);
}

TEST_F(Postgres, SchemasAreApart) {
  const auto other = Open("two");
  const absl::Status status = other->Run(Call(), Access::kWrite, [](Session& session) {
    Exec(session, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
    return Insert(session, 1);
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Count(), 0);
}

TEST_F(Postgres, ReplicasMayMakeTheSchemaTogether) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] { EXPECT_NE(Open("together"), nullptr); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Postgres, UnsafeDefaultOfTheServerIsOverruled) {
  ASSERT_TRUE(
      server_->Psql("DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = "
                    "off'', current_database()); END'"));
  database_ = Open("one");
  std::string mode;
  const absl::Status status = database_->Run(Call(), Access::kRead, [&](Session& session) {
    FetchOne(session, "SHOW synchronous_commit", into(mode));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(mode, "on");
}

TEST_F(Postgres, H23_AServerThatSyncsNothingIsRefused) {
  std::string mode;
  const absl::Status status = database_->Run(Call(), Access::kRead, [&](Session& session) {
    FetchOne(session, "SHOW fsync", into(mode));
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(mode, "off") << "the test's server is no such server any more";
  Database::Options options;
  options.url = server_->url();
  options.schema = "one";
  const auto opened = Database::Open(options, clock_);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(opened.status()), "LEDGER_NOT_DURABLE");
  // Who says that he needs none, as our tests do, has his answers.
  EXPECT_TRUE(database_->Ping(Call()).ok());
}

TEST_F(Postgres, NoPasswordInMessages) {
  Database::Options options;
  options.schema = "one";
  for (const char* url :
       {"postgresql://user:Hunter2@localhost:1/nothing",
        "postgresql:host=/nowhere password=Hunter2", "postgresql:host=x password=Hunter2 = ="}) {
    options.url = url;
    const auto opened = Database::Open(options, clock_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.status().ToString().find("Hunter2"), std::string::npos) << opened.status();
  }
}

}  // namespace
}  // namespace sas::sql
