#include "services/slots/domain/rotation.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace sas::slots {
namespace {

int ShareOf(const SiteShare& site) {
  if (site.agreed_weekly_seats > 0) return site.agreed_weekly_seats * (kRotationDays / 7);
  if (site.offered_seats <= 0 || site.offered_days <= 0) return 0;
  const std::int64_t seats = std::int64_t{site.offered_seats} * kRotationDays / site.offered_days;
  return static_cast<int>(std::max<std::int64_t>(seats, 1));
}

int Permille(std::int64_t part, std::int64_t whole) {
  return whole <= 0 ? 0 : static_cast<int>(std::max<std::int64_t>(part, 0) * 1000 / whole);
}

/// Of an even number the lower of the two in the middle.
int Median(std::vector<int> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::uint64_t RotationHash(const RotationFrame& frame, std::string_view site) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  };
  add(frame.seed);
  add("|");
  add(care::DateText(frame.day));
  add("|");
  add(site);
  return hash;
}

std::vector<int> RotationGroups(const std::vector<SiteShare>& sites) {
  std::map<std::string_view, std::size_t> first;  // The first site of each territory.
  std::vector<std::size_t> parent(sites.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&parent](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (std::size_t i = 0; i < sites.size(); ++i) {
    for (const std::string& territory : sites[i].territories) {
      const std::size_t a = root(first.try_emplace(territory, i).first->second);
      const std::size_t b = root(i);
      parent[std::max(a, b)] = std::min(a, b);
    }
  }
  std::vector<int> groups(sites.size());
  for (std::size_t i = 0; i < sites.size(); ++i) groups[i] = static_cast<int>(root(i));
  return groups;
}

Rotation::Rotation(RotationFrame frame, std::vector<SiteShare> sites)
    : frame_(std::move(frame)),
      sites_(std::move(sites)),
      turns_(sites_.size()),
      group_of_(RotationGroups(sites_)) {
  hashes_.reserve(sites_.size());
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    turns_[i].share_seats = ShareOf(sites_[i]);
    hashes_.push_back(RotationHash(frame_, sites_[i].site));
    groups_[group_of_[i]].push_back(i);
  }
  for (const auto& [number, members] : groups_) Rank(members);
}

bool Rotation::Count(const std::vector<int>& booked) {
  std::set<int> changed;
  for (std::size_t i = 0; i < sites_.size() && i < booked.size(); ++i) {
    if (sites_[i].booked == booked[i]) continue;
    sites_[i].booked = booked[i];
    changed.insert(group_of_[i]);
  }
  for (const int group : changed) Rank(groups_[group]);
  return !changed.empty();
}

void Rotation::Credit(const std::vector<std::size_t>& members) {
  std::vector<int> loads;
  for (const std::size_t i : members) {
    turns_[i].load_permille = Permille(sites_[i].booked, turns_[i].share_seats);
    const bool old = sites_[i].days_open >= kRotationDays;
    if (old && Competes(i)) loads.push_back(turns_[i].load_permille);
  }
  const int median = Median(std::move(loads));
  for (const std::size_t i : members) {
    const int young = kRotationDays - std::clamp(sites_[i].days_open, 0, kRotationDays);
    if (young == 0) continue;
    SiteTurn& turn = turns_[i];
    const std::int64_t full = std::int64_t{median} * turn.share_seats * young;
    turn.newcomer_credit = static_cast<int>((full + 500 * kRotationDays) / (1000 * kRotationDays));
    turn.load_permille =
        Permille(std::int64_t{sites_[i].booked} + turn.newcomer_credit, turn.share_seats);
  }
}

void Rotation::Rank(const std::vector<std::size_t>& members) {
  Credit(members);
  std::vector<std::size_t> order = members;
  const auto place = [this](std::size_t i) {
    return std::tuple(!Competes(i), turns_[i].load_permille, hashes_[i],
                      std::string_view(sites_[i].site));
  };
  std::sort(order.begin(), order.end(),
            [&place](std::size_t a, std::size_t b) { return place(a) < place(b); });
  const std::size_t ranks = kRotationRankMax + 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t rank = order.size() <= ranks ? i : i * ranks / order.size();
    turns_[order[i]].rank = static_cast<std::uint8_t>(rank);
  }
}

std::vector<SiteTurn> Rotate(const RotationFrame& frame, std::vector<SiteShare> sites) {
  return Rotation(frame, std::move(sites)).turns();
}

std::vector<std::uint8_t> RotationRanks(const RotationFrame& frame, std::vector<SiteShare> sites) {
  std::vector<std::uint8_t> ranks;
  ranks.reserve(sites.size());
  for (const SiteTurn& turn : Rotate(frame, std::move(sites))) ranks.push_back(turn.rank);
  return ranks;
}

int GiniPermille(std::vector<int> loads) {
  std::sort(loads.begin(), loads.end());
  std::int64_t sum = 0;
  std::int64_t weighted = 0;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    sum += loads[i];
    weighted += static_cast<std::int64_t>(i + 1) * loads[i];
  }
  const auto count = static_cast<std::int64_t>(loads.size());
  if (sum == 0) return 0;
  return static_cast<int>(1000 * (2 * weighted - (count + 1) * sum) / (count * sum));
}

}  // namespace sas::slots
