#pragma once

#include "common/observe/metrics.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace sas::slots {

/// What WatchAvailability counts. Thread-safe.
class WatchMetrics {
 public:
  explicit WatchMetrics(observe::Metrics& metrics);

  void Open(double watches);
  void Snapshot();
  void Changes();
  void Heartbeat();
  /// Seats that were held under a watch whose console has gone.
  void HoldsReleased(int count);
  /// A watch was looked at, whether or not there was anything to tell.
  void Looked(double seconds);

 private:
  prometheus::Gauge& open_;
  prometheus::Counter& snapshots_;
  prometheus::Counter& changes_;
  prometheus::Counter& heartbeats_;
  prometheus::Counter& released_;
  prometheus::Histogram& seconds_;
};

}  // namespace sas::slots
