#include "services/slots/domain/search_scan.h"

#include <algorithm>

#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {
namespace {

bool Is(std::uint8_t verdict, std::uint8_t what) {
  return (verdict & what) != 0;
}

SiteState StateOfReason(std::uint8_t reason) {
  switch (reason) {
    case Verdict::kUnstaffed:
      return SiteState::kUnstaffed;
    case Verdict::kOtherMode:
      return SiteState::kModeNotOffered;
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
    : query_(query),
      scratch_(scratch),
      verdicts_(index.VerdictsOf(query.need)),
      centre_(ToUnitVector(query.centre)),
      territory_(index.TerritoryNumber(query.need.territory)) {
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
  for (const CellSpan& span : scratch_.spans) {
    const auto [first, last] = index.TilesOf(span);
    for (std::uint32_t i = first; i < last; ++i) {
      const Tile* const tile = index.placed()[i].tile.get();
      __builtin_prefetch(tile);
      scratch_.visits.push_back(tile);
    }
  }
}

void Scan::Prefetch(std::uint32_t visit) const {
  if (visit >= scratch_.visits.size()) return;
  const Tile& tile = *scratch_.visits[visit];
  __builtin_prefetch(tile.x.data());
  __builtin_prefetch(tile.y.data());
  __builtin_prefetch(tile.z.data());
  __builtin_prefetch(tile.hot.data());
  verdicts_.Prefetch(tile);
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

bool Scan::Serves(const Tile& tile, std::size_t site) const {
  const SiteHot& hot = tile.hot[site];
  if ((hot.flags & SiteHot::kManyTerritories) != 0) {
    const auto& served = tile.cold[site].record->rules.territories;
    return std::find(served.begin(), served.end(), query_.need.territory) != served.end();
  }
  const auto& served = hot.territories;
  return territory_ != 0 && (served[0] == territory_ || served[1] == territory_ ||
                             served[2] == territory_ || served[3] == territory_);
}

bool Scan::IsPatientOf(const Tile& tile, std::size_t site) const {
  const auto& own = tile.cold[site].record->rules.practitioner_rpps;
  return std::find(own.begin(), own.end(), query_.need.treating_doctor_rpps) != own.end();
}

// The parts of Judge, in its order.
Exclusion Scan::RefusedBy(const Tile& tile, std::size_t site) const {
  if (!Serves(tile, site)) return Exclusion::kTerritoryNotServed;
  const std::uint8_t entry = verdicts_.Entry(tile, site, query_.need);
  if (Is(entry, Verdict::kExclusion)) return static_cast<Exclusion>(entry & Verdict::kExclusion);
  const std::uint8_t care = verdicts_.Care(tile, site, query_.need);
  if (Is(care, Verdict::kExclusion)) return static_cast<Exclusion>(care & Verdict::kExclusion);
  const std::uint8_t flags = tile.hot[site].flags;
  if (Is(flags, SiteHot::kOwnPatients) && !IsPatientOf(tile, site)) {
    return Exclusion::kOwnPatientsOnly;
  }
  if (query_.need.wheelchair && Is(flags, SiteHot::kNoWheelchair)) return Exclusion::kWheelchairNo;
  return Is(entry, Verdict::kAccessReason) ? Exclusion::kAccessReasonNotAccepted : Exclusion::kNone;
}

bool Scan::Speaks(const Tile& tile, std::size_t run) const {
  const auto& wished = query_.need.languages;
  if (wished.empty()) return false;
  const auto& rules = tile.series[tile.runs[run].series].text->rules;
  if (rules == nullptr) return false;
  const auto& spoken = rules->language_codes;
  return std::any_of(wished.begin(), wished.end(), [&spoken](const std::string& each) {
    return std::find(spoken.begin(), spoken.end(), each) != spoken.end();
  });
}

bool Scan::EnterTile(const Tile& tile) {
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
    if (RefusedBy(tile, site) != Exclusion::kNone) continue;
    scratch_.state[site] = SiteState::kEmpty;
    scratch_.site_key[site] = frame_.OfSite(tile.hot[site], meters[site], NamesMotif(tile, site));
  }
  return any;
}

std::uint32_t Scan::Allowed(const Tile& tile, std::size_t run_index, Minute from, Minute to) const {
  const Run& run = tile.runs[run_index];
  const std::uint8_t audience = verdicts_.Audience(tile, run.series, query_.need);
  const std::uint8_t care = verdicts_.SeriesCare(tile, run.series, query_.need);
  if ((audience | care) == 0) return Within(run, from, to);
  if (Is(audience, Verdict::kReason) || care != 0) return 0;
  const Series& series = tile.series[run.series];
  if (Is(audience, Verdict::kAfterRelease)) {
    const Minute release = tile.details[run_index].release;
    if (release > now_) return 0;
    // Slots whose release moves with their start are open up to the one whose release is now.
    if (series.release_moves) to = std::min(to, run.start + (now_ - release) + 1);
  }
  if (Is(audience, Verdict::kGivenBack)) {
    from = std::max(from, now_ + series.give_back_minutes + 1);
  }
  return from < to ? Within(run, from, to) : 0;
}

std::uint32_t Scan::JudgeRun(const Tile& tile, std::size_t run_index) {
  const Run& run = tile.runs[run_index];
  SiteState& state = scratch_.state[run.site];
  const std::uint32_t allowed = Allowed(tile, run_index, from_, to_);
  const std::uint32_t mask = allowed & run.free.Load();
  if (mask != 0) {
    state = SiteState::kMatched;
  } else if (state < SiteState::kCapped) {
    state = std::max(state, WhyNot(tile, run_index, allowed));
  }
  return mask;
}

// The obstacle nearest to suiting of the run's slots in the window, none of which can be had.
SiteState Scan::WhyNot(const Tile& tile, std::size_t run_index, std::uint32_t allowed) const {
  const Run& run = tile.runs[run_index];
  const RunDetail& detail = tile.details[run_index];
  if ((allowed & detail.members) != 0) {
    const unsigned flags = detail.flags.Load();
    const bool capped = (flags & RunDetail::kCapped) != 0 && (flags & RunDetail::kDayFull) == 0;
    const bool free = capped && (FreeBits(tile, run_index) & allowed) != 0;
    return free ? SiteState::kCapped : SiteState::kFull;
  }
  if ((Within(run, from_, to_) & detail.members) == 0) return SiteState::kEmpty;
  const std::uint8_t audience = verdicts_.Audience(tile, run.series, query_.need);
  if (Is(audience, Verdict::kGivenBack)) {
    // Those that the practice has back already do not even ask who receives.
    const Minute kept = now_ + tile.series[run.series].give_back_minutes + 1;
    if (kept > from_ && (Within(run, from_, std::min(kept, to_)) & detail.members) != 0) {
      return SiteState::kNoSession;
    }
  }
  const std::uint8_t reason = audience & Verdict::kReason;
  if (reason != 0 && reason != Verdict::kOtherAudience) return StateOfReason(reason);
  switch (static_cast<Exclusion>(verdicts_.SeriesCare(tile, run.series, query_.need))) {
    case Exclusion::kMotifNotForPractitioner:
      return SiteState::kMotifNotForPractitioner;
    case Exclusion::kSlotTooShort:
      return SiteState::kSlotTooShort;
    default:
      return SiteState::kNoSession;
  }
}

void Scan::LeaveTile(std::uint32_t visit, bool list) {
  const Tile& tile = *scratch_.visits[visit];
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
