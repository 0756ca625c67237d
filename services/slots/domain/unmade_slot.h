#pragma once

#include <string>
#include <vector>

#include "common/care/calendar.h"
#include "services/slots/domain/planned_slot.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/slot_name.h"

/// Slots of which appointments are left alone: their plan has another step now, or is no more. The
/// caps go on counting these appointments (slot_day.h), so that a search must know them too.
namespace sas::slots {

/// A session of `day` that goes on after midnight.
struct Night {
  care::Date day;
  base::Instant end{};
};

/// The day whose caps count a start: its own, or the one before while a night of that goes on.
care::Date DayOfStart(base::Instant start, const std::vector<Night>& nights,
                      const care::Zone& zone);

/// What the name of a slot still says of it: withdrawn, with the `seats` that appointments have.
/// For whom nothing says; how long it was neither, so that it has the shortest length.
PlannedSlot UnmadeSlot(const SlotIdentity& slot, int seats, const care::Date& day,
                       const care::Zone& zone);

bool IsUnmade(const PlannedSlot& slot);

/// How near a plan of its agenda comes to a slot that nothing makes: the one that is nearest gives
/// who received there. Below 0: it is of another agenda, or of nobody.
int Nearness(const Plan& plan, const SlotIdentity& slot, const care::Date& day,
             const care::Zone& zone);

}  // namespace sas::slots
