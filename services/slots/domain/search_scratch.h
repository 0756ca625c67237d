#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "services/slots/domain/index/cells.h"
#include "services/slots/domain/index/tile.h"

namespace sas::slots {

/// 2^20 / step, rounded up: a division of so few minutes is a product.
inline constexpr std::array<std::uint32_t, kRunStepMax + 1> kStepShares = [] {
  std::array<std::uint32_t, kRunStepMax + 1> shares{};
  for (std::uint32_t step = 1; step < shares.size(); ++step) {
    shares[step] = ((1U << 20U) + step - 1) / step;
  }
  return shares;
}();

/// Slots of the run that start before `minute`, at most kRunSlotsMax.
inline std::uint32_t SlotsBefore(const Run& run, Minute minute) {
  constexpr Minute kDayAndStep = 1'700;  // No run is longer than a day.
  const Minute ahead = std::min(minute > run.start ? minute - run.start : 0, kDayAndStep);
  const std::uint32_t slots = (ahead + run.step - 1) * kStepShares[run.step] >> 20U;
  return std::min<std::uint32_t>(slots, kRunSlotsMax);
}

/// Bits of the run's slots that start in [from, to).
inline std::uint32_t SlotsWithin(const Run& run, Minute from, Minute to) {
  const std::uint64_t all = (std::uint64_t{1} << run.count) - 1;
  const std::uint64_t until = (std::uint64_t{1} << SlotsBefore(run, to)) - 1;
  const std::uint64_t before = (std::uint64_t{1} << SlotsBefore(run, from)) - 1;
  return static_cast<std::uint32_t>(all & until & ~before);
}

inline constexpr double kSlackMeters = 1;  ///< Distances are rounded to metres.

/// What the search knows of a site while it looks at its tile.
enum class Standing : std::uint8_t {
  kOpen,     ///< It may match: near enough, and not refused by what is kept.
  kRefused,  ///< Out of the radius, or by its rules.
  kMatched
};

/// Why a site that the rules do not refuse offers nothing. Values order by nearness to suiting: of
/// several reasons the one is told that was the last obstacle.
enum class SiteState : std::uint8_t {
  kEmpty,  ///< No slot in the window.
  kUnstaffed,
  kModeNotOffered,
  kMotifNotForPractitioner,
  kSlotTooShort,
  kNoSession,
  kMembersOnly,
  kOwnPatients,
  kFull,
  kCapped
};

/// A site within the radius that offers nothing.
struct LeftOut {
  float square = 0;  ///< Of the chord to it, to a millimetre.
  std::uint32_t visit = 0;
  std::uint16_t site = 0;
  std::uint16_t rule = 0;  ///< The Exclusion by its rules, kNone when they receive the patient.
};

/// One that may be explained.
struct NearLeftOut {
  std::uint64_t key = 0;  ///< Metres, then the number of the site.
  std::uint32_t visit = 0;
  std::uint16_t site = 0;
  std::uint16_t rule = 0;  ///< As LeftOut's.
};

/// A run that may have slots which suit.
struct PickedRun {
  std::uint32_t run = 0;
  std::uint32_t mask = 0;  ///< At most these.
};

/// A run by its best slot that is not yet taken into the answer.
struct RankedRun {
  std::uint64_t key = 0;
  std::uint32_t run = 0;
  std::uint32_t visit = 0;
  int slot = 0;
};

/// Working memory, kept by each thread from search to search.
struct Scratch {
  std::vector<CellSpan> spans;
  std::vector<const Tile*> visits;
  std::vector<double> square;           ///< Of the chords to the sites of one tile.
  std::vector<Standing> standing;       ///< Of these sites.
  std::vector<std::uint64_t> site_key;  ///< Their part of the rank.
  std::vector<LeftOut> left_out;        ///< Grows only: the scan counts them.
  std::vector<NearLeftOut> nearest;
  std::vector<PickedRun> picked;  ///< Of one tile.
  std::vector<RankedRun> candidates;
};

}  // namespace sas::slots
