#include "services/slots/planning_work.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/directory.h"
#include "services/slots/directory_checks.h"
#include "services/slots/directory_writes.h"
#include "services/slots/pilot_weeks.h"
#include "services/slots/plan_warnings.h"
#include "services/slots/planning_rights.h"

// Entries of the directory; exceptions are in planning_exceptions.cpp.
namespace sas::slots {
namespace {

absl::Status NotFound(std::string_view reason, std::string_view kind, const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, reason,
                    "no such " + std::string(kind) + " in this region; set allow_missing to create",
                    {{std::string(kind), name}});
}

absl::Status CheckEtag(const std::string& asked, const std::string& present) {
  if (asked.empty() || asked == present) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "somebody changed it since you read it; read it again", {{"etag", present}});
}

/// The checks speak of a file; the caller has sent one entry.
absl::Status Renamed(const absl::Status& status, std::string_view from, std::string_view to) {
  if (status.ok()) return status;
  const auto rename = [&](std::string text) {
    if (text.compare(0, from.size(), from) == 0) text.replace(0, from.size(), to);
    return text;
  };
  base::ErrorDetail detail = base::DetailOf(status);
  for (base::FieldViolation& violation : detail.violations) {
    violation.field = rename(std::move(violation.field));
  }
  const std::string message = rename(std::string(base::FromAbsl(status.message())));
  return base::WithDetail(absl::Status(status.code(), message), detail);
}

std::string SiteOfPlan(const std::string& plan) {
  return plan.substr(0, plan.find("/plans/"));
}

}  // namespace

absl::StatusOr<v1::Site> PlanningWork::SiteFor(const std::string& name, std::string_view agenda,
                                               Right right) {
  SAS_ASSIGN_OR_RETURN(auto site, transaction_.GetSite(name));
  if (!site) {
    return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site in this region",
                      {{"site", name}});
  }
  v1::Territory own;
  *own.add_sites() = *site;
  SAS_RETURN_IF_ERROR(CheckOwnTerritories(frame_.call.actor, own));
  SAS_RETURN_IF_ERROR(CheckSiteRight(frame_.call.actor, *site, agenda, right));
  return *std::move(site);
}

absl::Status PlanningWork::CheckAll(const v1::Territory& territory, std::string_view from,
                                    std::string_view to) {
  SAS_ASSIGN_OR_RETURN(Directory around,
                       ReadAround(transaction_, frame_.region, territory, frame_.now));
  const Directory after = WithTerritory(std::move(around), territory);
  return Renamed(
      CheckTerritoryFile(frame_.region, territory, after, frame_.options.test_identities), from,
      to);
}

absl::StatusOr<SiteStanding> PlanningWork::Standing(const std::string& site) {
  return SiteStanding::Read(transaction_, site, frame_.now, frame_.options.horizon_days);
}

absl::StatusOr<int> PlanningWork::Tell(std::string_view action, std::string_view type,
                                       const std::string& subject,
                                       events::v1::PlanningChange change,
                                       const std::vector<std::string>& stranded) {
  const int count = static_cast<int>(stranded.size());
  change.set_orphan_count(count);
  for (int i = 0; i < count && i < kOrphansTold; ++i) {
    change.add_orphan_slots(stranded[static_cast<std::size_t>(i)]);
  }
  SAS_RETURN_IF_ERROR(transaction_.journal().Audit(
      {std::string(action), subject, frame_.region, "orphans=" + std::to_string(count)}));
  events::v1::Event event;
  event.set_type(std::string(type));
  event.set_subject(subject);
  event.set_region(frame_.region);
  *event.mutable_planning() = std::move(change);
  SAS_RETURN_IF_ERROR(transaction_.journal().Publish(
      {frame_.region, event.type(), subject, event.SerializeAsString()}));
  return count;
}

absl::Status PlanningWork::TellReopened(const std::string& site, const SiteStanding& before,
                                        const SiteStanding& after, std::string_view opened) {
  events::v1::Event event;
  for (const FreeSeat& free : before.Reopened(after, opened)) {
    events::v1::SeatsChange::Seat& seat = *event.mutable_seats()->add_seats();
    seat.set_slot(free.slot);
    seat.set_seat(free.seat);
  }
  if (!event.has_seats()) return absl::OkStatus();
  event.set_type("seats.reopened");
  event.set_subject(site);
  event.set_region(frame_.region);
  return transaction_.journal().Publish(
      {frame_.region, event.type(), site, event.SerializeAsString()});
}

