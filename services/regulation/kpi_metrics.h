#pragma once

#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/observe/metrics.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/kpi.h"

namespace sas::regulation {

/// The figures of the last hour as gauges, refreshed by a periodic work: a scrape never waits for
/// the ledger. Only main figures; those that have nothing to divide by keep no value (NaN).
class KpiMetrics {
 public:
  static constexpr std::chrono::hours kWindow{1};

  explicit KpiMetrics(observe::Metrics& metrics);

  void Refresh(const std::vector<Kpi>& kpis);

 private:
  observe::Metrics& metrics_;
};

/// Folds the last hour of all regions into the gauges.
absl::Status ReadKpis(Desk& desk, KpiMetrics& metrics, const base::Call& call);

}  // namespace sas::regulation
