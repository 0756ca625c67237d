#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/observe/metrics.h"

namespace sas::booking {

/// What refill counts. Label sets are closed lists. Thread-safe.
class RefillMetrics {
 public:
  explicit RefillMetrics(observe::Metrics& metrics);

  /// made, claimed, declined, expired, taken.
  void Offered(std::string_view outcome);
  /// Why a freed seat is asked about no more: taken, rounds, nobody, gone, too_late.
  void Closed(std::string_view end);

  /// Holds that ended because the regulation had stopped their order.
  void Released(int holds);

  void Open(std::int64_t offers) { *open_ = offers; }

 private:
  observe::Metrics& metrics_;
  // Scrapes may come while the service goes.
  const std::shared_ptr<std::atomic<std::int64_t>> open_ =
      std::make_shared<std::atomic<std::int64_t>>(0);
};

}  // namespace sas::booking
