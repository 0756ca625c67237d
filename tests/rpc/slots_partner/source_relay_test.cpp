// Two replicas on one Redis, and a platform that has one stream, to the first of them.

#include <prometheus/counter.h>

#include <atomic>
#include <future>
#include <thread>

#include "common/redis/client.h"
#include "common/testing/temp_redis.h"
#include "services/slots/roles.h"
#include "services/slots/source_post_redis.h"
#include "services/slots/source_relay.h"
#include "tests/rpc/slots_partner/source_fixture.h"

namespace sas::slots {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr milliseconds kAnswerMax{600};

class SourceRelayTest : public SourceTest {
 protected:
  void SetUp() override {
    if (!testing::TempRedis::Installed()) GTEST_SKIP() << "redis-server is not installed";
    SourceTest::SetUp();
    redis_ = std::make_unique<sas::testing::TempRedis>();
    client_ = std::make_unique<redis::Client>(
        redis::Client::Options{.address = redis_->address(), .user = "", .password = ""}, clock_);
    post_ = std::make_unique<RedisSourcePost>(*client_);
    first_ =
        std::make_unique<SourceRelay>(kAnswerMax, desk_, *post_, partner_metrics_, clock_, random_);
    first_->Start();
    second_ = std::make_unique<SourceRelay>(kAnswerMax, second_desk_, *post_, partner_metrics_,
                                            clock_, random_);
    second_->Start();
    questions_of_second_ =
        std::make_unique<SourceQuestions>(store_, *second_, partner_metrics_, clock_);
    slots_of_second_ =
        std::make_unique<SlotService>(second_server_.runtime(), projection_, book_, metrics_,
                                      store_, kHoldsPerHolderMax, questions_of_second_.get());
    AllowSlotMethods(second_server_.roles());
    ASSERT_THAT(second_server_.Start({slots_of_second_.get()}, {"sas.slots.v1.SlotService"}),
                IsOk());
    second_stub_ = v1::SlotService::NewStub(second_server_.Channel());
  }

  void TearDown() override {
    second_server_.Stop();
    if (second_ != nullptr) second_->Stop();
    if (first_ != nullptr) first_->Stop();
    SourceTest::TearDown();
  }

  /// The first replica has said that the stream is there.
  std::unique_ptr<Connected> ConnectToFirst(Connected::Reply reply) {
    auto platform = Connect(std::move(reply));
    AwaitLines(true);
    return platform;
  }

  bool AnybodyHasTheStream() {
    const std::vector<std::string> command = {
        "ZRANGEBYSCORE", "sas:{sources}:lines:doctoplan",
        std::to_string(clock_.Now().time_since_epoch().count()), "+inf"};
    const auto lines = client_->Command(Internal(), command);
    return lines.ok() && !lines->items.empty();
  }

  void AwaitLines(bool expected) {
    const auto end = std::chrono::steady_clock::now() + seconds(10);
    while (AnybodyHasTheStream() != expected && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
    }
    ASSERT_EQ(AnybodyHasTheStream(), expected);
  }

  absl::StatusOr<v1::SlotHold> HoldAtSecond(const std::string& request_id = "H-1") {
    return HoldAt(*second_stub_, minutes(60), request_id);
  }

  static std::string CauseOf(const absl::Status& status) {
    for (const auto& [key, value] : base::DetailOf(status).metadata) {
      if (key == "cause") return value;
    }
    return "";
  }

  absl::StatusOr<v1::AskSourceResponse> AskAtSecond(v1::SourceQuestion::Kind kind) {
    v1::AskSourceRequest request;
    request.set_slot(NameAt(minutes(60)));
    request.set_kind(kind);
    request.set_appointment("regions/fr-pdl/appointments/a1");
    request.set_request_id("Q-1");
    base::Call call = Internal();
    call.actor.regions = {std::string(base::kAllRegions)};
    return questions_of_second_->Ask(call, request);
  }

  double Relayed(const std::string& outcome) {
    return registry_
        .Counter("sas_slots_source_relayed_total",
                 "Questions whose platform has its stream at another replica",
                 {{"partner", "doctoplan"}, {"outcome", outcome}})
        .Value();
  }

