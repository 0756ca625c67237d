#include "common/base/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

namespace sas::base {
namespace {

TEST(Executor, RunsWhatIsSubmitted) {
  std::atomic<int> ran{0};
  {
    Executor lane({"test", 3, 100});
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(lane.TrySubmit([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 100) << "the destructor drains";
}

TEST(Executor, RunsAsManyTasksAtOnceAsItHasThreads) {
  Executor lane({"test", 3, 8});
  std::promise<void> all_here;
  std::atomic<int> here{0};
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(lane.TrySubmit([&, gone] {
      if (++here == 3) all_here.set_value();
      gone.wait();
    }));
  }
  EXPECT_EQ(all_here.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(lane.Running(), 3u);
  go.set_value();
}

// One thread that is busy, until Release.
class BusyLane : public ::testing::Test {
 protected:
  void SetUp() override {
    std::promise<void> busy;
    const std::shared_future<void> released = release_.get_future().share();
    ASSERT_TRUE(lane_.TrySubmit([&busy, released] {
      busy.set_value();
      released.wait();
    }));
    busy.get_future().wait();
  }

  void TearDown() override { Release(); }

  void Release() {
    if (!released_) release_.set_value();
    released_ = true;
  }

  std::promise<void> release_;
  bool released_ = false;
  Executor lane_{{"test", 1, 2}};
};

TEST_F(BusyLane, AFullQueueRefusesAtTheBound) {
  std::atomic<int> ran{0};
  EXPECT_TRUE(lane_.TrySubmit([&ran] { ++ran; }));
  EXPECT_TRUE(lane_.TrySubmit([&ran] { ++ran; }));
  EXPECT_EQ(lane_.Queued(), 2u);
  EXPECT_FALSE(lane_.TrySubmit([&ran] { ++ran; })) << "the third is one past the bound";
  Release();
  lane_.Drain();
  EXPECT_EQ(ran, 2) << "what was refused never runs";
}

TEST_F(BusyLane, DrainRunsTheQueueAndRefusesTheRest) {
  std::atomic<int> ran{0};
  ASSERT_TRUE(lane_.TrySubmit([&ran] { ++ran; }));
  auto drained = std::async(std::launch::async, [this] { lane_.Drain(); });
  // Until the drain has begun the queue (of two) may still take one.
  int taken = 0;
  while (lane_.TrySubmit([&ran] { ++ran; })) ++taken;
  Release();
  EXPECT_EQ(drained.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(ran, 1 + taken);
  EXPECT_FALSE(lane_.TrySubmit([&ran] { ++ran; })) << "a drained lane takes nothing";
  EXPECT_EQ(lane_.Queued(), 0u);
  EXPECT_EQ(lane_.Running(), 0u);
  lane_.Drain();
}

TEST(Executor, ReleasesWhatATaskHoldsOutsideItsLock) {
  Executor lane({"test", 1, 2});
  std::promise<std::size_t> released;
  // What a task holds may ask the lane when it goes: under the lock that would wait for ever.
  std::shared_ptr<int> held(new int(1), [&](const int* value) {
    delete value;
    released.set_value(lane.Running());
  });
  ASSERT_TRUE(lane.TrySubmit([held = std::move(held)] {}));
  EXPECT_EQ(released.get_future().get(), 1u);
}

}  // namespace
}  // namespace sas::base
