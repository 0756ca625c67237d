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

std::vector<Kpi> Empty() {
  return KpiFold({}, {}, [](base::Instant) { return care::Date{}; }).Figures();
}

}  // namespace

KpiMetrics::KpiMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  Refresh({});
}

void KpiMetrics::Refresh(const std::map<std::string, std::vector<Kpi>>& by_territory) {
  shown_.insert(kAll);
  for (const auto& [territory, kpis] : by_territory) shown_.insert(territory);
  for (const std::string& territory : shown_) {
    const auto found = by_territory.find(territory);
    Show(territory, found == by_territory.end() ? Empty() : found->second);
  }
}

void KpiMetrics::Show(const std::string& territory, const std::vector<Kpi>& kpis) {
  for (const Kpi& kpi : kpis) {
    if (kpi.figures.empty() || !kpi.figures.front().label.empty()) continue;
    const observe::Labels labels{{"kpi", std::string(kpi.definition->id)},
                                 {"territory", territory},
                                 {"unit", std::string(kpi.definition->unit)}};
    metrics_.Gauge(kName, kHelp, labels).Set(kpi.figures.front().value.value_or(std::nan("")));
  }
}

absl::Status ReadKpis(Desk& desk, KpiMetrics& metrics, const base::Call& call) {
  const base::Instant now = desk.clock.Now();
  const base::Instant start = now - KpiMetrics::kWindow;
  std::map<std::string, KpiFold> folds;
  const auto add = [&](const std::string& territory, const KpiMark& mark) {
    folds.try_emplace(territory, NewFold(desk, start, now)).first->second.Add(mark);
  };
  SAS_RETURN_IF_ERROR(
      EachMark(desk, call, {"", {}, start, now, std::nullopt, 0, {}}, [&](const KpiMark& mark) {
        add(KpiMetrics::kAll, mark);
        add(mark.territory, mark);
      }));
  std::map<std::string, std::vector<Kpi>> figures;
  for (const auto& [territory, fold] : folds) figures[territory] = fold.Figures();
  metrics.Refresh(figures);
  return absl::OkStatus();
}

}  // namespace sas::regulation
