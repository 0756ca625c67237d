#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/observe/metrics.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/kpi.h"

namespace sas::regulation {

/// The figures of the last hour as gauges, of all and of each territory that had marks since the
/// start, refreshed by a periodic work: a scrape never waits for the ledger. Only main figures;
/// those that have nothing to divide by keep no value (NaN).
class KpiMetrics {
 public:
  static constexpr std::chrono::hours kWindow{1};

  explicit KpiMetrics(observe::Metrics& metrics);

  /// By territory, kAll included. A territory that is not there had no marks.
  void Refresh(const std::map<std::string, std::vector<Kpi>>& by_territory);

  static constexpr char kAll[] = "all";

 private:
  void Show(const std::string& territory, const std::vector<Kpi>& kpis);

  observe::Metrics& metrics_;
  std::set<std::string> shown_;  ///< Territories: about a hundred départements at most.
};

/// Folds the last hour of all regions, and of each territory, into the gauges.
absl::Status ReadKpis(Desk& desk, KpiMetrics& metrics, const base::Call& call);

}  // namespace sas::regulation
