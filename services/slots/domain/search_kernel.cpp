#include "services/slots/domain/search_kernel.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "services/slots/domain/search_scan.h"

namespace sas::slots {
namespace {

constexpr std::size_t kSlack = 4;  ///< RankedRuns kept are so many times those wanted.

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

// Where the processor's own instruction is not asked for, the library calls a function.
std::size_t CountBits(std::uint32_t bits) {
  bits -= bits >> 1U & 0x55555555U;
  bits = (bits & 0x33333333U) + (bits >> 2U & 0x33333333U);
  bits = (bits + (bits >> 4U)) & 0x0f0f0f0fU;
  return (bits * 0x01010101U) >> 24U;
}

class Ranking {
 public:
  Ranking(const Scan& scan, Scratch& scratch, const Query& query)
      : scan_(scan),
        visits_(scratch.visits),
        candidates_(scratch.candidates),
        wanted_(query.limit),
        prunes_(wanted_ < SIZE_MAX / kSlack) {
    candidates_.clear();
  }

  void Take(std::uint32_t visit, std::size_t run, std::uint64_t site_key, std::uint32_t mask) {
    total_ += CountBits(mask);
    if (wanted_ == 0) return;
    const Run& shape = visits_[visit]->runs[run];
    const std::uint64_t run_key = site_key + OfRun(*visits_[visit], run, site_key);
    const int slot = std::countr_zero(mask);
    const std::uint64_t key = run_key + scan_.frame().OfStart(shape.StartOf(slot));
    if (key > threshold_) return;
    candidates_.push_back({key, static_cast<std::uint32_t>(run), visit, slot});
    if (prunes_ && candidates_.size() == wanted_ * kSlack) Prune();
  }

  std::vector<Match> Matches() {
    if (wanted_ == 0) return {};
    if (candidates_.size() > wanted_) Prune();
    const auto worse = [this](const RankedRun& a, const RankedRun& b) { return Less(b, a); };
    std::make_heap(candidates_.begin(), candidates_.end(), worse);
    std::vector<Match> matches;
    if (prunes_) matches.reserve(wanted_);
    while (matches.size() < wanted_ && !candidates_.empty()) {
      std::pop_heap(candidates_.begin(), candidates_.end(), worse);
      matches.push_back(MatchOf(candidates_.back()));
      if (Advance(candidates_.back())) {
        std::push_heap(candidates_.begin(), candidates_.end(), worse);
      } else {
        candidates_.pop_back();
      }
    }
    return matches;
  }

  std::size_t total() const { return total_; }

 private:
  // What a run's key has beside those of its site and its start.
  std::uint64_t OfRun(const Tile& tile, std::size_t run, std::uint64_t site_key) const {
    std::uint64_t key = 0;
    if (!RankKey::Unverified(site_key) && scan_.Unvouched(tile, run)) key += RankFrame::Unvouched();
    if (scan_.asks_for_points()) key -= PointsOf(tile, run);
    if (AboveSoftCap(tile, run)) key += RankFrame::AboveSoftCap();
    return key;
  }

  std::uint64_t PointsOf(const Tile& tile, std::size_t run) const {
    std::uint64_t key = 0;
    if (scan_.OwnDoctor(tile, run)) key += RankFrame::OwnDoctor();
    if (scan_.Speaks(tile, run)) key += RankFrame::PatientMisses(kLanguagePoints);
    if (scan_.SparesTheWay(tile, run)) key += RankFrame::PatientMisses(kNoWayPoints);
    return key;
  }

  static bool AboveSoftCap(const Tile& tile, std::size_t run) {
    return (tile.hot[tile.runs[run].site].flags & SiteHot::kSoftCapped) != 0 &&
           (tile.details[run].flags.Load() & RunDetail::kAboveSoftCap) != 0;
  }

  SlotRef RefOf(const RankedRun& candidate) const {
    return {*visits_[candidate.visit], candidate.run, candidate.slot};
  }

  bool Less(const RankedRun& a, const RankedRun& b) const {
    // Equal keys are slots of one site and hour in two agendas.
    return a.key != b.key ? a.key < b.key : SlotIdLess(RefOf(a), RefOf(b));
  }

  // Keeps the runs whose best slots are among the best: no other can have one of the answer.
  void Prune() {
    const auto last = candidates_.begin() + static_cast<std::ptrdiff_t>(wanted_ - 1);
    std::nth_element(candidates_.begin(), last, candidates_.end(),
                     [this](const RankedRun& a, const RankedRun& b) { return Less(a, b); });
    threshold_ = last->key;
    candidates_.resize(wanted_);
  }

  // To the next free slot of the run.
  bool Advance(RankedRun& candidate) const {
    const Tile& tile = *visits_[candidate.visit];
    const Run& run = tile.runs[candidate.run];
    const std::uint32_t behind =
        candidate.slot == kRunSlotsMax - 1 ? 0 : ~0U << static_cast<unsigned>(candidate.slot + 1);
    const std::uint32_t mask =
        scan_.Allowed(tile, candidate.run, scan_.from(), scan_.to()) & run.free.Load() & behind;
    if (mask == 0) return false;
    const RankFrame& frame = scan_.frame();
    candidate.key -= frame.OfStart(run.StartOf(candidate.slot));
    candidate.slot = std::countr_zero(mask);
    candidate.key += frame.OfStart(run.StartOf(candidate.slot));
    return true;
  }

