#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// Closes a session whose passages are all documented (S2-49), once.
absl::StatusOr<v1::SessionClosure> CloseSession(const BookingParts& parts, const base::Call& call,
                                                const v1::CloseSessionRequest& request);

}  // namespace sas::booking
