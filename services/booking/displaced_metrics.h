#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/observe/metrics.h"

namespace sas::booking {

/// What is counted of appointments whose slot was withdrawn (hazard H-27). Thread-safe.
class DisplacedMetrics {
 public:
  explicit DisplacedMetrics(observe::Metrics& metrics);

  /// displaced, served (the slot is back), kept (the practice receives the patient all the same).
  void Counted(std::string_view outcome);
  /// Entries that wait for a person, those of them that start within kDisplacedSoon, and the
  /// seconds since all appointments were held against the slots.
  void Stand(std::int64_t open, std::int64_t soon, double check_age_seconds);

 private:
  // Scrapes may come while the service goes.
  struct Figures {
    std::atomic<std::int64_t> open{0};
    std::atomic<std::int64_t> soon{0};
    std::atomic<double> check_age{0};
  };

  observe::Metrics& metrics_;
  const std::shared_ptr<Figures> figures_ = std::make_shared<Figures>();
};

}  // namespace sas::booking
