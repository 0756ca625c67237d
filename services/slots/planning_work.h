#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "sas/events/v1/event.pb.h"
#include "sas/slots/v1/planning_service.pb.h"
#include "sas/slots/v1/template_service.pb.h"
#include "services/slots/directory_import.h"
#include "services/slots/domain/csnp_template.h"
#include "services/slots/domain/site_right.h"
#include "services/slots/planning_site.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Living exceptions of one site, at most.
inline constexpr int kExceptionsMax = 1000;
inline constexpr int kSitePlansMax = 1000;  ///< Plans of one site that are looked at.
inline constexpr int kOpenSlotsMax = 20;    ///< Of one call.
inline constexpr std::chrono::hours kOpenAheadMax{14 * 24};
inline constexpr int kOpenMinutesStandard = 15;
inline constexpr int kOrphansTold = 100;  ///< Of one event.

/// What a planning request needs beside the transaction.
struct PlanningFrame {
  const base::Call& call;
  std::string region;
  ImportOptions options;
  base::Instant now{};
  std::string fresh_id;  ///< For what the request creates; the same if the work runs again.
};

/// The work of each planning RPC inside one transaction: judged like an import, audited, told by an
/// event, logged for the searches. Nothing here touches a booked seat.
class PlanningWork {
 public:
  PlanningWork(PlanningFrame frame, SlotsTransaction& transaction)
      : frame_(std::move(frame)), transaction_(transaction) {}

  absl::StatusOr<v1::Structure> UpdateStructure(const v1::UpdateStructureRequest& request);
  absl::StatusOr<v1::Site> UpdateSite(const v1::UpdateSiteRequest& request);
  absl::StatusOr<v1::Practitioner> UpdatePractitioner(const v1::UpdatePractitionerRequest& request);
  absl::StatusOr<v1::SessionPlan> UpdateSessionPlan(const v1::UpdateSessionPlanRequest& request);
  absl::StatusOr<v1::DeleteSessionPlanResponse> DeleteSessionPlan(
      const v1::DeleteSessionPlanRequest& request);
  absl::StatusOr<v1::AgendaException> CreateException(
      const v1::CreateAgendaExceptionRequest& request);
  absl::StatusOr<v1::DeleteAgendaExceptionResponse> DeleteException(
      const v1::DeleteAgendaExceptionRequest& request);
  absl::StatusOr<v1::OpenSlotsResponse> OpenSlots(const v1::OpenSlotsRequest& request);
  absl::StatusOr<v1::Slot> WithdrawSlot(const v1::WithdrawSlotRequest& request);
  absl::StatusOr<v1::Site> SignCarePolicy(const v1::SignCarePolicyRequest& request);
  absl::StatusOr<v1::ApplyTemplateResponse> ApplyTemplate(const v1::ApplyTemplateRequest& request);

 private:
  /// The site, if the actor has the right and the SAS territory: NOT_FOUND `SITE_NOT_FOUND`.
  absl::StatusOr<v1::Site> SiteFor(const std::string& name, std::string_view agenda, Right right);
  absl::Status CheckAll(const v1::Territory& territory, std::string_view from, std::string_view to);
  /// Checks and writes; what it meets is refused.
  absl::StatusOr<v1::AgendaException> AddException(const v1::Site& site,
                                                   v1::AgendaException exception,
                                                   std::string_view field);
  absl::Status CheckOpeningAt(const v1::Site& site, const v1::AgendaException& exception,
                              std::string_view field);
  absl::Status CheckMeetings(const Opening& opening, const care::Zone& zone);
  /// Plans of a template's sessions, into `response`: FAILED_PRECONDITION `PLAN_EXISTS`.
  absl::Status MakePlans(const v1::CsnpTemplate& asked, const std::string& site,
                         const care::Date& first, const std::string& practitioner,
                         v1::ApplyTemplateResponse& response);
  /// Agenda and worklist, into `response`.
  absl::Status MakeNamed(const CsnpTemplate& wanted, const v1::Site& site,
                         v1::ApplyTemplateResponse& response);
  absl::StatusOr<std::string> OwnAgenda(const std::string& site, const std::string& practitioner);
  absl::StatusOr<SiteStanding> Standing(const std::string& site);
  /// Audit record and event; booked seats left standing are told and counted. Gives their number.
  absl::StatusOr<int> Tell(std::string_view action, std::string_view type,
                           const std::string& subject, events::v1::PlanningChange change,
                           const std::vector<std::string>& stranded = {});

  using PilotWeeks = google::protobuf::RepeatedPtrField<v1::PilotWeek>;
  /// Weeks of a pilot that have more sessions than it opens (S0-07), so many days from `from` on.
  absl::Status AddPilotWeeks(const v1::Site& site, base::Instant from, int days, PilotWeeks& found);
  /// From the first day of the plan on, when it is to come.
  absl::Status AddPilotWeeks(const v1::Site& site, const v1::SessionPlan& plan, PilotWeeks& found);

  /// Event `seats.reopened` when the change offers free seats again, soon enough for those who
  /// wait: the file active asks them. `opened`: see SiteStanding::Reopened.
  absl::Status TellReopened(const std::string& site, const SiteStanding& before,
                            const SiteStanding& after, std::string_view opened = {});

  const PlanningFrame frame_;
  SlotsTransaction& transaction_;
};

}  // namespace sas::slots
