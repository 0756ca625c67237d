#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_journey.h"
#include "services/regulation/exchange_acts.h"
#include "services/regulation/exchange_work.h"
#include "services/regulation/on_case.h"

namespace sas::regulation::acts {
namespace {

constexpr int kMarksMax = 2000;

// Practices see the way of what they have entered themselves.
absl::Status CheckOwn(const base::Actor& actor, const v1::RegulationCase& row) {
  if (SightOn(actor, row) != ExchangeSight::kAddressed) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE",
                    "you may follow the dossiers that you have entered, and no others");
}

absl::StatusOr<std::vector<KpiMark>> MarksOf(RegulationTransaction& transaction,
                                             const std::string& case_name,
                                             const std::vector<v1::CareOrder>& orders) {
  KpiMarkQuery query;
  query.region = std::string(base::RegionOf(case_name));
  query.end = base::Instant::max();
  query.limit = kMarksMax;
  query.subjects = {case_name, VisitsOf(case_name)};
  for (const v1::CareOrder& order : orders) query.subjects.push_back(order.name());
  return transaction.ListMarks(query);
}

}  // namespace

absl::StatusOr<v1::Journey> GetJourney(ExchangeDesk& desk, const base::Call& call,
                                       const v1::GetJourneyRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.name(), "name"));
  const base::Instant now = desk.desk.clock.Now();
  v1::Journey journey;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(CaseWork work, CaseWork::Open(transaction, call, now, request.name()));
        SAS_RETURN_IF_ERROR(CheckOwn(call.actor, work.row()));
        SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
        SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
        SAS_ASSIGN_OR_RETURN(const auto marks, MarksOf(transaction, request.name(), *orders));
        const JourneyFacts facts = FactsOf({work.row(), *orders, *decisions, marks}, now);
        journey = ToProto(TraceJourney(facts, now));
        journey.set_regulation_case(request.name());
        AddMissingInformation(work.row(), call.actor, journey);
        *journey.mutable_read_time() = ToTimestamp(now);
        return absl::OkStatus();
      }));
  return journey;
}

}  // namespace sas::regulation::acts
