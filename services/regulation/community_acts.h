#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/community_service.pb.h"
#include "services/regulation/community_demand.h"
#include "services/regulation/community_metrics.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// What every act of CommunityService needs.
struct CommunityDesk {
  Desk& desk;
  CommunityMetrics& metrics;
};

/// Who runs ExpireDemands.
inline constexpr char kExpireDemands[] = "expire_demands";

/// An order whose community has not answered in time is searched again. Whoever comes second finds
/// nothing to do, so that every replica may run it. For a periodic work.
absl::Status ExpireDemands(CommunityDesk& desk, const base::Call& call);

/// Saves the order with its trace: state and code of the request.
absl::Status SaveDemand(RegulationTransaction& transaction, v1::CareOrder& order,
                        const std::string& act, base::Instant now);

/// What a community sees of an order: nothing that tells who the patient is or where he lives, and
/// of a protected contact (hazard H-35) not the commune either.
absl::StatusOr<v1::CommunityDemand> ShowDemand(RegulationTransaction& transaction,
                                               const v1::CareOrder& order, base::Instant now);

}  // namespace sas::regulation

/// One function for each RPC of CommunityService; what each promises stands in the proto.
namespace sas::regulation::acts {

// act_community.cpp
absl::StatusOr<v1::CareOrder> AskCommunity(CommunityDesk& desk, const base::Call& call,
                                           const v1::AskCommunityRequest& request);
absl::StatusOr<v1::CareOrder> WithdrawDemand(CommunityDesk& desk, const base::Call& call,
                                             const v1::WithdrawDemandRequest& request);
absl::StatusOr<v1::CommunityDemand> AnswerDemand(CommunityDesk& desk, const base::Call& call,
                                                 const v1::AnswerDemandRequest& request);
absl::StatusOr<v1::ListDemandsResponse> ListDemands(CommunityDesk& desk, const base::Call& call,
                                                    const v1::ListDemandsRequest& request);

}  // namespace sas::regulation::acts
