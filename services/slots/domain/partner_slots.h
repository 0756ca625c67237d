#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/plan_frame.h"

namespace sas::slots {

inline constexpr std::size_t kPartnerSlotsMax = 2000;  ///< In one frame, or less if agreed.
inline constexpr std::size_t kExternalIdCharactersMax = 120;
inline constexpr std::chrono::hours kSnapshotMax{60 * 24};   ///< Time that one snapshot tells of.
inline constexpr std::chrono::hours kPartnerAhead{90 * 24};  ///< A start is at most so far ahead.
inline constexpr std::chrono::minutes kSourceClockAhead{5};

/// A slot of a frame as the rules see it.
struct SourceSlot {
  base::Instant start;
  base::Instant end;
  bool times_readable = true;      ///< Both are set and within the calendar.
  bool practitioner_known = true;  ///< Its RPPS is of a practitioner of the region.
  bool enums_known = true;         ///< Modes, classes, allocation.
  SlotBar bar = SlotBar::kNone;    ///< By the site and the licence, when the times are readable.
  std::size_t id_characters = 0;
  std::size_t mode_count = 0;
  std::size_t class_count = 0;
  int free_seats = 0;
};

/// A stretch of an agenda that is taken by a slot which the frame does not replace.
struct Stretch {
  base::Instant start;
  base::Instant end;
};

/// From when to when a snapshot tells everything.
struct SnapshotWindow {
  base::Instant start;
  base::Instant end;
};

/// Why one slot of a frame is not applied.
struct SlotRefusal {
  std::size_t index = 0;
  const char* reason = "";
  const char* message = "";
};

/// What to do with a frame's slots: those that are not refused are applied.
struct SlotsJudged {
  std::vector<bool> accepted;
  std::vector<SlotRefusal> refused;  ///< By index.
  /// Starts of which the source said something that cannot be believed: what we had of them is not
  /// offered any longer.
  std::vector<base::Instant> distrusted;
};

/// Judges slots one by one; of two that cannot both be right the first stays. `window` is null for
/// a delta. `standing` are the agenda's other slots; `slots_max` was agreed. Reasons:
/// `TOO_MANY_SLOTS`, `EXTERNAL_ID_REQUIRED`, `TEXT_TOO_LONG`, `INVALID_TIME`,
/// `SLOT_NOT_WHOLE_MINUTES`, `SLOT_ENDS_BEFORE_START`, `SLOT_TOO_SHORT`, `SLOT_TOO_LONG`,
/// `SLOT_PAST`, `SLOT_TOO_FAR`, `SLOT_OUTSIDE_SNAPSHOT`, `SLOT_TWICE`, `SLOT_OVERLAPS`,
/// `PRACTITIONER_NOT_FOUND`, `UNKNOWN_ENUM_VALUE`, `MODE_REQUIRED`, `CLASS_REQUIRED`,
/// `INVALID_SEAT_COUNT`, and as of plans and openings `SITE_NOT_OPEN`, `SESSION_IN_PDSA_HOURS`
/// (S0-03), `LICENCE_ENDED`; `AGENDA_OF_PLAN` of each (hazard H-22).
SlotsJudged JudgeSlots(const std::vector<SourceSlot>& slots, const SnapshotWindow* window,
                       const std::vector<Stretch>& standing, base::Instant now,
                       std::size_t slots_max = kPartnerSlotsMax);

}  // namespace sas::slots
