#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/slot.pb.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"
#include "services/slots/slot_lookup.h"

namespace sas::slots {

/// Gives a hold back and says how its slot stands. To give back what has ended is no fault, and no
/// more when it was lost with its slot: of a slot that is not there any more the answer is the name
/// alone. `field`: where the slot's name stands, whose shape and region are checked as FindSlot
/// does; `hold` without its region.
absl::StatusOr<v1::Slot> GiveBack(const Projection& projection, SeatBook& book,
                                  const base::Call& call, std::string_view field, HoldKey hold);

/// FAILED_PRECONDITION `HOLD_LOST` of a hold whose slot is gone: that one cannot be held again.
absl::Status LostWithSlot(std::string_view slot);

/// The slot of a hold that is to live on. FAILED_PRECONDITION `HOLD_LOST` when nothing makes it any
/// more; what the book has of the hold is given back then, so that it blocks no other one. `field`
/// and `hold` as above.
absl::StatusOr<SlotInView> FindHeld(const Projection& projection, SeatBook& book,
                                    const base::Call& call, std::string_view field, HoldKey hold);

}  // namespace sas::slots
