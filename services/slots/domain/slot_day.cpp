#include "services/slots/domain/slot_day.h"

#include <algorithm>

#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/session_plan.h"

namespace sas::slots {
namespace {

constexpr std::chrono::hours kDayMax{40};  ///< A day in October has 25 h, its night 14 more.
constexpr std::chrono::hours kNightMax{15};
constexpr care::Date kFirstMonday{1970, 1, 5};

// What a site gives on one day, as far as two days can meet.
struct Starts {
  base::Instant first = base::Instant::max();
  base::Instant last = base::Instant::min();
  base::Instant end = base::Instant::min();  // Of the slot that ends last.

  void Add(const SlotRef& slot) {
    first = std::min(first, slot.start());
    last = std::max(last, slot.start());
    end = std::max(end, slot.end());
  }
};

base::Instant MondayOf(int week, const care::Zone& zone) {
  constexpr int kDaysPerWeek = 7;
  return zone.At(care::AddDays(kFirstMonday, week * kDaysPerWeek), care::TimeOfDay{0});
}

// The end of the nights of the week before `midnight` that go on after it, at one site of who
// receives; `midnight` when none does.
base::Instant NightEnd(const SiteRef& site, std::string_view practitioner, int week,
                       base::Instant midnight) {
  base::Instant end = midnight;
  for (const WeekUse& each : site.record().earlier_this_week) {
    if (each.practitioner == practitioner && each.week == week) end = std::max(end, each.night_end);
  }
  site.ForEachSlot(CeilMinute(midnight), CeilMinute(midnight + kNightMax),
                   [&](const SlotRef& each) {
                     const bool his = each.practitioner() == practitioner && each.week() == week;
                     if (his) end = std::max(end, each.end());
                   });
  return end;
}

}  // namespace

void PutIntoDay(const care::Date& session_day, const care::Zone& zone, PlannedSlot& slot) {
  slot.day_begin = zone.At(session_day, care::TimeOfDay{0});
  slot.week = WeekOf(session_day);
}

DaySpan DayOf(const SlotRef& slot, const care::Zone& zone) {
  const base::Instant midnight = slot.day_begin();
  const base::Instant next = zone.At(care::AddDays(zone.DateOf(midnight), 1), care::TimeOfDay{0});
  Starts before;
  Starts own;
  Starts after;
  slot.site().ForEachSlot(CeilMinute(midnight), CeilMinute(midnight + kDayMax),
                          [&](const SlotRef& each) {
                            const base::Instant of = each.day_begin();
                            if (of < midnight) before.Add(each);
                            if (of == midnight) own.Add(each);
                            if (of > midnight) after.Add(each);
                          });
  // The next morning may begin while the last slot of the night runs, or before it.
  const base::Instant night_end = after.first > own.last ? std::min(own.end, after.first) : own.end;
  return {std::max(midnight, std::min(before.end, own.first)), std::max(next, night_end)};
}

DaySpan WeekSpanOf(const RegionIndex& index, const SlotRef& slot, const care::Zone& zone) {
  const int week = slot.week();
  const base::Instant monday = MondayOf(week, zone);
  const base::Instant next = MondayOf(week + 1, zone);
  DaySpan span{monday, next};
  for (const std::string& name : index.SitesOf(slot.practitioner())) {
    const SiteRef site = index.FindSite(name);
    if (!site) continue;
    span.begin = std::max(span.begin, NightEnd(site, slot.practitioner(), week - 1, monday));
    span.end = std::max(span.end, NightEnd(site, slot.practitioner(), week, next));
  }
  return span;
}

DaySpan SessionSpanOf(const SlotRef& slot) {
  const base::Instant midnight = slot.day_begin();
  DaySpan span{slot.start(), slot.end()};
  slot.site().ForEachSlot(
      CeilMinute(midnight), CeilMinute(midnight + kDayMax), [&](const SlotRef& each) {
        const bool same = each.agenda() == slot.agenda() && each.plan() == slot.plan() &&
                          each.day_begin() == midnight;
        if (!same) return;
        span.begin = std::min(span.begin, each.start());
        span.end = std::max(span.end, each.end());
      });
  return span;
}

base::Instant FirstShown(const std::vector<PlannedSession>& sessions, const care::Date& today,
                         const care::Zone& zone, base::Instant now) {
  const base::Instant midnight = zone.At(today, care::TimeOfDay{0});
  const bool goes_on =
      std::any_of(sessions.begin(), sessions.end(), [&](const PlannedSession& session) {
        return session.start < midnight && session.end > std::max(midnight, now);
      });
  return goes_on ? zone.At(care::AddDays(today, -1), care::TimeOfDay{0}) : midnight;
}

}  // namespace sas::slots
