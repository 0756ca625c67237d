#include "services/slots/domain/barrier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "services/slots/domain/month_day.h"

namespace sas::slots {
namespace {

constexpr double kMetersPerDegree = 111'000;  // Less than any: a box made with it is not too small.

// On which side of the line from a to b lies c? Degrees are as good as metres for that.
int Side(const care::Point& a, const care::Point& b, const care::Point& c) {
  const double cross = (b.longitude - a.longitude) * (c.latitude - a.latitude) -
                       (b.latitude - a.latitude) * (c.longitude - a.longitude);
  return (cross > 0) - (cross < 0);
}

bool Overlap(double a, double b, double c, double d) {
  return std::max(std::min(a, b), std::min(c, d)) <= std::min(std::max(a, b), std::max(c, d));
}

bool Cross(const care::Point& a, const care::Point& b, const care::Point& c, const care::Point& d) {
  return Overlap(a.latitude, b.latitude, c.latitude, d.latitude) &&
         Overlap(a.longitude, b.longitude, c.longitude, d.longitude) &&
         Side(a, b, c) * Side(a, b, d) <= 0 && Side(c, d, a) * Side(c, d, b) <= 0;
}

int DetourMeters(const Barrier& barrier, const care::Point& from, const care::Point& to) {
  bool between = false;
  for (std::size_t i = 1; i < barrier.line.size() && !between; ++i) {
    between = Cross(from, to, barrier.line[i - 1], barrier.line[i]);
  }
  if (!between) return 0;
  if (barrier.crossings.empty()) return barrier.detour_meters;
  double least = std::numeric_limits<double>::max();
  for (const care::Point& crossing : barrier.crossings) {
    least =
        std::min(least, care::DistanceMeters(from, crossing) + care::DistanceMeters(crossing, to));
  }
  return std::max(0, static_cast<int>(least - care::DistanceMeters(from, to)));
}

}  // namespace

Detour DetourBetween(const std::vector<const Barrier*>& barriers, const care::Point& from,
                     const care::Point& to) {
  Detour detour;
  int most = 0;
  for (const Barrier* barrier : barriers) {
    const int meters = DetourMeters(*barrier, from, to);
    if (meters > most) {
      most = meters;
      detour.label = barrier->label;
    }
    detour.meters += meters;
  }
  return detour;
}

bool HoldsAt(const Barrier& barrier, base::Instant instant) {
  if (!barrier.season) return true;
  const BarrierSeason& season = *barrier.season;
  return LiesWithin(season.first, season.last, season.zone.DateOf(instant));
}

std::vector<const Barrier*> BarriersWithin(const Barriers& barriers, const care::Point& centre,
                                           int radius_meters, base::Instant instant) {
  const double high = radius_meters / kMetersPerDegree;
  const double farthest = std::min(89.0, std::abs(centre.latitude) + high);
  const double wide = high / std::cos(farthest * std::numbers::pi / 180);
  std::vector<const Barrier*> near;
  for (const Barrier& barrier : barriers) {
    double south = 90;
    double north = -90;
    double west = 180;
    double east = -180;
    for (const care::Point& point : barrier.line) {
      south = std::min(south, point.latitude);
      north = std::max(north, point.latitude);
      west = std::min(west, point.longitude);
      east = std::max(east, point.longitude);
    }
    if (south <= centre.latitude + high && north >= centre.latitude - high &&
        west <= centre.longitude + wide && east >= centre.longitude - wide &&
        HoldsAt(barrier, instant)) {
      near.push_back(&barrier);
    }
  }
  return near;
}

}  // namespace sas::slots
