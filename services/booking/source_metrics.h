#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/observe/metrics.h"

namespace sas::booking {

/// What is counted of appointments of which a platform is the master. Thread-safe.
class SourceMetrics {
 public:
  explicit SourceMetrics(observe::Metrics& metrics);

  /// What became of a try to ask: confirmed, refused, later, told (of a cancellation), unreachable,
  /// overdue (handed to a person).
  void Asked(std::string_view outcome);
  /// A report of the slots' feed: joined, unjoined, known, foreign.
  void Reported(std::string_view outcome);

  /// Appointments with something to be done at their source, those of them that a person was asked
  /// about, and reported bookings that nobody has joined, with the age of the oldest.
  void Stand(std::int64_t work, std::int64_t overdue, std::int64_t unjoined,
             double unjoined_age_seconds);

 private:
  // Scrapes may come while the service goes.
  struct Figures {
    std::atomic<std::int64_t> work{0};
    std::atomic<std::int64_t> overdue{0};
    std::atomic<std::int64_t> unjoined{0};
    std::atomic<double> unjoined_age{0};
  };

  observe::Metrics& metrics_;
  const std::shared_ptr<Figures> figures_ = std::make_shared<Figures>();
};

}  // namespace sas::booking
