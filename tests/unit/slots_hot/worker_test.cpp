#include "services/slots/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "common/base/status.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Counts turns and lets a test wait for the next one.
class Turns {
 public:
  void Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }

  bool Reach(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(10), [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

class WorkerTest : public ::testing::Test {
 protected:
  static Worker::Options OptionsWith(milliseconds interval) {
    Worker::Options options;
    options.name = "test";
    options.interval = interval;
    return options;
  }

  base::SystemClock clock_;
  Turns turns_;
};

TEST_F(WorkerTest, WorksAtOnceAndThenEachInterval) {
  Worker worker(OptionsWith(milliseconds(1)), clock_, [this](const base::Call&) {
    turns_.Add();
    return absl::OkStatus();
  });
  EXPECT_TRUE(turns_.Reach(3));
}

TEST_F(WorkerTest, WakeBringsTheNextTurnForward) {
  Worker worker(OptionsWith(hours(1)), clock_, [this](const base::Call&) {
    turns_.Add();
    return absl::OkStatus();
  });
  ASSERT_TRUE(turns_.Reach(1));
  worker.Wake();
  EXPECT_TRUE(turns_.Reach(2));
}

TEST_F(WorkerTest, FailureIsTriedAgain) {
  Worker worker(OptionsWith(milliseconds(1)), clock_, [this](const base::Call&) {
    turns_.Add();
    return base::Fail(absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE", "away");
  });
  EXPECT_TRUE(turns_.Reach(3));
}

TEST_F(WorkerTest, StopTellsTheTurnAtWork) {
  std::atomic<bool> told{false};
  Worker worker(OptionsWith(hours(1)), clock_, [&](const base::Call& call) {
    turns_.Add();
    while (!call.cancelled()) std::this_thread::yield();
    told = true;
    return absl::OkStatus();
  });
  ASSERT_TRUE(turns_.Reach(1));
  worker.Stop();
  worker.Stop();
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace sas::slots
