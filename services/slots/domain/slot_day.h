#pragma once

#include <vector>

#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/slots/domain/planned_slot.h"

namespace sas::slots {

class RegionIndex;
class SlotRef;

/// A slot is of the day on which its session begins, for the caps of the day and of the week: what
/// an MMG gives at Monday 00:30 in the session that began on Sunday is of Sunday and of its week.
void PutIntoDay(const care::Date& session_day, const care::Zone& zone, PlannedSlot& slot);

/// What counts under the cap of a day, of hours or of a week: each seat that an appointment has, by
/// its start, until its patient is moved or the appointment is cancelled. What has become of its
/// slot does not matter: offered, withdrawn, without anybody who holds it, made by nothing any more
/// (unmade_slot.h). Booking counts its appointments so and the confirmation the seats of our
/// ledger; an index counts the used seats of all of its slots, and those that are held.
///
/// The starts that count as one day of a site, one week of who receives, or one session.
struct DaySpan {
  base::Instant begin{};
  base::Instant end{};
};

/// Of the slot's day: without the night of the day before, with its own night. Each start of the
/// day is in it. Where another session begins before the night's last slot does, what the two start
/// in turn is in both days: a cap may then be reached early, and is never passed unseen.
DaySpan DayOf(const SlotRef& slot, const care::Zone& zone);

/// Of the week of who receives in the slot, over all his sites: without the night of the Sunday
/// before, with that of its own Sunday.
DaySpan WeekSpanOf(const RegionIndex& index, const SlotRef& slot, const care::Zone& zone);

/// Of the slot's session: the slots of its agenda and plan that are of one day.
DaySpan SessionSpanOf(const SlotRef& slot);

/// From which start on a site is shown: today's midnight. While one of the sessions, which began
/// yesterday, still goes on, yesterday's: its last slots are given under the caps of that day,
/// which count all of it.
base::Instant FirstShown(const std::vector<PlannedSession>& sessions, const care::Date& today,
                         const care::Zone& zone, base::Instant now);

}  // namespace sas::slots
