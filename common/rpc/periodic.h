#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::rpc {

/// One thread that does small things again and again: probes, purges, sweeps. A work that fails is
/// logged when its reason changes and tried again at its next turn.
class Periodic {
 public:
  using Work = std::function<absl::Status(const base::Call&)>;

  explicit Periodic(const base::Clock& clock);
  ~Periodic();  ///< Stops.

  /// First run at once. The call of each run has five seconds.
  void Add(std::string_view name, std::chrono::milliseconds interval, Work work);

  /// Ends after the work that is running. Idempotent.
  void Stop();

 private:
  struct Job {
    std::string name;
    std::chrono::nanoseconds interval{};
    std::chrono::nanoseconds due{};
    Work work;
    std::string last_reason;
  };

  void Turn();
  void RunOne(Job& job);

  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Job>> jobs_;  // Jobs never move: the thread uses one unlocked.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sas::rpc
