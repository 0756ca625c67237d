#include "services/booking/worklist_metrics.h"

#include <prometheus/histogram.h>

namespace sas::booking {

WorklistMetrics::WorklistMetrics(observe::Metrics& metrics)
    : orders_(metrics.Histogram("sas_booking_worklist_orders",
                                "Orders of a named worklist when it was read", {},
                                {0, 1, 2, 5, 10, 20, 50, 100, 200, 400})) {}

void WorklistMetrics::Read(std::size_t orders) {
  orders_.Observe(static_cast<double>(orders));
}

}  // namespace sas::booking
