#include "services/slots/domain/slot_day.h"

#include <algorithm>

#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/session_plan.h"

namespace sas::slots {
namespace {

constexpr std::chrono::hours kDayMax{40};  ///< A day in October has 25 h, its night 14 more.

}  // namespace

void PutIntoDay(const care::Date& session_day, const care::Zone& zone, PlannedSlot& slot) {
  slot.day_begin = zone.At(session_day, care::TimeOfDay{0});
  slot.week = WeekOf(session_day);
}

DaySpan DayOf(const SlotRef& slot, const care::Zone& zone) {
  const base::Instant midnight = slot.day_begin();
  const care::Date day = zone.DateOf(midnight);
  DaySpan span{midnight, zone.At(care::AddDays(day, 1), care::TimeOfDay{0})};
  for (const SlotRef& each : slot.site().Slots(midnight, midnight + kDayMax)) {
    const base::Instant of = each.day_begin();
    if (of < midnight) span.begin = std::max(span.begin, each.end());
    if (of == midnight) span.end = std::max(span.end, each.end());
  }
  return span;
}

base::Instant FirstShown(const std::vector<PlannedSession>& yesterday, const care::Date& today,
                         const care::Zone& zone, base::Instant now) {
  const base::Instant midnight = zone.At(today, care::TimeOfDay{0});
  const bool goes_on = std::any_of(
      yesterday.begin(), yesterday.end(),
      [&](const PlannedSession& session) { return session.end > std::max(midnight, now); });
  return goes_on ? zone.At(care::AddDays(today, -1), care::TimeOfDay{0}) : midnight;
}

}  // namespace sas::slots
