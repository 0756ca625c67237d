#include "common/rpc/serve_together.h"

#include <atomic>
#include <latch>
#include <list>
#include <set>
#include <stdexcept>
#include <thread>

#include "common/testing/fake_clock.h"
#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Together = ServeTogether<v1::ActRequest, v1::ActResponse>;

/// Its calls are served together; loads wait at a gate that the test opens.
class TogetherService final : public v1::ProbeService::CallbackService {
 public:
  explicit TogetherService(const Runtime& runtime)
      : together_(runtime, runtime.interactive, kAct,
                  [this](const Together::Calls& calls) { return Answer(calls); }) {}

  grpc::ServerUnaryReactor* Act(grpc::CallbackServerContext* context, const v1::ActRequest* request,
                                v1::ActResponse* response) override {
    grpc::ServerUnaryReactor* reactor = together_.Serve(context, request, response);
    ++come_;
    return reactor;
  }

  std::vector<std::size_t> Loads() const {
    const std::lock_guard lock(mutex_);
    return loads_;
  }

  /// Calls that have come, and are gathered or in a load.
  std::size_t Come() const { return come_; }

  std::latch gate{1};

 private:
  Together::Outcomes Answer(const Together::Calls& calls) {
    {
      const std::lock_guard lock(mutex_);
      loads_.push_back(calls.size());
    }
    gate.wait();
    Together::Outcomes outcomes;
    for (const auto& [call, request] : calls) {
      if (request.text() == "throw") throw std::runtime_error("secret");
      if (request.text() == "refuse") {
        outcomes.emplace_back(base::Fail(absl::StatusCode::kAborted, "REFUSED", "no"));
        continue;
      }
      if (request.text() == "too few") continue;
      outcomes.emplace_back().emplace().set_text(call.actor.subject + " " + request.text());
    }
    return outcomes;
  }

  Together together_;
  std::atomic<std::size_t> come_{0};
  mutable std::mutex mutex_;
  std::vector<std::size_t> loads_;
};

class ServeTogetherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.roles().Allow(kAct, {base::Role::kOsnp});
    for (const char* method : {kLook, kWatch, kTalk}) server_.roles().Allow(method, {});
    ASSERT_THAT(server_.Start({&service_}, {kProbe}), IsOk());
    stub_ = v1::ProbeService::NewStub(server_.Channel());
  }

  ~ServeTogetherTest() override {
    LetGo();
    for (std::thread& thread : threads_) thread.join();
    server_.Stop();
  }

  absl::StatusOr<v1::ActResponse> Act(const std::string& text, const std::string& subject = "op") {
    grpc::ClientContext context;
    server_.Authorize(context, ActorWith(base::Role::kOsnp, subject), std::chrono::seconds(30));
    v1::ActRequest request;
    request.set_text(text);
    v1::ActResponse response;
    const grpc::Status status = stub_->Act(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  /// Asks on a thread and waits until the call has come; its answer is in the list when joined.
  void ActBeside(const std::string& text, const std::string& subject = "op") {
    const std::size_t before = service_.Come();
    auto& answer = answers_.emplace_back();
    threads_.emplace_back([this, text, subject, &answer] { answer = Act(text, subject); });
    while (service_.Come() == before) std::this_thread::yield();
  }

  /// Two calls on their way, so that the next ones gather.
  void Busy() {
    for (std::size_t loads = 1; loads <= 2; ++loads) {
      ActBeside("busy " + std::to_string(loads));
      while (service_.Loads().size() < loads) std::this_thread::yield();
    }
  }

  void LetGo() {
    if (!service_.gate.try_wait()) service_.gate.count_down();
  }

  void Join() {
    LetGo();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  static testing::InProcessServer::Options WithClock(const base::Clock& clock) {
    testing::InProcessServer::Options options;
    options.clock = &clock;
    return options;
  }

  testing::FakeClock clock_;
  testing::InProcessServer server_{WithClock(clock_)};
  TogetherService service_{server_.runtime()};
  std::unique_ptr<v1::ProbeService::Stub> stub_;
  std::list<absl::StatusOr<v1::ActResponse>> answers_;
  std::vector<std::thread> threads_;
};

TEST_F(ServeTogetherTest, ALoneCallWaitsForNobody) {
  LetGo();
  const auto answer = Act("x", "op-1");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->text(), "op-1 x");
  EXPECT_EQ(service_.Loads(), std::vector<std::size_t>{1});
}

TEST_F(ServeTogetherTest, WhatComesMeanwhileGoesTogetherAndEachGetsItsOwnAnswer) {
  Busy();
  for (int i = 0; i < 10; ++i) ActBeside(std::to_string(i), "op-" + std::to_string(i));
  Join();
  EXPECT_EQ(service_.Loads(), (std::vector<std::size_t>{1, 1, 10}));
  std::set<std::string> texts;
  for (const auto& answer : answers_) {
    ASSERT_THAT(answer, IsOk());
    texts.insert(answer->text());
  }
  EXPECT_EQ(texts.size(), 12u);
  EXPECT_EQ(texts.count("op-7 7"), 1u);
}

TEST_F(ServeTogetherTest, ALoadHasItsBound) {
  Busy();
  for (std::size_t i = 0; i < Together::kLoadMax + 1; ++i) ActBeside("x");
  Join();
  EXPECT_EQ(service_.Loads(), (std::vector<std::size_t>{1, 1, Together::kLoadMax, 1}));
}

TEST_F(ServeTogetherTest, ARefusalIsOfOneAlone) {
  Busy();
  ActBeside("refuse");
  ActBeside("x");
  Join();
  EXPECT_THAT(*std::next(answers_.begin(), 2), StatusIs(absl::StatusCode::kAborted, "REFUSED"));
  EXPECT_THAT(answers_.back(), IsOk());
}

TEST_F(ServeTogetherTest, AFaultIsOfTheWholeLoadAndTellsNoCause) {
  for (const char* fault : {"throw", "too few"}) {
    SCOPED_TRACE(fault);
    LetGo();
    const auto answer = Act(fault);
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInternal, "INTERNAL"));
    EXPECT_EQ(answer.status().ToString().find("secret"), std::string::npos);
  }
}

TEST_F(ServeTogetherTest, WhoseTimeIsUpIsNotBegun) {
  Busy();
  ActBeside("late");
  clock_.Advance(server_.runtime().unary_deadline_max);
  Join();
  EXPECT_THAT(answers_.back(), ReasonIs("DEADLINE_EXCEEDED"));
  EXPECT_EQ(service_.Loads(), (std::vector<std::size_t>{1, 1}));
}

TEST_F(ServeTogetherTest, CredentialsAndRoleAreEachCallsOwn) {
  LetGo();
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kPartner));
  v1::ActResponse response;
  EXPECT_THAT(FromGrpc(stub_->Act(&context, {}, &response)), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_TRUE(service_.Loads().empty());
}

}  // namespace
}  // namespace sas::rpc
