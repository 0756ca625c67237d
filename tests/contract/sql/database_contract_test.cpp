// One suite for both engines of sql::Database.
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <memory>
#include <mutex>
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

std::mutex causes_mutex;
std::string causes;  // What the engines reported, guarded by causes_mutex.

void KeepCause(std::string_view reason, std::string_view cause) {
  const std::lock_guard lock(causes_mutex);
  causes += std::string(reason) + " " + std::string(cause) + "\n";
}

class DatabaseContract : public ::testing::TestWithParam<testing::Engine> {
 protected:
  void SetUp() override {
    std::string reason;
    ledger_ = testing::TempLedger::Make(GetParam(), reason);
    if (!ledger_) GTEST_SKIP() << reason;
    Open();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_TRUE(Do([](Session& session) {
                  Exec(session,
                       "CREATE TABLE seat (slot TEXT NOT NULL, number BIGINT NOT NULL, "
                       "holder TEXT, CONSTRAINT seat_number CHECK (number >= 0), "
                       "CONSTRAINT seat_key PRIMARY KEY (slot, number))");
                  Exec(session,
                       "CREATE TABLE booking (slot TEXT NOT NULL, number BIGINT NOT NULL, "
                       "CONSTRAINT booking_seat FOREIGN KEY (slot, number) "
                       "REFERENCES seat (slot, number))");
                }).ok());
  }

