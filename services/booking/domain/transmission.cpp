#include "services/booking/domain/transmission.h"

#include "common/base/status.h"

namespace sas::booking {

absl::Status CheckTransmission(const Transmission& told) {
  if (!told.by_regulator && !told.signs_asked && !told.evaluated) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "PRETRIAGE_REQUIRED",
                      "ask for the signs of gravity and record the answers in `severity_form`, or "
                      "record the evaluation of the emergency department");
  }
  if (told.motif_code == kMotifNotIdentified) {
    return base::InvalidField("appointment.motif_code", "MOTIF_NOT_IDENTIFIED",
                              "a practice must know why the patient comes; without a motif ask a "
                              "regulator");
  }
  if (!told.clinical_line) {
    return base::InvalidField("appointment.clinical_line", "CLINICAL_LINE_REQUIRED",
                              "write a line for whoever receives the patient");
  }
  return absl::OkStatus();
}

}  // namespace sas::booking
