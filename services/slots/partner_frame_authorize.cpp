#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/partner_agendas.h"
#include "services/slots/partner_frame.h"

// Whose an agenda is: the platform's that published it first, or ours.
namespace sas::slots {
namespace {

constexpr int kPlansMax = 500;      ///< Of one site.
constexpr int kOpeningsMax = 1000;  ///< Of one site, as many as it may have.

}  // namespace

absl::Status FrameWork::Authorize(SlotsTransaction& transaction) {
  SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(site_));
  if (!site) {
    return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND", "no such site in this region",
                      {{"site", site_}});
  }
  if (!MayPublish(call_.actor, *site, agenda_id_)) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "SITE_OF_OTHER_PARTNER",
                      "your credentials' organization neither manages nor shares this site: its "
                      "planner gives it the right to manage the agenda",
                      {{"site", site_}});
  }
  SAS_ASSIGN_OR_RETURN(frame_of_site_, ToPlanFrame(*site));
  SAS_ASSIGN_OR_RETURN(zone_, ToZone(*site));
  SAS_ASSIGN_OR_RETURN(auto known, transaction.partners().GetAgenda(frame_.agenda()));
  if (known) {
    agenda_ = *std::move(known);
    if (agenda_.partner == call_.actor.subject) return absl::OkStatus();
    return base::Fail(absl::StatusCode::kPermissionDenied, "AGENDA_OF_OTHER_PARTNER",
                      "another platform publishes this agenda: choose another id for yours",
                      {{"agenda", frame_.agenda()}});
  }
  SAS_ASSIGN_OR_RETURN(const bool ours, MadeHere(transaction, std::nullopt));
  if (ours) {
    return base::Fail(
        absl::StatusCode::kFailedPrecondition, "AGENDA_OF_PLAN",
        "plans or openings of this suite make the slots of this agenda: choose another id",
        {{"agenda", frame_.agenda()}});
  }
  SAS_ASSIGN_OR_RETURN(const int published, transaction.partners().CountAgendas(
                                                base::RegionOf(site_), call_.actor.subject));
  if (published >= limits_.agendas_max) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TOO_MANY_AGENDAS",
                      "you publish as many agendas in this region as were agreed: agree on more "
                      "with its coordinator",
                      {{"agendas", std::to_string(published)}});
  }
  agenda_.name = frame_.agenda();
  agenda_.partner = call_.actor.subject;
  return absl::OkStatus();
}

absl::StatusOr<bool> FrameWork::MadeHere(SlotsTransaction& transaction,
                                         const std::optional<care::Date>& from) const {
  const std::string today = from ? care::DateText(*from) : "";
  SAS_ASSIGN_OR_RETURN(const auto plans, transaction.ListSessionPlans(site_, Page{"", kPlansMax}));
  const bool planned = std::any_of(plans.begin(), plans.end(), [&](const v1::SessionPlan& plan) {
    const bool over = !plan.effective_end_date().empty() && plan.effective_end_date() < today;
    return plan.agenda() == agenda_id_ && !over;
  });
  if (planned) return true;
  SAS_ASSIGN_OR_RETURN(const auto exceptions,
                       transaction.agendas().ListExceptions(site_, now_, Page{"", kOpeningsMax}));
  return std::any_of(exceptions.begin(), exceptions.end(), [&](const v1::AgendaException& each) {
    return each.kind() == v1::AgendaException::KIND_OPENING && each.agenda() == agenda_id_;
  });
}

}  // namespace sas::slots
