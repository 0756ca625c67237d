#include "services/slots/import_metrics.h"

#include <prometheus/counter.h>

namespace sas::slots {
namespace {

prometheus::Counter& Lines(observe::Metrics& metrics, const char* outcome) {
  return metrics.Counter("sas_slots_import_lines_total",
                         "Lines of imported files, by what became of them", {{"outcome", outcome}});
}

}  // namespace

void LineCounts::Add(LineOutcome outcome) {
  switch (outcome) {
    case LineOutcome::kApplied:
      ++applied;
      break;
    case LineOutcome::kUnchanged:
      ++unchanged;
      break;
    case LineOutcome::kRefused:
      ++refused;
      break;
    case LineOutcome::kSkipped:
      ++skipped;
      break;
  }
}

ImportMetrics::ImportMetrics(observe::Metrics& metrics)
    : applied_(Lines(metrics, "applied")),
      unchanged_(Lines(metrics, "unchanged")),
      refused_(Lines(metrics, "refused")),
      skipped_(Lines(metrics, "skipped")) {}

void ImportMetrics::Count(const LineCounts& lines) {
  applied_.Increment(static_cast<double>(lines.applied));
  unchanged_.Increment(static_cast<double>(lines.unchanged));
  refused_.Increment(static_cast<double>(lines.refused));
  skipped_.Increment(static_cast<double>(lines.skipped));
}

}  // namespace sas::slots
