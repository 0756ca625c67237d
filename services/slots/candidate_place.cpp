#include "services/slots/candidate_place.h"

#include <cmath>

#include "common/base/status.h"
#include "services/slots/domain/barrier.h"

namespace sas::slots {

absl::StatusOr<care::Point> PlaceOf(const v1::SeatCandidate& candidate, const RegionView& view,
                                    const std::string& field) {
  if (candidate.has_point()) {
    const care::Point point{candidate.point().latitude_degrees(),
                            candidate.point().longitude_degrees()};
    SAS_RETURN_IF_ERROR(care::CheckPoint(point, field + ".point"));
    return point;
  }
  if (candidate.insee_code().empty() || view.communes == nullptr) {
    return base::InvalidField(field + ".insee_code", "PLACE_REQUIRED", "give a commune or a point");
  }
  return view.communes->Centre(candidate.insee_code(), field + ".insee_code");
}

int WayMeters(const RegionView& view, const care::Point& from, const care::Point& to,
              base::Instant instant) {
  const double straight = care::DistanceMeters(from, to);
  int meters = static_cast<int>(std::lround(straight));
  if (const Barriers* barriers = view.index->barriers(); barriers != nullptr) {
    meters += DetourBetween(BarriersWithin(*barriers, from, meters + 1, instant), from, to).meters;
  }
  return meters;
}

}  // namespace sas::slots
