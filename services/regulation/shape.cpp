#include "services/regulation/shape.h"

#include <array>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/domain/care_order.h"
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
constexpr int kModesMax = 3;
constexpr int kRingSecondsMax = 3600;
constexpr std::array<std::string_view, 5> kRefusals{"DISTANCE", "HOUR", "DOCTOR", "MODE", "OTHER"};

}  // namespace

absl::Status CheckReason(std::string_view reason) {
  return CheckText(reason, "reason", kReasonMax, 1);
}

absl::Status CheckOptionalReason(std::string_view reason, std::string_view field) {
  return CheckText(reason, field, kReasonMax);
}

absl::Status CheckBilan(const v1::Bilan& bilan) {
  SAS_RETURN_IF_ERROR(
      CheckText(bilan.redactor_role_code(), "bilan.redactor_role_code", kCodeMax, 1));
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
  return CheckText(decision.instructions(), "decision.instructions", kInstructionsMax);
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
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(
      lost_call,
      {"name", "state", "call_count", "regulation_case", "returns", "counted_returns",
       "next_return_time", "decision_due", "sending_proposed", "end_reason", "ended_by", "etag"},
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

}  // namespace sas::regulation