absl::Status PlanningWork::AddPilotWeeks(const v1::Site& site, base::Instant from, int days,
                                         PilotWeeks& found) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  const care::Date first = zone.DateOf(from);
  SAS_ASSIGN_OR_RETURN(auto weeks,
                       ReadPilotWeeks(transaction_, site, first, care::AddDays(first, days - 1)));
  for (v1::PilotWeek& week : weeks) *found.Add() = std::move(week);
  return absl::OkStatus();
}

absl::Status PlanningWork::AddPilotWeeks(const v1::Site& site, const v1::SessionPlan& plan,
                                         PilotWeeks& found) {
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  // A plan that begins in two months is judged by its own first weeks.
  SAS_ASSIGN_OR_RETURN(const care::Date first, FirstDayOf(site, plan, frame_.now));
  return AddPilotWeeks(site, zone.At(first, {0}), frame_.options.horizon_days, found);
}

absl::StatusOr<v1::Structure> PlanningWork::UpdateStructure(
    const v1::UpdateStructureRequest& request) {
  const v1::Structure& structure = request.structure();
  SAS_ASSIGN_OR_RETURN(const auto before, transaction_.GetStructure(structure.name()));
  if (!before && !request.allow_missing()) {
    return NotFound("STRUCTURE_NOT_FOUND", "structure", structure.name());
  }
  v1::Territory file;
  *file.mutable_territories() = structure.territories();
  if (before) file.mutable_territories()->MergeFrom(before->territories());
  SAS_RETURN_IF_ERROR(CheckOwnTerritories(frame_.call.actor, file));
  file.clear_territories();
  *file.add_structures() = structure;
  SAS_RETURN_IF_ERROR(CheckAll(file, "territory.structures[0]", "structure"));
  SAS_RETURN_IF_ERROR(transaction_.PutStructure(structure));
  if (!SameMembership(before ? &*before : nullptr, structure)) {
    SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, ""));
  }
  SAS_RETURN_IF_ERROR(Tell("UpdateStructure", "structure.updated", structure.name(), {}).status());
  return structure;
}

absl::StatusOr<v1::Site> PlanningWork::UpdateSite(const v1::UpdateSiteRequest& request) {
  const v1::Site& site = request.site();
  SAS_ASSIGN_OR_RETURN(const auto before, transaction_.GetSite(site.name()));
  if (!before && !request.allow_missing()) return NotFound("SITE_NOT_FOUND", "site", site.name());
  v1::Territory file;
  *file.add_sites() = site;
  if (before) {
    SAS_RETURN_IF_ERROR(SiteFor(site.name(), "", Right::kManage).status());
    SAS_RETURN_IF_ERROR(CheckEtag(site.etag(), before->etag()));
  }
  SAS_RETURN_IF_ERROR(CheckOwnTerritories(frame_.call.actor, file));
  SAS_RETURN_IF_ERROR(CheckAll(file, "territory.sites[0]", "site"));
  SAS_ASSIGN_OR_RETURN(const auto commune,
                       transaction_.GetCommune(frame_.region, site.place().insee_code()));
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site.name()));
  SAS_ASSIGN_OR_RETURN(v1::Site written,
                       WriteSite(transaction_, site, before ? &*before : nullptr,
                                 commune ? commune->display_name() : "", frame_.now));
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site.name()));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site.name()));
  events::v1::PlanningChange change;
  change.set_site(site.name());
  SAS_RETURN_IF_ERROR(
      Tell("UpdateSite", "site.updated", site.name(), change, standing.Stranded(after)).status());
  return written;
}

absl::StatusOr<v1::Practitioner> PlanningWork::UpdatePractitioner(
    const v1::UpdatePractitionerRequest& request) {
  const v1::Practitioner& practitioner = request.practitioner();
  SAS_ASSIGN_OR_RETURN(const auto before, transaction_.GetPractitioner(practitioner.name()));
  if (!before && !request.allow_missing()) {
    return NotFound("PRACTITIONER_NOT_FOUND", "practitioner", practitioner.name());
  }
  v1::Territory file;
  *file.add_practitioners() = practitioner;
  SAS_RETURN_IF_ERROR(CheckAll(file, "territory.practitioners[0]", "practitioner"));
  SAS_RETURN_IF_ERROR(transaction_.PutPractitioner(practitioner));
  // Licence, motifs and cap follow him to each of his sites.
  SAS_ASSIGN_OR_RETURN(const auto plans, transaction_.agendas().ListPlansOf(practitioner.name()));
  for (const v1::SessionPlan& plan : plans) {
    SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, SiteOfPlan(plan.name())));
  }
  SAS_ASSIGN_OR_RETURN(const auto openings,
                       transaction_.agendas().ListOpeningsOf(practitioner.name(), frame_.now));
  for (const v1::AgendaException& each : openings) {
    const std::string site = SiteOfException(each.name());
    SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site));
  }
  SAS_ASSIGN_OR_RETURN(const auto fed,
                       transaction_.partners().ListSitesOf(practitioner.name(), frame_.now));
  for (const std::string& site : fed) {
    SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site));
  }
  SAS_RETURN_IF_ERROR(
      Tell("UpdatePractitioner", "practitioner.updated", practitioner.name(), {}).status());
  return practitioner;
}

