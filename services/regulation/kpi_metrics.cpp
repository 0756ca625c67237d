#include "services/regulation/kpi_metrics.h"

#include <prometheus/gauge.h>

#include <cmath>
#include <string>

#include "common/base/status.h"
#include "services/regulation/kpi_query.h"

namespace sas::regulation {
namespace {

constexpr char kName[] = "sas_regulation_kpi";
constexpr char kHelp[] =
    "Figures of domain.md §2.2 over the last hour; NaN when there is nothing to divide by.";

}  // namespace

KpiMetrics::KpiMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  Refresh(KpiFold({}, {}, [](base::Instant) { return care::Date{}; }).Figures());
}

void KpiMetrics::Refresh(const std::vector<Kpi>& kpis) {
  for (const Kpi& kpi : kpis) {
    if (kpi.figures.empty() || !kpi.figures.front().label.empty()) continue;
    const observe::Labels labels{{"kpi", std::string(kpi.definition->id)},
                                 {"unit", std::string(kpi.definition->unit)}};
    metrics_.Gauge(kName, kHelp, labels).Set(kpi.figures.front().value.value_or(std::nan("")));
  }
}

absl::Status ReadKpis(Desk& desk, KpiMetrics& metrics, const base::Call& call) {
  const base::Instant now = desk.clock.Now();
  SAS_ASSIGN_OR_RETURN(const KpiFold fold,
                       FoldPeriod(desk, call, "", {}, now - KpiMetrics::kWindow, now));
  metrics.Refresh(fold.Figures());
  return absl::OkStatus();
}

}  // namespace sas::regulation
