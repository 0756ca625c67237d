#include "services/slots/domain/search_scan.h"

#include <algorithm>

#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/judge_parts.h"

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
  const base::Instant present = std::max(query.now, query.present);
  const Minute ranked_from = CeilMinute(std::max(query.start, query.now));
  from_ = CeilMinute(std::max(query.start, present));
  to_ = std::min(CeilMinute(query.end), ranked_from + kRankedMinutesMax);
  now_ = FloorMinute(present);
  has_doctor_ = !query.need.treating_doctor_rpps.empty();
  asks_for_points_ = has_doctor_ || !query.need.languages.empty() || query.need.without_vehicle;
  for (const SlotClass each : {SlotClass::kPublic, SlotClass::kPro, SlotClass::kSnp}) {
    const bool sees = ClassesAllow({each}, query.need.entry_point);
    own_classes_ |= static_cast<std::uint8_t>(sees ? 1U << static_cast<unsigned>(each) : 0U);
  }
  rare_rules_ = SiteHot::kReadByName | SiteHot::kOwnPatients;
  if (query.need.wheelchair) rare_rules_ |= SiteHot::kNoWheelchair;
  if (query.need.pregnancy == Answer::kYes) rare_rules_ |= SiteHot::kNoPregnancy;
  frame_ = RankFrame(query.now, query.due, ranked_from);
  frame_.SetFresh(index.fresh());
  square_max_ = SquareOfMeters(query.radius_meters + kSlackMeters);
  square_sure_ = SquareOfMeters(query.radius_meters - kSlackMeters);
  if (index.barriers() != nullptr) {
    // One day for the whole answer, so that a site has one rank, and the same on all of its pages.
    barriers_ = BarriersWithin(*index.barriers(), query.centre, query.radius_meters,
                               std::max(query.start, query.now));
  }
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

// Each step of the way from a tile to its slots is a cache miss of its own: the next tiles are on
// theirs while this one is looked at.
void Scan::Prefetch(std::uint32_t visit) const {
  if (visit + 2 < scratch_.visits.size()) {
    const Tile& tile = *scratch_.visits[visit + 2];
    __builtin_prefetch(tile.day_runs.data() + DayOf(tile, from_));
    __builtin_prefetch(tile.hot.data());
    verdicts_.Prefetch(tile);
  }
  if (visit + 1 >= scratch_.visits.size()) return;
  const Tile& tile = *scratch_.visits[visit + 1];
  const auto [first, last] = RunsOf(tile);
  if (first == last) return;
  constexpr std::size_t kRunsPerLine = 4;
  constexpr std::size_t kRunsAhead = 64;  // The processor sees by itself how it goes on.
  for (std::size_t run = first; run < std::min(last, first + kRunsAhead); run += kRunsPerLine) {
    __builtin_prefetch(&tile.runs[run]);
  }
}

std::size_t Scan::DayOf(const Tile& tile, Minute minute) const {
  const Minute day = minute / kMinutesPerDay;
  const std::size_t days = tile.day_runs.size() - 1;
  return day <= tile.first_day ? 0 : std::min<std::size_t>(day - tile.first_day, days);
}

std::pair<std::size_t, std::size_t> Scan::RunsOf(const Tile& tile) const {
  if (from_ >= to_) return {0, 0};
  return {tile.day_runs[DayOf(tile, from_)], tile.day_runs[DayOf(tile, to_ + kMinutesPerDay - 1)]};
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
  if (Is(tile.hot[site].flags, SiteHot::kReadByName) &&
      !MayReadAny(*tile.cold[site].record->rules.readers, query_.need.asker)) {
    return Exclusion::kSiteRightRequired;
  }
  const std::uint8_t entry = verdicts_.Entry(tile, site, query_.need);
  if (Is(entry, Verdict::kExclusion)) return static_cast<Exclusion>(entry & Verdict::kExclusion);
  const std::uint8_t care = verdicts_.Care(tile, site, query_.need);
  if (Is(care, Verdict::kExclusion)) return static_cast<Exclusion>(care & Verdict::kExclusion);
  const std::uint8_t flags = tile.hot[site].flags;
  if (Is(flags, SiteHot::kOwnPatients) && !IsPatientOf(tile, site)) {
    return Exclusion::kOwnPatientsOnly;
  }
  if (query_.need.wheelchair && Is(flags, SiteHot::kNoWheelchair)) return Exclusion::kWheelchairNo;
  if (query_.need.pregnancy == Answer::kYes && Is(flags, SiteHot::kNoPregnancy)) {
    return Exclusion::kPregnancyNotAccepted;
  }
  return Is(entry, Verdict::kAccessReason) ? Exclusion::kAccessReasonNotAccepted : Exclusion::kNone;
}

