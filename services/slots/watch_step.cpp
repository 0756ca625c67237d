#include "services/slots/watch_step.h"

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/slot_answers.h"

namespace sas::slots {

void PinWindow(const Query& query, v1::SearchSlotsRequest& search) {
  *search.mutable_start_time() = ToTimestamp(query.start);
  *search.mutable_end_time() = ToTimestamp(query.end);
  *search.mutable_due_time() = ToTimestamp(query.due);
}

absl::Status MoveWindow(v1::SearchSlotsRequest& search, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const base::Instant end,
                       ReadTime(true, search.end_time(), now, "search.end_time"));
  if (now >= end) {
    return base::Fail(absl::StatusCode::kOutOfRange, "WINDOW_PASSED",
                      "the time that was searched is over; search a new one");
  }
  SAS_ASSIGN_OR_RETURN(const base::Instant start,
                       ReadTime(true, search.start_time(), now, "search.start_time"));
  // A search of the past is refused: who watches means what is left of the window.
  if (start < now) *search.mutable_start_time() = ToTimestamp(now);
  return absl::OkStatus();
}

std::vector<WatchedSlot> WatchedSlots(const RegionView& view, const SearchPage& page,
                                      base::Instant now) {
  std::vector<WatchedSlot> slots;
  slots.reserve(page.found.matches.size());
  for (std::size_t i = 0; i < page.found.matches.size(); ++i) {
    const Match& match = page.found.matches[i];
    WatchedSlot& slot = slots.emplace_back();
    slot.name = match.slot.name();
    slot.free_seats = match.slot.free_seats();
    slot.hold_expire = match.slot.hold_expire();
    if (match.slot.source() != nullptr) slot.vouched = match.slot.source()->vouched();
    slot.unverified = Unverified(view, match, now);
    slot.past_deadline = match.past_deadline;
  }
  return slots;
}

void Adopt(const v1::WatchAvailabilityResponse& step, std::vector<WatchedSlot>& shown) {
  const auto adopt = [&shown](std::size_t position, const v1::Slot& told) {
    shown[position].free_seats = told.free_seat_count();
    shown[position].hold_expire =
        ReadTime(told.has_hold_expire_time(), told.hold_expire_time(), {}, "")
            .value_or(base::Instant());
  };
  const auto adopt_all = [&adopt](const auto& placed) {
    for (const v1::PlacedMatch& each : placed) {
      adopt(static_cast<std::size_t>(each.position()), each.match().slot());
    }
  };
  adopt_all(step.changes().added());
  adopt_all(step.changes().changed());
  for (int i = 0; i < step.snapshot().matches_size(); ++i) {
    adopt(static_cast<std::size_t>(i), step.snapshot().matches(i).slot());
  }
}

v1::AvailabilityChanges ToChanges(const WatchDiff& diff, const RegionView& view,
                                  const SearchPage& page, base::Role reader, base::Instant now) {
  v1::AvailabilityChanges changes;
  const auto place = [&](std::size_t position, v1::PlacedMatch& placed) {
    placed.set_position(static_cast<int>(position));
    *placed.mutable_match() = ToMatch(view, page.found.matches[position], page.query, reader, now);
  };
  for (const std::size_t position : diff.added) place(position, *changes.add_added());
  for (const std::size_t position : diff.changed) place(position, *changes.add_changed());
  for (const std::string& slot : diff.taken) changes.add_taken(slot);
  changes.set_total_count(static_cast<int>(page.found.total));
  return changes;
}

}  // namespace sas::slots
