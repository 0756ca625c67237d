#include "services/regulation/shape_case.h"

#include <algorithm>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/care/geo.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/dialled_number.h"
#include "services/regulation/domain/identity.h"
#include "services/regulation/domain/patient_place.h"

namespace sas::regulation {
namespace {

using base::InvalidField;
using rpc::CheckText;

constexpr std::chrono::minutes kClockGrace{2};
constexpr std::size_t kNameMax = 80;
constexpr std::size_t kAddressMax = 200;
constexpr std::size_t kHistoryMax = 500;
constexpr std::size_t kProtocolMax = 40;
constexpr std::size_t kSignCodeMax = 40;
constexpr std::size_t kSignLabelMax = 120;
constexpr std::size_t kOverrideMax = 200;
constexpr std::size_t kTargetMax = 80;
constexpr std::size_t kOutcomeMax = 120;
constexpr int kSignsMax = 40;
constexpr int kAttemptsMax = 20;
constexpr int kRisksMax = 20;
constexpr int kTravelKmMax = 200;
constexpr int kTelephoneRadiusMax = 100'000;
constexpr double kWeightMax = 400;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // 9999-12-31, protobuf's last.

absl::Status CheckCount(int count, int maximum, const std::string& field) {
  if (count <= maximum) return absl::OkStatus();
  return InvalidField(field, "TOO_MANY_ITEMS", "has too many entries",
                      {{"count", std::to_string(count)}, {"count_max", std::to_string(maximum)}});
}

absl::Status CheckOptionalCode(std::span<const care::Code> list, const char* name,
                               const std::string& code, const std::string& field) {
  return code.empty() ? absl::OkStatus() : care::CheckCode(list, name, code, field);
}

absl::Status CheckOptionalPhone(const std::string& number, const std::string& field) {
  return number.empty() ? absl::OkStatus() : care::CheckPhoneNumber(number, field);
}

absl::Status CheckTreatingDoctor(const v1::TreatingDoctor& doctor, const std::string& field,
                                 const Moment& moment) {
  SAS_RETURN_IF_ERROR(CheckText(doctor.display_name(), field + ".display_name", kNameMax));
  if (!doctor.rpps().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckRpps(doctor.rpps(), field + ".rpps", moment.test_identities));
  }
  if (!doctor.mssante_address().empty()) {
    SAS_RETURN_IF_ERROR(
        care::CheckSecureAddress(doctor.mssante_address(), field + ".mssante_address"));
  }
  if (doctor.insee_code().empty()) return absl::OkStatus();
  return care::CheckInseeCode(doctor.insee_code(), field + ".insee_code");
}

absl::Status CheckAgeAndBirth(const v1::Patient& patient, const std::string& field,
                              const Moment& moment) {
  care::Age age;
  if (patient.has_age()) {
    age = {patient.age().value(), static_cast<care::AgeUnit>(patient.age().unit())};
    SAS_RETURN_IF_ERROR(care::CheckAge(age, field + ".age"));
  }
  if (patient.birth_date().empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const care::Date birth,
                       care::ParseDate(patient.birth_date(), field + ".birth_date"));
  return CheckAgeAgainstBirth(age, birth, moment.today, field + ".birth_date");
}

absl::Status CheckPatient(const v1::Patient& patient, const std::string& field,
                          const Moment& moment) {
  SAS_RETURN_IF_ERROR(CheckText(patient.family_name(), field + ".family_name", kNameMax));
  SAS_RETURN_IF_ERROR(CheckText(patient.given_names(), field + ".given_names", kNameMax));
  SAS_RETURN_IF_ERROR(CheckAgeAndBirth(patient, field, moment));
  SAS_RETURN_IF_ERROR(CheckOptionalPhone(patient.phone_number(), field + ".phone_number"));
  if (!patient.email_address().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckEmailAddress(patient.email_address(), field + ".email_address"));
  }
  if (!patient.residence_insee_code().empty()) {
    SAS_RETURN_IF_ERROR(
        care::CheckInseeCode(patient.residence_insee_code(), field + ".residence_insee_code"));
  }
  SAS_RETURN_IF_ERROR(
      CheckTreatingDoctor(patient.treating_doctor(), field + ".treating_doctor", moment));
  SAS_RETURN_IF_ERROR(
      CheckText(patient.medical_history(), field + ".medical_history", kHistoryMax));
  SAS_RETURN_IF_ERROR(
      CheckText(patient.current_treatment(), field + ".current_treatment", kHistoryMax));
  SAS_RETURN_IF_ERROR(CheckText(patient.allergies(), field + ".allergies", kHistoryMax));
  if (!(patient.weight_kg() >= 0 && patient.weight_kg() <= kWeightMax)) {
    return InvalidField(field + ".weight_kg", "OUT_OF_RANGE", "0 (unknown) to 400 kg");
  }
  return absl::OkStatus();
}

