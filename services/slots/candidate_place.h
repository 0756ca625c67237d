#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/care/geo.h"
#include "sas/slots/v1/seat_offer_service.pb.h"
#include "services/slots/region_view.h"

namespace sas::slots {

/// Where the patient is: his point, or else the centre of his commune. INVALID_ARGUMENT
/// `PLACE_REQUIRED`, and what CheckPoint and CommuneTable::Centre say.
absl::StatusOr<care::Point> PlaceOf(const v1::SeatCandidate& candidate, const RegionView& view,
                                    const std::string& field);

/// As the crow flies, plus what lies between on the day of `instant`.
int WayMeters(const RegionView& view, const care::Point& from, const care::Point& to,
              base::Instant instant);

}  // namespace sas::slots
