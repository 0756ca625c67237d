#pragma once

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "services/regulation/domain/community_request.h"

/// The request to a community that an order carries (rules: domain/community_request.h).
namespace sas::regulation {

Demand DemandOf(const v1::CareOrder& order);

/// The latest start of care that is ordered, or that a regulator has agreed to.
base::Instant LatestStartOf(const v1::CareOrder& order);

/// The request ends so and the order is searched again. No act of who works the order, who has the
/// alarm until he acts; the caller saves it.
absl::Status EndDemand(v1::CareOrder& order, DemandState state, base::Instant now);

/// Nobody is asked any more to take a patient who has an appointment, or whose order has ended.
void TakeBackDemand(v1::CareOrder& order, base::Instant now);

}  // namespace sas::regulation
