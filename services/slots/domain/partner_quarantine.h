#pragma once

#include <cstddef>
#include <set>
#include <string_view>

#include "common/base/clock.h"
#include "services/slots/domain/partner_sequence.h"

namespace sas::slots {

/// A frame that takes away or changes more of an agenda's slots to come than one in so many…
inline constexpr std::size_t kMassChangeShare = 20;  ///< … which is 5 %, …
/// … and at least so many: small agendas change as a whole every day.
inline constexpr std::size_t kMassChangeMin = 20;
/// Fewer offered slots than that may be gone at once, in a snapshot that names none: a few sell out
/// between two of them, at a platform that does not name what is taken.
inline constexpr std::size_t kEmptiedMin = 5;
/// Fewer slots than that are moved by an hour by their practice.
inline constexpr std::size_t kShiftedMin = 8;

/// Why a frame is not believed before a person has looked.
enum class Quarantine {
  kNone,
  kMassChange,  ///< Too many slots would go or change at once, or all of them go.
  kShifted,     ///< The slots that are there come again some whole hours off: a wrong zone.
};

/// The reason of the answer: `MASS_CHANGE`, `FEED_SHIFTED`; empty for kNone.
std::string_view QuarantineReason(Quarantine quarantine);

/// What to do about it.
std::string_view QuarantineMessage(Quarantine quarantine);

/// Of `standing` offered slots to come, `gone` would go or change.
bool IsMassChange(std::size_t gone, std::size_t standing);

/// Of `standing` offered slots to come in its time, does a snapshot of these starts take all away,
/// naming none to come (hazard H-27)?
bool IsEmptied(std::size_t standing, const std::set<base::Instant>& told, base::Instant now);

/// Are the starts of a snapshot those that stand, one or two hours earlier or later?
bool IsShifted(const std::set<base::Instant>& standing, const std::set<base::Instant>& told);

/// The position after a frame that its platform has confirmed was applied: nothing waits for a
/// person any more. A delta says of itself alone that it is meant: what came beside it was not
/// applied, and a phantom before the quarantine is not told from it any more, so that a snapshot
/// stays wanted, as after a phantom. A coordinator's release stays until its own.
FeedPosition Confirm(const FeedPosition& applied);

}  // namespace sas::slots
