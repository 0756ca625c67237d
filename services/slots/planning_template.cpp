#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/audit_chain.h"
#include "services/slots/convert.h"
#include "services/slots/convert_template.h"
#include "services/slots/directory_writes.h"
#include "services/slots/planning_work.h"

// One template makes a site's named agenda and its named worklist (S2-10).
namespace sas::slots {
namespace {

constexpr std::size_t kDigestLength = 16;  ///< Of the content's SHA-256, hexadecimal.

CsnpTemplate ReadTemplate(const v1::CsnpTemplate& proto) {
  CsnpTemplate value = ToTemplate(proto);
  value.digest = ledger::Sha256Hex(proto.SerializeAsString()).substr(0, kDigestLength);
  return value;
}

absl::StatusOr<bool> AgendaInUse(SlotsTransaction& transaction, const std::string& site,
                                 const std::string& agenda) {
  SAS_ASSIGN_OR_RETURN(const auto fed, transaction.partners().GetAgenda(AgendaName(site, agenda)));
  if (fed) return true;
  SAS_ASSIGN_OR_RETURN(const auto plans,
                       transaction.ListSessionPlans(site, Page{"", kSitePlansMax}));
  return std::any_of(plans.begin(), plans.end(),
                     [&](const v1::SessionPlan& plan) { return plan.agenda() == agenda; });
}

absl::StatusOr<TemplateGround> ReadGround(SlotsTransaction& transaction, const v1::Site& site,
                                          const CsnpTemplate& wanted) {
  TemplateGround ground;
  ground.site = site.name();
  ground.csnp = site.kind() == v1::Structure::KIND_CSNP;
  ground.mode = static_cast<CsnpMode>(site.csnp_mode());
  SAS_ASSIGN_OR_RETURN(const auto made,
                       transaction.agendas().templates().ListAgendas(site.name(), Page{"", 1}));
  if (!made.empty()) {
    ground.applied_id = made[0].template_id();
    ground.applied_version = made[0].template_version();
    ground.applied_digest = made[0].template_digest();
  }
  SAS_ASSIGN_OR_RETURN(ground.agenda_in_use, AgendaInUse(transaction, site.name(), wanted.agenda));
  return ground;
}

absl::StatusOr<care::Date> FirstDayAt(const v1::Site& site, const std::string& asked,
                                      base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  SAS_ASSIGN_OR_RETURN(const PlanFrame frame, ToPlanFrame(site));
  return FirstDay(asked, zone.DateOf(now), frame.site_opening, "effective_start_date");
}

/// The site with what the template says of it, where it says nothing itself.
v1::Site WithTemplate(v1::Site site, const v1::AgendaTemplate& agenda,
                      v1::ApplyTemplateResponse& response) {
  if (!agenda.entry_rules().empty()) {
    if (site.entry_policy().rules().empty()) {
      *site.mutable_entry_policy()->mutable_rules() = agenda.entry_rules();
    } else {
      response.add_notice_codes("ENTRY_RULES_KEPT");
    }
  }
  if (!agenda.accepted_motifs().empty()) {
    if (site.care_policy().accepted_motifs().empty()) {
      *site.mutable_care_policy()->mutable_accepted_motifs() = agenda.accepted_motifs();
    } else {
      response.add_notice_codes("ACCEPTED_MOTIFS_KEPT");
    }
  }
  return site;
}

int CountBookable(const SiteStanding& standing, const v1::ApplyTemplateResponse& made,
                  base::Instant now) {
  if (!standing.exists()) return 0;
  std::set<std::string_view> plans;
  for (const v1::SessionPlan& plan : made.session_plans()) plans.insert(plan.name());
  const auto& slots = standing.picture().site->slots;
  return static_cast<int>(std::count_if(slots.begin(), slots.end(), [&](const IndexedSlot& each) {
    return each.slot.staffed && each.slot.start > now && plans.contains(each.slot.plan);
  }));
}

}  // namespace

absl::StatusOr<v1::ApplyTemplateResponse> PlanningWork::ApplyTemplate(
    const v1::ApplyTemplateRequest& request) {
  const v1::CsnpTemplate& asked = request.csnp_template();
  SAS_ASSIGN_OR_RETURN(const v1::Site before, SiteFor(request.parent(), "", Right::kManage));
  // First: two coordinators at once wait for each other here, and the second sees what the first
  // has made.
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, before.name()));
  const CsnpTemplate wanted = ReadTemplate(asked);
  SAS_RETURN_IF_ERROR(CheckTemplate(wanted, "csnp_template"));
  SAS_ASSIGN_OR_RETURN(const TemplateGround ground, ReadGround(transaction_, before, wanted));
  SAS_RETURN_IF_ERROR(CheckGround(wanted, ground));
  SAS_ASSIGN_OR_RETURN(const care::Date first,
                       FirstDayAt(before, request.effective_start_date(), frame_.now));
  v1::ApplyTemplateResponse response;
  const v1::Site site = WithTemplate(before, asked.agenda(), response);
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site.name()));
  if (!SaysTheSame(before, site)) {
    v1::Territory file;
    *file.add_sites() = site;
    SAS_RETURN_IF_ERROR(CheckAll(file, "territory.sites[0]", "csnp_template.agenda"));
    SAS_RETURN_IF_ERROR(
        WriteSite(transaction_, site, &before, site.place().commune(), frame_.now).status());
  }
  SAS_RETURN_IF_ERROR(MakePlans(asked, site.name(), first, request.practitioner(), response));
  SAS_RETURN_IF_ERROR(MakeNamed(wanted, site, response));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site.name()));
  response.set_bookable_slot_count(CountBookable(after, response, frame_.now));
  if (request.practitioner().empty()) {
    response.add_notice_codes("UNSTAFFED");
  } else if (response.bookable_slot_count() == 0) {
    response.add_notice_codes("NO_SLOT_WITHIN_HORIZON");
  }
  if (!response.session_plans().empty()) {  // All begin on one day.
    SAS_RETURN_IF_ERROR(
        AddPilotWeeks(site, response.session_plans(0), *response.mutable_full_pilot_weeks()));
  }
  events::v1::PlanningChange change;
  change.set_site(site.name());
  change.set_agenda(wanted.agenda);
  SAS_RETURN_IF_ERROR(Tell("ApplyTemplate", "template.applied", response.agenda().name(), change,
                           standing.Stranded(after))
                          .status());
  return response;
}

