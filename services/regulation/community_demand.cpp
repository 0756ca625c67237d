#include "services/regulation/community_demand.h"

#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/care_order.h"

namespace sas::regulation {
namespace {

template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(DemandState::kAsked, v1::CommunityRequest::STATE_ASKED) &&
              Same(DemandState::kAccepted, v1::CommunityRequest::STATE_ACCEPTED) &&
              Same(DemandState::kExpired, v1::CommunityRequest::STATE_EXPIRED));
static_assert(v1::CommunityRequest::State_ARRAYSIZE == 6);

}  // namespace

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

void TakeBackDemand(v1::CareOrder& order, base::Instant now) {
  const bool over =
      order.state() != v1::CareOrder::STATE_PENDING_ACCEPTANCE || !order.appointment().empty();
  if (DemandOf(order).state != DemandState::kAsked || !over) return;
  v1::CommunityRequest& request = *order.mutable_community_request();
  request.set_state(v1::CommunityRequest::STATE_WITHDRAWN);
  *request.mutable_answer_time() = ToTimestamp(now);
}

}  // namespace sas::regulation
