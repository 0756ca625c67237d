#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/care/geo.h"

/// Where the patient is, held against what else is known of it (hazard H-05). Means in the wrong
/// valley come of a homonym, a wrong point, or an address that the caller has only half heard.
namespace sas::regulation {

inline constexpr double kPlaceConflictMeters = 2000;
/// A commune's centre says no more than that. [OUR ASSUMPTION]: holds for nine communes in ten.
inline constexpr double kCommuneRadiusMeters = 5000;

/// A point and how exact it is, a radius in metres.
struct RoughPoint {
  care::Point point;
  double radius_meters = 0;
};

/// Metres between the place that was said and the telephone, when they are more than 2 km apart
/// even where their exactness brings them nearest; 0 otherwise, and when one of them is not known.
int ConflictMeters(const std::optional<RoughPoint>& said,
                   const std::optional<RoughPoint>& telephone);

/// Does another département's SAS answer for the commune? No commune is nowhere else.
bool IsOutside(std::string_view territory, std::string_view insee_code);

/// A commune outside of the territory is looked at twice: FAILED_PRECONDITION
/// `PLACE_OUTSIDE_TERRITORY` naming commune and département. `commune` is its name, if known.
absl::Status CheckInside(std::string_view territory, std::string_view insee_code,
                         std::string_view commune, bool confirmed);

/// INVALID_ARGUMENT `POINT_FAR_FROM_COMMUNE` when the point can only be that of another place.
absl::Status CheckPointOfCommune(const care::Point& point, std::string_view insee_code,
                                 std::string_view field);

}  // namespace sas::regulation
