#include "services/slots/template_metrics.h"

#include <prometheus/counter.h>

namespace sas::slots {
namespace {

prometheus::Counter& Templates(observe::Metrics& metrics, const char* outcome) {
  return metrics.Counter("sas_slots_templates_total",
                         "Templates of CSNP that were to be applied to a site, by outcome",
                         {{"outcome", outcome}});
}

}  // namespace

TemplateMetrics::TemplateMetrics(observe::Metrics& metrics)
    : applied_(Templates(metrics, "applied")), refused_(Templates(metrics, "refused")) {}

void TemplateMetrics::Applied() {
  applied_.Increment();
}

void TemplateMetrics::Refused() {
  refused_.Increment();
}

}  // namespace sas::slots
