#pragma once

#include <string>

#include "common/observe/metrics.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace sas::regulation {

/// What WatchBoard counts. Thread-safe.
class BoardMetrics {
 public:
  explicit BoardMetrics(observe::Metrics& metrics);

  void Watchers(double count);
  void Snapshot();
  void Changes();
  void Heartbeat();
  void Resumed(bool without_snapshot);
  /// A reader so slow that it gets the whole board next.
  void Slow();
  /// From the recording of an act to its being handed to the transport for every watcher.
  void Told(double seconds);
  /// Board and ledger disagreed twice: the board was read anew (hazard H-42).
  void Disagreed();
  /// Alarms that have begun on a board; `alarm` is BoardCard.Alarm without its prefix.
  void Raised(const std::string& territory, const std::string& alarm, int count);
  /// Lines in memory, of all regions.
  void Lines(double count);

 private:
  observe::Metrics& metrics_;
  prometheus::Gauge& watchers_;
  prometheus::Gauge& lines_;
  prometheus::Counter& snapshots_;
  prometheus::Counter& changes_;
  prometheus::Counter& heartbeats_;
  prometheus::Counter& resumed_;
  prometheus::Counter& restarted_;
  prometheus::Counter& slow_;
  prometheus::Counter& disagreed_;
  prometheus::Histogram& told_;
};

}  // namespace sas::regulation
