// What replicas leave for one another in Redis about platforms.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/redis/client.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_redis.h"
#include "services/slots/source_post_redis.h"
#include "tests/contract/slots_seats/cluster_node.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Verdict = SourcePost::Verdict;

constexpr milliseconds kNoWait{1};
constexpr seconds kWait{5};

class SourcePostContract : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::TempRedis::Installed()) GTEST_SKIP() << "redis-server is not installed";
    server_ = StartRedis();
    client_ = std::make_unique<redis::Client>(
        redis::Client::Options{.address = server_->address(),
                               .user = "",
                               .password = "",
                               .command_timeout = kWait},  // The machine may be busy.
        clock_);
    post_ = std::make_unique<RedisSourcePost>(*client_);
  }

  base::Call Call() { return base::InternalCall("test", clock_, seconds(30)); }

  SourcePost::Letter Letter(const std::string& reply = "r1",
                            const std::string& partner = "doctoplan") const {
    return {partner, reply, kNow + seconds(1), "trace-1", std::string("body\nwith \0 bytes", 17)};
  }

  void Announce(const std::string& replica, const std::string& partner = "doctoplan") {
    ASSERT_THAT(post_->Announce(Call(), partner, replica, kNow + seconds(3)), IsOk());
  }

  Verdict Put(const SourcePost::Letter& letter) { return PutAt(letter, kNow); }

  Verdict PutAt(const SourcePost::Letter& letter, base::Instant now) {
    const auto verdict = post_->Put(Call(), letter, now);
    EXPECT_THAT(verdict, IsOk());
    return verdict.value_or(Verdict::kNoStream);
  }

  /// "-" when nothing came.
  std::string Awaited(const std::string& reply, milliseconds wait = kNoWait) {
    const auto answer = post_->AwaitAnswer(Call(), Letter(reply), wait);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() && *answer ? **answer : "-";
  }

  /// The reply id of what is taken; empty for nothing.
  std::string Taken(const std::vector<std::string>& partners = {"doctoplan"}) {
    const auto letter = post_->Take(Call(), partners, kNoWait);
    EXPECT_THAT(letter, IsOk());
    return letter.ok() && *letter ? (*letter)->reply : "";
  }

  redis::Reply Raw(const std::vector<std::string>& command) {
    auto reply = client_->Command(Call(), command);
    EXPECT_THAT(reply, IsOk());
    return reply.ok() ? *reply : redis::Reply{};
  }

  const base::Instant kNow{seconds(1'795'510'800)};
  base::SystemClock clock_;
  std::shared_ptr<sas::testing::TempRedis> server_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<SourcePost> post_;
};

TEST_F(SourcePostContract, AQuestionNeedsAReplicaThatHasTheStream) {
  EXPECT_EQ(Put(Letter()), Verdict::kNoStream);
  Announce("one");
  Announce("two");
  EXPECT_EQ(Put(Letter()), Verdict::kPut);
  EXPECT_EQ(Put(Letter("r2", "agendia")), Verdict::kNoStream);
  ASSERT_THAT(post_->Leave(Call(), "doctoplan", "one"), IsOk());
  EXPECT_EQ(Put(Letter()), Verdict::kPut);
  ASSERT_THAT(post_->Leave(Call(), "doctoplan", "two"), IsOk());
  EXPECT_EQ(Put(Letter()), Verdict::kNoStream);
}

TEST_F(SourcePostContract, AReplicaThatDiedIsBelievedForAMoment) {
  Announce("one");
  EXPECT_EQ(PutAt(Letter(), kNow + seconds(3)), Verdict::kPut);
  EXPECT_EQ(PutAt(Letter(), kNow + milliseconds(3001)), Verdict::kNoStream);
}

TEST_F(SourcePostContract, AQuestionIsTakenOnceAndWhole) {
  Announce("one");
  ASSERT_EQ(Put(Letter()), Verdict::kPut);
  const auto letter = post_->Take(Call(), {"agendia", "doctoplan"}, kNoWait);
  ASSERT_THAT(letter, IsOk());
  ASSERT_TRUE(letter->has_value());
  EXPECT_EQ((*letter)->partner, "doctoplan");
  EXPECT_EQ((*letter)->reply, "r1");
  EXPECT_EQ((*letter)->until, kNow + seconds(1));
  EXPECT_EQ((*letter)->trace_id, "trace-1");
  EXPECT_EQ((*letter)->body, Letter().body);
  EXPECT_EQ(Taken(), "");
}

TEST_F(SourcePostContract, TheOldestIsTakenFirstAndOnlyOfItsOwnPlatforms) {
  Announce("one");
  ASSERT_EQ(Put(Letter("r1")), Verdict::kPut);
  ASSERT_EQ(Put(Letter("r2")), Verdict::kPut);
  EXPECT_EQ(Taken({"agendia"}), "");
  EXPECT_EQ(Taken(), "r1");
  EXPECT_EQ(Taken(), "r2");
}

TEST_F(SourcePostContract, WhatWaitsIsBounded) {
  Announce("one");
  Announce("one", "agendia");
  for (int i = 0; i < SourcePost::kQuestionsMax; ++i) {
    ASSERT_EQ(Put(Letter()), Verdict::kPut);
  }
  EXPECT_EQ(Put(Letter()), Verdict::kFull);
  EXPECT_EQ(Put(Letter("r2", "agendia")), Verdict::kPut);
  EXPECT_EQ(Taken(), "r1");
  EXPECT_EQ(Put(Letter()), Verdict::kPut);
}

TEST_F(SourcePostContract, AnAnswerGoesToWhoAsked) {
  ASSERT_THAT(post_->Answer(Call(), Letter("r1"), std::string("yes\0", 4)), IsOk());
  EXPECT_EQ(Awaited("r2"), "-");
  EXPECT_EQ(Awaited("r1", kWait), std::string("yes\0", 4));
  EXPECT_EQ(Awaited("r1"), "-");
}

TEST_F(SourcePostContract, WhatNobodyTakesIsForgotten) {
  Announce("one");
  ASSERT_EQ(Put(Letter()), Verdict::kPut);
  ASSERT_THAT(post_->Answer(Call(), Letter(), "yes"), IsOk());
  for (const char* key : {"lines:doctoplan", "questions:doctoplan", "answer:r1"}) {
    const auto left = Raw({"PTTL", std::string("sas:{sources}:") + key}).integer;
    EXPECT_GT(left, 0) << key;
    EXPECT_LE(left, SourcePost::kKeep.count()) << key;
  }
}

TEST_F(SourcePostContract, WhatAnotherVersionHasWrittenIsDropped) {
  for (const char* text :
       {"", "r1", "r1 soon trace\nbody", "r1 17 \nb", "r1\nbody", "r1 17\nbody"}) {
    Raw({"RPUSH", "sas:{sources}:questions:doctoplan", text});
  }
  for (const char* taken : {"", "", "", "r1", "", ""}) EXPECT_EQ(Taken(), taken);
}

TEST_F(SourcePostContract, AFlushedRedisCostsAnAnswerAndMakesNone) {
  Announce("one");
  ASSERT_EQ(Put(Letter()), Verdict::kPut);
  server_->Restart();
  EXPECT_EQ(Taken(), "");
  EXPECT_EQ(Put(Letter()), Verdict::kNoStream);
  Announce("one");
  EXPECT_EQ(Put(Letter()), Verdict::kPut);
}

TEST_F(SourcePostContract, WithoutRedisNobodyIsAsked) {
  server_->Kill();
  EXPECT_THAT(post_->Put(Call(), Letter(), kNow), ReasonIs("REDIS_UNAVAILABLE"));
  EXPECT_THAT(post_->Take(Call(), {"doctoplan"}, kNoWait), ReasonIs("REDIS_UNAVAILABLE"));
  EXPECT_THAT(post_->AwaitAnswer(Call(), Letter(), kNoWait), ReasonIs("REDIS_UNAVAILABLE"));
}

}  // namespace
}  // namespace sas::slots
