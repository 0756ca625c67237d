#include "services/regulation/domain/mission.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/status.h"
#include "common/care/nomenclature.h"

namespace sas::regulation {
namespace {

// The way, in its order; ANNULE and BILAN stand beside it.
constexpr std::array<std::string_view, 16> kWay{
    "DECISION", "DECLENCHE", "DEPART",  "ARRIVEE", "PEC",    "ORIENTAT", "TRANSP",   "ETAPE1",
    "TRANSP2",  "ETAPE2",    "TRANSP3", "DESTIN",  "FINPEC", "RETOUR",   "RET-BASE", "REN-BASE"};

// -1 for what is no step of the way.
int RankOf(std::string_view status) {
  const auto found = std::find(kWay.begin(), kWay.end(), status);
  return found == kWay.end() ? -1 : static_cast<int>(found - kWay.begin());
}

int Reached(std::span<const MissionStep> steps) {
  int rank = -1;
  for (const MissionStep& step : steps) rank = std::max(rank, RankOf(step.status));
  return rank;
}

bool Has(std::span<const MissionStep> steps, std::string_view status) {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const MissionStep& step) { return step.status == status; });
}

absl::Status OutOfOrder(std::span<const MissionStep> steps, const MissionStep& next,
                        const char* message) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "MISSION_STATUS_ORDER", message,
                    {{"status_code", next.status}, {"now", steps.back().status}});
}

absl::Status CheckOrder(std::span<const MissionStep> steps, const MissionStep& next) {
  const int rank = RankOf(next.status);
  if (next.status == kMissionCalledBack) {
    if (IsCalledBack(steps)) return OutOfOrder(steps, next, "the team was called back before");
    if (HasPatient(steps)) {
      return OutOfOrder(steps, next, "the team has the patient: it ends with FINPEC");
    }
    return absl::OkStatus();
  }
  if (IsCalledBack(steps) && rank < RankOf("RETOUR")) {
    return OutOfOrder(steps, next, "the team was called back: it only goes home");
  }
  if (rank <= Reached(steps)) {
    return OutOfOrder(steps, next,
                      "the team is further on its way; read the dossier again, and tell a "
                      "correction in a note");
  }
  return absl::OkStatus();
}

struct VitalRange {
  std::string_view code;
  double low;
  double high;
};

// What a living body can have, generously: a slip of the finger is told, a rare patient is not.
constexpr std::array<VitalRange, 6> kVitals{{
    {"FREQUENCE_CARDIAQUE", 0, 350},
    {"SATURATION_OXYGENE", 0, 100},
    {"FREQUENCE_RESPIRATOIRE", 0, 120},
    {"TEMPERATURE", 13, 45},
    {"HEMOGLOCOTEST", 0, 20},
    {"GLASGOW", 3, 15},
}};
constexpr std::string_view kPressure = "PRESSION_ARTERIELLE";
constexpr VitalRange kSystolic{kPressure, 0, 350};

bool InRange(std::string_view text, const VitalRange& range) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= range.low &&
         number <= range.high;
}

// 120/80: the second is not above the first.
bool IsPressure(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view systolic = text.substr(0, slash);
  const std::string_view diastolic = text.substr(slash + 1);
  double high = 0;
  std::from_chars(systolic.data(), systolic.data() + systolic.size(), high);
  return InRange(systolic, kSystolic) && InRange(diastolic, {kPressure, 0, high});
}

}  // namespace

absl::Status CheckMissionStep(std::span<const MissionStep> steps, const MissionStep& next,
                              base::Instant now) {
  SAS_RETURN_IF_ERROR(
      care::CheckCode(care::MissionStatuses(), "statutVecteur", next.status, "status_code"));
  if (next.status == kMissionDecided || next.status == kMissionReported) {
    return base::InvalidField("status_code", "MISSION_STATUS_RESERVED",
                              "a decision and a bilan have acts of their own");
  }
  SAS_RETURN_IF_ERROR(CheckOrder(steps, next));
  if (next.at > now || next.at < steps.back().at) {
    return base::InvalidField("occur_time", "INVALID_MISSION_TIME",
                              "from the hour of the step before until now");
  }
  return absl::OkStatus();
}

bool IsCalledBack(std::span<const MissionStep> steps) {
  return Has(steps, kMissionCalledBack);
}

bool AwaitsBilan(std::span<const MissionStep> steps) {
  return !IsCalledBack(steps) && !Has(steps, kMissionReported);
}

bool HasPatient(std::span<const MissionStep> steps) {
  return Reached(steps) >= RankOf("PEC") && !IsCalledBack(steps);
}

bool HasEnded(std::span<const MissionStep> steps) {
  if (IsCalledBack(steps) || Reached(steps) >= RankOf("FINPEC")) return true;
  return Has(steps, kMissionReported) && Reached(steps) <= RankOf(kMissionLeft);
}

absl::Status CheckVitalSign(std::string_view code, std::string_view value, std::string_view field) {
  const auto* range = std::find_if(kVitals.begin(), kVitals.end(),
                                   [&](const VitalRange& r) { return r.code == code; });
  const bool pressure = code == kPressure;
  if (range == kVitals.end() && !pressure) {
    return base::InvalidField(field, "UNKNOWN_CODE",
                              "FREQUENCE_CARDIAQUE, PRESSION_ARTERIELLE, SATURATION_OXYGENE, "
                              "FREQUENCE_RESPIRATOIRE, TEMPERATURE, HEMOGLOCOTEST or GLASGOW");
  }
  if (pressure ? IsPressure(value) : InRange(value, *range)) return absl::OkStatus();
  return base::InvalidField(field, "VITAL_SIGN_OUT_OF_RANGE",
                            pressure ? "systolic/diastolic in mmHg, for example 120/80"
                                     : "a number that a living body can have, with a point");
}

}  // namespace sas::regulation
