#include "services/regulation/domain/reorientation.h"

#include <array>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr std::array<std::string_view, 6> kCodes{
    "UNSPECIFIED", "URGENCES", "SOS", "SAMU", "MEDECIN_TRAITANT", "OTHER_STRUCTURE"};
constexpr std::array<std::string_view, 6> kLabels{
    "", "service d’urgences", "SOS Médecins", "SAMU (15)", "médecin traitant", "autre structure"};

}  // namespace

std::string_view DestinationCode(Destination destination) {
  return kCodes.at(static_cast<std::size_t>(destination));
}

std::string_view DestinationLabel(Destination destination) {
  return kLabels.at(static_cast<std::size_t>(destination));
}

absl::Status CheckReorientation(const ReorientationFacts& facts) {
  if (facts.destination == Destination::kUnspecified) {
    return base::InvalidField("reorientation.destination", "DESTINATION_REQUIRED",
                              "say where the patient is sent");
  }
  if (facts.destination == Destination::kOtherStructure && !facts.structure_named) {
    return base::InvalidField("reorientation.structure", "STRUCTURE_REQUIRED",
                              "name the structure that takes the patient");
  }
  if (!facts.patient_informed) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "PATIENT_NOT_INFORMED",
                      "tell the patient where to go and when to call 15 instead, then say so");
  }
  if (facts.destination == Destination::kSamu) return absl::OkStatus();
  if (facts.regulator_owed && !facts.by_regulator) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED",
                      "only a regulator may do this; ask one");
  }
  if (!facts.booked) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PATIENT_ALREADY_BOOKED",
                    "the patient has an appointment: cancel it before sending him elsewhere");
}

}  // namespace sas::regulation
