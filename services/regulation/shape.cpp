#include "services/regulation/shape.h"

#include <array>
#include <set>
#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/domain/care_order.h"
#include "services/regulation/domain/mission.h"
#include "services/regulation/domain/waiting_call.h"
#include "services/regulation/shape_case.h"

namespace sas::regulation {
namespace {

using base::InvalidField;
using rpc::CheckText;

constexpr std::size_t kReasonMax = 200;
constexpr std::size_t kBilanMax = 2000;
constexpr std::size_t kCodeMax = 32;
constexpr std::size_t kInstructionsMax = 1000;
constexpr std::size_t kClinicalLineMax = 300;
constexpr std::size_t kConstraintsMax = 200;
constexpr std::size_t kRemarkMax = 120;
constexpr std::size_t kStructureMax = 120;
constexpr std::size_t kProductMax = 120;
constexpr int kProductsMax = 10;
constexpr int kPrescriptionDaysMax = 7;
constexpr int kModesMax = 3;
constexpr std::array<std::string_view, 5> kRefusals{"DISTANCE", "HOUR", "DOCTOR", "MODE", "OTHER"};

absl::Status CheckVitalSigns(const v1::Bilan& bilan) {
  std::set<std::string> seen;
  for (int i = 0; i < bilan.vital_signs_size(); ++i) {
    const v1::VitalSign& sign = bilan.vital_signs(i);
    const std::string field = "bilan.vital_signs[" + std::to_string(i) + "]";
    SAS_RETURN_IF_ERROR(CheckVitalSign(sign.code(), sign.value(), field));
    if (!seen.insert(sign.code()).second) {
      return InvalidField(field, "DUPLICATE", "each parameter is measured once in a bilan");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckProduct(const v1::PrescribedProduct& product, const std::string& field) {
  SAS_RETURN_IF_ERROR(CheckText(product.product(), field + ".product", kProductMax, 1));
  SAS_RETURN_IF_ERROR(CheckText(product.dose(), field + ".dose", kProductMax, 1));
  if (product.duration_days() >= 1 && product.duration_days() <= kPrescriptionDaysMax) {
    return absl::OkStatus();
  }
  return InvalidField(field + ".duration_days", "INVALID_PRESCRIPTION_DAYS",
                      "a prescription by telephone lasts 1 to 7 days");
}

// Limited in time, with its doses and to whom it goes (décret 2024-541).
absl::Status CheckPrescription(const v1::Decision& decision) {
  const v1::Prescription& prescription = decision.prescription();
  if (decision.decision_code() != "PMT") {
    if (!decision.has_prescription()) return absl::OkStatus();
    return InvalidField("decision.prescription", "PRESCRIPTION_FORBIDDEN", "only a PMT prescribes");
  }
  if (prescription.products().empty() || prescription.products_size() > kProductsMax) {
    return InvalidField("decision.prescription.products", "PRESCRIPTION_REQUIRED",
                        "say what is prescribed, how much and for how long: 1 to 10 products");
  }
  for (int i = 0; i < prescription.products_size(); ++i) {
    SAS_RETURN_IF_ERROR(CheckProduct(prescription.products(i),
                                     "decision.prescription.products[" + std::to_string(i) + "]"));
  }
  if (prescription.recipient() == v1::Prescription::RECIPIENT_UNSPECIFIED) {
    return InvalidField("decision.prescription.recipient", "RECIPIENT_REQUIRED",
                        "the patient has it at home, or a pharmacy gets it");
  }
  if (!prescription.allergies_asked()) {
    return InvalidField("decision.prescription.allergies_asked", "ALLERGIES_NOT_ASKED",
                        "ask for allergies, then prescribe");
  }
  const bool pharmacy = prescription.recipient() == v1::Prescription::RECIPIENT_PHARMACY;
  return CheckText(prescription.pharmacy(), "decision.prescription.pharmacy",
                   pharmacy ? kStructureMax : 0, pharmacy ? 1 : 0);
}

}  // namespace

absl::Status CheckReason(std::string_view reason) {
  return CheckText(reason, "reason", kReasonMax, 1);
}

absl::Status CheckOptionalReason(std::string_view reason, std::string_view field) {
  return CheckText(reason, field, kReasonMax);
}

absl::Status CheckBilan(const v1::Bilan& bilan) {
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(bilan, {"mission_ids", "recorded_by"}, "bilan"));
  SAS_RETURN_IF_ERROR(care::CheckCode(care::RedactorRoles(), "role", bilan.redactor_role_code(),
                                      "bilan.redactor_role_code"));
  SAS_RETURN_IF_ERROR(CheckVitalSigns(bilan));
  SAS_RETURN_IF_ERROR(CheckText(bilan.bilan_level(), "bilan.bilan_level", kCodeMax));
  return CheckText(bilan.text(), "bilan.text", kBilanMax, 1);
}

absl::Status CheckNote(const v1::CaseNote& note) {
  return CheckText(note.text(), "note.text", kNoteCharactersMax, 1);
}

absl::Status CheckDecisionShape(const v1::Decision& decision) {
  if (decision.care_level() == v1::CARE_LEVEL_UNSPECIFIED) {
    return InvalidField("decision.care_level", "CARE_LEVEL_REQUIRED", "choose R1, R2, R3 or R4");
  }
  if (decision.claim_version() <= 0) {
    return InvalidField("decision.claim_version", "CLAIM_VERSION_REQUIRED",
                        "take the dossier, then give the version of your claim");
  }
  SAS_RETURN_IF_ERROR(CheckText(decision.replace_reason(), "decision.replace_reason", kReasonMax,
                                decision.replaces().empty() ? 0 : 1));
  SAS_RETURN_IF_ERROR(CheckPrescription(decision));
  // Advice is its text: without one nobody knows afterwards what was said.
  const bool advice = decision.decision_code() == "CONSEIL";
  return CheckText(decision.instructions(), "decision.instructions", kInstructionsMax,
                   advice ? 1 : 0);
}

absl::Status CheckOrderShape(const v1::CareOrder& order) {
  SAS_RETURN_IF_ERROR(
      base::ParseName("regions/*/cases/*/decisions/*", order.decision(), "care_order.decision")
          .status());
  return CheckOrderNeeds(order);
}

absl::Status CheckOrderNeeds(const v1::CareOrder& order) {
  const std::chrono::seconds delay(order.delay().seconds());
  SAS_RETURN_IF_ERROR(CheckDelay(order.delay().nanos() == 0 ? delay : std::chrono::seconds(0)));
  if (order.modes_size() < 1 || order.modes_size() > kModesMax) {
    return InvalidField("care_order.modes", "MODES_REQUIRED",
                        "say how the patient may be seen: one to three modes");
  }
  for (int i = 0; i < order.modes_size(); ++i) {
    if (order.modes(i) != sas::type::v1::CONSULTATION_MODE_UNSPECIFIED) continue;
    return InvalidField("care_order.modes[" + std::to_string(i) + "]", "MODES_REQUIRED",
                        "choose AMB, HH or VR");
  }
  SAS_RETURN_IF_ERROR(
      CheckText(order.clinical_line(), "care_order.clinical_line", kClinicalLineMax, 1));
  return CheckText(order.constraints(), "care_order.constraints", kConstraintsMax);
}

absl::Status CheckReorientationShape(const v1::Reorientation& reorientation) {
  const std::string field = "reorientation";
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(reorientation, {"reoriented_by", "reorient_time"}, field));
  SAS_RETURN_IF_ERROR(CheckText(reorientation.structure(), field + ".structure", kStructureMax));
  return CheckText(reorientation.reason(), field + ".reason", kReasonMax, 1);
}

absl::Status CheckContact(const v1::TreatingDoctorContact& contact) {
  if (contact.outcome() == v1::TreatingDoctorContact::OUTCOME_UNSPECIFIED) {
    return InvalidField(
        "contact.outcome", "OUTCOME_REQUIRED",
        "say what came of the call: sees the patient, unavailable, not reached, none");
  }
  return CheckText(contact.remark(), "contact.remark", kRemarkMax);
}

absl::Status CheckAttempt(const v1::ContactAttempt& attempt) {
  if (attempt.result() == v1::ContactAttempt::RESULT_UNSPECIFIED) {
    return InvalidField("attempt.result", "OUTCOME_REQUIRED",
                        "say what came of the call: reached, no answer, voicemail, busy, wrong "
                        "number");
  }
  SAS_RETURN_IF_ERROR(CheckText(attempt.practice(), "attempt.practice", kStructureMax));
  return CheckText(attempt.remark(), "attempt.remark", kRemarkMax);
}

absl::Status CheckProposal(const v1::RefusedProposal& proposal, std::string_view region) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*/sites/*/slots/*", proposal.slot(),
                                                       "proposal.slot"));
  if (ids[0] != region) {
    return InvalidField("proposal.slot", "OTHER_REGION", "the slot is of another region");
  }
  for (const std::string_view code : kRefusals) {
    if (proposal.reason_code() == code) return absl::OkStatus();
  }
  return InvalidField("proposal.reason_code", "UNKNOWN_CODE",
                      "use DISTANCE, HOUR, DOCTOR, MODE or OTHER");
}

absl::Status CheckLostCall(const v1::LostCall& lost_call, const Moment& moment) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckUnset(lost_call,
                      {"name", "state", "call_count", "regulation_case", "returns",
                       "counted_returns", "next_return_time", "decision_due", "sending_proposed",
                       "end_reason", "ended_by", "etag", "claim"},
                      "lost_call"));
  SAS_RETURN_IF_ERROR(care::CheckPhoneNumber(lost_call.phone_number(), "lost_call.phone_number"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(lost_call.territory(), "lost_call.territory"));
  if (!lost_call.origine_code().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckCode(care::Origines(), "origine", lost_call.origine_code(),
                                        "lost_call.origine_code"));
  }
  if (lost_call.ring_seconds() < 0 || lost_call.ring_seconds() > kRingSecondsMax) {
    return InvalidField("lost_call.ring_seconds", "OUT_OF_RANGE", "0 to 3600 seconds");
  }
  return CheckPast(lost_call.arrival_time(), "lost_call.arrival_time", moment);
}

bool HasPositiveSign(const sas::type::v1::SeverityForm& form) {
  for (const sas::type::v1::SeveritySign& sign : form.signs()) {
    if (sign.answer() == sas::type::v1::SIGN_ANSWER_YES) return true;
  }
  return false;
}

absl::Status LimitReached(const std::string& what, int maximum) {
  return base::Fail(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED",
                    "the dossier holds no more of these; open a new dossier for a new need",
                    {{"what", what}, {"maximum", std::to_string(maximum)}});
}

}  // namespace sas::regulation
