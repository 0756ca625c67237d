#include "services/slots/domain/session_plan.h"

#include <algorithm>
#include <chrono>

#include "services/slots/domain/month_day.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/domain/week.h"

namespace sas::slots {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr int kMinutesPerDay = 24 * 60;
constexpr int kLicenceNoticeDays = 30;  ///< LICENCE_ENDS is shown so long before.

bool TakesPlace(const Plan& plan, const PlanFrame& frame, const care::Date& date) {
  const auto& weekdays = plan.weekdays;
  if (std::find(weekdays.begin(), weekdays.end(), care::Weekday(date)) == weekdays.end()) {
    return false;
  }
  const int weeks =
      care::DaysBetween(MondayOf(plan.effective_start), MondayOf(date)) / kDaysPerWeek;
  if (weeks % std::max(1, plan.every_weeks) != 0) return false;
  if (!plan.public_holidays && !care::PublicHoliday(date, frame.holidays).empty()) return false;
  return !LiesInPdsa(plan, frame, date);  // On a bridge day the PDSA begins in the morning.
}

/// When a slot that is kept for some opens to the others.
base::Instant ReleaseOf(const Plan& plan, const PlannedSlot& slot, base::Instant same_day) {
  switch (slot.allocation) {
    case Allocation::kSameDay:
      return same_day;
    case Allocation::kSecretariat:
      return slot.start - std::chrono::minutes(plan.secretariat_minutes);
    default:
      return {};
  }
}

void Warn(const Plan& plan, const PlanFrame& frame, PlannedSession& session) {
  if (!session.staffed) session.warnings.emplace_back("UNSTAFFED");
  const bool ends_soon = frame.licence_end && !plan.practitioner.empty() &&
                         care::DaysBetween(session.date, *frame.licence_end) < kLicenceNoticeDays;
  if (ends_soon) session.warnings.emplace_back("LICENCE_ENDS");
  if (frame.secretary_required && plan.secretary.empty()) {
    session.warnings.emplace_back("NO_SECRETARY");
  }
}

PlannedSession MakeSession(const Plan& plan, const PlanFrame& frame, const care::Zone& zone,
                           const care::Date& date) {
  PlannedSession session;
  session.plan = plan.name;
  session.date = date;
  session.start = zone.At(date, plan.start);
  const care::Date next = care::AddDays(date, 1);
  const int end = EndMinutes(plan);
  const bool night = end >= kMinutesPerDay;
  session.end = night ? zone.At(next, {end - kMinutesPerDay}) : zone.At(date, {end});
  session.staffed = !plan.practitioner.empty() && IsLicensedOn(frame, date);
  Warn(plan, frame, session);

  PlannedSlot slot;
  slot.plan = plan.name;
  PutIntoDay(date, zone, slot);
  slot.modes = plan.modes;
  slot.classes = plan.classes;
  slot.seats = SeatsOn(plan, date);
  slot.supernumerary_max = plan.supernumerary_max;
  slot.own_patients_only = plan.own_patients_only;
  const base::Instant same_day = zone.At(date, plan.same_day_release);
  // A licence ends with its day, in the middle of a night.
  const base::Instant midnight = zone.At(next, {0});
  const bool licensed_next = IsLicensedOn(frame, next);
  const std::chrono::minutes length(plan.slot_minutes);
  std::size_t index = 0;
  for (auto start = session.start; start + length <= session.end; start += length, ++index) {
    const auto& pattern = plan.allocation_pattern;
    slot.allocation = pattern.empty() ? Allocation::kAnybody : pattern[index % pattern.size()];
    slot.name = SlotName(plan.site, plan.agenda, start);
    slot.start = start;
    slot.end = start + length;
    slot.staffed = session.staffed && (start < midnight || licensed_next);
    slot.practitioner = slot.staffed ? plan.practitioner : std::string();
    slot.release = ReleaseOf(plan, slot, same_day);
    if (plan.give_back_minutes > 0) {
      slot.give_back = start - std::chrono::minutes(plan.give_back_minutes);
    }
    session.slots.push_back(slot);
  }
  return session;
}

}  // namespace

int EndMinutes(const Plan& plan) {
  return plan.end.minutes + (plan.end <= plan.start ? kMinutesPerDay : 0);
}

bool LiesInPdsa(const Plan& plan, const PlanFrame& frame, const care::Date& day) {
  const auto lies = [&](const care::Date& date, int start, int end) {
    return plan.pdsa_hours ? BreaksPdsa(frame, date, {start}, {end})
                           : care::TouchesPdsa(date, {start}, {end}, frame.holidays, frame.pdsa);
  };
  const int end = EndMinutes(plan);
  return lies(day, plan.start.minutes, std::min(end, kMinutesPerDay)) ||
         (end > kMinutesPerDay && lies(care::AddDays(day, 1), 0, end - kMinutesPerDay));
}

bool IsReleased(const PlannedSlot& slot, base::Instant now) {
  return now >= slot.release && (slot.allocation != Allocation::kSameDay || now >= slot.day_begin);
}

bool IsGivenBack(const PlannedSlot& slot, base::Instant now) {
  return slot.give_back != base::Instant{} && now >= slot.give_back;
}

int SeatsOn(const Plan& plan, const care::Date& date) {
  for (const Season& season : plan.seasons) {
    if (LiesWithin(season.first, season.last, date)) return season.seats;
  }
  return plan.seats;
}

int WeekOf(const care::Date& date) {
  constexpr care::Date kFirstMonday{1970, 1, 5};
  const int days = care::DaysBetween(kFirstMonday, date);
  return days >= 0 ? days / kDaysPerWeek : (days - kDaysPerWeek + 1) / kDaysPerWeek;
}

std::vector<PlannedSession> Generate(const Plan& plan, const PlanFrame& frame,
                                     const care::Zone& zone, const care::Date& from,
                                     const care::Date& to) {
  std::vector<PlannedSession> sessions;
  if (plan.slot_minutes < kSlotMinutesMin) return sessions;
  const care::Date first = std::max({from, plan.effective_start, frame.site_opening});
  care::Date last = to;
  if (plan.effective_end) last = std::min(last, *plan.effective_end);
  if (frame.site_end) last = std::min(last, *frame.site_end);
  for (care::Date date = first; date <= last; date = care::AddDays(date, 1)) {
    if (TakesPlace(plan, frame, date)) sessions.push_back(MakeSession(plan, frame, zone, date));
  }
  return sessions;
}

SharedTime SharedWith(const std::vector<PlannedSession>& sessions,
                      const std::vector<TimeSpan>& elsewhere) {
  SharedTime shared;
  for (const TimeSpan& span : elsewhere) {
    const bool meets =
        std::any_of(sessions.begin(), sessions.end(), [&](const PlannedSession& session) {
          return session.staffed && span.start < session.end && session.start < span.end;
        });
    if (!meets) continue;
    if (shared.count++ == 0 || span.start < shared.first) shared.first = span.start;
  }
  return shared;
}

bool OverlapsBooked(const PlannedSlot& slot, const std::vector<SlotIdentity>& orphans) {
  if (orphans.empty()) return false;
  const auto identity = ParseSlotName(slot.name, "slot");
  if (!identity.ok()) return false;
  const auto length = slot.end - slot.start;
  return std::any_of(orphans.begin(), orphans.end(), [&](const SlotIdentity& orphan) {
    return orphan.site == identity->site && orphan.agenda == identity->agenda &&
           orphan.start < slot.end && slot.start < orphan.start + length;
  });
}

}  // namespace sas::slots
