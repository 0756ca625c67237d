#include "services/slots/domain/unmade_slot.h"

#include <algorithm>

#include "services/slots/domain/agenda_exception.h"
#include "services/slots/domain/slot_day.h"

namespace sas::slots {

care::Date DayOfStart(base::Instant start, const std::vector<Night>& nights,
                      const care::Zone& zone) {
  const care::Date day = zone.DateOf(start);
  const care::Date before = care::AddDays(day, -1);
  const bool goes_on = std::any_of(nights.begin(), nights.end(), [&](const Night& night) {
    return night.day == before && start < night.end;
  });
  return goes_on ? before : day;
}

PlannedSlot UnmadeSlot(const SlotIdentity& slot, int seats, const care::Date& day,
                       const care::Zone& zone) {
  PlannedSlot unmade;
  unmade.name = SlotName(slot.site, slot.agenda, slot.start);
  unmade.start = slot.start;
  unmade.end = slot.start + std::chrono::minutes(kSlotMinutesMin);
  unmade.origin = Origin::kUnspecified;
  unmade.seats = seats;
  PutIntoDay(day, zone, unmade);
  Withdraw(unmade);
  return unmade;
}

bool IsUnmade(const PlannedSlot& slot) {
  return slot.origin == Origin::kUnspecified;
}

int Nearness(const Plan& plan, const SlotIdentity& slot, const care::Date& day,
             const care::Zone& zone) {
  if (plan.agenda != slot.agenda || plan.practitioner.empty()) return -1;
  const base::Instant midnight = zone.At(day, care::TimeOfDay{0});
  const auto minutes = std::chrono::floor<std::chrono::minutes>(slot.start - midnight).count();
  const auto& weekdays = plan.weekdays;
  const bool in_force =
      plan.effective_start <= day && (!plan.effective_end || day <= *plan.effective_end);
  const bool that_weekday =
      std::find(weekdays.begin(), weekdays.end(), care::Weekday(day)) != weekdays.end();
  const bool that_hour = minutes >= plan.start.minutes && minutes < EndMinutes(plan);
  return (in_force ? 4 : 0) + (that_weekday ? 2 : 0) + (that_hour ? 1 : 0);
}

}  // namespace sas::slots
