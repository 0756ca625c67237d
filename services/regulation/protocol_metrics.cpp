#include "services/regulation/protocol_metrics.h"

#include <prometheus/counter.h>

namespace sas::regulation {
namespace {

constexpr char kTriages[] = "sas_regulation_triages_total";
constexpr char kTriagesHelp[] =
    "Answers kept on dossiers, by whether a severity sign was positive.";

prometheus::Counter& TriageCounter(observe::Metrics& metrics, bool blocked) {
  return metrics.Counter(kTriages, kTriagesHelp, {{"severity_sign", blocked ? "yes" : "no"}});
}

}  // namespace

ProtocolMetrics::ProtocolMetrics(observe::Metrics& metrics)
    : metrics_(metrics), gauges_(std::make_shared<Gauges>()) {
  // Made now, so that what has not happened reads 0 and not "no data".
  TriageCounter(metrics_, false);
  TriageCounter(metrics_, true);
  const auto show = [&](const char* name, const char* help, std::atomic<int> Gauges::*gauge) {
    metrics_.OnScrape(name, help, {},
                      [gauges = gauges_, gauge] { return ((*gauges).*gauge).load(); });
  };
  show("sas_regulation_protocol_files_refused",
       "Files of protocols that were refused at the last reading; what was in force stays.",
       &Gauges::refused);
  show("sas_regulation_protocols_in_force", "Protocols with a version in force.",
       &Gauges::in_force);
  show("sas_regulation_protocols_overdue", "Versions in force past their review time.",
       &Gauges::review_overdue);
}

void ProtocolMetrics::Triaged(bool blocked) {
  TriageCounter(metrics_, blocked).Increment();
}

void ProtocolMetrics::Refused(int files) {
  gauges_->refused = files;
}

void ProtocolMetrics::Library(int in_force, int review_overdue) {
  gauges_->in_force = in_force;
  gauges_->review_overdue = review_overdue;
}

}  // namespace sas::regulation
