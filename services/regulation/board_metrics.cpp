#include "services/regulation/board_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace sas::regulation {
namespace {

prometheus::Counter& Steps(observe::Metrics& metrics, const char* kind) {
  return metrics.Counter("sas_regulation_board_steps_total", "Messages to boards, by kind.",
                         {{"kind", kind}});
}

prometheus::Counter& Resumes(observe::Metrics& metrics, const char* how) {
  return metrics.Counter("sas_regulation_board_resumes_total",
                         "Boards that came back with a token, by what they got.", {{"got", how}});
}

}  // namespace

BoardMetrics::BoardMetrics(observe::Metrics& metrics)
    : metrics_(metrics),
      watchers_(metrics.Gauge("sas_regulation_board_watchers", "Boards that are open now.")),
      lines_(metrics.Gauge("sas_regulation_board_lines", "Lines of the boards in memory.")),
      snapshots_(Steps(metrics, "snapshot")),
      changes_(Steps(metrics, "changes")),
      heartbeats_(Steps(metrics, "heartbeat")),
      resumed_(Resumes(metrics, "changes")),
      restarted_(Resumes(metrics, "snapshot")),
      slow_(metrics.Counter("sas_regulation_board_slow_total",
                            "Readers that were given the whole board because they were slow.", {})),
      disagreed_(metrics.Counter(
          "sas_regulation_board_disagreements_total",
          "Boards that were read anew because their head counts were not the ledger's.", {})),
      told_(metrics.Histogram(
          "sas_regulation_board_delay_seconds",
          "From the recording of an act until it was handed to every board of the region.", {},
          {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5})) {}

void BoardMetrics::Watchers(double count) {
  watchers_.Set(count);
}

void BoardMetrics::Lines(double count) {
  lines_.Set(count);
}

void BoardMetrics::Snapshot() {
  snapshots_.Increment();
}

void BoardMetrics::Changes() {
  changes_.Increment();
}

void BoardMetrics::Heartbeat() {
  heartbeats_.Increment();
}

void BoardMetrics::Resumed(bool without_snapshot) {
  (without_snapshot ? resumed_ : restarted_).Increment();
}

void BoardMetrics::Slow() {
  slow_.Increment();
}

void BoardMetrics::Told(double seconds) {
  told_.Observe(seconds);
}

void BoardMetrics::Raised(const std::string& territory, const std::string& alarm, int count) {
  metrics_
      .Counter("sas_regulation_board_alarms_total", "Alarms that have begun on a board.",
               {{"territory", territory}, {"alarm", alarm}})
      .Increment(count);
}

void BoardMetrics::Disagreed() {
  disagreed_.Increment();
}

}  // namespace sas::regulation