absl::Status CheckPatients(const v1::RegulationCase& proto, const Moment& moment) {
  if (proto.patients().empty()) {
    return InvalidField("regulation_case.patients", "PATIENT_REQUIRED",
                        "at least one patient; an unknown one may be empty");
  }
  SAS_RETURN_IF_ERROR(CheckCount(proto.patients_size(), kPatientsMax, "regulation_case.patients"));
  for (int i = 0; i < proto.patients_size(); ++i) {
    SAS_RETURN_IF_ERROR(CheckPatient(
        proto.patients(i), "regulation_case.patients[" + std::to_string(i) + "]", moment));
  }
  return absl::OkStatus();
}

absl::Status CheckPlace(const v1::RegulationCase& proto) {
  const std::string field = "regulation_case.patient_place";
  const sas::type::v1::Place& place = proto.patient_place();
  SAS_RETURN_IF_ERROR(CheckText(place.address_line(), field + ".address_line", kAddressMax));
  SAS_RETURN_IF_ERROR(CheckText(place.commune(), field + ".commune", kNameMax));
  SAS_RETURN_IF_ERROR(CheckText(place.access_hint(), field + ".access_hint", kAddressMax));
  if (!place.insee_code().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckInseeCode(place.insee_code(), field + ".insee_code"));
  }
  if (!place.has_point()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(care::CheckPoint(PointOf(place.point()), field + ".point"));
  return CheckPointOfCommune(PointOf(place.point()), place.insee_code(), field + ".point");
}

absl::Status CheckTelephonePlace(const v1::CallOrigin& origin, const std::string& field) {
  const int radius = origin.telephone_accuracy_meters();
  if (radius < 0 || radius > kTelephoneRadiusMax) {
    return InvalidField(field + ".telephone_accuracy_meters", "OUT_OF_RANGE", "0 to 100000 m");
  }
  if (!origin.has_telephone_point()) return absl::OkStatus();
  return care::CheckPoint(PointOf(origin.telephone_point()), field + ".telephone_point");
}

absl::Status CheckSeverityForm(const sas::type::v1::SeverityForm& form) {
  const std::string field = "regulation_case.severity_form";
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(form, {"override_by"}, field));
  SAS_RETURN_IF_ERROR(CheckText(form.protocol(), field + ".protocol", kProtocolMax));
  SAS_RETURN_IF_ERROR(CheckText(form.override_reason(), field + ".override_reason", kOverrideMax));
  SAS_RETURN_IF_ERROR(CheckCount(form.signs_size(), kSignsMax, field + ".signs"));
  for (int i = 0; i < form.signs_size(); ++i) {
    const std::string sign = field + ".signs[" + std::to_string(i) + "]";
    SAS_RETURN_IF_ERROR(CheckText(form.signs(i).code(), sign + ".code", kSignCodeMax, 1));
    SAS_RETURN_IF_ERROR(CheckText(form.signs(i).label(), sign + ".label", kSignLabelMax));
  }
  return absl::OkStatus();
}