  base::SystemRandom random_;
  std::unique_ptr<sas::testing::TempRedis> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<SourcePost> post_;
  std::unique_ptr<SourceRelay> first_;
  SourceDesk second_desk_{{kAnswerMax, {3, milliseconds(10'000)}}, partner_metrics_, clock_};
  std::unique_ptr<SourceRelay> second_;
  std::unique_ptr<SourceQuestions> questions_of_second_;
  sas::testing::InProcessServer second_server_{OptionsWith(clock_)};
  std::unique_ptr<SlotService> slots_of_second_;
  std::unique_ptr<v1::SlotService::Stub> second_stub_;
};

TEST_F(SourceRelayTest, H39_AHoldAtTheOtherReplicaAsksTheAuthorityToo) {
  const auto platform =
      ConnectToFirst([](const auto&) { return Says(v1::SourceAnswer::VERDICT_YES); });
  ASSERT_THAT(HoldAtSecond(), IsOk());
  EXPECT_EQ(FreeSeats(minutes(60)), 0);
  ASSERT_THAT(platform->asked(), SizeIs(1));
  EXPECT_EQ(platform->asked()[0].kind(), v1::SourceQuestion::KIND_CHECK);
  EXPECT_EQ(platform->asked()[0].slot(), NameAt(minutes(60)));
  EXPECT_EQ(platform->asked()[0].external_id(), "x60");
  // The way there and back is taken from the platform's time, never added to the operator's.
  EXPECT_LT(platform->asked()[0].answer_within().nanos(), 600'000'000);
  EXPECT_EQ(Relayed("answered"), 1);
}

TEST_F(SourceRelayTest, H39_ARefusalThereIsAPhantomHere) {
  const auto platform =
      ConnectToFirst([](const auto&) { return Says(v1::SourceAnswer::VERDICT_NO, "TAKEN"); });
  EXPECT_THAT(HoldAtSecond(), ReasonIs("SOURCE_REFUSED"));
  EXPECT_THAT(OfferedNames(), ::testing::ElementsAre(NameAt(minutes(90))));
}

TEST_F(SourceRelayTest, S0_14_AConfirmationKeepsItsIdAndHearsTheNumber) {
  const auto platform = ConnectToFirst([](const auto& question) {
    v1::SourceAnswer answer = Says(v1::SourceAnswer::VERDICT_YES);
    answer.set_external_appointment_id("RDV-" + question.external_id());
    return answer;
  });
  const auto answer = AskAtSecond(v1::SourceQuestion::KIND_CONFIRM);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->partner(), "doctoplan");
  EXPECT_EQ(answer->answer().external_appointment_id(), "RDV-x60");
  EXPECT_EQ(platform->asked()[0].appointment(), "regions/fr-pdl/appointments/a1");
}

TEST_F(SourceRelayTest, WithoutAStreamAnywhereNothingIsHeldAndThePlatformIsNamed) {
  const auto hold = HoldAtSecond();
  EXPECT_THAT(hold, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(hold, ReasonIs("SOURCE_UNREACHABLE"));
  EXPECT_EQ(CauseOf(hold.status()), "NO_STREAM");
  EXPECT_THAT(std::string(hold.status().message()), HasSubstr("doctoplan"));
  EXPECT_EQ(FreeSeats(minutes(60)), 1);
}

TEST_F(SourceRelayTest, AStreamThatEndsIsToldToTheOthers) {
  auto platform = ConnectToFirst([](const auto&) { return std::nullopt; });
  platform.reset();
  AwaitLines(false);
  EXPECT_EQ(CauseOf(HoldAtSecond().status()), "NO_STREAM");
}

TEST_F(SourceRelayTest, ASilentPlatformIsAskedFewTimesThroughTheOtherReplicaToo) {
  const auto platform = ConnectToFirst([](const auto&) { return std::nullopt; });
  std::vector<std::string> causes;
  for (int i = 0; i < 5; ++i) {
    const auto hold = HoldAtSecond("H-" + std::to_string(i));
    EXPECT_THAT(hold, ReasonIs("SOURCE_UNREACHABLE"));
    causes.push_back(CauseOf(hold.status()));
  }
  EXPECT_EQ(causes.back(), "BREAKER_OPEN");  // Of the replica that has the stream.
  EXPECT_THAT(platform->asked(), SizeIs(4));
  EXPECT_EQ(FreeSeats(minutes(60)), 1);
}

TEST_F(SourceRelayTest, AReplicaThatDiedWithTheStreamCostsAnAnswerAndThenNothing) {
  ASSERT_THAT(post_->Announce(Internal(), "doctoplan", "dead", clock_.Now() + seconds(3)), IsOk());
  EXPECT_EQ(CauseOf(HoldAtSecond("H-1").status()), "NO_ANSWER");
  EXPECT_EQ(FreeSeats(minutes(60)), 1);
  clock_.Advance(seconds(4));
  EXPECT_EQ(CauseOf(HoldAtSecond("H-2").status()), "NO_STREAM");
  // The platform comes back, to the replica that lives.
  const auto platform =
      ConnectToFirst([](const auto&) { return Says(v1::SourceAnswer::VERDICT_YES); });
  EXPECT_THAT(HoldAtSecond("H-3"), IsOk());
}

TEST_F(SourceRelayTest, WhatTheDeadOneLeftIsAskedByNobodyOnceItsTimeIsOver) {
  ASSERT_THAT(post_->Announce(Internal(), "doctoplan", "dead", clock_.Now() + seconds(3)), IsOk());
  EXPECT_EQ(CauseOf(AskAtSecond(v1::SourceQuestion::KIND_CONFIRM).status()), "NO_ANSWER");
  clock_.Advance(seconds(1));
  const auto platform =
      ConnectToFirst([](const auto&) { return Says(v1::SourceAnswer::VERDICT_YES); });
  // What is asked now is answered, and it came after what was left.
  ASSERT_THAT(AskAtSecond(v1::SourceQuestion::KIND_CANCEL), IsOk());
  ASSERT_THAT(platform->asked(), SizeIs(1));
  EXPECT_EQ(platform->asked()[0].kind(), v1::SourceQuestion::KIND_CANCEL);
  EXPECT_GE(Relayed("late"), 1);
}

TEST_F(SourceRelayTest, OneMoreThanMayWaitIsRefusedAtOnce) {
  ASSERT_THAT(post_->Announce(Internal(), "doctoplan", "slow", clock_.Now() + seconds(3)), IsOk());
  SourceRelay patient(seconds(20), second_desk_, *post_, partner_metrics_, clock_, random_);
  std::promise<void> one_refused;
  std::atomic<int> refused{0};
  std::vector<std::thread> asks;
  for (int i = 0; i <= SourceRelay::kWaitingMax; ++i) {
    asks.emplace_back([&] {
      v1::SourceQuestion question;
      question.set_kind(v1::SourceQuestion::KIND_CONFIRM);
      const auto answer = patient.Ask(Internal(), "doctoplan", question);
      if (CauseOf(answer.status()) != "TOO_MANY_QUESTIONS") return;
      if (refused++ == 0) one_refused.set_value();
    });
  }
  one_refused.get_future().wait();
  for (int i = 0; i < SourceRelay::kWaitingMax; ++i) {
    const auto letter = post_->Take(Internal(), {"doctoplan"}, seconds(10));
    ASSERT_THAT(letter, IsOk());
    ASSERT_TRUE(letter->has_value());
    ASSERT_THAT(post_->Answer(Internal(), **letter, "RNO_ANSWER"), IsOk());
  }
  for (std::thread& ask : asks) ask.join();
  EXPECT_EQ(refused, 1);
}

TEST_F(SourceRelayTest, WithoutRedisTheReplicaThatHasTheStreamStillAsks) {
  const auto platform =
      ConnectToFirst([](const auto&) { return Says(v1::SourceAnswer::VERDICT_YES); });
  redis_->Kill();
  EXPECT_THAT(AskAtSecond(v1::SourceQuestion::KIND_CONFIRM), ReasonIs("REDIS_UNAVAILABLE"));
  v1::SourceQuestion question;
  question.set_kind(v1::SourceQuestion::KIND_CONFIRM);
  EXPECT_THAT(first_->Ask(Internal(), "doctoplan", question), IsOk());
}

}  // namespace
}  // namespace sas::slots
