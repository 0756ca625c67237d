// One suite for every Journal and Feed: memory, SQLite, PostgreSQL.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/base/status.h"
#include "common/ledger/journal.h"
#include "tests/contract/ledger/ledgers.h"

namespace sas::ledger {
namespace {

using testing::Backend;

class JournalContract : public testing::StoreContract<LedgerUnderTest> {
 protected:
  base::Call Call(const std::string& subject = "osnp-1") const {
    base::Call call = base::InternalCall("test", clock_, std::chrono::seconds(60));
    call.method = "/sas.test.v1.Test/Do";
    call.actor.subject = subject;
    call.actor.role = base::Role::kOsnp;
    call.trace_id = "0af7651916cd43dd8448eb211c80319c";
    return call;
  }

  AnswerKey Key(const std::string& request_id, const std::string& caller = "osnp-1") const {
    return {caller, "/sas.test.v1.Test/Do", request_id};
  }

  absl::Status Keep(const AnswerKey& key, const Answer& answer) {
    return store().Write(Call(), [&](Journal& journal) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(const auto known, journal.FindAnswer(key));
      EXPECT_FALSE(known.has_value());
      return journal.KeepAnswer(key, answer);
    });
  }

  std::optional<Answer> Find(const AnswerKey& key) {
    std::optional<Answer> found;
    const absl::Status status = store().Write(Call(), [&](Journal& journal) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(found, journal.FindAnswer(key));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return found;
  }

  absl::Status Publish(const std::string& subject, const std::string& region = "fr-pdl",
                       const std::string& payload = "p") {
    return store().Write(Call(), [&](Journal& journal) {
      return journal.Publish({region, "thing.changed", subject, payload});
    });
  }

  std::vector<StoredEvent> Read(const std::string& cursor, const std::string& region = "",
                                int limit = 100) {
    auto events = store().feed().Read(Call(), region, cursor, limit);
    EXPECT_TRUE(events.ok()) << events.status();
    return events.ok() ? *events : std::vector<StoredEvent>();
  }

  std::string ReasonOfRead(const std::string& cursor) {
    return base::ReasonOf(store().feed().Read(Call(), "", cursor, 10).status());
  }

  static std::vector<std::string> Subjects(const std::vector<StoredEvent>& events) {
    std::vector<std::string> subjects;
    for (const StoredEvent& event : events) subjects.push_back(event.subject);
    return subjects;
  }
};

using Texts = std::vector<std::string>;

TEST_P(JournalContract, AnswerIsFoundAgainByteForByte) {
  const std::string response = std::string("\0\x01\xff line\n'quote' :name", 22);
  EXPECT_FALSE(Find(Key("r1")).has_value());
  ASSERT_TRUE(Keep(Key("r1"), {"print", response}).ok());
  Reopen();
  const auto found = Find(Key("r1"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->fingerprint, "print");
  EXPECT_EQ(found->response, response);
}

TEST_P(JournalContract, AnswersBelongToCallerMethodAndRequest) {
  ASSERT_TRUE(Keep(Key("r1"), {"print", "response"}).ok());
  EXPECT_FALSE(Find(Key("r2")).has_value());
  EXPECT_FALSE(Find(Key("r1", "partner")).has_value());
  AnswerKey other = Key("r1");
  other.method = "/sas.test.v1.Test/Undo";
  EXPECT_FALSE(Find(other).has_value());
}

TEST_P(JournalContract, AnswerCountsFor72HoursThenItsKeyIsFree) {
  ASSERT_TRUE(Keep(Key("r1"), {"print", "old"}).ok());
  clock_.Advance(kAnswerRetention - std::chrono::seconds(1));
  EXPECT_TRUE(Find(Key("r1")).has_value());
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_FALSE(Find(Key("r1")).has_value());
  ASSERT_TRUE(Keep(Key("r1"), {"print", "new"}).ok());
  EXPECT_EQ(Find(Key("r1"))->response, "new");
}

TEST_P(JournalContract, SecondAnswerForAKeyIsRefused) {
  ASSERT_TRUE(Keep(Key("r1"), {"print", "first"}).ok());
  const absl::Status status = store().Write(Call(), [&](Journal& journal) {
    return journal.KeepAnswer(Key("r1"), {"print", "second"});
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(base::ReasonOf(status), "REQUEST_IN_FLIGHT");
  EXPECT_TRUE(base::DetailOf(status).retry_after.has_value());
  EXPECT_EQ(Find(Key("r1"))->response, "first");
}

TEST_P(JournalContract, RefusalLeavesNoTrace) {
  const absl::Status status = store().Write(Call(), [&](Journal& journal) -> absl::Status {
    SAS_RETURN_IF_ERROR(journal.FindAnswer(Key("r1")).status());
    SAS_RETURN_IF_ERROR(journal.KeepAnswer(Key("r1"), {"print", "response"}));
    SAS_RETURN_IF_ERROR(journal.Audit({"Do", "things/1", "fr-pdl", "state=new"}));
    SAS_RETURN_IF_ERROR(journal.Publish({"fr-pdl", "thing.changed", "things/1", "p"}));
    return base::Fail(absl::StatusCode::kAborted, "NO", "refused");
  });
  EXPECT_EQ(base::ReasonOf(status), "NO");
  EXPECT_FALSE(Find(Key("r1")).has_value());
  EXPECT_TRUE(Read("").empty());
}

// I7: of twins in flight at once, one has the effect, and every other one gets its answer.
TEST_P(JournalContract, TwinsInFlightHaveOneEffect) {
  constexpr int kTwins = 8;
  std::atomic<int> effects{0};
  std::vector<std::string> responses(kTwins);
  std::vector<std::thread> threads;
  for (int i = 0; i < kTwins; ++i) {
    threads.emplace_back([&, i] {
      bool mine = false;
      absl::Status status;
      do {
        status = store().Write(Call(), [&](Journal& journal) -> absl::Status {
          mine = false;
          SAS_ASSIGN_OR_RETURN(const auto known, journal.FindAnswer(Key("twin")));
          if (known) {
            responses[static_cast<std::size_t>(i)] = known->response;
            return absl::OkStatus();
          }
          mine = true;
          responses[static_cast<std::size_t>(i)] = "by " + std::to_string(i);
          SAS_RETURN_IF_ERROR(journal.Publish({"fr-pdl", "thing.made", "things/1", "p"}));
          return journal.KeepAnswer(Key("twin"), {"print", responses[static_cast<std::size_t>(i)]});
        });
      } while (base::DetailOf(status).retry_after.has_value());
      EXPECT_TRUE(status.ok()) << status;
      if (mine) ++effects;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(effects, 1);
  for (const std::string& response : responses) EXPECT_EQ(response, responses[0]);
  EXPECT_EQ(Read("").size(), 1U);
}

TEST_P(JournalContract, EventCarriesWhatWasPublishedAndWhoDidIt) {
  const std::string payload("\0binary\xff", 8);
  ASSERT_TRUE(Publish("things/1", "fr-pdl", payload).ok());
  const auto events = Read("");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].subject, "things/1");
  EXPECT_EQ(events[0].region, "fr-pdl");
  EXPECT_EQ(events[0].type, "thing.changed");
  EXPECT_EQ(events[0].payload, payload);
  EXPECT_EQ(events[0].actor, "osnp-1");
  EXPECT_EQ(events[0].role, "osnp");
  EXPECT_EQ(events[0].trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(events[0].record_time, clock_.Now());
}

TEST_P(JournalContract, FeedResumesAfterACursorAndStopsAtTheLimit) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(Publish("things/" + std::to_string(i)).ok());
  const auto first = Read("", "", 2);
  EXPECT_EQ(Subjects(first), (Texts{"things/1", "things/2"}));
  Reopen();
  const auto second = Read(first.back().cursor, "", 2);
  EXPECT_EQ(Subjects(second), (Texts{"things/3", "things/4"}));
  const auto third = Read(second.back().cursor, "", 2);
  EXPECT_EQ(Subjects(third), (Texts{"things/5"}));
  EXPECT_TRUE(Read(third.back().cursor).empty());
}

TEST_P(JournalContract, FeedKeepsTheOrderInsideOneTransaction) {
  ASSERT_TRUE(store()
                  .Write(Call(),
                         [](Journal& journal) -> absl::Status {
                           for (const char* subject : {"a", "b", "c"}) {
                             SAS_RETURN_IF_ERROR(journal.Publish({"r", "t", subject, ""}));
                           }
                           return absl::OkStatus();
                         })
                  .ok());
  EXPECT_EQ(Subjects(Read("")), (Texts{"a", "b", "c"}));
}

TEST_P(JournalContract, FeedGivesOneRegionOrAll) {
  ASSERT_TRUE(Publish("a", "fr-pdl").ok());
  ASSERT_TRUE(Publish("b", "fr-bre").ok());
  ASSERT_TRUE(Publish("c", "fr-pdl").ok());
  EXPECT_EQ(Subjects(Read("", "fr-pdl")), (Texts{"a", "c"}));
  EXPECT_EQ(Subjects(Read("", "fr-bre")), (Texts{"b"}));
  EXPECT_EQ(Subjects(Read("")), (Texts{"a", "b", "c"}));
}

TEST_P(JournalContract, WhatIsUnsettledIsReadFromACursorToo) {
  for (const char* subject : {"a", "b", "c"}) ASSERT_TRUE(Publish(subject).ok());
  ASSERT_TRUE(Publish("d", "fr-bre").ok());
  const std::string first = Read("", "", 1)[0].cursor;
  Feed& feed = store().feed();
  EXPECT_EQ(Subjects(*feed.ReadUnsettled(Call(), "fr-pdl", first, 10)), (Texts{"b", "c"}));
  EXPECT_EQ(Subjects(*feed.ReadUnsettled(Call(), "fr-pdl", first, 1)), (Texts{"b"}));
  EXPECT_EQ(base::ReasonOf(feed.ReadUnsettled(Call(), "", "1.900000000000.1", 10).status()),
            "CURSOR_TRIMMED");
}

TEST_P(JournalContract, HeadIsWhereNewEventsFollow) {
  const auto empty = store().feed().Head(Call());
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_TRUE(Read(*empty).empty());
  ASSERT_TRUE(Publish("a").ok());
  EXPECT_EQ(Subjects(Read(*empty)), (Texts{"a"}));
  const auto head = store().feed().Head(Call());
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(*head, Read("").back().cursor);
  ASSERT_TRUE(Publish("b").ok());
  EXPECT_EQ(Subjects(Read(*head)), (Texts{"b"}));
}

TEST_P(JournalContract, ATransactionKnowsTheNewestEventThatItSees) {
  const auto newest = [&] {
    std::string cursor;
    const absl::Status status = store().Write(Call(), [&](Journal& journal) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(cursor, journal.Newest());
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return cursor;
  };
  EXPECT_EQ(newest(), *store().feed().Head(Call()));
  ASSERT_TRUE(Publish("a").ok());
  ASSERT_TRUE(Publish("b", "fr-bre").ok());
  EXPECT_EQ(newest(), Read("").back().cursor);
}

TEST_P(JournalContract, CursorThatIsNotOursIsRefused) {
  ASSERT_TRUE(Publish("a").ok());
  for (const char* cursor : {"0", "x", "1", "1.", "1.0", "1.0.", "1.0.x", "1.0.1 ", "1.-1.0",
                             "2.0.1", "1.0.99999999999999999999", "1.00.1", "1.0.1.1"}) {
    const auto read = store().feed().Read(Call(), "", cursor, 10);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument) << cursor;
    EXPECT_EQ(base::ReasonOf(read.status()), "INVALID_CURSOR") << cursor;
  }
}

// A ledger restored from an older copy: the follower knows events that are no more.
TEST_P(JournalContract, CursorFromTheFutureIsTrimmed) {
  ASSERT_TRUE(Publish("a").ok());
  for (const char* cursor : {"1.0.900000000000", "1.900000000000.1"}) {
    const auto read = store().feed().Read(Call(), "", cursor, 10);
    if (GetParam() == Backend::kPostgres && std::string(cursor) == "1.0.900000000000") continue;
    EXPECT_EQ(read.status().code(), absl::StatusCode::kOutOfRange) << cursor;
    EXPECT_EQ(base::ReasonOf(read.status()), "CURSOR_TRIMMED") << cursor;
  }
}

TEST_P(JournalContract, ListenersHearOfCommitsThatPublished) {
  std::atomic<int> woken{0};
  const std::uint64_t id = store().feed().Subscribe([&] { ++woken; });
  ASSERT_TRUE(Publish("a").ok());
  EXPECT_EQ(woken, 1);
  ASSERT_TRUE(Keep(Key("r1"), {"print", "response"}).ok());
  EXPECT_EQ(woken, 1);
  store().feed().Unsubscribe(id);
  ASSERT_TRUE(Publish("b").ok());
  EXPECT_EQ(woken, 1);
}

// Many writers at once and one reader that follows: nothing is skipped, nothing comes twice.
TEST_P(JournalContract, FollowerMissesNothingWhileManyWrite) {
  constexpr int kWriters = 6;
  constexpr int kEach = 30;
  std::atomic<int> running{kWriters};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kEach; ++i) {
        const std::string subject = std::to_string(writer) + "/" + std::to_string(i);
        const absl::Status status = Publish(subject);
        EXPECT_TRUE(status.ok()) << status;
      }
      --running;
    });
  }
  std::vector<std::string> seen;
  std::string cursor;
  for (bool last = false; !last;) {
    last = running == 0;  // Looked at before reading, so that the last round sees everything.
    for (auto events = Read(cursor, "", 7); !events.empty(); events = Read(cursor, "", 7)) {
      for (const StoredEvent& event : events) seen.push_back(event.subject);
      cursor = events.back().cursor;
    }
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(kWriters * kEach));
  for (int writer = 0; writer < kWriters; ++writer) {
    int next = 0;
    for (const std::string& subject : seen) {
      if (subject == std::to_string(writer) + "/" + std::to_string(next)) ++next;
    }
    EXPECT_EQ(next, kEach) << "events of writer " << writer << " are out of order";
  }
}

INSTANTIATE_TEST_SUITE_P(Ledgers, JournalContract, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::ledger
