#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/planned_slot.h"

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

  int hours_cap() const { return series().hours_cap; }  ///< As PlannedSlot's.

  bool own_patients_only() const { return series().own_patients_only; }

  bool staffed() const { return series().staffed; }

  bool withdrawn() const { return series().withdrawn; }

  /// Null: unknown, no rule of his own.
  const std::shared_ptr<const PractitionerRules>& practitioner_rules() const {
    return series().text->rules;
  }

  /// Who vouches for a slot that lives elsewhere; null for ours.
  const std::shared_ptr<const FeedReading>& source() const { return series().text->source; }

  int week() const { return WeekOfDay(detail().DayBegin(run())); }  ///< As PlannedSlot's.

  PlannedSlot Planned() const;  ///< With its texts.

  /// That can be had; none of a slot that is not offered.
  int free_seats() const { return staffed() ? unused_seats() : 0; }

  /// That nobody has, be the slot offered or not.
  int unused_seats() const { return tile_->free_seats[row()].Load(); }

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

}  // namespace sas::slots
