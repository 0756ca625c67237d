#pragma once

#include "services/slots/domain/need.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

// The parts of Judge, in its order: the territory, who reads, JudgeEntry, JudgeCare, own patients,
// the wheelchair, pregnancy, JudgePapers. Each looks at few values of the need, so that its verdict
// can be kept for all needs that agree in them (index/verdicts.h).

/// Null when the site is closed to this entry point.
const EntryRule* FindEntryRule(const SiteRules& site, EntryPoint entry_point);
/// Entry point, profession, order. `entry` may be null.
Exclusion JudgeEntry(const EntryRule* entry, const Need& need, Strictness strictness);
/// Motif and age.
Exclusion JudgeCare(const SiteRules& site, const Need& need);
bool RefusesWheelchair(const SiteRules& site);
bool RefusesPregnancy(const SiteRules& site);

/// Must somebody ask by telephone? Of a site that says nothing (`unsaid`) or that `refuses`.
constexpr bool AsksPregnancy(const Need& need, bool unsaid, bool refuses) {
  return (need.pregnancy == Answer::kYes && unsaid) ||
         (need.pregnancy == Answer::kUnknown && (unsaid || refuses));
}

/// Reason of access, evaluation, orienting professional; a search lets pass what can still be
/// asked.
Exclusion JudgePapers(const EntryRule& entry, const Need& need, Strictness strictness);

}  // namespace sas::slots
