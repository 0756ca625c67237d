#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/slots/domain/index/slot_ref.h"
#include "services/slots/domain/index/tile.h"

namespace sas::slots {

/// A site of the index, as long as that lives.
class SiteRef {
 public:
  SiteRef() = default;

  SiteRef(const Tile& tile, std::size_t site) : tile_(&tile), site_(site) {}

  explicit operator bool() const { return tile_ != nullptr; }

  bool operator==(const SiteRef&) const = default;

  const SiteRecord& record() const { return *tile_->cold[site_].record; }

  const std::shared_ptr<const SiteRecord>& shared_record() const {
    return tile_->cold[site_].record;
  }

  const SiteRules& rules() const { return record().rules; }

  const std::string& name() const { return rules().name; }

  int booked_recent() const { return tile_->cold[site_].booked_recent.Load(); }

  int rotation_rank() const { return tile_->hot[site_].rank.Load(); }

  /// When its own source vouched; zero when it has none.
  base::Instant verified() const;

  /// Calls `visit(SlotRef)` for each slot that starts in [from, to), in no promised order.
  template <typename Visit>
  void ForEachSlot(Minute from, Minute to, Visit visit) const;
  /// The same by start and name.
  std::vector<SlotRef> Slots(base::Instant from, base::Instant to) const;
  /// Null when the site has no such slot.
  SlotRef Find(std::string_view agenda, Minute start) const;

  const Tile& tile() const { return *tile_; }

  std::size_t index() const { return site_; }

 private:
  const Tile* tile_ = nullptr;
  std::size_t site_ = 0;
};

/// Runs of a site from the first that can have a slot at `from` or later.
const std::uint32_t* FirstRun(const Tile& tile, std::size_t site, Minute from);

/// Calls `use(run)` for the site's runs of the days [first, last), by their places in day_runs:
/// what a search has just read. For many days FirstRun is the shorter way.
template <typename Use>
void ForEachRunOfDays(const Tile& tile, std::size_t site, std::size_t first, std::size_t last,
                      Use use) {
  const auto before = [](const Run& run, std::size_t wanted) { return run.site < wanted; };
  for (std::size_t day = first; day < last; ++day) {
    const Run* const end = tile.runs.data() + tile.day_runs[day + 1];
    const Run* run = std::lower_bound(tile.runs.data() + tile.day_runs[day], end, site, before);
    for (; run != end && run->site == site; ++run) {
      use(static_cast<std::size_t>(run - tile.runs.data()));
    }
  }
}

template <typename Visit>
void SiteRef::ForEachSlot(Minute from, Minute to, Visit visit) const {
  const std::uint32_t* const last = tile_->site_runs.data() + tile_->cold[site_ + 1].first_run;
  for (const std::uint32_t* run = FirstRun(*tile_, site_, from);
       run != last && tile_->runs[*run].start < to; ++run) {
    for (std::uint32_t rest = tile_->details[*run].members; rest != 0; rest &= rest - 1) {
      const int slot = std::countr_zero(rest);
      const Minute start = tile_->runs[*run].StartOf(slot);
      if (start >= from && start < to) visit(SlotRef(*tile_, *run, slot));
    }
  }
}

}  // namespace sas::slots
