#include "services/slots/domain/index/verdicts.h"

#include <algorithm>

#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/judge_parts.h"

namespace sas::slots {
namespace {

const SiteRules& RulesOf(const Tile& tile, std::size_t site) {
  return tile.cold[site].record->rules;
}

std::vector<SlotClass> ClassesOf(const Series& series) {
  std::vector<SlotClass> classes;
  for (int each = 1; each <= static_cast<int>(SlotClass::kCpts); ++each) {
    if (SlotRef::Has(series.classes, each)) classes.push_back(static_cast<SlotClass>(each));
  }
  return classes;
}

std::uint8_t ReasonOf(const Series& series, const Need& need, bool order) {
  if (series.withdrawn) return Verdict::kWithdrawn;
  if (!series.staffed) return Verdict::kUnstaffed;
  const auto offered = [&series](Mode mode) { return SlotRef::Has(series.modes, mode); };
  const bool mode = need.modes.empty() ? offered(Mode::kAmb)
                                       : std::any_of(need.modes.begin(), need.modes.end(), offered);
  if (!mode) return Verdict::kOtherMode;
  const bool ever = ClassesAllow(ClassesOf(series), need.entry_point) &&
                    AllocationAllows(series.allocation, need.entry_point, order, true);
  return ever ? 0 : Verdict::kOtherAudience;
}

}  // namespace

std::uint8_t Verdicts::JudgeEntryOf(const Tile& tile, std::size_t site, const Need& need) {
  const EntryRule* entry = FindEntryRule(RulesOf(tile, site), need.entry_point);
  const Exclusion found = JudgeEntry(entry, need, Strictness::kSearch);
  unsigned verdict = static_cast<unsigned>(found);
  // The one paper that a search refuses.
  if (found == Exclusion::kNone &&
      JudgePapers(*entry, need, Strictness::kSearch) != Exclusion::kNone) {
    verdict |= Verdict::kAccessReason;
  }
  return static_cast<std::uint8_t>(verdict);
}

std::uint8_t Verdicts::JudgeCareOf(const Tile& tile, std::size_t site, const Need& need) {
  const SiteRules& rules = RulesOf(tile, site);
  unsigned verdict = static_cast<unsigned>(JudgeCare(rules, need));
  const bool named =
      std::any_of(rules.accepted_motifs.begin(), rules.accepted_motifs.end(),
                  [&need](const MotifRule& rule) { return rule.motif_code == need.motif_code; });
  if (named) verdict |= Verdict::kNamesMotif;
  return static_cast<std::uint8_t>(verdict);
}

std::uint8_t Verdicts::JudgeSeriesCareOf(const Tile& tile, std::size_t series, const Need& need) {
  const Series& each = tile.series[series];
  return static_cast<std::uint8_t>(
      JudgeSeries(RulesOf(tile, each.site), each.text->rules.get(), each.minutes, need));
}

std::uint8_t Verdicts::JudgeAudienceOf(const Tile& tile, std::size_t series, const Need& need) {
  const Series& each = tile.series[series];
  const bool order = HasOrMayOrder(need, Strictness::kSearch);
  unsigned verdict = ReasonOf(each, need, order);
  if (verdict == 0 && !AllocationAllows(each.allocation, need.entry_point, order, false)) {
    verdict |= Verdict::kAfterRelease;
  }
  if (each.give_back_minutes > 0) verdict |= Verdict::kGivenBack;
  if (each.text->source != nullptr) verdict |= Verdict::kOtherSource;
  const SiteRules& rules = RulesOf(tile, each.site);
  const bool members =
      !rules.communities.empty() && NeedsMembership(ClassesOf(each), need.entry_point);
  if (rules.readers != nullptr || members || each.own_patients_only) verdict |= Verdict::kAsksWho;
  return static_cast<std::uint8_t>(verdict);
}

Verdicts VerdictCache::Find(const NeedClasses& classes, std::size_t sites, std::size_t series) {
  const std::lock_guard lock(mutex_);
  return Verdicts(Find(recent_[0], classes.entry, sites, 0),
                  Find(recent_[1], classes.care, sites, series),
                  Find(recent_[2], classes.audience, 0, series));
}

std::shared_ptr<VerdictTable> VerdictCache::Find(Recent& recent, const std::string& need_class,
                                                 std::size_t sites, std::size_t series) {
  const auto known = recent.tables.find(need_class);
  if (known != recent.tables.end()) {
    recent.order.splice(recent.order.begin(), recent.order, known->second);
    auto& table = known->second->second;
    if (table->sites.size() < sites || table->series.size() < series) {
      table = std::make_shared<VerdictTable>(sites + sites / 8, series + series / 8);
    }
    return table;
  }
  if (recent.order.size() == kClassesMax) {
    recent.tables.erase(recent.order.back().first);
    recent.order.pop_back();
  }
  recent.order.emplace_front(
      need_class, std::make_shared<VerdictTable>(sites + sites / 8, series + series / 8));
  recent.tables[need_class] = recent.order.begin();
  return recent.order.front().second;
}

}  // namespace sas::slots
