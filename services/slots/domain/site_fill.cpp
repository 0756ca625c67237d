#include "services/slots/domain/site_fill.h"

namespace sas::slots {
namespace {

/// Entry points with which a site is open to whoever orients in the field: the lines 15 and
/// 116 117, treating doctors, secretariats.
constexpr int kEntryPointsWide = 4;

}  // namespace

Fill JudgeFill(const FillFacts& facts) {
  Fill fill;
  fill.permille = facts.offered > 0 ? facts.booked * 1000 / facts.offered : 1000;
  fill.under_filled = fill.permille < kFillAlertPermille;
  if (!fill.under_filled) return fill;
  if (facts.own_patients_only || facts.entry_points < kEntryPointsWide) {
    fill.suggestions.emplace_back("WIDEN_ENTRY_POINTS");
  }
  if (facts.motifs_limited) fill.suggestions.emplace_back("WIDEN_MOTIFS");
  const bool patients_come = facts.territory_permille >= kFillAlertPermille;
  fill.suggestions.emplace_back(patients_come ? "MOVE_HOURS" : "RELEASE_SLOTS");
  return fill;
}

}  // namespace sas::slots
