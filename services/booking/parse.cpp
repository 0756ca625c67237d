#include "services/booking/parse.h"

#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <array>

#include "common/base/ids.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/age.h"
#include "common/care/nomenclature.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/request_shape.h"
#include "services/booking/convert.h"
#include "services/booking/domain/order_check.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

namespace type = sas::type::v1;

constexpr std::size_t kHoldTokenMax = 64;  // Characters, like the limits below.
constexpr std::size_t kAttemptTargetMax = 80;
constexpr std::size_t kAttemptOutcomeMax = 120;
constexpr std::size_t kEvaluationReasonMax = 200;
constexpr std::size_t kOverrideReasonMax = 200;
constexpr std::size_t kProtocolMax = 80;
constexpr std::size_t kSignLabelMax = 200;
constexpr std::size_t kClinicalLineMax = 300;
constexpr int kAttemptsMax = 20;
constexpr int kSignsMax = 100;
constexpr std::size_t kIdCharacters = 26;

std::string Indexed(std::string_view list, int index, std::string_view field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + std::string(field);
}

absl::Status CheckCount(int count, int count_max, std::string_view field) {
  if (count <= count_max) return absl::OkStatus();
  return base::InvalidField(field, "TOO_MANY_ITEMS", "at most " + std::to_string(count_max));
}

// A name of the same region that lies below `parent`, when one is given.
absl::Status CheckReference(std::string_view pattern, const std::string& name,
                            std::string_view field, std::string_view region,
                            std::string_view parent = {}) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(pattern, name, field));
  if (ids[0] != region) {
    return base::InvalidField(field, "REGION_MISMATCH", "must lie in the region of `parent`");
  }
  if (!parent.empty() && name.rfind(std::string(parent) + "/", 0) != 0) {
    return base::InvalidField(field, "CASE_MISMATCH", "must belong to `regulation_case`");
  }
  return absl::OkStatus();
}

