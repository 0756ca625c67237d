#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::slots {

/// A thread of its own that does one work again and again, and at once when woken. A failure is
/// logged when its reason changes; the next turn tries again.
class Worker {
 public:
  using Work = std::function<absl::Status(const base::Call&)>;

  struct Options {
    std::string name;                              ///< In logs: `worker` = "sweeper".
    std::chrono::milliseconds interval{};          ///< From the end of one turn to the next.
    std::chrono::milliseconds pause{};             ///< At least this, even when woken.
    std::chrono::milliseconds pause_on_failure{};  ///< The same after a failed turn.
    std::chrono::milliseconds budget{5000};        ///< Deadline of one turn.
  };

  Worker(Options options, const base::Clock& clock, Work work);
  ~Worker();  ///< Stops.
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Any thread; never blocks.
  void Wake();
  /// Ends after the turn at work, whose call is told that it is cancelled. Idempotent.
  void Stop();

 private:
  void Turns();

  const Options options_;
  const base::Clock& clock_;
  const Work work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;  // Last: starts when the rest is there.
};

}  // namespace sas::slots