absl::Status PlanningWork::MakePlans(const v1::CsnpTemplate& asked, const std::string& site,
                                     const care::Date& first, const std::string& practitioner,
                                     v1::ApplyTemplateResponse& response) {
  v1::Territory file;
  for (v1::SessionPlan& plan : PlansOf(asked, site, first, practitioner)) {
    *file.add_session_plans() = std::move(plan);
  }
  SAS_RETURN_IF_ERROR(CheckAll(file, "territory.session_plans", "csnp_template.agenda.sessions"));
  for (const v1::SessionPlan& plan : file.session_plans()) {
    SAS_ASSIGN_OR_RETURN(const auto known, transaction_.agendas().GetPlan(plan.name()));
    if (known) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "PLAN_EXISTS",
                        "the site has a plan of this name already: rename the template's session, "
                        "or end that plan first",
                        {{"plan", plan.name()}});
    }
    SAS_ASSIGN_OR_RETURN(*response.add_session_plans(),
                         WritePlan(transaction_, plan, nullptr, frame_.now));
  }
  return absl::OkStatus();
}

absl::Status PlanningWork::MakeNamed(const CsnpTemplate& wanted, const v1::Site& site,
                                     v1::ApplyTemplateResponse& response) {
  v1::Agenda& agenda = *response.mutable_agenda();
  v1::Worklist& worklist = *response.mutable_worklist();
  agenda.set_name(AgendaName(site.name(), wanted.agenda));
  worklist.set_name(site.name() + "/worklists/" + wanted.worklist);
  agenda.set_display_name(wanted.agenda_display_name);
  agenda.set_template_id(wanted.id);
  agenda.set_template_version(wanted.version);
  agenda.set_template_digest(wanted.digest);
  agenda.set_worklist(worklist.name());
  *agenda.mutable_create_time() = ToTimestamp(frame_.now);
  worklist.set_display_name(wanted.worklist_display_name);
  worklist.set_reach_meters(wanted.reach_meters == 0 ? kReachMetersStandard : wanted.reach_meters);
  worklist.set_agenda(agenda.name());
  worklist.set_template_id(wanted.id);
  worklist.set_template_version(wanted.version);
  *worklist.mutable_create_time() = agenda.create_time();
  SAS_RETURN_IF_ERROR(transaction_.agendas().templates().PutAgenda(agenda));
  SAS_RETURN_IF_ERROR(transaction_.agendas().templates().PutWorklist(worklist));
  FillFrom(site, agenda);
  FillFrom(site, worklist);
  return absl::OkStatus();
}

}  // namespace sas::slots
