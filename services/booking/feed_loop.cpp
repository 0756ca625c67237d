#include "services/booking/feed_loop.h"

#include <algorithm>
#include <utility>

namespace sas::booking {

FeedLoop::FeedLoop(Options options, ledger::Feed& feed, base::Random& random, Turn turn)
    : options_(options),
      feed_(feed),
      turn_(std::move(turn)),
      backoff_(options.retry_first, options.retry_cap, random),
      thread_([this] { Run(); }) {
  subscription_ = feed_.Subscribe([this] { Wake(); });
}

FeedLoop::~FeedLoop() {
  Stop();
}

void FeedLoop::Stop() {
  if (!thread_.joinable()) return;
  feed_.Unsubscribe(subscription_);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

bool FeedLoop::Flush(std::chrono::milliseconds limit) {
  Wake();
  std::unique_lock lock(mutex_);
  return idle_changed_.wait_for(lock, limit, [this] { return idle_ || stopping_; }) && idle_;
}

bool FeedLoop::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void FeedLoop::LookAgainIn(std::chrono::milliseconds wait) {
  again_ = std::min(again_, wait);
}

void FeedLoop::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  idle_ = false;
  wake_.notify_all();
}

void FeedLoop::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    again_ = options_.poll;
    const absl::StatusOr<bool> more = turn_();
    std::chrono::milliseconds wait = again_;
    if (more.ok()) {
      backoff_.Reset();
    } else {
      wait = backoff_.Next();
    }
    lock.lock();
    if (more.ok() && *more) continue;
    if (more.ok() && !woken_) {
      idle_ = true;
      idle_changed_.notify_all();
    }
    if (more.ok() && options_.pause.count() > 0) {
      wake_.wait_for(lock, options_.pause, [&] { return stopping_; });
    }
    // After a failure a commit is no reason to be sooner at somebody's door again.
    wake_.wait_for(lock, wait, [&] { return stopping_ || (woken_ && more.ok()); });
  }
  idle_changed_.notify_all();
}

}  // namespace sas::booking
