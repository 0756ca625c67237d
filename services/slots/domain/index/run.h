#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "services/slots/domain/feed_source.h"
#include "services/slots/domain/index/minute.h"
#include "services/slots/domain/index/relaxed.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

/// The texts of a series.
struct SeriesText {
  std::string agenda;
  std::string plan;
  std::string practitioner;
  std::string display_name;                        ///< Of the practitioner.
  std::string rpps;                                ///< Of the practitioner.
  std::shared_ptr<const PractitionerRules> rules;  ///< Null: unknown, no rule of his own.
  std::shared_ptr<const FeedReading> source;  ///< Who vouches for what lives elsewhere; or null.
};

/// What many slots of one site have in common. Nothing of a slot itself is a text: its name follows
/// from site, agenda and start.
struct Series {
  std::shared_ptr<const SeriesText> text;
  std::uint16_t site = 0;  ///< In its tile.
  std::uint16_t minutes = 15;
  std::uint8_t modes = 0;    ///< Bit m for Mode m.
  std::uint8_t classes = 0;  ///< Bit c for SlotClass c.
  Allocation allocation = Allocation::kAnybody;
  Origin origin = Origin::kPlan;
  std::uint8_t seats = 1;
  std::uint8_t supernumerary_max = 0;
  bool own_patients_only = false;
  bool staffed = true;
  bool withdrawn = false;
  /// A slot opens to others so long before its own start, and not all of a run together.
  bool release_moves = false;
  std::uint8_t hours_cap = 0;  ///< As PlannedSlot's: all slots of a run are under the same.
  std::uint16_t give_back_minutes = 0;  ///< Before the start it is the practice's again; 0: never.
};

inline constexpr int kModes = 4;    ///< Values of Mode, 0 included.
inline constexpr int kClasses = 5;  ///< Values of SlotClass, 0 included.

inline constexpr int kRunSlotsMax = 32;
inline constexpr int kRunStepMax = 255;  ///< Minutes.

/// Slots of one series at equal steps within one UTC day. What a search touches: 16 bytes, four to
/// a cache line.
struct Run {
  /// Bit i: slot i has a free seat and no cap is reached. The writer clears all bits of a run that
  /// is under a cap: a search does not count.
  Relaxed<std::uint32_t> free;
  Minute start = 0;  ///< Of slot 0.
  std::uint32_t series = 0;
  std::uint16_t site = 0;
  std::uint8_t step = 1;  ///< Minutes, 1 to kRunStepMax.
  std::uint8_t count = 0;

  Minute StartOf(int slot) const { return start + static_cast<Minute>(slot) * step; }
};

static_assert(sizeof(Run) == 16);

/// The rest of a run. Two runs of one session may share rows and divide them by `members`: a
/// pattern of allocations makes series that alternate.
struct RunDetail {
  std::uint32_t first_row = 0;
  std::uint32_t members = 0;   ///< Bit i: slot i is of this run.
  Minute release = 0;          ///< When slot 0 opens to others, where the allocation asks.
  std::uint16_t into_day = 0;  ///< Minutes from local midnight to the run's start.
  Relaxed<std::uint8_t> flags;

  static constexpr std::uint8_t kDayFull =
      1;  ///< A cap of the site is reached: of the day, or of its hours.
  static constexpr std::uint8_t kCapped = 2;  ///< The practitioner's weekly cap is.
  static constexpr std::uint8_t kAboveSoftCap = 4;

  Minute DayBegin(const Run& run) const { return run.start - into_day; }
};

}  // namespace sas::slots
