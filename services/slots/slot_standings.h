#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Does somebody hold these slots, by the ledger (hazard H-27)? Each site is read once, apart from
/// the others. A platform's slot that is not named any more may be our own seat: it is told as
/// withdrawn when the platform named it as taken before, and never as gone. INVALID_ARGUMENT
/// `INVALID_SLOT_COUNT` unless there are 1 to 200, `INVALID_RESOURCE_NAME`, `REGION_MISMATCH`.
absl::StatusOr<v1::GetSlotStandingsResponse> ReadSlotStandings(
    SlotsStore& store, const base::Call& call, const v1::GetSlotStandingsRequest& request,
    base::Instant now, int horizon_days);

}  // namespace sas::slots
