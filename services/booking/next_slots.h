#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// Tells whose seat is gone (`HOLD_LOST`, `SEAT_TAKEN`) where to go on while the patient is still
/// on the line: `next_slots` in the metadata, up to 3 names with a space between, best first,
/// around the patient when the order says where he is, else around the site. 300 ms for all
/// together: what cannot be said by then is refused without.
void TellNextSlots(const BookingParts& parts, const std::vector<Passage>& passages,
                   std::vector<absl::StatusOr<v1::Appointment>>& outcomes);

}  // namespace sas::booking
