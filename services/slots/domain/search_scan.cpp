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
  if (territory_ != Vocabulary::kNoTerritory) {
    return ((hot.territories[territory_ / 64] >> territory_ % 64) & 1U) != 0;
  }
  if ((hot.flags & SiteHot::kManyTerritories) == 0) return false;
  const auto& served = tile.cold[site].record->rules.territories;
  return std::find(served.begin(), served.end(), query_.need.territory) != served.end();
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
  std::size_t within = 0;
  for (std::size_t site = 0; site < sites; ++site) {
    scratch_.state[site] = SiteState::kOutside;
    if (meters[site] > query_.radius_meters) continue;
    ++within;
    if (RefusedBy(tile, site) != Exclusion::kNone) continue;
    scratch_.state[site] = SiteState::kEmpty;
    scratch_.site_key[site] = frame_.OfSite(tile.hot[site], meters[site], NamesMotif(tile, site));
  }
  left_out_count_ += within;
  return within > 0;
}

// For series with conditions: an hour of release, a return to the practice.
std::uint32_t Scan::AllowedBy(std::uint8_t audience, const Tile& tile, std::size_t run_index,
                              Minute from, Minute to) const {
  const Run& run = tile.runs[run_index];
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
  return from < to ? SlotsWithin(run, from, to) : 0;
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
  if ((SlotsWithin(run, from_, to_) & detail.members) == 0) return SiteState::kEmpty;
  const std::uint8_t audience = verdicts_.Audience(tile, run.series, query_.need);
  if (Is(audience, Verdict::kGivenBack)) {
    // Those that the practice has back already do not even ask who receives.
    const Minute kept = now_ + tile.series[run.series].give_back_minutes + 1;
    if (kept > from_ && (SlotsWithin(run, from_, std::min(kept, to_)) & detail.members) != 0) {
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

void Scan::ListLeftOut(std::uint32_t visit) {
  const Tile& tile = *scratch_.visits[visit];
  for (std::size_t site = 0; site < tile.sites(); ++site) {
    const SiteState state = scratch_.state[site];
    if (state == SiteState::kMatched || scratch_.meters[site] > query_.radius_meters) continue;
    LeftOut left;
    left.key = static_cast<std::uint64_t>(scratch_.meters[site]) << 32U | tile.hot[site].ordinal;
    left.visit = visit;
    left.site = static_cast<std::uint16_t>(site);
    left.state = state;
    scratch_.left_out.push_back(left);
  }
}

}  // namespace sas::slots
