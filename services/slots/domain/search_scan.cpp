#include "services/slots/domain/search_scan.h"

#include <algorithm>

#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {
namespace {

bool Is(std::uint8_t verdict, std::uint8_t what) {
  return (verdict & what) != 0;
}

SiteState StateOf(Exclusion exclusion) {
  switch (exclusion) {
    case Exclusion::kUnstaffed:
      return SiteState::kUnstaffed;
    case Exclusion::kModeNotOffered:
      return SiteState::kModeNotOffered;
    case Exclusion::kMotifNotForPractitioner:
      return SiteState::kMotifNotForPractitioner;
    case Exclusion::kSlotTooShort:
      return SiteState::kSlotTooShort;
    default:
      return SiteState::kNoSession;
  }
}

// Bits of the run's slots that start in [from, to).
std::uint32_t Within(const Run& run, Minute from, Minute to) {
  const std::uint32_t all = run.count == kRunSlotsMax ? ~0U : (1U << run.count) - 1;
  const Minute last = run.StartOf(run.count - 1);
  if (run.start >= from && last < to) return all;
  if (run.start >= to || last < from) return 0;
  const Minute step = run.step;
  const std::uint32_t before = run.start >= from ? 0 : (from - run.start + step - 1) / step;
  const std::uint32_t until = last < to ? run.count : (to - run.start + step - 1) / step;
  const std::uint32_t low = until >= kRunSlotsMax ? ~0U : (1U << until) - 1;
  return low & all & ~((1U << before) - 1);  // before < count: the last is not before `from`.
}

}  // namespace

Scan::Scan(const RegionIndex& index, const Query& query, Scratch& scratch)
    : query_(query), scratch_(scratch), centre_(ToUnitVector(query.centre)) {
  from_ = CeilMinute(std::max(query.start, query.now));
  to_ = std::min(CeilMinute(query.end), from_ + kRankedMinutesMax);
  now_ = FloorMinute(query.now);
  has_doctor_ = !query.need.treating_doctor_rpps.empty();
  frame_ = RankFrame(query.now, query.due, from_);
  frame_.SetFresh(index.fresh());
  scratch_.left_out.clear();
  FindTiles(index);
}

void Scan::FindTiles(const RegionIndex& index) {
  scratch_.visits.clear();
  CellsWithin(query_.centre, query_.radius_meters, scratch_.spans);
  const std::shared_ptr<VerdictTable> verdicts = index.Verdicts(query_.need);
  verdicts_ = verdicts;
  for (const CellSpan& span : scratch_.spans) {
    const auto [first, last] = index.TilesOf(span);
    for (std::uint32_t i = first; i < last; ++i) {
      const RegionIndex::Placed& placed = index.placed()[i];
      __builtin_prefetch(placed.tile.get());
      scratch_.visits.push_back({placed.tile.get(), nullptr, placed.id});
    }
  }
  for (Visit& visit : scratch_.visits) {
    visit.verdicts = verdicts->Get(visit.id, *visit.tile, query_.need);
  }
}

void Scan::Prefetch(std::uint32_t visit) const {
  if (visit >= scratch_.visits.size()) return;
  const Tile& tile = *scratch_.visits[visit].tile;
  __builtin_prefetch(tile.x.data());
  __builtin_prefetch(tile.y.data());
  __builtin_prefetch(tile.z.data());
  __builtin_prefetch(tile.hot.data());
  __builtin_prefetch(scratch_.visits[visit].verdicts->sites.data());
  const auto [first, last] = RunsOf(tile);
  if (first < last) __builtin_prefetch(&tile.runs[first]);
}

std::pair<std::size_t, std::size_t> Scan::RunsOf(const Tile& tile) const {
  if (from_ >= to_) return {0, 0};
  const std::size_t days = tile.day_runs.size() - 1;
  const Minute first = from_ / kMinutesPerDay;
  const Minute end = (to_ - 1) / kMinutesPerDay + 1;
  const auto clamp = [&](Minute day) {
    return day <= tile.first_day ? 0 : std::min<std::size_t>(day - tile.first_day, days);
  };
  return {tile.day_runs[clamp(first)], tile.day_runs[clamp(end)]};
}

Exclusion Scan::RefusedBy(const Visit& visit, std::size_t site) const {
  const std::uint8_t verdict = visit.verdicts->sites[site];
  const auto exclusion = static_cast<Exclusion>(verdict & SiteVerdict::kExclusion);
  if ((verdict & SiteVerdict::kOwnOnly) == 0) return exclusion;
  const auto& own = visit.tile->cold[site].record->rules.practitioner_rpps;
  const bool known =
      std::find(own.begin(), own.end(), query_.need.treating_doctor_rpps) != own.end();
  return known ? exclusion : Exclusion::kOwnPatientsOnly;
}

