#pragma once

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
#include "sas/slots/v1/seat_service.pb.h"

namespace sas::booking {

/// Confirmations that come together go to the slots together: while one exchange is on its way the
/// next ones gather, without a timer, so that a lone confirmation waits for nobody. One of the
/// waiting threads does the sending; there is no thread of its own. Thread-safe.
class PrepareBatch {
 public:
  using Seats = std::vector<const slots::v1::PrepareSeatRequest*>;
  using Outcomes = std::vector<absl::StatusOr<slots::v1::PreparedSeat>>;
  /// As many outcomes as seats, in their order. Blocks at most `wait`.
  using Send = std::function<Outcomes(const Seats& seats, std::chrono::nanoseconds wait)>;

  PrepareBatch(Send send, const base::Clock& clock) : send_(std::move(send)), clock_(clock) {}

  /// Waits at most `limit`, or what `call` has left; then DEADLINE_EXCEEDED, and it is not known
  /// whether the seat is prepared.
  absl::StatusOr<slots::v1::PreparedSeat> Run(const base::Call& call,
                                              const slots::v1::PrepareSeatRequest& request,
                                              std::chrono::nanoseconds limit);

  /// Confirmations that wait for the next exchange.
  std::size_t Gathered() const;

 private:
  struct Waiting {
    const slots::v1::PrepareSeatRequest* request = nullptr;
    std::chrono::nanoseconds until{};  ///< On Clock::Steady().
    absl::StatusOr<slots::v1::PreparedSeat> outcome;
    bool sent = false;
    bool done = false;
    std::condition_variable wake;
  };

  void SendGathered(std::unique_lock<std::mutex>& lock);
  void WakeNext();

  const Send send_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Waiting*> gathered_;
  int exchanges_ = 0;  ///< On their way now.
};

}  // namespace sas::booking
