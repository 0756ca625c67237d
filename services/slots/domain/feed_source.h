#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "common/base/clock.h"

namespace sas::slots {

/// Whose word counts about bookings of an agenda. Values equal sas.slots.v1.AgendaMaster.
enum class AgendaMaster { kUnspecified = 0, kOurs = 1, kSourceStream = 2, kSourceRedirect = 3 };

constexpr bool IsElsewhere(AgendaMaster master) {
  return master == AgendaMaster::kSourceStream || master == AgendaMaster::kSourceRedirect;
}

/// What an agenda has declared of its master.
struct MasterSaid {
  AgendaMaster master = AgendaMaster::kUnspecified;
  std::string booking_url;  ///< Of kSourceRedirect.

  bool operator==(const MasterSaid&) const = default;
};

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

  AgendaMaster master() const { return master_.load(std::memory_order_relaxed); }

  MasterSaid said() const {
    const std::lock_guard lock(mutex_);
    return {master_.load(std::memory_order_relaxed), booking_url_};
  }

  /// As of the frame `sequence`; never goes back to an older one.
  void Declare(const MasterSaid& said, std::int64_t sequence) {
    const std::lock_guard lock(mutex_);
    if (sequence < declared_) return;
    declared_ = sequence;
    master_.store(said.master, std::memory_order_relaxed);
    booking_url_ = said.booking_url;
  }

  std::int64_t declared() const {
    const std::lock_guard lock(mutex_);
    return declared_;
  }

 private:
  const std::string partner_;
  std::atomic<std::int64_t> vouched_us_{0};
  std::atomic<AgendaMaster> master_{AgendaMaster::kUnspecified};
  mutable std::mutex mutex_;
  std::int64_t declared_ = 0;  ///< Sequence of the frame that `master_` is of.
  std::string booking_url_;
};

}  // namespace sas::slots
