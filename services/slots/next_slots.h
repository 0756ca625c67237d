#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/slots/domain/need.h"
#include "services/slots/slot_lookup.h"

namespace sas::slots {

/// Where the operator goes on while the patient is still on the line: a `HOLD_LOST` with, in its
/// metadata `next_slots`, the best slots around the site of the lost one within 48 h, best first,
/// at most 3, by names with a space between; the lost one too when it is free again. Every other
/// refusal, and one without any such slot, as it is. Nothing is held by it.
absl::Status WithNextSlots(absl::Status refusal, const SlotInView& lost, const Need& need,
                           base::Instant now);

/// The same for whoever knows where the patient is, also when the ledger has lost him his seat.
/// INVALID_ARGUMENT of a need or a place that cannot be read; NOT_FOUND `SLOT_NOT_FOUND` without a
/// place when the slot is gone; what FindRegion says.
absl::StatusOr<v1::SearchNextSlotsResponse> SearchNextSlots(
    const Projection& projection, const base::Call& call, const v1::SearchNextSlotsRequest& request,
    base::Instant now);

}  // namespace sas::slots
