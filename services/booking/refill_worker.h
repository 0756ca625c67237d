#pragma once

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "services/booking/feed_loop.h"
#include "services/booking/refill.h"

namespace sas::booking {

/// The thread of the file active: woken by commits of this process, so that a seat that one of them
/// frees is offered while the canceller still reads his answer.
class RefillWorker {
 public:
  struct Intervals {
    /// Between looks at what other replicas have freed, whose commits wake nobody here.
    std::chrono::milliseconds look{50};
    /// Between turns, which also watch the offers that are open.
    std::chrono::milliseconds turn{500};
  };

  /// All of these outlive it. Starts at once.
  RefillWorker(Refill& refill, ledger::Feed& feed, const base::Clock& clock, base::Random& random,
               Intervals intervals);

  /// Ends after the turn at work.
  void Stop() { loop_.Stop(); }

  /// As FeedLoop::Flush.
  bool Flush(std::chrono::milliseconds limit) { return loop_.Flush(limit); }

 private:
  absl::Status Turn();
  void Report(const absl::Status& status);

  Refill& refill_;
  const base::Clock& clock_;
  const Intervals intervals_;
  std::chrono::nanoseconds turn_due_{};  ///< By the steady clock. Of the thread alone.
  std::string last_reason_;
  FeedLoop loop_;  ///< Last: starts when the rest is there.
};

}  // namespace sas::booking
