#include "services/booking/prepare_batch.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"

namespace sas::booking {
namespace {

constexpr std::size_t kSeatsMax = 64;  // As SeatService takes.
// A second one keeps the slots at work while the first comes back.
constexpr int kExchangesMax = 2;

}  // namespace

absl::StatusOr<slots::v1::PreparedSeat> PrepareBatch::Run(
    const base::Call& call, const slots::v1::PrepareSeatRequest& request,
    std::chrono::nanoseconds limit) {
  Waiting own;
  own.request = &request;
  own.until = clock_.Steady() + std::min(limit, call.Left(clock_));
  own.outcome = base::Fail(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                           "the slots did not answer in time");
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

std::size_t PrepareBatch::Gathered() const {
  const std::lock_guard lock(mutex_);
  return gathered_.size();
}

void PrepareBatch::WakeNext() {
  if (!gathered_.empty()) gathered_.front()->wake.notify_one();
}

// Takes what has gathered and sends it without the lock. Then somebody who gathered meanwhile is
// woken to send the next.
void PrepareBatch::SendGathered(std::unique_lock<std::mutex>& lock) {
  const std::size_t count = std::min(gathered_.size(), kSeatsMax);
  std::vector<Waiting*> batch(gathered_.begin(),
                              gathered_.begin() + static_cast<std::ptrdiff_t>(count));
  gathered_.erase(gathered_.begin(), gathered_.begin() + static_cast<std::ptrdiff_t>(count));
  std::chrono::nanoseconds until{};
  Seats seats;
  seats.reserve(count);
  for (Waiting* each : batch) {
    each->sent = true;
    until = std::max(until, each->until);
    seats.push_back(each->request);
  }
  ++exchanges_;
  lock.unlock();
  Outcomes outcomes = send_(seats, until - clock_.Steady());
  lock.lock();
  --exchanges_;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i]->outcome = std::move(outcomes[i]);
    batch[i]->done = true;
    batch[i]->wake.notify_one();
  }
  WakeNext();
}

}  // namespace sas::booking
