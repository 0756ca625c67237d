#pragma once

#include "common/base/clock.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// The wall's head counts: one line for each priority in the order of the bands, whether or not
/// anybody waits with it. `with_owner`: also the longest idle claim, for whoever sees dossiers (who
/// does what is no head count, hazard H-51).
v1::Board ToBoard(const RoomCount& room, bool with_owner, base::Instant now);

}  // namespace sas::regulation
