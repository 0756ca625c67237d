#pragma once

#include <cstddef>

#include "common/observe/metrics.h"

namespace sas::booking {

/// `sas_booking_worklist_orders`: orders that a named worklist showed when it was read; many zeros
/// are a CSNP whose rules let nobody in. Thread-safe.
class WorklistMetrics {
 public:
  explicit WorklistMetrics(observe::Metrics& metrics);

  void Read(std::size_t orders);

 private:
  prometheus::Histogram& orders_;
};

}  // namespace sas::booking
