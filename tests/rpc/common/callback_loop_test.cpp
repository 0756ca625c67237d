#include "common/rpc/callback_loop.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::IsOk;

// Threads of this process that bear the name.
std::size_t ThreadsNamed(const std::string& name) {
  std::size_t count = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string found;
    std::getline(std::ifstream(each.path() / "comm"), found);
    count += found == name ? 1 : 0;
  }
  return count;
}

class CallbackLoopTest : public ProbeTest {};

TEST_F(CallbackLoopTest, ServersAndClientsRunOnOurThreadsAndNoneOfTheLibrary) {
  ASSERT_THAT(Act(), IsOk());
  grpc::ClientContext context;
  server_.Authorize(context, testing::ActorWith(base::Role::kOsnp));
  const v1::ActRequest request;
  v1::ActResponse response;
  std::promise<std::string> answered_by;
  stub_->async()->Act(&context, &request, &response, [&](const grpc::Status& status) {
    EXPECT_TRUE(status.ok());
    std::string name;
    std::getline(std::ifstream("/proc/thread-self/comm"), name);
    answered_by.set_value(name);
  });
  EXPECT_EQ(answered_by.get_future().get(), "rpc_events");
  EXPECT_EQ(ThreadsNamed("rpc_events"), CallbackThreads());
  EXPECT_EQ(ThreadsNamed("nexting_thread"), 0u);
}

TEST_F(CallbackLoopTest, TheThreadsEndWithWhatNeedsThem) {
  ASSERT_THAT(Act(), IsOk());
  stub_.reset();
  server_.Stop();
  // The library keeps a released channel a moment longer.
  while (ThreadsNamed("rpc_events") > 0) std::this_thread::yield();
  EXPECT_EQ(ThreadsNamed("rpc_helper"), 0u);
}

TEST_F(CallbackLoopTest, LaterWorkIsDoneWhereACallbackAskedForIt) {
  std::promise<std::string> done_by;
  probe_.handler = [&](const base::Call&, const v1::ActRequest&) {
    RunLater([&] {
      std::string name;
      std::getline(std::ifstream("/proc/thread-self/comm"), name);
      done_by.set_value(name);
    });
    return v1::ActResponse();
  };
  grpc::ClientContext context;
  server_.Authorize(context, testing::ActorWith(base::Role::kOsnp));
  v1::ActResponse response;
  EXPECT_TRUE(stub_->Look(&context, {}, &response).ok());
  EXPECT_EQ(done_by.get_future().get(), "rpc_events");
}

TEST(RunLaterTest, OutsideTheThreadsOfCallbacksItIsNow) {
  bool done = false;
  RunLater([&done] { done = true; });
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace sas::rpc
