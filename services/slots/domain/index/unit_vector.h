#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/care/geo.h"

namespace sas::slots {

inline constexpr double kEarthRadiusMeters = 6'371'008.8;  ///< Mean radius of WGS84.

/// A place as a point of the unit sphere: the distance of two needs no trigonometry.
struct UnitVector {
  double x = 1;
  double y = 0;
  double z = 0;
};

/// The same to half a metre, in half the room: distances are those of the rounded place.
struct RoundedPlace {
  float x = 1;
  float y = 0;
  float z = 0;
};

inline UnitVector ToUnitVector(const care::Point& point) {
  const double latitude = point.latitude * std::numbers::pi / 180;
  const double longitude = point.longitude * std::numbers::pi / 180;
  return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
          std::sin(latitude)};
}

inline RoundedPlace ToRoundedPlace(const care::Point& point) {
  const UnitVector exact = ToUnitVector(point);
  return {static_cast<float>(exact.x), static_cast<float>(exact.y), static_cast<float>(exact.z)};
}

inline double SquareOfChord(const UnitVector& a, const UnitVector& b) {
  const double dx = a.x - b.x;
  const double dy = a.y - b.y;
  const double dz = a.z - b.z;
  return dx * dx + dy * dy + dz * dz;
}

/// Great-circle distance in whole metres of two places with this square of their chord. The series
/// of the arc sine is exact to a millimetre up to 150 km, to a metre up to 500 km, and grows with
/// the true distance everywhere.
inline int MetersOfChord(double square) {
  const double arc = std::sqrt(square) * (1 + square * (1.0 / 24 + square * (3.0 / 640)));
  return static_cast<int>(kEarthRadiusMeters * arc + 0.5);
}

/// The way back: the square of the chord of so many metres, 0 when negative.
inline double SquareOfMeters(double meters) {
  const double chord = 2 * std::sin(std::max(0.0, meters) / kEarthRadiusMeters / 2);
  return chord * chord;
}

inline int MetersBetween(const UnitVector& a, const UnitVector& b) {
  return MetersOfChord(SquareOfChord(a, b));
}

inline double SquareOfChord(const RoundedPlace& a, const UnitVector& b) {
  return SquareOfChord(UnitVector{a.x, a.y, a.z}, b);
}

inline int MetersBetween(const RoundedPlace& a, const UnitVector& b) {
  return MetersOfChord(SquareOfChord(a, b));
}

}  // namespace sas::slots
