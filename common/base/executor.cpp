#include "common/base/executor.h"

#include <utility>

#include "common/base/status.h"

namespace sas::base {

Executor::Executor(Options options) : options_(std::move(options)) {
  SAS_CHECK(options_.threads > 0, "a lane without threads would never run anything");
  threads_.reserve(options_.threads);
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

Executor::~Executor() {
  Drain();
}

bool Executor::TrySubmit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (draining_ || queue_.size() >= options_.queue_max) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void Executor::Drain() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    threads.swap(threads_);  // Whoever drains first joins; a second call finds nothing to join.
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

std::size_t Executor::Queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t Executor::Running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

void Executor::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return draining_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    task();
    task = nullptr;  // What the task holds is released outside the lock.
    lock.lock();
    --running_;
  }
}

}  // namespace sas::base
