#include "common/events/follower.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "common/rpc/subscription.h"
#include "common/testing/child_process.h"
#include "tests/rpc/events/events_fixture.h"

namespace sas::events {
namespace {

using std::chrono::seconds;
using testing::ActorWith;

/// What the follower's own service would keep in one transaction: effect and cursor.
class OwnLedger {
 public:
  absl::StatusOr<std::string> Cursor() const {
    const std::lock_guard lock(mutex_);
    return cursor_;
  }

  absl::Status Apply(const std::vector<v1::Event>& events) {
    std::unique_lock lock(mutex_);
    grew_.wait(lock, [this] { return !held_; });
    const auto fails = [this](const v1::Event& event) { return event.subject() == fails_on_; };
    if (failures_ > 0 || std::any_of(events.begin(), events.end(), fails)) {
      failures_ -= failures_ > 0 ? 1 : 0;
      return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE", "down for a moment");
    }
    cursor_ = events.back().cursor();
    for (const v1::Event& event : events) subjects_.push_back(event.subject());
    largest_ = std::max(largest_, events.size());
    grew_.notify_all();
    return absl::OkStatus();
  }

  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    grew_.notify_all();
  }

  void FailOn(const std::string& subject) {
    const std::lock_guard lock(mutex_);
    fails_on_ = subject;
  }

  std::size_t largest() const {
    const std::lock_guard lock(mutex_);
    return largest_;
  }

  void FailNext(int times) {
    const std::lock_guard lock(mutex_);
    failures_ = times;
  }

  std::vector<std::string> WaitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    grew_.wait_for(lock, seconds(20), [&] { return subjects_.size() >= count; });
    return subjects_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable grew_;
  std::string cursor_;
  std::vector<std::string> subjects_;
  int failures_ = 0;
  std::string fails_on_;
  bool held_ = false;
  std::size_t largest_ = 0;  // Events handed over at once.
};

/// A peer that can go away and come back at the same address with the same feed.
class FollowerTest : public ::testing::Test {
 protected:
  FollowerTest() { AllowEventMethods(parts_.roles()); }

  ~FollowerTest() override { StopPeer(); }

  void StartPeer() {
    service_ = std::make_unique<EventService>(parts_.runtime(), feed_);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(Address(), grpc::InsecureServerCredentials());
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  void StopPeer() {
    if (server_ == nullptr) return;
    if (service_ != nullptr) service_->CloseStreams();
    server_->Shutdown(std::chrono::system_clock::now() + seconds(2));
    server_.reset();
    service_.reset();
  }

  std::string Address() const { return "unix:" + folder_.path() + "/peer"; }

  std::unique_ptr<Follower> Follow(std::chrono::milliseconds silence_max = seconds(10)) {
    base::Actor actor = ActorWith(base::Role::kService, "service:follower");
    actor.regions = {"-"};
    Follower::Options options;
    options.name = "test-feed";
    options.address = Address();
    options.authorization = [this, actor] { return parts_.Authorization(actor); };
    options.region = "regions/-";
    options.silence_max = silence_max;
    return std::make_unique<Follower>(
        options, parts_.clock(), random_, [this](const base::Call&) { return own_.Cursor(); },
        [this](const base::Call&, const std::vector<v1::Event>& events) {
          return own_.Apply(events);
        });
  }

  void Publish(const std::string& subject) { PublishTo(feed_, parts_.clock(), subject); }

  testing::TempFolder folder_{"follower"};
  testing::InProcessServer parts_;  // Runtime only; the server here has a fixed address.
  testing::FakeRandom random_;
  ledger::MemoryLedger feed_;
  OwnLedger own_;
  std::unique_ptr<EventService> service_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(FollowerTest, FollowsFromTheStart) {
  Publish("a");
  StartPeer();
  const auto follower = Follow();
  own_.WaitFor(1);
  Publish("b");
  EXPECT_EQ(own_.WaitFor(2), (std::vector<std::string>{"a", "b"}));
  EXPECT_LT(follower->SecondsSinceHeard(), 5);
}

TEST_F(FollowerTest, ResumesAfterThePeersRestartWithoutLossOrDuplicate) {
  StartPeer();
  const auto follower = Follow();
  Publish("a");
  own_.WaitFor(1);
  StopPeer();
  Publish("b");  // As if committed in the last instant.
  Publish("c");
  StartPeer();
  own_.WaitFor(3);
  Publish("d");
  EXPECT_EQ(own_.WaitFor(4), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST_F(FollowerTest, WaitsForAPeerThatComesLater) {
  const auto follower = Follow();
  EXPECT_GT(follower->SecondsSinceHeard(), 1e6);
  Publish("a");
  StartPeer();
  EXPECT_EQ(own_.WaitFor(1).size(), 1u);
}

TEST_F(FollowerTest, AFailedEffectIsHandedAgain) {
  StartPeer();
  own_.FailNext(2);
  for (const char* subject : {"a", "b", "c"}) Publish(subject);
  const auto follower = Follow();
  EXPECT_EQ(own_.WaitFor(3), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(FollowerTest, WhatComesMeanwhileIsHandedOverTogetherInOrder) {
  constexpr int kEvents = 300;
  StartPeer();
  own_.Hold(true);
  const auto follower = Follow();
  std::vector<std::string> published;
  for (int i = 0; i < kEvents; ++i) {
    published.push_back(std::to_string(i));
    Publish(published.back());
  }
  own_.Hold(false);
  EXPECT_EQ(own_.WaitFor(kEvents), published);
  EXPECT_GT(own_.largest(), 1u);
  EXPECT_LE(own_.largest(), Follower::kTogetherMax);
}

TEST_F(FollowerTest, WhatCannotBeHandledKeepsNothingBeforeIt) {
  own_.FailOn("b");
  for (const char* subject : {"a", "b", "c"}) Publish(subject);
  StartPeer();
  const auto follower = Follow();
  EXPECT_EQ(own_.WaitFor(1), std::vector<std::string>{"a"});
  own_.FailOn("");
  EXPECT_EQ(own_.WaitFor(3), (std::vector<std::string>{"a", "b", "c"}));
}

/// Takes every watch and says nothing.
class SilentPeer final : public v1::EventService::CallbackService {
 public:
  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(
      grpc::CallbackServerContext*, const v1::WatchEventsRequest*) override {
    {
      const std::lock_guard lock(mutex_);
      ++watches_;
      changed_.notify_all();
    }
    return new rpc::Subscription<v1::WatchEventsResponse>(1, [] {});
  }

  bool SawWatches(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(20), [&] { return watches_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int watches_ = 0;
};

TEST_F(FollowerTest, ASilentStreamIsDeadAndDialledAgain) {
  SilentPeer peer;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(Address(), grpc::InsecureServerCredentials());
  builder.RegisterService(&peer);
  server_ = builder.BuildAndStart();
  const auto follower = Follow(std::chrono::milliseconds(50));
  EXPECT_TRUE(peer.SawWatches(3));
  EXPECT_GT(follower->SecondsSinceHeard(), 1e6);
  follower->Stop();
  StopPeer();  // The peer of this test goes before the fixture's server.
}

TEST_F(FollowerTest, StopsAtOnce) {
  StartPeer();
  Publish("a");
  const auto follower = Follow();
  own_.WaitFor(1);
  const auto before = parts_.clock().Steady();
  follower->Stop();
  EXPECT_LT(parts_.clock().Steady() - before, seconds(2));
  Publish("b");
  EXPECT_EQ(own_.WaitFor(1).size(), 1u);
}

}  // namespace
}  // namespace sas::events
