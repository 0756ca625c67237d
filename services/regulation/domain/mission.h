#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/clock.h"

namespace sas::regulation {

inline constexpr int kMissionsMax = 40;  ///< Of a dossier.
inline constexpr int kBilansMax = 100;   ///< Of a dossier.

inline constexpr std::string_view kMissionDecided = "DECISION";
inline constexpr std::string_view kMissionLeft = "DECLENCHE";
inline constexpr std::string_view kMissionCalledBack = "ANNULE";
inline constexpr std::string_view kMissionReported = "BILAN";
inline constexpr std::string_view kMissionOriented = "ORIENTAT";

/// An hour of a team's way; the code is HubSante.statutVecteur's.
struct MissionStep {
  std::string status;
  base::Instant at{};
};

/// May the way go on so? Steps are in the order in which they were entered, DECISION first.
/// INVALID_ARGUMENT about `status_code`: `UNKNOWN_CODE`; `MISSION_STATUS_RESERVED` for DECISION and
/// BILAN, which other acts make; about `occur_time`: `INVALID_MISSION_TIME` in the future or before
/// the step before. FAILED_PRECONDITION `MISSION_STATUS_ORDER` for a step back, for one after the
/// team was called back (it goes home), and for calling back a team that has the patient.
absl::Status CheckMissionStep(std::span<const MissionStep> steps, const MissionStep& next,
                              base::Instant now);

/// It was called back before it had the patient.
bool IsCalledBack(std::span<const MissionStep> steps);

/// It has not reported and is not called back. Whether another team reported for it stands in its
/// steps like its own report.
bool AwaitsBilan(std::span<const MissionStep> steps);

/// It has the patient (PEC or later): calling it back or replacing its decision changes nothing of
/// that.
bool HasPatient(std::span<const MissionStep> steps);

/// Nothing more is done for the patient: called back, FINPEC or later, or it has reported and
/// nobody enters its way (a service that follows no statuses).
bool HasEnded(std::span<const MissionStep> steps);

/// A parameter of a bilan as RS-BPV names it. INVALID_ARGUMENT about `field`: `UNKNOWN_CODE`,
/// `VITAL_SIGN_OUT_OF_RANGE` for what no living body has, or no number.
absl::Status CheckVitalSign(std::string_view code, std::string_view value, std::string_view field);

}  // namespace sas::regulation
