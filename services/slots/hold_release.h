#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/slot.pb.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// Gives a hold back and says how its slot stands. To give back what has ended is no fault, and no
/// more when it was lost with its slot: of a slot that is not there any more the answer is the name
/// alone. `field`: where the slot's name stands, whose shape and region are checked as FindSlot
/// does; `hold` without its region.
absl::StatusOr<v1::Slot> GiveBack(const Projection& projection, SeatBook& book,
                                  const base::Call& call, std::string_view field, HoldKey hold);

}  // namespace sas::slots