  Match MatchOf(const RankedRun& candidate) const {
    const Tile& tile = *visits_[candidate.visit];
    const std::size_t site = tile.runs[candidate.run].site;
    Match match;
    match.slot = RefOf(candidate);
    match.distance_meters = MetersBetween(tile.hot[site].place, scan_.centre());
    match.detour = scan_.DetourTo(tile, site);
    match.score = RankKey::Score(candidate.key);
    match.past_deadline = RankKey::Past(candidate.key);
    match.unverified = RankKey::Unverified(candidate.key);
    match.own_doctor = RankKey::OwnDoctor(candidate.key);
    match.speaks = scan_.Speaks(tile, candidate.run);
    match.spares_the_way = scan_.SparesTheWay(tile, candidate.run);
    match.above_soft_cap = RankKey::AboveSoftCap(candidate.key);
    match.names_motif = scan_.NamesMotif(tile, site);
    return match;
  }

  const Scan& scan_;
  const std::vector<const Tile*>& visits_;
  std::vector<RankedRun>& candidates_;
  const std::size_t wanted_;
  const bool prunes_;
  std::size_t total_ = 0;
  std::uint64_t threshold_ = UINT64_MAX;
};

/// Day of an instant in UTC: near enough to say why a site without slots has none.
care::Date UtcDate(base::Instant instant) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(instant));
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

Exclusion WhyEmpty(const SiteRules& rules, const Query& query) {
  if (rules.opening_date > UtcDate(query.end)) return Exclusion::kNotOpenYet;
  const base::Instant earliest = std::max(query.start, query.now);
  if (rules.end_date && *rules.end_date < UtcDate(earliest)) return Exclusion::kEnded;
  return Exclusion::kNoSessionInWindow;
}

Excluded Explained(const Scan& scan, const Query& query, const Tile& tile,
                   const NearLeftOut& left) {
  Excluded excluded;
  excluded.site = SiteRef(tile, left.site);
  excluded.distance_meters = static_cast<int>(left.key >> 32U);
  excluded.exclusion = static_cast<Exclusion>(left.rule);
  if (excluded.exclusion != Exclusion::kNone) return excluded;
  switch (scan.WhyNothing(tile, left.site)) {
    case SiteState::kUnstaffed:
      excluded.exclusion = Exclusion::kUnstaffed;
      break;
    case SiteState::kModeNotOffered:
      excluded.exclusion = Exclusion::kModeNotOffered;
      break;
    case SiteState::kNoSession:
      excluded.exclusion = Exclusion::kNoSessionInWindow;
      break;
    case SiteState::kMembersOnly:
      excluded.exclusion = Exclusion::kCptsMembersOnly;
      break;
    case SiteState::kOwnPatients:
      excluded.exclusion = Exclusion::kOwnPatientsOnly;
      break;
    case SiteState::kMotifNotForPractitioner:
      excluded.exclusion = Exclusion::kMotifNotForPractitioner;
      break;
    case SiteState::kSlotTooShort:
      excluded.exclusion = Exclusion::kSlotTooShort;
      break;
    case SiteState::kFull:
      excluded.exclusion = Exclusion::kFull;
      break;
    case SiteState::kCapped:
      excluded.exclusion = Exclusion::kCapped;
      break;
    case SiteState::kEmpty:
      excluded.exclusion = WhyEmpty(excluded.site.rules(), query);
      break;
  }
  excluded.next_start = scan.NextStart(tile, left.site);
  return excluded;
}

std::vector<Excluded> ExcludedOf(Scan& scan, const Query& query, Scratch& scratch) {
  const std::vector<NearLeftOut>& left = scan.NearestLeftOut();
  std::vector<Excluded> excluded;
  excluded.reserve(left.size());
  for (const NearLeftOut& each : left)
    __builtin_prefetch(&scratch.visits[each.visit]->cold[each.site]);
  for (const NearLeftOut& each : left) {
    excluded.push_back(Explained(scan, query, *scratch.visits[each.visit], each));
  }
  return excluded;
}

ExclusionCounts CountsOf(const Scan& scan, const Scratch& scratch,
                         const std::vector<Excluded>& told) {
  ExclusionCounts counts = scan.left_out_by_rule();
  for (std::size_t i = 0; i < told.size(); ++i) {
    --counts[scratch.nearest[i].rule];
    ++counts[static_cast<std::size_t>(told[i].exclusion)];
  }
  return counts;
}

}  // namespace

Found Search(const RegionIndex& index, const Query& query) {
  Scratch& scratch = ThreadScratch();
  Scan scan(index, query, scratch);
  Ranking ranking(scan, scratch, query);
  const auto take = [&](std::uint32_t visit, std::size_t run, std::uint64_t site_key,
                        std::uint32_t mask) { ranking.Take(visit, run, site_key, mask); };
  scan.Walk(take);
  Found found;
  found.matches = ranking.Matches();
  found.total = ranking.total();
  found.excluded_total = scan.left_out_total();
  found.excluded = ExcludedOf(scan, query, scratch);
  found.excluded_counts = CountsOf(scan, scratch, found.excluded);
  return found;
}

Outline Count(const RegionIndex& index, const Query& query, const std::vector<Match>& known) {
  Scratch& scratch = ThreadScratch();
  Scan scan(index, query, scratch);
  Outline outline;
  scan.Walk([&](std::uint32_t visit, std::size_t run, std::uint64_t, std::uint32_t mask) {
    const Tile& tile = *scratch.visits[visit];
    for (const Match& match : known) {
      const SlotRef& slot = match.slot;
      const bool same = &slot.tile() == &tile && slot.run_index() == run;
      if (same) mask &= ~(1U << slot.slot_index());
    }
    if (mask == 0) return;
    outline.count += static_cast<std::size_t>(std::popcount(mask));
    const base::Instant start = ToInstant(tile.runs[run].StartOf(std::countr_zero(mask)));
    if (outline.first_start == base::Instant{} || start < outline.first_start) {
      outline.first_start = start;
    }
  });
  return outline;
}

}  // namespace sas::slots
