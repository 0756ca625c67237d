#pragma once

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/slots/domain/need.h"
#include "services/slots/slot_lookup.h"

namespace sas::slots {

/// Where the operator goes on while the patient is still on the line: a `HOLD_LOST` with, in its
/// metadata `next_slots`, the best slots around the site of the lost one within 48 h, best first,
/// at most 3, by names with a space between; the lost one too when it is free again. Every other
/// refusal, and one without any such slot, as it is. Nothing is held by it.
absl::Status WithNextSlots(absl::Status refusal, const SlotInView& lost, const Need& need,
                           base::Instant now);

}  // namespace sas::slots
