#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <future>
#include <thread>

#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::IsOk;

class DrainTest : public ProbeTest {
 protected:
  DrainTest() : ProbeTest(Impatient()) {}

  static testing::InProcessServer::Options Impatient() {
    testing::InProcessServer::Options options;
    options.drain_limit = std::chrono::milliseconds(200);
    return options;
  }
};

TEST_F(DrainTest, ARunningCallMayEndWithinTheLimit) {
  std::promise<void> started;
  std::promise<void> release;
  probe_.handler = [&](const base::Call&, const v1::ActRequest&) {
    started.set_value();
    release.get_future().wait();
    return v1::ActResponse();
  };
  auto call = std::async(std::launch::async, [this] { return Act(); });
  started.get_future().wait();
  server_.Stop([&release] { release.set_value(); });
  EXPECT_THAT(call.get(), IsOk());
}

TEST_F(DrainTest, ACallThatDoesNotEndIsCancelledAtTheLimit) {
  std::promise<void> started;
  probe_.handler = [&](const base::Call& call, const v1::ActRequest&) {
    started.set_value();
    while (!call.cancelled()) std::this_thread::yield();
    return v1::ActResponse();
  };
  auto call = std::async(std::launch::async, [this] { return Act(); });
  started.get_future().wait();
  const std::chrono::nanoseconds begun = server_.clock().Steady();
  server_.Stop();
  const std::chrono::nanoseconds taken = server_.clock().Steady() - begun;
  EXPECT_GE(taken, std::chrono::milliseconds(190));
  EXPECT_LT(taken, std::chrono::milliseconds(3000)) << "well before the 5 s of the call";
  EXPECT_FALSE(call.get().ok());
}

TEST_F(DrainTest, NewCallsAreRefusedAfterwards) {
  ASSERT_THAT(Act(), IsOk());
  server_.Stop();
  EXPECT_THAT(Act(), testing::StatusIs(absl::StatusCode::kUnavailable, "PEER_UNAVAILABLE"));
}

TEST_F(DrainTest, StreamsAreClosedOnceAndDrainTwiceIsHarmless) {
  int closed = 0;
  server_.Stop([&closed] { ++closed; });
  server_.Stop([&closed] { ++closed; });
  EXPECT_EQ(closed, 1);
}

void DrainWithAHandlerThatNeverAnswers() {
  testing::InProcessServer::Options options;
  options.drain_limit = std::chrono::milliseconds(50);
  options.hang_limit = std::chrono::milliseconds(50);
  testing::InProcessServer server(options);
  ProbeService probe(server.runtime());
  for (const char* method : {kAct, kLook, kWatch, kTalk}) {
    server.roles().Allow(method, {base::Role::kOsnp});
  }
  std::promise<void> started;
  probe.handler = [&](const base::Call&, const v1::ActRequest&) -> v1::ActResponse {
    started.set_value();
    while (true) pause();
  };
  if (!server.Start({&probe}, {kProbe}).ok()) return;
  auto stub = v1::ProbeService::NewStub(server.Channel());
  const auto call = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    server.Authorize(context, testing::ActorWith(base::Role::kOsnp));
    v1::ActResponse response;
    return stub->Act(&context, {}, &response).error_code();
  });
  started.get_future().wait();
  server.Stop();
}

TEST(Hang, AHandlerThatNeverAnswersDoesNotKeepTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // gRPC does not survive a plain fork.
  EXPECT_EXIT(DrainWithAHandlerThatNeverAnswers(), ::testing::ExitedWithCode(3), "drain_hung");
}

// In a process of its own, because signals are the process'.
int WaitAndExit() {
  BlockSignals();
  raise(SIGTERM);  // Pending: blocked.
  WaitForSignal();
  return 42;
}

TEST(Signals, ASignalBeforeTheWaitIsNotLost) {
  EXPECT_EXIT(std::_Exit(WaitAndExit()), ::testing::ExitedWithCode(42), "stopping");
}

TEST(Signals, TheSecondOneEndsTheProcessAtOnce) {
  EXPECT_EXIT(
      {
        WaitAndExit();
        kill(getpid(), SIGINT);
        while (true) pause();
      },
      ::testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace sas::rpc
