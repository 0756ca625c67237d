#pragma once

#include <bit>
#include <string>
#include <string_view>
#include <vector>

#include "services/slots/domain/index/tile.h"

namespace sas::slots {

class SiteRef;

/// A slot of the index: light, and alive as long as the index that gave it. What it says of seats
/// is what the last store left. A default one is nothing.
class SlotRef {
 public:
  SlotRef() = default;

  SlotRef(const Tile& tile, std::size_t run, int slot)
      : tile_(&tile), run_(static_cast<std::uint32_t>(run)), slot_(slot) {}

  explicit operator bool() const { return tile_ != nullptr; }

  bool operator==(const SlotRef&) const = default;

  /// Made on the spot.
  std::string name() const;

  std::string_view agenda() const { return series().text->agenda; }

  std::string_view plan() const { return series().text->plan; }

  std::string_view practitioner() const { return series().text->practitioner; }

  std::string_view practitioner_display_name() const { return series().text->display_name; }

  std::string_view practitioner_rpps() const { return series().text->rpps; }

  Minute start_minute() const { return run().StartOf(slot_); }

  base::Instant start() const { return ToInstant(start_minute()); }

  base::Instant end() const { return ToInstant(start_minute() + series().minutes); }

  base::Instant day_begin() const { return ToInstant(detail().DayBegin(run())); }

  /// When it opens to others; zero where the allocation waits for nothing.
  base::Instant release() const;
  /// From then on it is the practice's again; zero: never.
  base::Instant give_back() const;

  bool Mode(sas::slots::Mode mode) const { return Has(series().modes, mode); }

  std::vector<sas::slots::Mode> modes() const;
  std::vector<SlotClass> classes() const;

  Allocation allocation() const { return series().allocation; }

  Origin origin() const { return series().origin; }

  int seats() const { return series().seats; }

  int supernumerary_max() const { return series().supernumerary_max; }

  bool staffed() const { return series().staffed; }

  bool withdrawn() const { return series().withdrawn; }

  int free_seats() const { return tile_->free_seats[row()].Load(); }

  base::Instant hold_expire() const;  ///< Zero when no hold lives.

  SiteRef site() const;

  const SiteRules& rules() const { return tile_->cold[run().site].record->rules; }

  // For the index and its search.
  const Tile& tile() const { return *tile_; }

  std::size_t run_index() const { return run_; }

  int slot_index() const { return slot_; }

  const Run& run() const { return tile_->runs[run_]; }

  const RunDetail& detail() const { return tile_->details[run_]; }

  const Series& series() const { return tile_->series[run().series]; }

  std::size_t row() const { return detail().first_row + static_cast<unsigned>(slot_); }

  template <typename Value>
  static bool Has(std::uint8_t mask, Value value) {
    return ((mask >> static_cast<unsigned>(value)) & 1U) != 0;
  }

 private:
  const Tile* tile_ = nullptr;
  std::uint32_t run_ = 0;
  int slot_ = 0;
};

/// Order of the slots' names, for two of one site.
bool SlotIdLess(const SlotRef& a, const SlotRef& b);

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

  int capacity_recent() const { return record().capacity_recent; }

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