absl::Status CheckAttempts(const v1::RegulationCase& proto, const Moment& moment) {
  const std::string field = "regulation_case.previous_attempts";
  SAS_RETURN_IF_ERROR(CheckCount(proto.previous_attempts_size(), kAttemptsMax, field));
  for (int i = 0; i < proto.previous_attempts_size(); ++i) {
    const sas::type::v1::CareAttempt& attempt = proto.previous_attempts(i);
    const std::string path = field + "[" + std::to_string(i) + "]";
    SAS_RETURN_IF_ERROR(CheckText(attempt.target(), path + ".target", kTargetMax, 1));
    SAS_RETURN_IF_ERROR(CheckText(attempt.outcome(), path + ".outcome", kOutcomeMax));
    SAS_RETURN_IF_ERROR(CheckPast(attempt.attempt_time(), path + ".attempt_time", moment));
  }
  return absl::OkStatus();
}

absl::Status CheckRisks(const v1::RegulationCase& proto) {
  const std::string field = "regulation_case.risque_codes";
  SAS_RETURN_IF_ERROR(CheckCount(proto.risque_codes_size(), kRisksMax, field));
  for (int i = 0; i < proto.risque_codes_size(); ++i) {
    SAS_RETURN_IF_ERROR(care::CheckCode(care::Risks(), "risque", proto.risque_codes(i),
                                        field + "[" + std::to_string(i) + "]"));
  }
  return absl::OkStatus();
}

absl::Status CheckMobility(const v1::Mobility& mobility) {
  if (mobility.travel_km_max() >= 0 && mobility.travel_km_max() <= kTravelKmMax) {
    return absl::OkStatus();
  }
  return InvalidField("regulation_case.mobility.travel_km_max", "OUT_OF_RANGE", "0 to 200 km");
}

}  // namespace

absl::Status CheckDialledIsOurs(const std::string& dialled, const v1::RegulationCase& row,
                                const std::string& field) {
  if (dialled.empty()) return absl::OkStatus();
  const auto reaches = [&](const v1::CallOrigin& call) {
    return call.caller_phone_number() == dialled || call.callback_phone_number() == dialled;
  };
  const bool contact =
      reaches(row.origin()) ||
      std::any_of(row.further_calls().begin(), row.further_calls().end(), reaches) ||
      std::any_of(row.patients().begin(), row.patients().end(),
                  [&](const v1::Patient& patient) { return patient.phone_number() == dialled; });
  if (!contact) return absl::OkStatus();
  return InvalidField(field, "DIALLED_IS_CONTACT",
                      "is the number of somebody on this dossier: give the line that was dialled");
}

absl::Status CheckPast(const google::protobuf::Timestamp& time, const std::string& field,
                       const Moment& moment) {
  if (time.seconds() < 0 || time.seconds() > kSecondsMax || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return InvalidField(field, "INVALID_TIME", "is not an instant between 1970 and 9999");
  }
  if (ToInstant(time) <= moment.now + kClockGrace) return absl::OkStatus();
  return InvalidField(field, "TIME_IN_FUTURE", "lies in the future; check the clock");
}

absl::Status CheckOrigin(const v1::CallOrigin& origin, const std::string& field,
                         const Moment& moment) {
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(origin, {"taken_by", "call_id"}, field));
  if (origin.entry_point() == sas::type::v1::ENTRY_POINT_UNSPECIFIED) {
    return InvalidField(field + ".entry_point", "ENTRY_POINT_REQUIRED", "say where it enters");
  }
  SAS_RETURN_IF_ERROR(CheckOptionalCode(care::Origines(), "origine", origin.origine_code(),
                                        field + ".origine_code"));
  SAS_RETURN_IF_ERROR(CheckOptionalCode(care::CallerTypes(), "typeAppelant",
                                        origin.caller_type_code(), field + ".caller_type_code"));
  SAS_RETURN_IF_ERROR(CheckOptionalCode(care::CommunicationDifficulties(), "communication",
                                        origin.communication_code(),
                                        field + ".communication_code"));
  SAS_RETURN_IF_ERROR(
      CheckOptionalPhone(origin.caller_phone_number(), field + ".caller_phone_number"));
  SAS_RETURN_IF_ERROR(
      CheckOptionalPhone(origin.callback_phone_number(), field + ".callback_phone_number"));
  if (!origin.dialled_number().empty()) {
    SAS_RETURN_IF_ERROR(CheckDialledNumber(origin.dialled_number(), field + ".dialled_number"));
    v1::RegulationCase own;
    *own.mutable_origin() = origin;
    SAS_RETURN_IF_ERROR(
        CheckDialledIsOurs(origin.dialled_number(), own, field + ".dialled_number"));
  }
  SAS_RETURN_IF_ERROR(CheckOptionalCode(care::Languages(), "langue", origin.language_code(),
                                        field + ".language_code"));
  const std::string& paper = origin.paper_form_number();
  if (!paper.empty() && !base::IsRequestId(paper)) {
    return InvalidField(field + ".paper_form_number", "INVALID_CODE",
                        "1 to 64 of letters, digits, '.', '_' and '-'");
  }
  SAS_RETURN_IF_ERROR(CheckTelephonePlace(origin, field));
  SAS_RETURN_IF_ERROR(CheckPast(origin.arrival_time(), field + ".arrival_time", moment));
  return CheckPast(origin.pickup_time(), field + ".pickup_time", moment);
}

