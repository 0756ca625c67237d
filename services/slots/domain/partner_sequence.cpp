#include "services/slots/domain/partner_sequence.h"

#include <algorithm>

namespace sas::slots {

FrameVerdict JudgeFrame(const FeedPosition& position, std::int64_t sequence, bool snapshot) {
  if (sequence <= position.applied) return FrameVerdict::kDuplicate;
  if (snapshot || sequence == position.applied + 1) return FrameVerdict::kApply;
  return FrameVerdict::kGap;
}

FeedPosition Advance(const FeedPosition& position, FrameVerdict verdict, std::int64_t sequence,
                     bool snapshot) {
  FeedPosition next = position;
  if (verdict == FrameVerdict::kApply) {
    next.applied = sequence;
    if (snapshot || position.resync == Resync::kGap) next.resync = Resync::kNone;
  } else if (verdict == FrameVerdict::kGap && position.resync == Resync::kNone) {
    next.resync = Resync::kGap;
  } else if (verdict == FrameVerdict::kQuarantine && position.resync != Resync::kReleased) {
    next.resync = Resync::kQuarantine;
  }
  return next;
}

FeedPosition Doubt(const FeedPosition& position) {
  FeedPosition next = position;
  if (position.resync == Resync::kNone || position.resync == Resync::kGap) {
    next.resync = Resync::kPhantom;
  }
  return next;
}

base::Instant VouchedAt(base::Instant before, base::Instant produced, base::Instant now) {
  return std::max(before, std::min(produced, now));
}

SeatsAtSource HearSource(const SeatsAtSource& before, int free, int taken) {
  const int known = std::min(before.known, taken);
  const int lost = std::max(0, before.free - free);
  return {free, known + std::min(lost, taken - known)};
}

int SeatsInAll(const SeatsAtSource& seats, int taken) {
  return std::max(seats.free + std::min(seats.known, taken), taken);
}

TakenWord HearNamed(int free) {
  return free == 0 ? TakenWord::kNamed : TakenWord::kNone;
}

TakenWord HearUnnamed(TakenWord before, bool names_taken) {
  return before == TakenWord::kNamed && names_taken ? TakenWord::kDropped : before;
}

double PhantomRate(std::int64_t phantoms, std::int64_t booked) {
  const std::int64_t asked = phantoms + booked;
  return asked <= 0 ? 0.0 : static_cast<double>(phantoms) / static_cast<double>(asked);
}

}  // namespace sas::slots
