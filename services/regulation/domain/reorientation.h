#pragma once

#include <string_view>

#include "absl/status/status.h"

/// A patient sent elsewhere (S2-15): who may, and what it does to the dossier.
namespace sas::regulation {

/// Values equal Reorientation.Destination.
enum class Destination {
  kUnspecified = 0,
  kUrgences = 1,
  kSos = 2,
  kSamu = 3,
  kMedecinTraitant = 4,
  kOtherStructure = 5,
};

/// "URGENCES", for events, audit and metrics.
std::string_view DestinationCode(Destination destination);
/// "service d’urgences": in French, for people.
std::string_view DestinationLabel(Destination destination);

/// What the rule looks at.
struct ReorientationFacts {
  Destination destination = Destination::kUnspecified;
  bool patient_informed = false;
  bool structure_named = false;
  bool by_regulator = false;
  /// A regulator owes or has made a medical act: the dossier is not NR, a decision exists, or a
  /// severity sign or a vital motif stands.
  bool regulator_owed = false;
  bool booked = false;  ///< An appointment lies ahead.
};

/// To the SAMU everybody may, at any hour, whatever stands: it makes a regulator look. Elsewhere:
/// INVALID_ARGUMENT `DESTINATION_REQUIRED`, `STRUCTURE_REQUIRED`; FAILED_PRECONDITION
/// `PATIENT_NOT_INFORMED`, `PATIENT_ALREADY_BOOKED`; PERMISSION_DENIED `REGULATOR_REQUIRED`.
absl::Status CheckReorientation(const ReorientationFacts& facts);

}  // namespace sas::regulation
