#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sas::base {

/// A lane: fixed threads behind a bounded queue. Work that blocks (ledger, Redis, other services)
/// runs here, because gRPC's callback threads are few and shared by the whole process.
class Executor {
 public:
  struct Options {
    std::string name;  ///< Label of the lane in metrics, for example "vital".
    std::size_t threads = 8;
    std::size_t queue_max = 256;  ///< One more is refused, never queued.
  };

  explicit Executor(Options options);
  ~Executor();  ///< Drains.
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// False when the queue is full or the lane drains: the caller answers RESOURCE_EXHAUSTED.
  bool TrySubmit(std::function<void()> task);

  /// Runs what is queued, refuses what comes, joins the threads. Idempotent.
  void Drain();

  const std::string& name() const { return options_.name; }

  std::size_t Queued() const;
  std::size_t Running() const;

 private:
  void Work();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::size_t running_ = 0;
  bool draining_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sas::base
