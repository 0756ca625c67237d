#include "services/slots/domain/border_map.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "common/care/department.h"
#include "services/slots/domain/finess_file.h"

namespace sas::slots {
namespace {

constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;

// The boxes of départements are rounded outwards to a tenth of a degree.
constexpr double kBoxSlackDegrees = 0.11;

}  // namespace

void Coverage::AddOne(std::string_view region, std::string_view insee_code,
                      std::string_view territory) {
  communes.emplace(insee_code);
  if (territory == TerritoryOfCommune(insee_code) && !care::IsOfAnotherRegion(territory, region)) {
    departments.emplace(territory);
  }
}

void BorderMap::Box::Widen(const Box& other) {
  south = std::min(south, other.south);
  north = std::max(north, other.north);
  west = std::min(west, other.west);
  east = std::max(east, other.east);
}

// Communes that reach all sides of their département's box are taken for all of them.
bool BorderMap::Box::Fills(const Box& other) const {
  return south - other.south <= kBoxSlackDegrees && other.north - north <= kBoxSlackDegrees &&
         west - other.west <= kBoxSlackDegrees && other.east - east <= kBoxSlackDegrees;
}

BorderMap::BorderMap(const Coverage& coverage, const std::vector<CommunePoint>& communes) {
  std::map<std::string, Part, std::less<>> parts;
  for (const care::DepartmentBox& box : care::DepartmentBoxes()) {
    if (coverage.departments.contains(box.department)) continue;
    parts[std::string(box.department)].may = {box.south, box.north, box.west, box.east};
  }
  for (const CommunePoint& commune : communes) {
    const std::string_view department = TerritoryOfCommune(commune.insee_code);
    if (department.empty() || coverage.departments.contains(department)) continue;
    Part& part = parts[std::string(department)];
    const auto [latitude, longitude] = commune.point;
    part.known.Widen({latitude, latitude, longitude, longitude});
    if (coverage.communes.contains(commune.insee_code)) continue;
    part.communes.push_back(ToRoundedPlace(commune.point));
  }
  for (auto& [department, part] : parts) {
    part.department = department;
    Box& reach = reach_.emplace_back(part.may);
    reach.Widen(part.known);
    parts_.push_back(std::move(part));
  }
}

std::vector<Uncovered> BorderMap::Within(const care::Point& centre, int radius_meters) const {
  const double high = radius_meters / kMetersPerDegree;
  const double farthest = std::min(89.0, std::abs(centre.latitude) + high);
  const double wide = high / std::cos(farthest * std::numbers::pi / 180);
  const UnitVector from = ToUnitVector(centre);
  std::vector<Uncovered> found;
  for (std::size_t i = 0; i < reach_.size(); ++i) {
    const Box& reach = reach_[i];
    if (reach.south > centre.latitude + high || reach.north < centre.latitude - high ||
        reach.west > centre.longitude + wide || reach.east < centre.longitude - wide) {
      continue;
    }
    const Part& part = parts_[i];
    double nearest = 4;  // Square of the longest chord.
    for (const RoundedPlace& each : part.communes) {
      nearest = std::min(nearest, SquareOfChord(each, from));
    }
    if (const int meters = MetersOfChord(nearest); meters <= radius_meters) {
      found.push_back({part.department, meters, true});
      continue;
    }
    if (part.known.Fills(part.may)) continue;
    const care::Point edge{std::clamp(centre.latitude, part.may.south, part.may.north),
                           std::clamp(centre.longitude, part.may.west, part.may.east)};
    if (const int meters = MetersBetween(ToUnitVector(edge), from); meters <= radius_meters) {
      found.push_back({part.department, meters, false});
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.distance_meters != b.distance_meters ? a.distance_meters < b.distance_meters
                                                  : a.department < b.department;
  });
  return found;
}

}  // namespace sas::slots
