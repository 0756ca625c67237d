#pragma once

#include <chrono>
#include <optional>

#include "services/booking/domain/appointment.h"

/// Appointments whose slot was withdrawn under their patients (hazard H-27).
namespace sas::booking {

/// Whoever must be called before this is an alarm.
inline constexpr std::chrono::hours kDisplacedSoon{2};

/// What stands behind a slot. Values equal those of sas.slots.v1.SlotStanding.Kind.
enum class Standing { kUnknown = 0, kServed = 1, kWithdrawn = 2, kUnstaffed = 3, kGone = 4 };

/// Values equal those of Displacement.Reason.
enum class Displaced { kUnspecified = 0, kWithdrawn = 1, kUnstaffed = 2, kSlotGone = 3 };

enum class DisplacementAct {
  kNone,
  kDisplace,  ///< Somebody must call: a new entry, or one whose reason is another now.
  kSettle,    ///< The slot is back.
};

/// Displaced for this reason when nobody holds the slot; nothing when somebody does or nothing can
/// be said.
std::optional<Displaced> ReasonOf(Standing standing);

/// What a look at the slot asks for; `known` is the reason of the entry that there is. An entry for
/// another reason is a new one, and one that the practice keeps comes again for that alone. An
/// appointment that is over, or was cancelled, is not displaced.
DisplacementAct JudgeDisplacement(State state, Standing standing, std::optional<Displaced> known);

}  // namespace sas::booking
