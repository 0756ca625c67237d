#include "services/slots/domain/partner_slots.h"

#include <map>
#include <set>

#include "services/slots/domain/session_plan.h"

namespace sas::slots {
namespace {

using std::chrono::minutes;

struct Finding {
  const char* reason = nullptr;  ///< Null: nothing is wrong.
  const char* message = "";
};

constexpr Finding kTooMany{
    "TOO_MANY_SLOTS",
    "at most 2000 slots in a frame, or those that were agreed with you: send the rest apart"};
constexpr Finding kTwice{"SLOT_TWICE",
                         "the frame has this start before: one slot has one seat count"};
constexpr Finding kOverlaps{"SLOT_OVERLAPS", "another slot of the agenda takes this time"};

Finding JudgeTimes(const SourceSlot& slot, const SnapshotWindow* window, base::Instant now) {
  if (!slot.times_readable) return {"INVALID_TIME", "give start and end, between 1970 and 2199"};
  // A zone that was added twice or forgotten shows in minutes at best; what shows is refused.
  const bool whole = slot.start == std::chrono::floor<minutes>(slot.start) &&
                     slot.end == std::chrono::floor<minutes>(slot.end);
  if (!whole) return {"SLOT_NOT_WHOLE_MINUTES", "starts and ends are whole minutes of UTC"};
  if (slot.end <= slot.start) {
    return {"SLOT_ENDS_BEFORE_START", "the end is after the start: check the zone of both"};
  }
  const auto length = slot.end - slot.start;
  if (length < minutes(kSlotMinutesMin)) return {"SLOT_TOO_SHORT", "at least 5 minutes"};
  if (length > minutes(kSlotMinutesMax)) return {"SLOT_TOO_LONG", "at most 120 minutes"};
  if (slot.start <= now) return {"SLOT_PAST", "it has begun: nobody can be sent there"};
  if (slot.start > now + kPartnerAhead) return {"SLOT_TOO_FAR", "at most 90 days ahead"};
  if (window != nullptr && (slot.start < window->start || slot.start >= window->end)) {
    return {"SLOT_OUTSIDE_SNAPSHOT", "it starts outside of the time that the snapshot tells of"};
  }
  return {};
}

Finding JudgeContent(const SourceSlot& slot) {
  if (slot.id_characters == 0) return {"EXTERNAL_ID_REQUIRED", "give the source's own id"};
  if (slot.id_characters > kExternalIdCharactersMax) {
    return {"TEXT_TOO_LONG", "the source's id has at most 120 characters"};
  }
  if (!slot.practitioner_known) {
    return {"PRACTITIONER_NOT_FOUND", "no practitioner of the region has this RPPS"};
  }
  if (!slot.enums_known) return {"UNKNOWN_ENUM_VALUE", "a mode, class or allocation is unknown"};
  if (slot.mode_count == 0) return {"MODE_REQUIRED", "say how the patient is seen"};
  if (slot.class_count == 0) return {"CLASS_REQUIRED", "say who may see the slot"};
  if (slot.free_seats < 0 || slot.free_seats > kSeatsMax) {
    return {"INVALID_SEAT_COUNT", "between 0 and 20 free seats"};
  }
  return {};
}

Finding JudgeBar(SlotBar bar) {
  switch (bar) {
    case SlotBar::kSiteNotOpen:
      return {"SITE_NOT_OPEN",
              "the site is not open on that day: before its first or after its last"};
    case SlotBar::kPdsaHours:
      return {"SESSION_IN_PDSA_HOURS",
              "it lies in PDSA hours: every day 20:00 to 08:00, Saturday from 12:00, all Sunday, "
              "public holidays and bridge days"};
    case SlotBar::kLicenceEnded:
      return {"LICENCE_ENDED", "the licence of its practitioner ends before that day"};
    case SlotBar::kAgendaOfPlan:
      return {"AGENDA_OF_PLAN",
              "plans or openings of this suite make the slots of this agenda: choose another id"};
    case SlotBar::kNone:
      break;
  }
  return {};
}

/// Taken time of an agenda, by start.
class Timeline {
 public:
  explicit Timeline(const std::vector<Stretch>& standing) {
    for (const Stretch& each : standing) taken_.emplace(each.start, each.end);
  }

  bool Free(base::Instant start, base::Instant end) const {
    const auto next = taken_.lower_bound(start);
    if (next != taken_.end() && next->first < end) return false;
    return next == taken_.begin() || std::prev(next)->second <= start;
  }

  void Take(base::Instant start, base::Instant end) { taken_.emplace(start, end); }

 private:
  std::map<base::Instant, base::Instant> taken_;
};

}  // namespace

SlotsJudged JudgeSlots(const std::vector<SourceSlot>& slots, const SnapshotWindow* window,
                       const std::vector<Stretch>& standing, base::Instant now,
                       std::size_t slots_max) {
  SlotsJudged judged;
  judged.accepted.assign(slots.size(), false);
  Timeline timeline(standing);
  std::set<base::Instant> seen;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const SourceSlot& slot = slots[i];
    Finding finding;
    bool distrust = false;
    if (i >= slots_max) {
      finding = kTooMany;
    } else if (finding = JudgeTimes(slot, window, now); finding.reason != nullptr) {
      distrust = slot.times_readable;
    } else if (seen.count(slot.start) != 0) {
      finding = kTwice;
    } else if (finding = JudgeContent(slot); finding.reason != nullptr) {
      distrust = true;
    } else if (finding = JudgeBar(slot.bar); finding.reason != nullptr) {
      distrust = true;
    } else if (!timeline.Free(slot.start, slot.end)) {
      finding = kOverlaps;
    }
    if (finding.reason != nullptr) {
      judged.refused.push_back({i, finding.reason, finding.message});
      if (distrust && seen.count(slot.start) == 0) judged.distrusted.push_back(slot.start);
      continue;
    }
    seen.insert(slot.start);
    timeline.Take(slot.start, slot.end);
    judged.accepted[i] = true;
  }
  return judged;
}

}  // namespace sas::slots
