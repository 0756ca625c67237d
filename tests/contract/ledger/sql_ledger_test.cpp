// What only ledgers on disk have: audit chains to verify, retention, late commits.
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/ledger/journal_sql.h"
#include "common/ledger/ledger_check.h"
#include "common/ledger/ledger_epoch.h"
#include "common/sql/statement.h"
#include "tests/contract/ledger/ledgers.h"

namespace sas::ledger {
namespace {

using testing::Backend;

class SqlLedger : public testing::StoreContract<LedgerUnderTest> {
 protected:
  base::Call Call() const {
    base::Call call = base::InternalCall("test", clock_, std::chrono::seconds(60));
    call.actor.subject = "osnp-1";
    return call;
  }

  void Audit(int count) {
    for (int i = 0; i < count; ++i) {
      const absl::Status status = store().Write(Call(), [&](Journal& journal) {
        return journal.Audit({"Do", "things/" + std::to_string(i), "fr-pdl", "state=new"});
      });
      ASSERT_TRUE(status.ok()) << status;
    }
  }

  void Publish(int count) {
    for (int i = 0; i < count; ++i) {
      const absl::Status status = store().Write(Call(), [&](Journal& journal) {
        return journal.Publish({"fr-pdl", "t", "things/" + std::to_string(i), ""});
      });
      ASSERT_TRUE(status.ok()) << status;
    }
  }

