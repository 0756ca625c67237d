#include "services/slots/partner_agendas.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/convert.h"
#include "services/slots/domain/plan_frame.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/partner_events.h"
#include "services/slots/planning_rights.h"
#include "services/slots/practitioners.h"

namespace sas::slots {
namespace {

constexpr std::chrono::minutes kShortest{kSlotMinutesMin};

}  // namespace

bool MayPublish(const base::Actor& actor, const v1::Site& site, std::string_view agenda_id) {
  const std::string& own = actor.organization;
  if (own.empty()) return false;
  if (own == site.name() || own == site.structure()) return true;
  const auto& partners = site.partner_structures();
  if (std::find(partners.begin(), partners.end(), own) != partners.end()) return true;
  return std::any_of(site.rights().begin(), site.rights().end(), [&](const v1::SiteRight& right) {
    const bool concerns = right.agenda().empty() || right.agenda() == agenda_id;
    const auto& rights = right.rights();
    return right.structure() == own && concerns &&
           std::find(rights.begin(), rights.end(), v1::SiteRight::RIGHT_MANAGE) != rights.end();
  });
}

v1::PartnerAgenda ToProto(const FedAgendaRow& row) {
  v1::PartnerAgenda agenda;
  agenda.set_name(row.agenda.name);
  agenda.set_partner(row.agenda.partner);
  agenda.set_applied_sequence(row.agenda.position.applied);
  if (row.agenda.vouched != base::Instant()) {
    *agenda.mutable_verify_time() = base::ToTimestamp(row.agenda.vouched);
  }
  agenda.set_slot_count(row.slots);
  agenda.set_barred_slot_count(row.barred);
  agenda.set_phantom_count(row.phantoms);
  agenda.set_resync_wanted(row.agenda.position.resync != Resync::kNone);
  agenda.set_quarantined(row.agenda.position.resync == Resync::kQuarantine);
  agenda.set_master(static_cast<v1::AgendaMaster>(row.agenda.said.master));
  return agenda;
}

absl::Status CountBarred(SlotsTransaction& transaction, base::Instant now,
                         std::vector<FedAgendaRow>& rows) {
  Practitioners people;
  std::string known;  // The site of `frame` and `zone`: rows come by name.
  PlanFrame frame;
  std::optional<care::Zone> zone;
  for (FedAgendaRow& row : rows) {
    if (row.slots == 0) continue;
    const std::string name(SiteOfAgenda(row.agenda.name));
    if (name != known) {
      SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(name));
      zone.reset();
      known = name;
      if (site) {
        SAS_ASSIGN_OR_RETURN(frame, ToPlanFrame(*site));
        SAS_ASSIGN_OR_RETURN(zone, ToZone(*site));
      }
    }
    if (!zone) continue;
    SAS_ASSIGN_OR_RETURN(const auto times, transaction.partners().ListTimes(row.agenda.name, now));
    for (const FedTime& each : times) {
      SAS_RETURN_IF_ERROR(ReadPractitioner(transaction, each.practitioner, people));
      frame.licence_end = LicenceEndOf(people, each.practitioner, name);
      // A row from before ends were kept apart, written by an older replica.
      const base::Instant end = std::max(each.end, each.start + kShortest);
      row.barred += BarOf(frame, *zone, each.start, end) == SlotBar::kNone ? 0 : 1;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::PartnerAgenda> ReleaseAgenda(SlotsTransaction& transaction,
                                                const base::Call& call,
                                                const v1::ReleasePartnerAgendaRequest& request) {
  SAS_ASSIGN_OR_RETURN(auto agenda, transaction.partners().GetAgenda(request.name()));
  SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(SiteOfAgenda(request.name())));
  if (!agenda || !site) {
    return base::Fail(absl::StatusCode::kNotFound, "AGENDA_NOT_FOUND",
                      "no platform publishes this agenda", {{"agenda", request.name()}});
  }
  SAS_RETURN_IF_ERROR(
      CheckSiteRight(call.actor, *site, base::LastId(request.name()), Right::kManage));
  if (agenda->position.resync != Resync::kQuarantine) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "AGENDA_NOT_QUARANTINED",
                      "nothing of this agenda waits for a release; list the agendas again",
                      {{"agenda", request.name()}});
  }
  agenda->position.resync = Resync::kReleased;
  SAS_RETURN_IF_ERROR(transaction.partners().PutAgenda(*agenda));
  SAS_RETURN_IF_ERROR(RecordRelease(transaction.journal(), *agenda));
  return ToProto({*agenda, 0, 0});
}

}  // namespace sas::slots
