#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "common/base/clock.h"

namespace sas::slots {

/// Who vouches for the slots of an agenda that lives elsewhere, and when he did last. Shared by all
/// slots of the agenda and by all views: a sign of life is one store, and no view is copied for it.
/// Thread-safe.
class FeedSource {
 public:
  FeedSource(std::string partner, base::Instant vouched) : partner_(std::move(partner)) {
    Vouch(vouched);
  }

  const std::string& partner() const { return partner_; }

  base::Instant vouched() const {
    return base::Instant(std::chrono::microseconds(vouched_us_.load(std::memory_order_relaxed)));
  }

  /// Never goes back.
  void Vouch(base::Instant at) {
    const std::int64_t next = at.time_since_epoch().count();
    std::int64_t now = vouched_us_.load(std::memory_order_relaxed);
    while (now < next && !vouched_us_.compare_exchange_weak(now, next, std::memory_order_relaxed)) {
    }
  }

 private:
  const std::string partner_;
  std::atomic<std::int64_t> vouched_us_{0};
};

}  // namespace sas::slots
