#include "services/slots/convert_template.h"

namespace sas::slots {
namespace {

static_assert(static_cast<int>(CsnpMode::kPhysical) == v1::Site::CSNP_MODE_PHYSICAL);
static_assert(static_cast<int>(CsnpMode::kDistributed) == v1::Site::CSNP_MODE_DISTRIBUTED);
static_assert(static_cast<int>(CsnpMode::kTerritorial) == v1::Site::CSNP_MODE_TERRITORIAL);
static_assert(static_cast<int>(CsnpMode::kTerritorial) == v1::Site::CsnpMode_MAX);

}  // namespace

CsnpTemplate ToTemplate(const v1::CsnpTemplate& proto) {
  CsnpTemplate value;
  value.id = proto.template_id();
  value.version = proto.version();
  value.display_name = proto.display_name();
  for (const int mode : proto.csnp_modes()) value.modes.push_back(static_cast<CsnpMode>(mode));
  value.agenda = proto.agenda().agenda();
  value.agenda_display_name = proto.agenda().display_name();
  for (const v1::SessionTemplate& session : proto.agenda().sessions()) {
    value.sessions.push_back({session.session_id(), session.slots_per_hour()});
  }
  value.worklist = proto.worklist().worklist();
  value.worklist_display_name = proto.worklist().display_name();
  value.reach_meters = proto.worklist().reach_meters();
  return value;
}

std::vector<v1::SessionPlan> PlansOf(const v1::CsnpTemplate& proto, const std::string& site,
                                     const care::Date& first, const std::string& practitioner) {
  const CsnpTemplate value = ToTemplate(proto);
  const v1::AgendaTemplate& agenda = proto.agenda();
  std::vector<v1::SessionPlan> plans;
  for (int i = 0; i < agenda.sessions_size(); ++i) {
    const v1::SessionTemplate& session = agenda.sessions(i);
    const TemplateSession& checked = value.sessions[static_cast<std::size_t>(i)];
    v1::SessionPlan& plan = plans.emplace_back();
    plan.set_name(site + "/plans/" + PlanIdOf(value, checked));
    plan.set_agenda(agenda.agenda());
    plan.set_practitioner(practitioner);
    *plan.mutable_weekdays() = session.weekdays();
    plan.set_start_time_of_day(session.start_time_of_day());
    plan.set_end_time_of_day(session.end_time_of_day());
    plan.set_slot_minutes(MinutesOf(checked.slots_per_hour));
    plan.set_seats(session.seats() == 0 ? 1 : session.seats());
    *plan.mutable_modes() = agenda.modes();
    *plan.mutable_classes() = agenda.classes();
    *plan.mutable_allocation_pattern() = agenda.allocation_pattern();
    plan.set_give_back_minutes(agenda.give_back_minutes());
    plan.set_effective_start_date(care::DateText(first));
  }
  return plans;
}

void FillFrom(const v1::Site& site, v1::Agenda& agenda) {
  agenda.set_structure(site.structure());
}

void FillFrom(const v1::Site& site, v1::Worklist& worklist) {
  worklist.set_structure(site.structure());
  *worklist.mutable_territories() = site.territories();
}

}  // namespace sas::slots
