#include "services/regulation/domain/kpi.h"

namespace sas::regulation {
namespace {

constexpr double kSmallMax = 4;

}  // namespace

void MaskSmall(std::vector<Kpi>& kpis) {
  const auto small = [](double count) { return count > 0 && count <= kSmallMax; };
  for (Kpi& kpi : kpis) {
    for (KpiFigure& figure : kpi.figures) {
      const bool counts = kpi.definition->unit == "ratio" || kpi.definition->unit == "count";
      // What remains to all would tell the few as well.
      const bool few =
          counts && (small(figure.numerator) || small(figure.denominator - figure.numerator));
      if (!few && !small(figure.denominator)) continue;
      figure = {figure.label, 0, 0, std::nullopt, true};
    }
  }
}

}  // namespace sas::regulation
