#pragma once

#include "common/observe/metrics.h"

namespace sas::slots {

/// `sas_slots_templates_total{outcome}`: CSNP that templates have made, and those that were
/// refused. Thread-safe.
class TemplateMetrics {
 public:
  explicit TemplateMetrics(observe::Metrics& metrics);

  void Applied();
  void Refused();

 private:
  prometheus::Counter& applied_;
  prometheus::Counter& refused_;
};

}  // namespace sas::slots
