#include "services/slots/domain/watch_diff.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace sas::slots {
namespace {

// A slot that is as it was, and where.
struct Kept {
  std::size_t before = 0;
  std::size_t after = 0;
  std::size_t length = 1;  // Of the longest run in the old order that ends here.
  std::size_t previous = 0;
};

// Marks those of `kept` (in the new order) that keep the old order too: the longest such run.
std::vector<bool> InOldOrder(std::vector<Kept> kept) {
  std::vector<bool> stays(kept.size(), false);
  if (kept.empty()) return stays;
  std::size_t last = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i].previous = i;
    for (std::size_t j = 0; j < i; ++j) {
      if (kept[j].before < kept[i].before && kept[j].length + 1 > kept[i].length) {
        kept[i].length = kept[j].length + 1;
        kept[i].previous = j;
      }
    }
    if (kept[i].length > kept[last].length) last = i;
  }
  while (!stays[last]) {
    stays[last] = true;
    last = kept[last].previous;
  }
  return stays;
}

}  // namespace

WatchDiff Diff(const std::vector<WatchedSlot>& before, const std::vector<WatchedSlot>& after) {
  WatchDiff diff;
  if (before == after) return diff;
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < before.size(); ++i) places.emplace(before[i].name, i);
  std::vector<bool> found(before.size(), false);
  std::vector<Kept> kept;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto place = places.find(after[i].name);
    if (place == places.end()) {
      diff.added.push_back(i);
      continue;
    }
    found[place->second] = true;
    if (before[place->second] == after[i]) {
      kept.push_back({place->second, i});
    } else {
      diff.changed.push_back(i);
    }
  }
  const std::vector<bool> stays = InOldOrder(kept);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!stays[i]) diff.changed.push_back(kept[i].after);
  }
  std::sort(diff.changed.begin(), diff.changed.end());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!found[i]) diff.taken.push_back(before[i].name);
  }
  return diff;
}

}  // namespace sas::slots
