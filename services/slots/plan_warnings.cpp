#include "services/slots/plan_warnings.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/convert.h"
#include "services/slots/domain/session_plan.h"

namespace sas::slots {
namespace {

// What platforms offer of a practitioner from now on, by agenda.
absl::StatusOr<std::map<std::string, std::vector<TimeSpan>>> OfferedElsewhere(
    SlotsTransaction& transaction, const std::string& practitioner, base::Instant now) {
  std::map<std::string, std::vector<TimeSpan>> offered;
  PartnerLedger& partners = transaction.partners();
  SAS_ASSIGN_OR_RETURN(const auto sites, partners.ListSitesOf(practitioner, now));
  for (const std::string& site : sites) {
    SAS_ASSIGN_OR_RETURN(const auto rows, partners.ListSlotsOf(site, now));
    for (const FedSlotOf& row : rows) {
      if (row.fed.practitioner != practitioner || row.fed.word == TakenWord::kDropped) continue;
      offered[row.agenda].push_back(
          {base::ToInstant(row.fed.slot.start_time()), base::ToInstant(row.fed.slot.end_time())});
    }
  }
  return offered;
}

/// Of what is called `name`: each agenda that offers the same person during its sessions.
absl::StatusOr<std::vector<std::string>> SharedWarnings(
    SlotsTransaction& transaction, const std::string& name,
    const std::vector<PlannedSession>& sessions, const care::Zone& zone,
    const std::map<std::string, std::vector<TimeSpan>>& offered) {
  std::vector<std::string> warnings;
  for (const auto& [agenda, spans] : offered) {
    const SharedTime shared = SharedWith(sessions, spans);
    if (shared.count == 0) continue;
    if (warnings.size() == static_cast<std::size_t>(kPlanWarningsMax)) break;
    SAS_ASSIGN_OR_RETURN(const auto row, transaction.partners().GetAgenda(agenda));
    warnings.push_back(absl::StrFormat(
        "%s : le médecin est aussi proposé par la plateforme %s à ces heures, %s (%d à partir du "
        "%s)",
        name, row ? row->partner : "", agenda, shared.count,
        care::DateText(zone.DateOf(shared.first))));
  }
  return warnings;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> PlanWarnings(SlotsTransaction& transaction,
                                                      const v1::SessionPlan& plan,
                                                      base::Instant now, int horizon_days) {
  std::vector<std::string> warnings;
  if (plan.practitioner().empty()) return warnings;
  SAS_ASSIGN_OR_RETURN(const auto offered, OfferedElsewhere(transaction, plan.practitioner(), now));
  if (offered.empty()) return warnings;
  SAS_ASSIGN_OR_RETURN(const Plan rule, ToPlan(plan));
  SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(rule.site));
  if (!site) return warnings;
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(*site));
  SAS_ASSIGN_OR_RETURN(PlanFrame frame, ToPlanFrame(*site));
  SAS_ASSIGN_OR_RETURN(const auto doctor, transaction.GetPractitioner(plan.practitioner()));
  if (doctor) frame.licence_end = LicenceEnd(*doctor, rule.site);
  const care::Date today = zone.DateOf(now);
  const auto sessions = Generate(rule, frame, zone, today, care::AddDays(today, horizon_days - 1));
  return SharedWarnings(transaction, plan.name(), sessions, zone, offered);
}

absl::StatusOr<std::vector<std::string>> OpeningWarnings(SlotsTransaction& transaction,
                                                         const v1::AgendaException& opening,
                                                         const v1::Site& site, base::Instant now) {
  if (opening.practitioner().empty()) return std::vector<std::string>();
  SAS_ASSIGN_OR_RETURN(const auto offered,
                       OfferedElsewhere(transaction, opening.practitioner(), now));
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  PlannedSession session;
  session.start = base::ToInstant(opening.start_time());
  session.end = base::ToInstant(opening.end_time());
  return SharedWarnings(transaction, opening.name(), {session}, zone, offered);
}

}  // namespace sas::slots