absl::Status CheckReferences(const v1::Appointment& draft, std::string_view region) {
  const std::string& dossier = draft.regulation_case();
  SAS_RETURN_IF_ERROR(
      CheckReference("regions/*/cases/*", dossier, "appointment.regulation_case", region));
  SAS_RETURN_IF_ERROR(CheckReference("regions/*/cases/*/patients/*", draft.patient(),
                                     "appointment.patient", region, dossier));
  SAS_RETURN_IF_ERROR(
      CheckReference("regions/*/sites/*/slots/*", draft.slot(), "appointment.slot", region));
  if (draft.care_order().empty()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(CheckReference("regions/*/cases/*/orders/*", draft.care_order(),
                                     "appointment.care_order", region, dossier));
  if (draft.care_order_version() > 0) return absl::OkStatus();
  return base::InvalidField("appointment.care_order_version", "ORDER_VERSION_REQUIRED",
                            "give the version of the order on the screen");
}

absl::Status CheckAttempts(const v1::Appointment& draft) {
  constexpr char kField[] = "appointment.attempts";
  SAS_RETURN_IF_ERROR(CheckCount(draft.attempts_size(), kAttemptsMax, kField));
  for (int i = 0; i < draft.attempts_size(); ++i) {
    const type::CareAttempt& attempt = draft.attempts(i);
    SAS_RETURN_IF_ERROR(rpc::CheckText(attempt.target(), Indexed(kField, i, "target"),
                                       kAttemptTargetMax,
                                       /*min=*/1));
    SAS_RETURN_IF_ERROR(
        rpc::CheckText(attempt.outcome(), Indexed(kField, i, "outcome"), kAttemptOutcomeMax));
    if (!attempt.has_attempt_time()) {
      return base::InvalidField(Indexed(kField, i, "attempt_time"), "FIELD_REQUIRED",
                                "say when it was tried");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSeverityForm(const type::SeverityForm& form) {
  constexpr char kSigns[] = "appointment.severity_form.signs";
  SAS_RETURN_IF_ERROR(
      rpc::CheckText(form.protocol(), "appointment.severity_form.protocol", kProtocolMax));
  SAS_RETURN_IF_ERROR(rpc::CheckText(
      form.override_reason(), "appointment.severity_form.override_reason", kOverrideReasonMax));
  SAS_RETURN_IF_ERROR(CheckCount(form.signs_size(), kSignsMax, kSigns));
  for (int i = 0; i < form.signs_size(); ++i) {
    const type::SeveritySign& sign = form.signs(i);
    // Codes are named in refusals: a text must not pass for one.
    if (!base::IsRequestId(sign.code())) {
      return base::InvalidField(Indexed(kSigns, i, "code"), "INVALID_SIGN_CODE",
                                "a code of 1 to 64 of letters, digits, '.', '_' and '-'");
    }
    SAS_RETURN_IF_ERROR(rpc::CheckText(sign.label(), Indexed(kSigns, i, "label"), kSignLabelMax));
  }
  return absl::OkStatus();
}

absl::Status CheckTexts(const v1::Appointment& draft) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckText(draft.clinical_line(), "appointment.clinical_line", kClinicalLineMax));
  SAS_RETURN_IF_ERROR(rpc::CheckText(draft.evaluation().reason(), "appointment.evaluation.reason",
                                     kEvaluationReasonMax));
  SAS_RETURN_IF_ERROR(rpc::CheckText(draft.evaluation().protocol(),
                                     "appointment.evaluation.protocol", kProtocolMax));
  SAS_RETURN_IF_ERROR(CheckAttempts(draft));
  return CheckSeverityForm(draft.severity_form());
}

// Of an order the order tells that it is one; of a direct entry nothing else does.
absl::Status CheckPaperForm(const v1::Appointment& draft) {
  constexpr char kField[] = "appointment.paper_form_number";
  if (draft.paper_form_number().empty()) return absl::OkStatus();
  if (!draft.care_order().empty()) {
    return base::InvalidField(kField, "PAPER_FORM_FORBIDDEN",
                              "an order is booked once whoever types it: leave the number to its "
                              "dossier");
  }
  if (base::IsRequestId(draft.paper_form_number())) return absl::OkStatus();
  return base::InvalidField(kField, "INVALID_CODE", "1 to 64 of letters, digits, '.', '_' and '-'");
}

absl::Status CheckCodes(const v1::Appointment& draft, care::TestIdentities test) {
  if (draft.entry_point() == type::ENTRY_POINT_UNSPECIFIED) {
    return base::InvalidField("appointment.entry_point", "ENTRY_POINT_REQUIRED",
                              "say by which way the request enters");
  }
  SAS_RETURN_IF_ERROR(care::CheckAge(
      {draft.age().value(), static_cast<care::AgeUnit>(draft.age().unit())}, "appointment.age"));
  SAS_RETURN_IF_ERROR(care::CheckMotif(draft.motif_code(), "appointment.motif_code"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(draft.territory(), "appointment.territory"));
  SAS_RETURN_IF_ERROR(CheckLateReason(draft.late_reason_code(), "appointment.late_reason_code"));
  if (draft.orienting_professional_rpps().empty()) return absl::OkStatus();
  return care::CheckRpps(draft.orienting_professional_rpps(),
                         "appointment.orienting_professional_rpps", test);
}

// What the client may say; everything else is ours.
v1::Appointment Asked(const v1::Appointment& request) {
  v1::Appointment draft;
  draft.set_regulation_case(request.regulation_case());
  draft.set_patient(request.patient());
  draft.set_care_order(request.care_order());
  if (!request.care_order().empty()) draft.set_care_order_version(request.care_order_version());
  draft.set_slot(request.slot());
  draft.set_entry_point(request.entry_point());
  draft.set_access_reason(request.access_reason());
  *draft.mutable_attempts() = request.attempts();
  draft.set_orienting_professional_rpps(request.orienting_professional_rpps());
  if (request.has_evaluation()) *draft.mutable_evaluation() = request.evaluation();
  if (request.has_severity_form()) {
    *draft.mutable_severity_form() = request.severity_form();
    draft.mutable_severity_form()->clear_override_by();
  }
  draft.set_motif_code(request.motif_code());
  *draft.mutable_age() = request.age();
  draft.set_clinical_line(request.clinical_line());
  draft.set_territory(request.territory());
  draft.set_oral_check(request.oral_check());
  draft.set_late_reason_code(request.late_reason_code());
  draft.set_paper_form_number(request.paper_form_number());
  return draft;
}

}  // namespace

std::string AppointmentId(std::string_view caller, std::string_view method,
                          std::string_view request_id) {
  constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  google::protobuf::StringValue key;
  key.set_value(std::string(caller).append("|").append(method).append("|").append(request_id));
  const std::string hex = ledger::Fingerprint(key);  // SHA-256.
  std::string id;
  unsigned bits = 0;
  int count = 0;
  for (std::size_t i = 0; i < hex.size() && id.size() < kIdCharacters; ++i) {
    const char digit = hex[i];
    bits = (bits << 4) | static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    for (count += 4; count >= 5 && id.size() < kIdCharacters; count -= 5) {
      id += kAlphabet[(bits >> (count - 5)) & 31U];
    }
  }
  return id;
}

absl::Status CheckHoldToken(const std::string& token, std::string_view field) {
  if (!token.empty() && token.size() <= kHoldTokenMax) return absl::OkStatus();
  return base::InvalidField(field, "HOLD_TOKEN_REQUIRED", "give the token of the hold");
}

absl::Status CheckSlotOf(const std::string& name, const std::string& slot, std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*/sites/*/slots/*", slot, field));
  if (ids[0] == base::RegionOf(name)) return absl::OkStatus();
  return base::InvalidField(field, "REGION_MISMATCH", "must lie in the appointment's region");
}

std::string SiteOfSlot(std::string_view slot) {
  return std::string(slot.substr(0, slot.find("/slots/")));
}

absl::StatusOr<v1::Appointment> ParseDraft(const base::Call& call,
                                           const v1::CreateAppointmentRequest& request,
                                           care::TestIdentities test) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(CheckHoldToken(request.hold_token(), "hold_token"));
  if (!request.has_appointment()) {
    return base::InvalidField("appointment", "FIELD_REQUIRED", "say what to book");
  }
  v1::Appointment draft = Asked(request.appointment());
  SAS_RETURN_IF_ERROR(CheckReferences(draft, ids[0]));
  SAS_RETURN_IF_ERROR(CheckCodes(draft, test));
  SAS_RETURN_IF_ERROR(CheckTexts(draft));
  SAS_RETURN_IF_ERROR(CheckPaperForm(draft));
  SAS_RETURN_IF_ERROR(
      CheckBooker(call.actor, ToValue(draft.entry_point()), !draft.care_order().empty()));
  SAS_RETURN_IF_ERROR(CheckTerritoryOf(call.actor, draft.territory()));
  draft.set_name(base::JoinName(
      {{"regions", ids[0]},
       {"appointments", AppointmentId(call.actor.subject, call.method, request.request_id())}}));
  draft.set_state(v1::Appointment::STATE_BOOKED);
  draft.set_arrival(v1::Appointment::ARRIVAL_EXPECTED);
  draft.set_booker_profession_code(call.actor.profession);
  *draft.mutable_booked_by() = ToProto(call.actor);
  return draft;
}

absl::Status CheckName(const base::Call& call, const std::string& name, std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*/appointments/*", name, field));
  return rpc::CheckRegion(call, ids[0]);
}

}  // namespace sas::booking
