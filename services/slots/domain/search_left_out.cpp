#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "services/slots/domain/search_scan.h"

namespace sas::slots {
namespace {

constexpr int kReachSteps = 128;      ///< In which reaches are counted, by the square of the chord.
constexpr std::size_t kDaysNear = 4;  ///< Most sites offer something again within so many.

constexpr unsigned Number(Exclusion exclusion) {
  return static_cast<unsigned>(exclusion);
}

}  // namespace

// Most rules are two bytes that this search has read already; RefusedBy is asked about the others.
void Scan::ListLeftOut(std::uint32_t visit) {
  const Tile& tile = *scratch_.visits[visit];
  const auto* const entries = verdicts_.EntriesOf(tile);
  const auto* const cares = verdicts_.CaresOf(tile);
  const bool numbered = territory_ != Vocabulary::kNoTerritory;
  const std::size_t word = numbered ? territory_ / 64U : 0;
  std::vector<LeftOut>& left = scratch_.left_out;
  std::size_t count = left_out_total_;
  if (left.size() < count + tile.sites()) left.resize(count + tile.sites());
  for (std::size_t site = 0; site < tile.sites(); ++site) {
    const double square = scratch_.square[site];
    bool out = (square <= square_max_) & (scratch_.standing[site] != Standing::kMatched);
    if (out & (square > square_sure_)) out = MetersOfChord(square) <= query_.radius_meters;
    const SiteHot& hot = tile.hot[site];
    const unsigned entry = entries[site].Load();
    const unsigned care = cares[site].Load();
    const bool rare = !numbered | ((hot.flags & rare_rules_) != 0) | (entry == Verdict::kUnknown) |
                      (care == Verdict::kUnknown);
    const bool served = (hot.territories[word] >> territory_ % 64U & 1U) != 0;
    unsigned rule = (entry & Verdict::kAccessReason) != 0
                        ? Number(Exclusion::kAccessReasonNotAccepted)
                        : Number(Exclusion::kNone);
    rule = (care & Verdict::kExclusion) != 0 ? care & Verdict::kExclusion : rule;
    rule = (entry & Verdict::kExclusion) != 0 ? entry & Verdict::kExclusion : rule;
    rule = served ? rule : Number(Exclusion::kTerritoryNotServed);
    if (out & rare) rule = Number(RefusedBy(tile, site));
    left[count] = {static_cast<float>(square), visit, static_cast<std::uint16_t>(site),
                   static_cast<std::uint16_t>(rule)};
    count += static_cast<std::size_t>(out);
  }
  for (std::size_t i = left_out_total_; i < count; ++i) ++left_out_by_rule_[left[i].rule];
  left_out_total_ = count;
}

// Only the nearest are explained: how far they reach is counted first, so that metres are taken of
// few.
const std::vector<NearLeftOut>& Scan::NearestLeftOut() {
  const std::vector<LeftOut>& left = scratch_.left_out;
  std::vector<NearLeftOut>& nearest = scratch_.nearest;
  nearest.clear();
  const std::size_t wanted = std::min(query_.excluded_limit, left_out_total_);
  const float reach = wanted < left_out_total_ ? ReachOf(wanted) : HUGE_VALF;
  for (std::size_t i = 0; i < left_out_total_; ++i) {
    if (left[i].square > reach) continue;
    const SiteHot& hot = scratch_.visits[left[i].visit]->hot[left[i].site];
    const auto meters = static_cast<std::uint64_t>(MetersBetween(hot.place, centre_));
    nearest.push_back({meters << 32U | hot.ordinal, left[i].visit, left[i].site, left[i].rule});
  }
  const auto end = nearest.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, nearest.size()));
  const auto nearer = [](const auto& a, const auto& b) { return a.key < b.key; };
  std::nth_element(nearest.begin(), end, nearest.end(), nearer);
  nearest.erase(end, nearest.end());
  std::sort(nearest.begin(), nearest.end(), nearer);
  return nearest;
}

// A chord that so many of the sites left out have at most, squared; and a few more.
float Scan::ReachOf(std::size_t wanted) const {
  const auto scale = static_cast<float>(kReachSteps / square_max_);
  std::array<std::uint32_t, kReachSteps> counts{};
  for (std::size_t i = 0; i < left_out_total_; ++i) {
    const int step = static_cast<int>(scratch_.left_out[i].square * scale);
    ++counts[static_cast<std::size_t>(std::min(step, kReachSteps - 1))];
  }
  std::size_t last = 0;
  for (std::size_t sum = counts[0]; sum < wanted; sum += counts[last]) ++last;
  const double chord = std::sqrt(static_cast<double>(last + 1) / static_cast<double>(scale));
  const double meters = kEarthRadiusMeters * 2 * std::asin(std::min(1.0, chord / 2));
  return static_cast<float>(SquareOfMeters(meters + kSlackMeters));
}

base::Instant Scan::NextStart(const Tile& tile, std::size_t site) const {
  constexpr Minute kEver = kMinuteMax;
  const Minute from = std::max(from_, to_);
  Minute first = kEver;
  const auto take = [&](std::size_t run) {
    const std::uint32_t mask = Allowed(tile, run, from, kEver) & tile.runs[run].free.Load();
    if (mask != 0) first = std::min(first, tile.runs[run].StartOf(std::countr_zero(mask)));
  };
  std::size_t day = DayOf(tile, from);
  const std::size_t near = std::min(day + kDaysNear, tile.day_runs.size() - 1);
  for (; day < near && first == kEver; ++day) ForEachRunOfDays(tile, site, day, day + 1, take);
  if (first != kEver) return ToInstant(first);
  const Minute later = (tile.first_day + static_cast<Minute>(near)) * kMinutesPerDay;
  const std::uint32_t* const last = tile.site_runs.data() + tile.cold[site + 1].first_run;
  for (const std::uint32_t* run = FirstRun(tile, site, later);
       run != last && tile.runs[*run].start < first; ++run) {
    take(*run);
  }
  return first == kEver ? base::Instant{} : ToInstant(first);
}

}  // namespace sas::slots
