#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What a request for a hold lifts, as the hold keeps it: reasons by commas; empty for none.
/// PERMISSION_DENIED `LIFT_NEEDS_REGULATOR`, INVALID_ARGUMENT `RULE_NOT_LIFTABLE`,
/// `REASON_CODE_REQUIRED`.
absl::StatusOr<std::string> ReadLift(const v1::HoldSlotRequest& request, const base::Actor& actor);

/// Audit record and event of a lift, once for each request_id: a hold is not in the ledger, but who
/// lifted which rule for it, and why, is what somebody must prove later.
absl::Status RecordLift(SlotsStore& store, const base::Call& call,
                        const v1::HoldSlotRequest& request);

}  // namespace sas::slots
