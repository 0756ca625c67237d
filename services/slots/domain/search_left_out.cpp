#include <algorithm>
#include <array>
#include <cmath>

#include "services/slots/domain/search_scan.h"

namespace sas::slots {
namespace {

constexpr int kReachSteps = 128;  ///< In which reaches are counted, by the square of the chord.

}  // namespace

void Scan::ListLeftOut(std::uint32_t visit) {
  const Tile& tile = *scratch_.visits[visit];
  std::vector<LeftOut>& left = scratch_.left_out;
  std::size_t count = left_out_total_;
  if (left.size() < count + tile.sites()) left.resize(count + tile.sites());
  for (std::size_t site = 0; site < tile.sites(); ++site) {
    const double square = scratch_.square[site];
    bool out = (square <= square_max_) & (scratch_.standing[site] != Standing::kMatched);
    if (out & (square > square_sure_)) out = MetersOfChord(square) <= query_.radius_meters;
    left[count] = {static_cast<float>(square), visit, static_cast<std::uint32_t>(site)};
    count += static_cast<std::size_t>(out);
  }
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
    nearest.push_back({meters << 32U | hot.ordinal, left[i].visit, left[i].site});
  }
  const auto end = nearest.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, nearest.size()));
  const auto nearer = [](const auto& a, const auto& b) { return a.key < b.key; };
  std::nth_element(nearest.begin(), end, nearest.end(), nearer);
  nearest.erase(end, nearest.end());
  std::sort(nearest.begin(), nearest.end(), nearer);
  return nearest;
}

// Why a site that its rules let in has nothing is a walk over its slots, which the nearest alone
// are worth: the rules are bytes that this search has read already.
void Scan::CountLeftOut(ExclusionCounts& counts) const {
  for (std::size_t i = 0; i < left_out_total_; ++i) {
    const LeftOut& each = scratch_.left_out[i];
    const Exclusion rule = RefusedBy(*scratch_.visits[each.visit], each.site);
    ++counts[static_cast<std::size_t>(rule)];
  }
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

}  // namespace sas::slots
