#pragma once

#include <string_view>

#include "absl/status/status.h"

/// What whoever receives the patient must find: a pre-triage, a clear motif, transmissions (S2-52).
namespace sas::booking {

/// Motif of the nomenclature that says that none was found ("Autres motifs ou pas de motif
/// identifié").
inline constexpr std::string_view kMotifNotIdentified = "M06.04";

/// Of an entry without order; an order carries all three from the regulator.
struct Transmission {
  bool by_regulator = false;    ///< His regulation is the pre-triage.
  bool signs_asked = false;     ///< A severity form with at least one sign.
  bool evaluated = false;       ///< Evaluation of an emergency department.
  std::string_view motif_code;  ///< Of the nomenclature.
  bool clinical_line = false;
};

/// FAILED_PRECONDITION `PRETRIAGE_REQUIRED`; INVALID_ARGUMENT `MOTIF_NOT_IDENTIFIED`,
/// `CLINICAL_LINE_REQUIRED`.
absl::Status CheckTransmission(const Transmission& told);

}  // namespace sas::booking
