#include "services/slots/watch_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace sas::slots {
namespace {

prometheus::Counter& Steps(observe::Metrics& metrics, const char* kind) {
  return metrics.Counter("sas_slots_watch_steps_total", "Messages to watchers of a search, by kind",
                         {{"kind", kind}});
}

}  // namespace

WatchMetrics::WatchMetrics(observe::Metrics& metrics)
    : open_(metrics.Gauge("sas_slots_watches", "Searches that are watched now")),
      snapshots_(Steps(metrics, "snapshot")),
      changes_(Steps(metrics, "changes")),
      heartbeats_(Steps(metrics, "heartbeat")),
      released_(metrics.Counter("sas_slots_watch_holds_released_total",
                                "Seats given back because the console that held them has gone",
                                {})),
      seconds_(metrics.Histogram(
          "sas_slots_watch_seconds", "Time to search again for one watch and to compare", {},
          {0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.1})) {}

void WatchMetrics::Open(double watches) {
  open_.Set(watches);
}

void WatchMetrics::Snapshot() {
  snapshots_.Increment();
}

void WatchMetrics::Changes() {
  changes_.Increment();
}

void WatchMetrics::Heartbeat() {
  heartbeats_.Increment();
}

void WatchMetrics::HoldsReleased(int count) {
  released_.Increment(count);
}

void WatchMetrics::Looked(double seconds) {
  seconds_.Observe(seconds);
}

}  // namespace sas::slots