bool Scan::NamesMotif(const Tile& tile, std::size_t site) const {
  return Is(verdicts_.Care(tile, site, query_.need), Verdict::kNamesMotif);
}

bool Scan::OwnDoctor(const Tile& tile, std::size_t run) const {
  return has_doctor_ &&
         tile.series[tile.runs[run].series].text->rpps == query_.need.treating_doctor_rpps;
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

bool Scan::SparesTheWay(const Tile& tile, std::size_t run) const {
  if (!query_.need.without_vehicle) return false;
  const auto& modes = tile.series[tile.runs[run].series].modes;
  return SlotRef::Has(modes, Mode::kHh) || SlotRef::Has(modes, Mode::kVr);
}

bool Scan::Unvouched(const Tile& tile, std::size_t run) const {
  const std::uint32_t series = tile.runs[run].series;
  return (verdicts_.Audience(tile, series, query_.need) & Verdict::kOtherSource) != 0 &&
         frame_.IsSilent(tile.series[series].text->source->vouched());
}

// One pass without a branch that chance decides. What a verdict says that is not kept yet, or that
// depends on more than it, is left to EnterSite.
bool Scan::PickSites(const Tile& tile) {
  const std::size_t sites = tile.sites();
  if (scratch_.standing.size() < sites) {
    scratch_.square.resize(sites);
    scratch_.site_key.resize(sites);
    scratch_.standing.resize(sites);
  }
  const auto* const entries = verdicts_.EntriesOf(tile);
  const auto* const cares = verdicts_.CaresOf(tile);
  const bool numbered = territory_ != Vocabulary::kNoTerritory;
  const std::size_t word = numbered ? territory_ / 64U : 0;
  const unsigned bit = territory_ % 64U;
  const auto refuses = [](unsigned verdict) {
    return ((verdict & Verdict::kExclusion) != 0) & (verdict != Verdict::kUnknown);
  };
  double* const squares = scratch_.square.data();
  Standing* const standing = scratch_.standing.data();
  bool any = false;
  for (std::size_t i = 0; i < sites; ++i) {
    const SiteHot& hot = tile.hot[i];
    const double square = SquareOfChord(hot.place, centre_);
    squares[i] = square;
    const bool served = !numbered | ((hot.territories[word] >> bit & 1U) != 0);
    const bool refused = refuses(entries[i].Load()) | refuses(cares[i].Load());
    const bool open = (square <= square_max_) & served & !refused;
    standing[i] = open ? Standing::kOpen : Standing::kRefused;
    any |= open;
  }
  return any;
}

Standing Scan::EnterSite(const Tile& tile, std::size_t site) {
  const int meters = MetersOfChord(scratch_.square[site]);
  if (meters > query_.radius_meters || RefusedBy(tile, site) != Exclusion::kNone) {
    return Standing::kRefused;
  }
  scratch_.site_key[site] = SiteKey(tile, site, meters);
  return Standing::kMatched;
}

std::uint64_t Scan::SiteKey(const Tile& tile, std::size_t site, int meters) const {
  const SiteHot& hot = tile.hot[site];
  int unknowns = query_.need.wheelchair && Is(hot.flags, SiteHot::kAskWheelchair) ? 1 : 0;
  if (AsksPregnancy(query_.need, Is(hot.flags, SiteHot::kAskPregnancy),
                    Is(hot.flags, SiteHot::kNoPregnancy))) {
    ++unknowns;
  }
  if (!barriers_.empty()) meters += DetourTo(tile, site).meters;
  return frame_.OfSite(hot, meters, unknowns, NamesMotif(tile, site));
}

Detour Scan::DetourTo(const Tile& tile, std::size_t site) const {
  if (barriers_.empty()) return {};
  return DetourBetween(barriers_, query_.centre, tile.cold[site].record->rules.point);
}

// Without a branch that chance decides, too: most runs are not of this caller, and guessing which
// would cost more than looking.
std::size_t Scan::PickRuns(const Tile& tile, std::size_t first, std::size_t last) {
  if (scratch_.picked.size() < last - first) scratch_.picked.resize(last - first);
  const auto* const audiences = verdicts_.AudiencesOf(tile);
  const auto* const cares = verdicts_.SeriesCaresOf(tile);
  const std::size_t inner_first = tile.day_runs[DayOf(tile, from_ + kMinutesPerDay - 1)];
  const std::size_t inner_last = tile.day_runs[DayOf(tile, to_)];
  const Standing* const standing = scratch_.standing.data();
  PickedRun* const picked = scratch_.picked.data();
  std::size_t count = 0;
  const auto pick = [&](std::size_t index, std::uint32_t within) {
    const Run& run = tile.runs[index];
    const unsigned audience = audiences[run.series].Load();
    const unsigned care = cares[run.series].Load();
    const std::uint32_t mask = run.free.Load() & within;
    const bool refused = (((audience & Verdict::kReason) != 0) & (audience != Verdict::kUnknown)) |
                         ((care != 0) & (care != Verdict::kUnknown));
    const bool open = standing[run.site] == Standing::kOpen;
    picked[count] = {static_cast<std::uint32_t>(index), mask};
    count += static_cast<std::size_t>((mask != 0) & !refused & open);
  };
  std::size_t run = first;
  for (; run < std::min(inner_first, last); ++run) {
    pick(run, SlotsWithin(tile.runs[run], from_, to_));
  }
  for (; run < inner_last; ++run) pick(run, ~0U);
  for (; run < last; ++run) pick(run, SlotsWithin(tile.runs[run], from_, to_));
  return count;
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

SiteState Scan::StateOfAsker(const Tile& tile, std::size_t series) const {
  const Series& each = tile.series[series];
  const SiteRules& rules = tile.cold[each.site].record->rules;
  const Asker& asker = query_.need.asker;
  if (rules.readers != nullptr && !MayRead(*rules.readers, asker, each.text->agenda)) {
    return SiteState::kNoSession;
  }
  if ((each.classes & own_classes_) == 0 && !MayHaveAsMember(rules, asker)) {
    return SiteState::kMembersOnly;
  }
  const bool own = !each.own_patients_only || IsPatientOf(tile, each.site);
  return own ? SiteState::kEmpty : SiteState::kOwnPatients;
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
  const std::uint8_t reason = audience & Verdict::kReason;
  if (reason == 0 && Is(audience, Verdict::kAsksWho)) {
    const SiteState who = StateOfAsker(tile, run.series);
    const bool others = (AllowedBy(audience, tile, run_index, from_, to_) & detail.members) != 0;
    if (others && verdicts_.SeriesCare(tile, run.series, query_.need) == 0) {
      return std::max(who, SiteState::kNoSession);
    }
  }
  if (Is(audience, Verdict::kGivenBack)) {
    // Those that the practice has back already do not even ask who receives.
    const Minute kept = now_ + tile.series[run.series].give_back_minutes + 1;
    if (kept > from_ && (SlotsWithin(run, from_, std::min(kept, to_)) & detail.members) != 0) {
      return SiteState::kNoSession;
    }
  }
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

SiteState Scan::WhyNothing(const Tile& tile, std::size_t site) const {
  SiteState state = SiteState::kEmpty;
  if (from_ >= to_) return state;
  ForEachRunOfDays(tile, site, DayOf(tile, from_), DayOf(tile, to_ + kMinutesPerDay - 1),
                   [&](std::size_t run) {
                     const std::uint32_t allowed = Allowed(tile, run, from_, to_);
                     state = std::max(state, WhyNot(tile, run, allowed));
                   });
  return state;
}

}  // namespace sas::slots