absl::StatusOr<v1::SessionPlan> PlanningWork::UpdateSessionPlan(
    const v1::UpdateSessionPlanRequest& request) {
  const v1::SessionPlan& plan = request.session_plan();
  const std::string site = SiteOfPlan(plan.name());
  SAS_ASSIGN_OR_RETURN(const v1::Site at, SiteFor(site, plan.agenda(), Right::kManage));
  SAS_ASSIGN_OR_RETURN(const auto before, transaction_.agendas().GetPlan(plan.name()));
  if (!before && !request.allow_missing()) return NotFound("PLAN_NOT_FOUND", "plan", plan.name());
  if (before) {
    // Whoever may manage one agenda does not take a plan out of another.
    SAS_RETURN_IF_ERROR(SiteFor(site, before->agenda(), Right::kManage).status());
    SAS_RETURN_IF_ERROR(CheckEtag(plan.etag(), before->etag()));
  }
  v1::Territory file;
  *file.add_session_plans() = plan;
  SAS_RETURN_IF_ERROR(CheckAll(file, "territory.session_plans[0]", "session_plan"));
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site));
  SAS_ASSIGN_OR_RETURN(v1::SessionPlan written,
                       WritePlan(transaction_, plan, before ? &*before : nullptr, frame_.now));
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site));
  events::v1::PlanningChange change;
  change.set_site(site);
  change.set_agenda(plan.agenda());
  SAS_RETURN_IF_ERROR(Tell("UpdateSessionPlan", "session_plan.updated", plan.name(), change,
                           standing.Stranded(after))
                          .status());
  SAS_RETURN_IF_ERROR(TellReopened(site, standing, after));
  SAS_ASSIGN_OR_RETURN(const auto warnings, PlanWarnings(transaction_, written, frame_.now,
                                                         frame_.options.horizon_days));
  for (const std::string& each : warnings) written.add_warnings(each);
  SAS_RETURN_IF_ERROR(AddPilotWeeks(at, written, *written.mutable_full_pilot_weeks()));
  return written;
}

absl::StatusOr<v1::DeleteSessionPlanResponse> PlanningWork::DeleteSessionPlan(
    const v1::DeleteSessionPlanRequest& request) {
  const std::string site = SiteOfPlan(request.name());
  SAS_ASSIGN_OR_RETURN(const auto plan, transaction_.agendas().GetPlan(request.name()));
  SAS_RETURN_IF_ERROR(SiteFor(site, plan ? plan->agenda() : "", Right::kManage).status());
  if (!plan) {
    return base::Fail(absl::StatusCode::kNotFound, "PLAN_NOT_FOUND", "the site has no such plan",
                      {{"plan", request.name()}});
  }
  SAS_RETURN_IF_ERROR(CheckEtag(request.etag(), plan->etag()));
  SAS_ASSIGN_OR_RETURN(const SiteStanding standing, Standing(site));
  SAS_RETURN_IF_ERROR(transaction_.agendas().DeletePlan(request.name()));
  SAS_RETURN_IF_ERROR(transaction_.TouchSite(frame_.region, site));
  SAS_ASSIGN_OR_RETURN(const SiteStanding after, Standing(site));
  events::v1::PlanningChange change;
  change.set_site(site);
  change.set_agenda(plan->agenda());
  v1::DeleteSessionPlanResponse response;
  SAS_ASSIGN_OR_RETURN(const int orphans, Tell("DeleteSessionPlan", "session_plan.deleted",
                                               request.name(), change, standing.Stranded(after)));
  response.set_orphan_count(orphans);
  return response;
}

}  // namespace sas::slots