  void Open(std::size_t queue_max = 1024) {
    database_.reset();
    Database::Options options;
    options.url = ledger_->url();
    options.schema = "contract";
    options.needs_fsync = false;
    options.connections = 8;
    options.queue_max = queue_max;
    auto opened = Database::Open(options, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }

  base::Call Call(std::chrono::milliseconds budget = std::chrono::seconds(20)) const {
    return base::InternalCall("test", clock_, budget);
  }

  /// Runs `work` (which may return nothing) as a write.
  template <typename Work>
  absl::Status Do(Work work) {
    return database_->Run(Call(), Access::kWrite,
                          [&](Session& session) { return Guard([&] { return work(session); }); });
  }

  static void Insert(Session& session, const std::string& slot, long long number) {
    Exec(session, "INSERT INTO seat (slot, number, holder) VALUES (:slot, :number, '')",
         use(slot, "slot"), use(number, "number"));
  }

  long long Count(const std::string& where = "1 = 1") {
    long long count = -1;
    const absl::Status status = database_->Run(Call(), Access::kRead, [&](Session& session) {
      FetchOne(session, "SELECT count(*) FROM seat WHERE " + where, into(count));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return count;
  }

  base::SystemClock clock_;
  std::unique_ptr<testing::TempLedger> ledger_;
  std::unique_ptr<Database> database_;
};

TEST_P(DatabaseContract, WhatWasCommittedIsReadBack) {
  ASSERT_TRUE(Do([](Session& session) { Insert(session, "s1", 7); }).ok());
  EXPECT_EQ(Count("slot = 's1' AND number = 7"), 1);
}

TEST_P(DatabaseContract, WhatWasCommittedSurvivesReopening) {
  ASSERT_TRUE(Do([](Session& session) { Insert(session, "s1", 1); }).ok());
  Open();
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseContract, RefusalLeavesNoTraceAndComesBackAsItIs) {
  const absl::Status status = Do([](Session& session) -> absl::Status {
    Insert(session, "s1", 1);
    return base::Fail(absl::StatusCode::kAborted, "SLOT_TAKEN", "taken", {{"slot", "s1"}});
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(base::ReasonOf(status), "SLOT_TAKEN");
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseContract, WrongStatementIsInternalAndLeavesNoTrace) {
  SetCauseSink(&KeepCause);
  const absl::Status status = Do([](Session& session) {
    Insert(session, "s1", 1);
    Exec(session, "SELECT nothing FROM nowhere");
  });
  SetCauseSink(nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_ERROR");
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseContract, SecondRowWithTheKeyIsAUniqueViolation) {
  ASSERT_TRUE(Do([](Session& session) { Insert(session, "s1", 1); }).ok());
  const absl::Status status = Do([](Session& session) { Insert(session, "s1", 1); });
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(base::ReasonOf(status), "UNIQUE_VIOLATION");
  EXPECT_TRUE(IsUniqueViolation(status, "seat_key", "seat.slot, seat.number"));
  EXPECT_FALSE(IsUniqueViolation(status, "other_key", "seat.slot"));
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseContract, BrokenRuleIsAConstraintViolation) {
  const absl::Status check = Do([](Session& session) { Insert(session, "s1", -1); });
  EXPECT_EQ(base::ReasonOf(check), "CONSTRAINT_VIOLATION");
  const absl::Status foreign = Do([](Session& session) {
    Exec(session, "INSERT INTO booking (slot, number) VALUES ('absent', 1)");
  });
  EXPECT_EQ(foreign.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(foreign), "CONSTRAINT_VIOLATION");
  ASSERT_EQ(base::DetailOf(foreign).metadata.size(), 1U);
  // SQLite does not say which foreign key.
  EXPECT_EQ(base::DetailOf(foreign).metadata[0].second,
            GetParam() == testing::Engine::kPostgres ? "booking_seat" : "");
}

TEST_P(DatabaseContract, StatusesAndCausesQuoteNoRow) {
  SetCauseSink(&KeepCause);
  std::string seen;
  for (const char* query : {"INSERT INTO seat (slot, number) VALUES (:v, 1)",
                            "INSERT INTO booking (slot, number) VALUES (:v, 1)",
                            "INSERT INTO seat (slot, number) VALUES (:v, -1)",
                            "INSERT INTO seat (slot, number) VALUES ('x', CAST(:v AS BIGINT) / 0)",
                            "INSERT INTO seat (slot, nothing) VALUES (:v, 1)"}) {
    for (int i = 0; i < 2; ++i) {
      const absl::Status status = Do([&](Session& session) {
        const std::string value = "Zorglub";
        Exec(session, query, use(value, "v"));
      });
      seen += status.ToString();
      for (const auto& [key, value] : base::DetailOf(status).metadata) seen += key + value;
    }
  }
  SetCauseSink(nullptr);
  const std::lock_guard lock(causes_mutex);
  EXPECT_EQ((seen + causes).find("Zorglub"), std::string::npos) << seen << causes;
}

TEST_P(DatabaseContract, TrySavepointLetsTheTransactionGoOn) {
  ASSERT_TRUE(Do([](Session& session) { Insert(session, "s1", 1); }).ok());
  const absl::Status status = Do([](Session& session) -> absl::Status {
    Insert(session, "s2", 1);
    const absl::Status taken = TrySavepoint(session, [&] {
      Insert(session, "s3", 1);  // Undone with what fails after it.
      Insert(session, "s1", 1);
    });
    EXPECT_EQ(base::ReasonOf(taken), "UNIQUE_VIOLATION");
    const absl::Status free = TrySavepoint(session, [&] { Insert(session, "s1", 2); });
    EXPECT_TRUE(free.ok()) << free;
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Count("slot = 's2'"), 1);
  EXPECT_EQ(Count("slot = 's3'"), 0);
  EXPECT_EQ(Count("slot = 's1'"), 2);
}

TEST_P(DatabaseContract, ReadMayNotWrite) {
  SetCauseSink(&KeepCause);
  const absl::Status status = database_->Run(Call(), Access::kRead, [](Session& session) {
    Insert(session, "s1", 1);
    return absl::OkStatus();
  });
  SetCauseSink(nullptr);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Count(), 0);
  EXPECT_TRUE(Do([](Session& session) { Insert(session, "s1", 1); }).ok());
}

TEST_P(DatabaseContract, CallWithoutTimeOrCallerIsNotRun) {
  bool ran = false;
  const auto work = [&](Session&) {
    ran = true;
    return absl::OkStatus();
  };
  const absl::Status late =
      database_->Run(Call(std::chrono::milliseconds(0)), Access::kWrite, work);
  EXPECT_EQ(late.code(), absl::StatusCode::kDeadlineExceeded);
  base::Call gone = Call();
  gone.cancelled = [] { return true; };
  EXPECT_EQ(database_->Run(gone, Access::kWrite, work).code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(ran);
}

TEST_P(DatabaseContract, StatementThatOutlivesTheCallIsStopped) {
  const absl::Status status =
      database_->Run(Call(std::chrono::milliseconds(50)), Access::kWrite, [](Session& session) {
        Insert(session, "s1", 1);
        long long count = 0;
        FetchOne(session,
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                 "i < 1000000000) SELECT count(*) FROM n",
                 into(count));
        return absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(base::ReasonOf(status), "LEDGER_TIMEOUT");
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseContract, ReadDecideWriteLosesNoUpdate) {
  ASSERT_TRUE(Do([](Session& session) { Insert(session, "counter", 0); }).ok());
  constexpr int kThreads = 8;
  constexpr int kRounds = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int round = 0; round < kRounds;) {
        const absl::Status status = Do([](Session& session) {
          long long value = 0;
          FetchOne(session, "SELECT number FROM seat WHERE slot = 'counter'", into(value));
          ++value;
          Exec(session, "UPDATE seat SET number = :value WHERE slot = 'counter'",
               use(value, "value"));
        });
        if (status.ok()) ++round;
        if (!status.ok() && !IsConflict(status)) {
          ADD_FAILURE() << status;
          return;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Count("slot = 'counter' AND number = " + std::to_string(kThreads * kRounds)), 1);
}

TEST_P(DatabaseContract, OfManyWritersForOneKeyOneWins) {
  constexpr int kThreads = 16;
  std::mutex mutex;
  int won = 0;
  int lost = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = Do([](Session& session) { Insert(session, "last", 1); });
      const std::lock_guard lock(mutex);
      won += status.ok() ? 1 : 0;
      lost += base::ReasonOf(status) == "UNIQUE_VIOLATION" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, kThreads - 1);
}

TEST_P(DatabaseContract, OfWritesGivenTogetherARefusedOneTakesNoOtherWithIt) {
  std::vector<base::Call> calls(6, Call());
  calls[3].cancelled = [] { return true; };
  std::vector<WriteUnit> units;
  for (long long i = 0; i < 6; ++i) {
    units.push_back({calls[static_cast<std::size_t>(i)],
                     [i](Session& session) -> absl::Status {
                       Insert(session, "s1", i == 5 ? 0 : i);  // The last meets the first.
                       if (i == 1) return base::Fail(absl::StatusCode::kAborted, "REFUSED", "no");
                       return absl::OkStatus();
                     },
                     absl::OkStatus()});
  }
  database_->WriteTogether(units);
  const char* reasons[] = {"", "REFUSED", "", "CANCELLED", "", "UNIQUE_VIOLATION"};
  for (std::size_t i = 0; i < units.size(); ++i) {
    EXPECT_EQ(base::ReasonOf(units[i].status), reasons[i]) << units[i].status;
  }
  EXPECT_EQ(Count(), 3);
  EXPECT_EQ(Count("number IN (0, 2, 4)"), 3);
}

TEST_P(DatabaseContract, WritesGivenTogetherSeeOneAnotherInTheirOrder) {
  const base::Call call = Call();
  std::vector<WriteUnit> units;
  for (long long i = 0; i < 4; ++i) {
    units.push_back({call,
                     [i](Session& session) {
                       long long before = -1;
                       FetchOne(session, "SELECT count(*) FROM seat", into(before));
                       EXPECT_EQ(before, i);
                       Insert(session, "s1", i);
                       return absl::OkStatus();
                     },
                     absl::OkStatus()});
  }
  database_->WriteTogether(units);
  for (const WriteUnit& unit : units) EXPECT_TRUE(unit.status.ok()) << unit.status;
  EXPECT_EQ(Count(), 4);
}

TEST_P(DatabaseContract, WritesGivenTogetherLoseNoUpdateToOneAnother) {
  ASSERT_TRUE(Do([](Session& session) { Insert(session, "counter", 0); }).ok());
  constexpr int kThreads = 4;
  constexpr int kRounds = 10;
  constexpr int kTogether = 5;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      const base::Call call = Call();
      for (int round = 0; round < kRounds; ++round) {
        std::vector<WriteUnit> units;
        for (int unit = 0; unit < kTogether; ++unit) {
          units.push_back({call,
                           [](Session& session) {
                             Exec(session,
                                  "UPDATE seat SET number = number + 1 WHERE slot = 'counter'");
                             return absl::OkStatus();
                           },
                           absl::OkStatus()});
        }
        database_->WriteTogether(units);
        for (const WriteUnit& unit : units) EXPECT_TRUE(unit.status.ok()) << unit.status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Count("number = " + std::to_string(kThreads * kRounds * kTogether)), 1);
}

TEST_P(DatabaseContract, RowsComeAsNumbersAndText) {
  ASSERT_TRUE(Do([](Session& session) {
                Insert(session, "s1", 5'000'000'000LL);
                Exec(session, "INSERT INTO seat (slot, number) VALUES ('s2', 2)");
              }).ok());
  const absl::Status status = database_->Run(Call(), Access::kRead, [](Session& session) {
    const soci::rowset<soci::row> rows =
        (session.soci.prepare << "SELECT slot, number, holder, (SELECT count(*) FROM seat) "
                                 "FROM seat ORDER BY slot");
    std::vector<std::string> seen;
    for (const soci::row& row : rows) {
      seen.push_back(Text(row, 0) + "|" + std::to_string(Int64(row, 1)) + "|" + Text(row, 2) + "|" +
                     std::to_string(Int64(row, 3)));
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"s1|5000000000||2", "s2|2||2"}));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(DatabaseContract, PingAnswers) {
  EXPECT_TRUE(database_->Ping(Call()).ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseContract,
                         ::testing::Values(testing::Engine::kSqlite, testing::Engine::kPostgres),
                         [](const auto& engine) { return testing::EngineName(engine.param); });

}  // namespace
}  // namespace sas::sql
