#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace sas::slots {

/// Why a snapshot of an agenda is wanted. Values are kept in the ledger.
enum class Resync {
  kNone = 0,
  kGap = 1,      ///< A frame is missing: the missing one, or a snapshot, heals it.
  kPhantom = 2,  ///< The source refused what it had offered: only a snapshot heals that.
  /// A frame changes too much at once: a person has to release it.
  kQuarantine = 3,
  kReleased = 4,  ///< He has: the next snapshot is believed, and no delta before it.
};

enum class FrameVerdict {
  kApply,
  kDuplicate,   ///< Answered, without effect.
  kGap,         ///< Not applied; a snapshot is wanted.
  kQuarantine,  ///< Not applied; waits for a person (partner_quarantine.h).
};

/// How far an agenda has come.
struct FeedPosition {
  std::int64_t applied = 0;  ///< Highest sequence that is durable; 0 before the first frame.
  Resync resync = Resync::kNone;
};

/// Deltas come one by one, a snapshot may jump ahead; what is not newer than `applied` was applied
/// before, so that a shuffled or repeated feed ends where the ordered one does.
FrameVerdict JudgeFrame(const FeedPosition& position, std::int64_t sequence, bool snapshot);

/// The position after a frame with that verdict. A release ends with the next snapshot alone.
FeedPosition Advance(const FeedPosition& position, FrameVerdict verdict, std::int64_t sequence,
                     bool snapshot);

/// The position after the source has refused a slot: a snapshot is wanted. What waits for a person,
/// or was released by one, stays so: both want a snapshot as well.
FeedPosition Doubt(const FeedPosition& position);

/// When the source vouched for an agenda, after a frame that was applied: the source's own time,
/// because a frame may have waited on its way (hazard H-39), never later than now and never earlier
/// than before.
base::Instant VouchedAt(base::Instant before, base::Instant produced, base::Instant now);

/// Seats of a slot, from two sides that hear of each other late.
struct SeatsAtSource {
  int free = 0;   ///< That the source told last.
  int known = 0;  ///< Of our own appointments, those that `free` no longer counts.
};

/// What a new word of the source means while `taken` of our appointments are on the slot. As many
/// seats as the source has lost may be ours; a seat that it does not seem to know of is not offered
/// a second time, so that the doubt costs an offer and never a journey.
SeatsAtSource HearSource(const SeatsAtSource& before, int free, int taken);

/// Seats that the slot has for us: ours and those that are free.
int SeatsInAll(const SeatsAtSource& seats, int taken);

/// What the source says of a slot without a free seat, which one of our appointments has.
enum class TakenWord {
  kNone = 0,     ///< It does not name it, or names free seats: the seat that it lacks may be ours.
  kNamed = 1,    ///< It names it, as taken.
  kDropped = 2,  ///< It named it as taken, and says that it is gone.
};

/// The word after one that names the slot with so many free seats.
TakenWord HearNamed(int free);

/// The word after one that does not name the slot any more. Only who names what is taken says by
/// silence that it is gone: `names_taken` is true of an explicit removal, and of a snapshot that
/// names some slot as taken.
TakenWord HearUnnamed(TakenWord before, bool names_taken);

/// Refusals of the source among all attempts to book with it, 0 to 1; 0 without any.
double PhantomRate(std::int64_t phantoms, std::int64_t booked);

}  // namespace sas::slots
