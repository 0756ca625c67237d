#include "services/slots/domain/index/verdicts.h"

#include <algorithm>

#include "services/slots/domain/index/refs.h"

namespace sas::slots {
namespace {

constexpr std::size_t kSpareTiles = 64;  ///< For sites in places that had none.

std::uint8_t Judged(const SiteRules& rules, Need& need) {
  need.treating_doctor_rpps.clear();
  Exclusion found = Judge(rules, need, Strictness::kSearch);
  std::uint8_t verdict = 0;
  if (found == Exclusion::kOwnPatientsOnly) {
    // What the rules say to a patient of the house is asked too.
    verdict |= SiteVerdict::kOwnOnly;
    found = Exclusion::kNone;
    if (!rules.practitioner_rpps.empty()) {
      need.treating_doctor_rpps = rules.practitioner_rpps.front();
      found = Judge(rules, need, Strictness::kSearch);
    }
  }
  const bool named =
      std::any_of(rules.accepted_motifs.begin(), rules.accepted_motifs.end(),
                  [&need](const MotifRule& rule) { return rule.motif_code == need.motif_code; });
  if (named) verdict |= SiteVerdict::kNamesMotif;
  return static_cast<std::uint8_t>(verdict | static_cast<std::uint8_t>(found));
}

Exclusion ExclusionOf(const Series& series, const SiteRules& site, const Need& need,
                      std::uint8_t wanted_modes) {
  if (series.withdrawn) return Exclusion::kNoSessionInWindow;
  if (!series.staffed) return Exclusion::kUnstaffed;
  if ((series.modes & wanted_modes) == 0) return Exclusion::kModeNotOffered;
  const Exclusion found = JudgeSeries(site, series.text->rules.get(), series.minutes, need);
  if (found != Exclusion::kNone) return found;
  std::vector<SlotClass> classes;
  for (int each = 1; each <= static_cast<int>(SlotClass::kCpts); ++each) {
    if (SlotRef::Has(series.classes, each)) classes.push_back(static_cast<SlotClass>(each));
  }
  const bool order = HasOrMayOrder(need, Strictness::kSearch);
  const bool ever = ClassesAllow(classes, need.entry_point) &&
                    AllocationAllows(series.allocation, need.entry_point, order, true);
  return ever ? Exclusion::kNone : Exclusion::kNoSessionInWindow;
}

bool Speaks(const Series& series, const Need& need) {
  if (series.text->rules == nullptr) return false;
  const auto& spoken = series.text->rules->language_codes;
  return std::any_of(need.languages.begin(), need.languages.end(), [&](const std::string& each) {
    return std::find(spoken.begin(), spoken.end(), each) != spoken.end();
  });
}

std::uint8_t Judged(const Series& series, const SiteRules& site, const Need& need,
                    std::uint8_t wanted_modes) {
  unsigned verdict = series.give_back_minutes > 0 ? SeriesVerdict::kGivenBack : 0U;
  const Exclusion found = ExclusionOf(series, site, need, wanted_modes);
  if (found != Exclusion::kNone) {
    verdict |= SeriesVerdict::kExcluded | static_cast<unsigned>(found);
    return static_cast<std::uint8_t>(verdict);
  }
  const bool order = HasOrMayOrder(need, Strictness::kSearch);
  if (!AllocationAllows(series.allocation, need.entry_point, order, false)) {
    verdict |= SeriesVerdict::kAfterRelease;
  }
  if (Speaks(series, need)) verdict |= SeriesVerdict::kSpeaks;
  return static_cast<std::uint8_t>(verdict);
}

}  // namespace

TileVerdicts JudgeTile(const Tile& tile, const Need& need) {
  TileVerdicts verdicts;
  verdicts.serial = tile.serial;
  verdicts.sites.reserve(tile.sites());
  verdicts.series.reserve(tile.series.size());
  Need asked = need;
  for (std::size_t site = 0; site < tile.sites(); ++site) {
    verdicts.sites.push_back(Judged(tile.cold[site].record->rules, asked));
  }
  std::uint8_t modes = 0;
  for (const Mode mode : need.modes) {
    modes = static_cast<std::uint8_t>(modes | 1U << static_cast<unsigned>(mode));
  }
  if (modes == 0) modes = 1U << static_cast<unsigned>(Mode::kAmb);
  for (const Series& series : tile.series) {
    const SiteRules& site = tile.cold[series.site].record->rules;
    verdicts.series.push_back(Judged(series, site, need, modes));
  }
  return verdicts;
}

VerdictTable::~VerdictTable() {
  for (const auto& tile : tiles_) delete tile.load();
}

const TileVerdicts* VerdictTable::Get(std::size_t tile, const Tile& shape, const Need& need) {
  const TileVerdicts* known = Peek(tile, shape.serial);
  if (known != nullptr) return known;
  auto judged = std::make_unique<const TileVerdicts>(JudgeTile(shape, need));
  const std::lock_guard lock(mutex_);
  known = tiles_[tile].load(std::memory_order_relaxed);
  if (known != nullptr && known->serial == shape.serial) return known;
  if (known != nullptr && known->serial > shape.serial) {
    // The reader holds an older index than others do: for him alone.
    retired_.push_back(std::move(judged));
    retired_count_.fetch_add(1, std::memory_order_relaxed);
    return retired_.back().get();
  }
  if (known != nullptr) {
    retired_.emplace_back(known);
    retired_count_.fetch_add(1, std::memory_order_relaxed);
  }
  tiles_[tile].store(judged.get(), std::memory_order_release);
  return judged.release();
}

std::shared_ptr<VerdictTable> VerdictCache::Find(const std::string& need_class, std::size_t tiles) {
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(need_class);
  if (found != tables_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    auto& table = found->second->second;
    if (table->size() < tiles || table->worn()) {
      table = std::make_shared<VerdictTable>(tiles + kSpareTiles);
    }
    return table;
  }
  if (recent_.size() == kClassesMax) {
    tables_.erase(recent_.back().first);
    recent_.pop_back();
  }
  recent_.emplace_front(need_class, std::make_shared<VerdictTable>(tiles + kSpareTiles));
  tables_[need_class] = recent_.begin();
  return recent_.front().second;
}

}  // namespace sas::slots
