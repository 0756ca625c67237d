#pragma once

#include <chrono>

namespace sas::slots {

// The points of the table beside ScoreTerm (search.h).
inline constexpr int kDelayPoints = 96;
inline constexpr int kMinutesPerDelayPoint = 15;
inline constexpr int kDistancePoints = 50;
inline constexpr int kMetersPerDistancePoint = 1000;
inline constexpr int kMotifPoints = 10;
inline constexpr int kTreatingDoctorPoints = 200;
inline constexpr int kUnverifiedPoints = -100;
/// A criterion of which the directory does not know whether it is met.
inline constexpr int kUnknownPoints = -40;
inline constexpr int kLanguagePoints = 15;
/// Of a slot at home or by video, for who has no vehicle.
inline constexpr int kNoWayPoints = 60;
/// More than all that may count for a site within one delay class and one distance band.
inline constexpr int kSoftCapPoints = -200;
/// What the patient's needs and wishes can make together, at best and with both criteria unknown.
inline constexpr int kPatientTop = kLanguagePoints + kNoWayPoints;
inline constexpr int kPatientLeast = 2 * kUnknownPoints;

/// 0 for a start within two hours, 4 for one beyond a day.
int DelayClass(std::chrono::microseconds delay);

/// 0 within 30 km, the radius of an ordinary search; 1 to 50 km, 2 beyond. Practices of the country
/// lie 10 to 25 km apart: with narrower bands each is alone in its own, and the rotation has nobody
/// to turn to (tools/bench fairness).
inline int DistanceBand(int meters) {
  return (meters > 30'000) + (meters > 50'000);
}

inline int DistanceTerm(int meters) {
  const int term = kDistancePoints - meters / kMetersPerDistancePoint;
  return term > 0 ? term : 0;
}

}  // namespace sas::slots