bool Scan::EnterTile(std::uint32_t visit) {
  const Tile& tile = *scratch_.visits[visit].tile;
  const std::size_t sites = tile.sites();
  const std::size_t padded = tile.x.size();
  if (scratch_.meters.size() < padded) {
    scratch_.meters.resize(padded);
    scratch_.site_key.resize(padded);
    scratch_.state.resize(padded);
  }
  int* const meters = scratch_.meters.data();
  const double* const x = tile.x.data();
  const double* const y = tile.y.data();
  const double* const z = tile.z.data();
  for (std::size_t i = 0; i < padded; ++i) {
    meters[i] = MetersOfChord(x[i] - centre_.x, y[i] - centre_.y, z[i] - centre_.z);
  }
  bool any = false;
  for (std::size_t site = 0; site < sites; ++site) {
    scratch_.state[site] = SiteState::kOutside;
    if (meters[site] > query_.radius_meters) continue;
    any = true;
    if (RefusedBy(scratch_.visits[visit], site) != Exclusion::kNone) continue;
    const bool named =
        (scratch_.visits[visit].verdicts->sites[site] & SiteVerdict::kNamesMotif) != 0;
    scratch_.state[site] = SiteState::kEmpty;
    scratch_.site_key[site] = frame_.OfSite(tile.hot[site], meters[site], named);
  }
  return any;
}

std::uint32_t Scan::Allowed(const Visit& visit, std::size_t run_index, Minute from,
                            Minute to) const {
  const Run& run = visit.tile->runs[run_index];
  const std::uint8_t verdict = visit.verdicts->series[run.series];
  if ((verdict & ~SeriesVerdict::kSpeaks) == 0) return Within(run, from, to);
  if (Is(verdict, SeriesVerdict::kExcluded)) return 0;
  const Series& series = visit.tile->series[run.series];
  const Minute release = visit.tile->details[run_index].release;
  if (Is(verdict, SeriesVerdict::kAfterRelease)) {
    if (release > now_) return 0;
    // Slots whose release moves with their start are open up to the one whose release is now.
    if (series.release_moves) to = std::min(to, run.start + (now_ - release) + 1);
  }
  if (Is(verdict, SeriesVerdict::kGivenBack)) {
    from = std::max(from, now_ + series.give_back_minutes + 1);
  }
  return from < to ? Within(run, from, to) : 0;
}

std::uint32_t Scan::JudgeRun(const Visit& visit, std::size_t run_index) {
  const Run& run = visit.tile->runs[run_index];
  SiteState& state = scratch_.state[run.site];
  const std::uint32_t allowed = Allowed(visit, run_index, from_, to_);
  const std::uint32_t mask = allowed & run.free.Load();
  if (mask != 0) {
    state = SiteState::kMatched;
  } else if (state < SiteState::kCapped) {
    state = std::max(state, WhyNot(visit, run_index, allowed));
  }
  return mask;
}

// The obstacle nearest to suiting of the run's slots in the window, none of which can be had.
SiteState Scan::WhyNot(const Visit& visit, std::size_t run_index, std::uint32_t allowed) const {
  const Tile& tile = *visit.tile;
  const Run& run = tile.runs[run_index];
  const RunDetail& detail = tile.details[run_index];
  if ((allowed & detail.members) != 0) {
    const unsigned flags = detail.flags.Load();
    const bool capped = (flags & RunDetail::kCapped) != 0 && (flags & RunDetail::kDayFull) == 0;
    const bool free = capped && (FreeBits(tile, run_index) & allowed) != 0;
    return free ? SiteState::kCapped : SiteState::kFull;
  }
  if ((Within(run, from_, to_) & detail.members) == 0) return SiteState::kEmpty;
  const std::uint8_t verdict = visit.verdicts->series[run.series];
  if (!Is(verdict, SeriesVerdict::kExcluded)) return SiteState::kNoSession;
  if (Is(verdict, SeriesVerdict::kGivenBack)) {
    // Those that the practice has back already do not even ask who receives.
    const Minute kept = now_ + tile.series[run.series].give_back_minutes + 1;
    if (kept > from_ && (Within(run, from_, std::min(kept, to_)) & detail.members) != 0) {
      return SiteState::kNoSession;
    }
  }
  return StateOf(static_cast<Exclusion>(verdict & SeriesVerdict::kExclusion));
}

void Scan::LeaveTile(std::uint32_t visit, bool list) {
  const Tile& tile = *scratch_.visits[visit].tile;
  for (std::size_t site = 0; site < tile.sites(); ++site) {
    const SiteState state = scratch_.state[site];
    if (state == SiteState::kMatched || scratch_.meters[site] > query_.radius_meters) continue;
    ++left_out_count_;
    if (!list) continue;
    LeftOut left;
    left.key = static_cast<std::uint64_t>(scratch_.meters[site]) << 32U | tile.hot[site].ordinal;
    left.visit = visit;
    left.site = static_cast<std::uint16_t>(site);
    left.state = state;
    scratch_.left_out.push_back(left);
  }
}

}  // namespace sas::slots