  void Tamper(const std::string& statement) {
    const absl::Status status =
        under_test_->database()->Run(Call(), sql::Access::kWrite, [&](sql::Session& session) {
          EXPECT_EQ(sql::Exec(session, statement), 1) << statement;
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }

  absl::StatusOr<std::int64_t> Verify() { return VerifyAudit(*under_test_->database(), Call()); }

  const base::Call call_ = Call();
};

TEST_P(SqlLedger, UntouchedAuditVerifies) {
  EXPECT_EQ(Verify().value(), 0);
  Audit(7);
  Reopen();
  Audit(5);
  const auto verified = Verify();
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(*verified, 12);
}

TEST_P(SqlLedger, AuditOfManyPagesVerifies) {
  const absl::Status status = store().Write(Call(), [](Journal& journal) -> absl::Status {
    for (int i = 0; i < 2100; ++i) {
      SAS_RETURN_IF_ERROR(journal.Audit({"Do", "things/1", "fr-pdl", "state=new"}));
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Verify().value(), 2100);
}

TEST_P(SqlLedger, AuditOfManyWritersVerifies) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back([this] { Audit(20); });
  for (std::thread& thread : threads) thread.join();
  const auto verified = Verify();
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(*verified, 120);
}

TEST_P(SqlLedger, H47_EveryKindOfTamperingShows) {
  Audit(5);

  struct Case {
    const char* statement;
    const char* sequence;
  };

  for (const Case& tampering : {
           Case{"UPDATE audit SET detail = 'state=old' WHERE sequence = 3", "3"},
           Case{"UPDATE audit SET time_us = time_us + 1 WHERE sequence = 2", "2"},
           Case{"UPDATE audit SET actor = 'other' WHERE sequence = 1", "1"},
           Case{"UPDATE audit SET hash = 'x' WHERE sequence = 4", "4"},
           Case{"DELETE FROM audit WHERE sequence = 2", "2"},
           Case{"DELETE FROM audit WHERE sequence = 5", "5"},
           Case{"DELETE FROM audit_head", "1"},
       }) {
    under_test_.reset();
    SetUp();
    Audit(5);
    Tamper(tampering.statement);
    const auto verified = Verify();
    EXPECT_EQ(verified.status().code(), absl::StatusCode::kDataLoss) << tampering.statement;
    const base::ErrorDetail detail = base::DetailOf(verified.status());
    EXPECT_EQ(detail.reason, "AUDIT_CHAIN_BROKEN");
    std::string sequence;
    for (const auto& [key, value] : detail.metadata) {
      if (key == "sequence") sequence = value;
    }
    EXPECT_EQ(sequence, tampering.sequence) << tampering.statement;
  }
}

TEST_P(SqlLedger, PurgeRemovesOldAnswersOnlyAndAtMostTheLimit) {
  const auto keep = [this](const std::string& request_id) {
    const absl::Status status = store().Write(Call(), [&](Journal& journal) {
      return journal.KeepAnswer({"osnp-1", "Do", request_id}, {"print", "response"});
    });
    ASSERT_TRUE(status.ok()) << status;
  };
  for (int i = 0; i < 3; ++i) keep("old-" + std::to_string(i));
  clock_.Advance(kAnswerRetention);
  keep("young");
  EXPECT_EQ(PurgeAnswers(*under_test_->database(), Call(), clock_, 2).value(), 2);
  EXPECT_EQ(PurgeAnswers(*under_test_->database(), Call(), clock_, 2).value(), 1);
  EXPECT_EQ(PurgeAnswers(*under_test_->database(), Call(), clock_, 2).value(), 0);
}

TEST_P(SqlLedger, TrimmedPastIsTold) {
  Publish(3);
  clock_.Advance(std::chrono::hours(24));
  Publish(2);
  Feed& feed = store().feed();
  const auto all = feed.Read(Call(), "", "", 10).value();
  ASSERT_EQ(all.size(), 5U);
  const auto before = clock_.Now() - std::chrono::hours(1);
  EXPECT_EQ(TrimOutbox(*under_test_->database(), Call(), before, 2).value(), 2);
  EXPECT_EQ(TrimOutbox(*under_test_->database(), Call(), before, 10).value(), 1);
  EXPECT_EQ(TrimOutbox(*under_test_->database(), Call(), before, 10).value(), 0);
  const auto gone = feed.Read(Call(), "", all[1].cursor, 10);
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(base::ReasonOf(gone.status()), "CURSOR_TRIMMED");
  EXPECT_EQ(feed.Read(Call(), "", all[2].cursor, 10).value().size(), 2U);
  EXPECT_EQ(feed.Read(Call(), "", "", 10).value().size(), 2U);
}

TEST_P(SqlLedger, HeadOfATrimmedOutboxIsStillAPlaceToFollow) {
  Publish(3);
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(TrimOutbox(*under_test_->database(), Call(), clock_.Now(), 10).value(), 3);
  const std::string head = store().feed().Head(Call()).value();
  Publish(1);
  const auto read = store().feed().Read(Call(), "", head, 10);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->size(), 1U);
}

// A copy of yesterday is put back; what was said since is lost, and its numbers are not given
// again.
TEST_P(SqlLedger, H45_CursorsFromBeforeARestoreAreToldSo) {
  Publish(3);
  Feed& feed = store().feed();
  const auto before = feed.Read(Call(), "", "", 10).value();
  ASSERT_EQ(before.size(), 3U);
  const auto epoch = RaiseEpoch(*under_test_->database(), Call(), clock_);
  ASSERT_TRUE(epoch.ok()) << epoch.status();
  EXPECT_GT(*epoch, 0);
  Publish(5);  // More than what any consumer had: the number alone would look familiar.
  for (const StoredEvent& event : before) {
    EXPECT_EQ(base::ReasonOf(feed.Read(Call(), "", event.cursor, 10).status()), "CURSOR_TRIMMED");
  }
  const auto after = feed.Read(Call(), "", "", 10).value();
  ASSERT_EQ(after.size(), 8U);
  EXPECT_EQ(after[0].subject, before[0].subject);
  EXPECT_EQ(feed.Read(Call(), "", after[2].cursor, 10).value().size(), 5U);
  EXPECT_EQ(feed.Read(Call(), "", feed.Head(Call()).value(), 10).value().size(), 0U);
  EXPECT_TRUE(Verify().ok());
}

TEST_P(SqlLedger, H45_EachRestoreIsAHigherEpoch) {
  Publish(1);
  const auto first = RaiseEpoch(*under_test_->database(), Call(), clock_).value();
  const std::string cursor = store().feed().Head(Call()).value();
  const auto second = RaiseEpoch(*under_test_->database(), Call(), clock_).value();
  EXPECT_GT(second, first);
  EXPECT_EQ(base::ReasonOf(store().feed().Read(Call(), "", cursor, 10).status()), "CURSOR_TRIMMED");
}

TEST_P(SqlLedger, CheckFindsWhatDoesNotFit) {
  Audit(2);
  Publish(2);
  ASSERT_TRUE(
      store()
          .Write(
              Call(),
              [&](Journal& journal) {
                return journal.KeepAnswer({"osnp-1", "Do", "r"}, {std::string(64, 'a'), "answer"});
              })
          .ok());
  const auto faults = [&] { return CheckLedger(*under_test_->database(), Call()).value().faults; };
  const LedgerCheck good = CheckLedger(*under_test_->database(), Call()).value();
  EXPECT_EQ(good.faults, std::vector<std::string>());
  EXPECT_EQ(good.audit_records, 2);
  EXPECT_EQ(good.events, 2);
  EXPECT_EQ(good.answers, 1);
  Tamper("UPDATE answers SET response = '!!!'");
  EXPECT_EQ(faults().size(), 1U);
  Tamper("UPDATE answers SET expires = 0");
  EXPECT_EQ(faults().size(), 1U);
  Tamper("UPDATE outbox_trimmed SET sequence = 9, tx = 4611686018427387904");
  EXPECT_EQ(faults().size(), 2U);
  Tamper("UPDATE audit SET detail = 'state=old' WHERE sequence = 1");
  EXPECT_EQ(faults().size(), 3U);
}

// I7: a twin in flight must get the answer of the first, and never hear that its own seat is taken.
TEST_P(SqlLedger, TwinsInFlightDoNotTakeTheirOwnSeat) {
  sql::Database& database = *under_test_->database();
  const absl::Status made = database.Run(Call(), sql::Access::kWrite, [](sql::Session& session) {
    sql::Exec(session, "CREATE TABLE seat (slot TEXT PRIMARY KEY)");
    return absl::OkStatus();
  });
  ASSERT_TRUE(made.ok()) << made;
  for (int round = 0; round < 10; ++round) {
    const std::string slot = std::to_string(round);
    const AnswerKey key{"osnp-1", "Book", slot};
    std::vector<std::thread> threads;
    for (int twin = 0; twin < 4; ++twin) {
      threads.emplace_back([&] {
        const auto book = [&](sql::Session& session) -> absl::Status {
          SqlJournal journal(session, sql::Access::kWrite, call_, clock_);
          SAS_ASSIGN_OR_RETURN(const auto known, journal.FindAnswer(key));
          if (known) return absl::OkStatus();
          sql::Exec(session, "INSERT INTO seat (slot) VALUES (:slot)", soci::use(slot, "slot"));
          return journal.KeepAnswer(key, {"print", "booked"});
        };
        const absl::Status status = database.Run(call_, sql::Access::kWrite, book);
        EXPECT_TRUE(status.ok()) << status;
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

INSTANTIATE_TEST_SUITE_P(Ledgers, SqlLedger,
                         ::testing::Values(Backend::kSqlite, Backend::kPostgres),
                         testing::BackendName);

class PostgresLedger : public SqlLedger {};

// The event of the slow transaction has the lower number but commits last: a reader that had passed
// it by would never see it.
TEST_P(PostgresLedger, LateCommitIsNeverSkipped) {
  const auto publish = [this](const std::string& subject) {
    return store().Write(Call(), [&](Journal& journal) {
      return journal.Publish({"fr-pdl", "t", subject, ""});
    });
  };
  Feed& feed = store().feed();
  std::string cursor;
  const absl::Status slow = store().Write(Call(), [&](Journal& journal) -> absl::Status {
    SAS_RETURN_IF_ERROR(journal.Publish({"fr-pdl", "t", "slow", ""}));
    SAS_RETURN_IF_ERROR(publish("fast"));  // On another connection; committed before this one.
    SAS_ASSIGN_OR_RETURN(const auto events, feed.Read(Call(), "", "", 10));
    EXPECT_TRUE(events.empty()) << "an event younger than an open transaction was served";
    SAS_ASSIGN_OR_RETURN(const auto unsettled, feed.ReadUnsettled(Call(), "", "", 10));
    EXPECT_TRUE(unsettled.size() == 1 && unsettled[0].subject == "fast");
    SAS_ASSIGN_OR_RETURN(cursor, feed.Head(Call()));
    return absl::OkStatus();
  });
  ASSERT_TRUE(slow.ok()) << slow;
  const auto events = feed.Read(Call(), "", cursor, 10).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].subject, "slow");
  EXPECT_EQ(events[1].subject, "fast");
}

// Somebody who counts rows then has seen what no reader of the feed has, and not what comes before.
TEST_P(PostgresLedger, WhatAnOpenTransactionMayStillPrecedeIsNoKnownState) {
  const auto write = [this](const JournalWork& work) { return store().Write(Call(), work); };
  std::string newest = "none";
  const JournalWork look = [&](Journal& journal) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(newest, journal.Newest());
    return absl::OkStatus();
  };
  const absl::Status slow = write([&](Journal& journal) -> absl::Status {
    SAS_RETURN_IF_ERROR(journal.Publish({"fr-pdl", "t", "slow", ""}));
    SAS_RETURN_IF_ERROR(write([&](Journal& fast) {
      return fast.Publish({"fr-pdl", "t", "fast", ""});
    }));
    return write(look);
  });
  ASSERT_TRUE(slow.ok()) << slow;
  EXPECT_EQ(newest, "");
  ASSERT_TRUE(write(look).ok());
  EXPECT_EQ(newest, store().feed().Head(Call()).value());
}

INSTANTIATE_TEST_SUITE_P(Ledgers, PostgresLedger, ::testing::Values(Backend::kPostgres),
                         testing::BackendName);

}  // namespace
}  // namespace sas::ledger
