#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
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
/// views: a sign of life is one store, and no view is copied for it. Thread-safe.
class FeedSource {
 public:
  /// `changed`: sequence of the last frame that changed something of the agenda.
  FeedSource(std::string partner, base::Instant vouched, std::int64_t changed = 0)
      : partner_(std::move(partner)) {
    last_.Store(vouched, changed);
  }

  const std::string& partner() const { return partner_; }

  base::Instant vouched() const { return last_.Vouched(); }

  std::int64_t changed() const { return last_.changed.load(std::memory_order_relaxed); }

  /// When the source vouched for what a reading has, which is all up to the frame `sequence`, of
  /// `read`. What was said with a change that it has not, or later, is not said of it.
  base::Instant VouchedFor(std::int64_t sequence, base::Instant read) const {
    const base::Instant last = last_.Vouched();
    if (sequence >= last_.changed.load(std::memory_order_relaxed)) return last;
    const base::Instant before = before_.Vouched();
    const bool had = sequence >= before_.changed.load(std::memory_order_relaxed);
    return had ? std::max(read, before) : read;
  }

  /// Never goes back.
  void Vouch(base::Instant at, std::int64_t changed = 0) {
    const std::lock_guard lock(mutex_);
    const std::int64_t known = last_.changed.load(std::memory_order_relaxed);
    // While no reading comes, as in a load, what is shown stays that of before the first change.
    if (changed > known && read_ >= known) before_.Store(last_.Vouched(), known);
    last_.Store(std::max(at, last_.Vouched()), std::max(changed, known));
  }

  /// A reading has all frames up to `sequence`.
  void NoteReading(std::int64_t sequence) {
    const std::lock_guard lock(mutex_);
    read_ = std::max(read_, sequence);
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
  /// The source's word, of readings that have the frame `changed`. Whoever reads `vouched_us` first
  /// finds a `changed` that is as new at least.
  struct Word {
    std::atomic<std::int64_t> vouched_us{0};
    std::atomic<std::int64_t> changed{0};

    base::Instant Vouched() const {
      return base::Instant(std::chrono::microseconds(vouched_us.load(std::memory_order_acquire)));
    }

    void Store(base::Instant at, std::int64_t sequence) {
      changed.store(sequence, std::memory_order_relaxed);
      vouched_us.store(at.time_since_epoch().count(), std::memory_order_release);
    }
  };

  const std::string partner_;
  Word last_;
  Word before_;  ///< Before the frame `last_.changed`.
  std::atomic<AgendaMaster> master_{AgendaMaster::kUnspecified};
  mutable std::mutex mutex_;
  std::int64_t read_ = 0;      ///< The newest reading has all frames up to this one.
  std::int64_t declared_ = 0;  ///< Sequence of the frame that `master_` is of.
  std::string booking_url_;
};

/// What one reading of the ledger has of such an agenda: shared by its slots. Thread-safe.
class FeedReading {
 public:
  /// One that has all that the source has said.
  explicit FeedReading(std::shared_ptr<const FeedSource> source)
      : FeedReading(source, source->declared(), source->vouched()) {}

  FeedReading(std::shared_ptr<const FeedSource> source, std::int64_t sequence, base::Instant read)
      : source_(std::move(source)), sequence_(sequence), read_(read) {}

  const std::string& partner() const { return source_->partner(); }

  AgendaMaster master() const { return source_->master(); }

  MasterSaid said() const { return source_->said(); }

  base::Instant vouched() const { return source_->VouchedFor(sequence_, read_); }

  const FeedSource& source() const { return *source_; }

  std::int64_t sequence() const { return sequence_; }  ///< Of the last frame that it has.

  base::Instant read() const { return read_; }  ///< When the source had vouched, at that frame.

 private:
  const std::shared_ptr<const FeedSource> source_;
  const std::int64_t sequence_;
  const base::Instant read_;
};

}  // namespace sas::slots
