#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/community_acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/protected_case.h"

namespace sas::regulation {

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
