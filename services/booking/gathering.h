#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/status.h"

namespace sas::booking {

/// Questions that come together go out together: while one exchange is on its way the next ones
/// gather, without a timer, so that a lone one waits for nobody. One of the waiting threads does
/// the sending; there is no thread of its own. Thread-safe.
template <typename Request, typename Answer>
class Gathering {
 public:
  using Requests = std::vector<const Request*>;
  using Outcomes = std::vector<absl::StatusOr<Answer>>;
  /// As many outcomes as requests, in their order. Blocks at most `wait`.
  using Send = std::function<Outcomes(const Requests& requests, std::chrono::nanoseconds wait)>;

  static constexpr std::size_t kMost = 64;  ///< In one exchange: what the peers take.

  Gathering(Send send, const base::Clock& clock) : send_(std::move(send)), clock_(clock) {}

  /// Waits at most `limit`, or what `call` has left; then DEADLINE_EXCEEDED, and it is not known
  /// what became of it.
  absl::StatusOr<Answer> Run(const base::Call& call, const Request& request,
                             std::chrono::nanoseconds limit) {
    Waiting own;
    own.request = &request;
    own.until = clock_.Steady() + std::min(limit, call.Left(clock_));
    own.outcome = base::Fail(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                             "there was no answer in time");
    std::unique_lock lock(mutex_);
    gathered_.push_back(&own);
    while (!own.done) {
      const std::chrono::nanoseconds left = own.until - clock_.Steady();
      if (own.sent) {
        own.wake.wait(lock);  // The exchange ends by its own limit.
      } else if (left <= std::chrono::nanoseconds::zero()) {
        gathered_.erase(std::find(gathered_.begin(), gathered_.end(), &own));
        WakeNext();
        break;
      } else if (exchanges_ < kExchangesMax) {
        SendGathered(lock);
      } else {
        own.wake.wait_for(lock, left);
      }
    }
    return std::move(own.outcome);
  }

  /// How many wait for the next exchange.
  std::size_t Gathered() const {
    const std::lock_guard lock(mutex_);
    return gathered_.size();
  }

 private:
  // A second one keeps the peer at work while the first comes back.
  static constexpr int kExchangesMax = 2;

  struct Waiting {
    const Request* request = nullptr;
    std::chrono::nanoseconds until{};  ///< On Clock::Steady().
    absl::StatusOr<Answer> outcome;
    bool sent = false;
    bool done = false;
    std::condition_variable wake;
  };

  void WakeNext() {
    if (!gathered_.empty()) gathered_.front()->wake.notify_one();
  }

  // Takes what has gathered and sends it without the lock. Then somebody who gathered meanwhile is
  // woken to send the next.
  void SendGathered(std::unique_lock<std::mutex>& lock) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(gathered_.size(), kMost));
    const std::vector<Waiting*> batch(gathered_.begin(), gathered_.begin() + count);
    gathered_.erase(gathered_.begin(), gathered_.begin() + count);
    std::chrono::nanoseconds until{};
    Requests requests;
    requests.reserve(batch.size());
    for (Waiting* each : batch) {
      each->sent = true;
      until = std::max(until, each->until);
      requests.push_back(each->request);
    }
    ++exchanges_;
    lock.unlock();
    Outcomes outcomes = send_(requests, until - clock_.Steady());
    lock.lock();
    --exchanges_;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i]->outcome = std::move(outcomes[i]);
      batch[i]->done = true;
      batch[i]->wake.notify_one();
    }
    WakeNext();
  }

  const Send send_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Waiting*> gathered_;
  int exchanges_ = 0;  ///< On their way now.
};

}  // namespace sas::booking