absl::Status CheckUpdatePath(const std::string& path, const v1::RegulationCase& proto,
                             const Moment& moment) {
  if (path == "motif_code") {
    return care::CheckMotif(proto.motif_code(), "regulation_case.motif_code");
  }
  if (path == "fait_code") {
    return proto.fait_code().empty()
               ? absl::OkStatus()
               : care::CheckFait(proto.fait_code(), "regulation_case.fait_code");
  }
  if (path == "lieu_code") {
    return proto.lieu_code().empty()
               ? absl::OkStatus()
               : care::CheckLieu(proto.lieu_code(), "regulation_case.lieu_code");
  }
  if (path == "risque_codes") return CheckRisks(proto);
  if (path == "patient_place") return CheckPlace(proto);
  if (path == "place_outside_confirmed") return absl::OkStatus();
  if (path == "patients") return CheckPatients(proto, moment);
  if (path == "severity_form") return CheckSeverityForm(proto.severity_form());
  if (path == "previous_attempts") return CheckAttempts(proto, moment);
  if (path == "mobility") return CheckMobility(proto.mobility());
  if (path == "origin") return CheckOrigin(proto.origin(), "regulation_case.origin", moment);
  return InvalidField("update_mask", "UNKNOWN_MASK_PATH",
                      "this field is not written here; state, priority and claim have their own "
                      "methods",
                      {{"path", path.substr(0, 80)}});
}

absl::Status CheckNewCase(const v1::RegulationCase& proto, const Moment& moment) {
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(proto,
                                      {"name",
                                       "state",
                                       "case_number",
                                       "priority",
                                       "filiere",
                                       "reflex_departure",
                                       "attribution",
                                       "care_level",
                                       "further_calls",
                                       "claim",
                                       "notes",
                                       "wait_start_time",
                                       "wait_alarm_time",
                                       "wait_target_time",
                                       "needed_skills",
                                       "callback",
                                       "bilan_awaited",
                                       "bilan",
                                       "missing",
                                       "create_time",
                                       "update_time",
                                       "close_time",
                                       "etag",
                                       "triages",
                                       "lost_call",
                                       "recent_changes",
                                       "handover",
                                       "past_handovers",
                                       "priority_time",
                                       "mission_time",
                                       "place_conflict_meters",
                                       "missions",
                                       "bilans",
                                       "linked_cases",
                                       "regulator_awaited",
                                       "needed_skills"},
                                      "regulation_case"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.territory(), "regulation_case.territory"));
  for (const char* path :
       {"origin", "motif_code", "fait_code", "lieu_code", "risque_codes", "patients",
        "patient_place", "severity_form", "previous_attempts", "mobility"}) {
    SAS_RETURN_IF_ERROR(CheckUpdatePath(path, proto, moment));
  }
  SAS_RETURN_IF_ERROR(CheckDialledIsOurs(proto.origin().dialled_number(), proto,
                                         "regulation_case.origin.dialled_number"));
  for (int i = 0; i < proto.patients_size(); ++i) {
    SAS_RETURN_IF_ERROR(rpc::CheckUnset(proto.patients(i), {"name"},
                                        "regulation_case.patients[" + std::to_string(i) + "]"));
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
