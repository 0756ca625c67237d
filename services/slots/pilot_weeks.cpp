#include "services/slots/pilot_weeks.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/convert.h"
#include "services/slots/domain/agenda_exception.h"
#include "services/slots/domain/pilot_week.h"
#include "services/slots/domain/week.h"

namespace sas::slots {
namespace {

constexpr int kSourcesMax = 1000;  ///< Plans of one site, and exceptions, that are looked at.

bool TakesPlace(const std::vector<PlannedSlot>& slots, std::string_view agenda,
                const std::vector<Closure>& closures) {
  return std::any_of(slots.begin(), slots.end(), [&](const PlannedSlot& slot) {
    return !IsClosed(closures, agenda, slot.start, slot.end);
  });
}

std::vector<Closure> ClosuresOf(const SessionSources& sources) {
  std::vector<Closure> closures;
  for (const v1::AgendaException& each : sources.exceptions) {
    if (each.kind() != v1::AgendaException::KIND_CLOSURE) continue;
    closures.push_back(
        {each.agenda(), base::ToInstant(each.start_time()), base::ToInstant(each.end_time())});
  }
  return closures;
}

}  // namespace

std::vector<v1::PilotWeek> PilotWeeksOf(const v1::Site& site, const SessionSources& sources,
                                        const care::Date& first, const care::Date& last) {
  std::vector<v1::PilotWeek> weeks;
  const auto zone = ToZone(site);
  const auto frame = ToPlanFrame(site);
  if (site.phase() != v1::Site::PHASE_PILOT || !zone.ok() || !frame.ok()) return weeks;
  const care::Date from = MondayOf(first);
  const care::Date to = care::AddDays(MondayOf(last), 6);
  const std::vector<Closure> closures = ClosuresOf(sources);
  std::vector<care::Date> days;
  for (const v1::SessionPlan& proto : sources.plans) {
    const auto plan = ToPlan(proto);
    if (!plan.ok()) continue;
    for (const PlannedSession& session : Generate(*plan, *frame, *zone, from, to)) {
      if (TakesPlace(session.slots, plan->agenda, closures)) days.push_back(session.date);
    }
  }
  for (const v1::AgendaException& proto : sources.exceptions) {
    if (proto.kind() != v1::AgendaException::KIND_OPENING) continue;
    const Opening opening = ToOpening(proto, site.name());
    const care::Date day = zone->DateOf(opening.start);
    if (day < from || to < day) continue;
    if (TakesPlace(SlotsOf(opening, *frame, *zone), opening.agenda, closures)) days.push_back(day);
  }
  for (const FullPilotWeek& full : FullPilotWeeks(days)) {
    v1::PilotWeek& week = weeks.emplace_back();
    week.set_site(site.name());
    week.set_monday_date(care::DateText(full.monday));
    week.set_session_count(full.sessions);
    week.set_session_max(kPilotSessionsMax);
    week.set_explanation(
        absl::StrFormat("%d séances dans la semaine du %s, la phase pilote en prévoit %d au plus",
                        full.sessions, week.monday_date(), kPilotSessionsMax));
  }
  return weeks;
}

absl::StatusOr<std::vector<v1::PilotWeek>> ReadPilotWeeks(SlotsTransaction& transaction,
                                                          const v1::Site& site,
                                                          const care::Date& first,
                                                          const care::Date& last) {
  if (site.phase() != v1::Site::PHASE_PILOT) return std::vector<v1::PilotWeek>();
  SAS_ASSIGN_OR_RETURN(const SessionSources sources, ReadSessionSources(transaction, site, first));
  return PilotWeeksOf(site, sources, first, last);
}

absl::StatusOr<SessionSources> ReadSessionSources(SlotsTransaction& transaction,
                                                  const v1::Site& site, const care::Date& first) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  SessionSources sources;
  SAS_ASSIGN_OR_RETURN(sources.plans,
                       transaction.ListSessionPlans(site.name(), Page{"", kSourcesMax}));
  SAS_ASSIGN_OR_RETURN(sources.exceptions,
                       transaction.agendas().ListExceptions(
                           site.name(), zone.At(MondayOf(first), {0}), Page{"", kSourcesMax}));
  return sources;
}

absl::StatusOr<care::Date> FirstDayOf(const v1::Site& site, const v1::SessionPlan& plan,
                                      base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  SAS_ASSIGN_OR_RETURN(const Plan rule, ToPlan(plan));
  return std::max(zone.DateOf(now), rule.effective_start);
}

}  // namespace sas::slots
