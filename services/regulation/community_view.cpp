#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/community_acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/protected_case.h"

namespace sas::regulation {

Demand DemandOf(const v1::CareOrder& order) {
  const v1::CommunityRequest& request = order.community_request();
  return {static_cast<DemandState>(request.state()), request.community(),
          ToInstant(request.answer_due_time())};
}

base::Instant LatestStartOf(const v1::CareOrder& order) {
  return ToInstant(order.has_late_agreement() ? order.late_agreement().latest_start_time()
                                              : order.due_time());
}

absl::Status EndDemand(v1::CareOrder& order, DemandState state, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const OrderState next,
                       Advance(ToValue(order.state()), OrderAct::kEndCommunity));
  order.set_state(static_cast<v1::CareOrder::State>(next));
  v1::CommunityRequest& request = *order.mutable_community_request();
  request.set_state(static_cast<v1::CommunityRequest::State>(state));
  *request.mutable_answer_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status SaveDemand(RegulationTransaction& transaction, v1::CareOrder& order,
                        const std::string& act, base::Instant now) {
  return SaveOrder(transaction, order, now, "order.updated", act,
                   "state=" + std::string(OrderStateName(ToValue(order.state()))) +
                       " community=" + std::string(DemandCode(DemandOf(order).state)));
}

absl::StatusOr<v1::CommunityDemand> ShowDemand(RegulationTransaction& transaction,
                                               const v1::CareOrder& order, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(CaseOf(order.name())));
  v1::CommunityDemand demand;
  demand.set_care_order(order.name());
  *demand.mutable_request() = order.community_request();
  demand.mutable_request()->clear_asked_by();
  demand.set_motif_code(order.motif_code());
  *demand.mutable_age() = order.age();
  if (!IsProtected(row)) demand.set_insee_code(order.place().insee_code());
  *demand.mutable_modes() = order.modes();
  *demand.mutable_mobility() = order.mobility();
  demand.set_clinical_line(order.clinical_line());
  demand.set_constraints(order.constraints());
  *demand.mutable_due_time() = order.due_time();
  const auto left = std::max(base::Instant::duration{}, DemandOf(order).answer_due - now);
  demand.mutable_remaining()->set_seconds(
      DemandOf(order).state == DemandState::kAsked
          ? std::chrono::floor<std::chrono::seconds>(left).count()
          : 0);
  demand.set_etag(order.etag());
  return demand;
}

}  // namespace sas::regulation
