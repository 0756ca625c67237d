#include "services/booking/domain/appointment.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/base/status.h"

namespace sas::booking {
namespace {

constexpr std::array<std::string_view, 5> kCancelReasons{"PATIENT", "SITE", "UPGRADE", "ERROR",
                                                         "OTHER"};

absl::Status StateForbids(State state, std::string_view what) {
  const std::string name(StateName(state));
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "APPOINTMENT_STATE_FORBIDS",
      "the appointment is " + name + "; " + std::string(what) + " only while it is booked",
      {{"state", name}});
}

absl::Status Refuse(std::string_view reason, std::string_view message) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, reason, message);
}

}  // namespace

std::string_view StateName(State state) {
  switch (state) {
    case State::kPending:
      return "PENDING";
    case State::kBooked:
      return "BOOKED";
    case State::kFulfilled:
      return "FULFILLED";
    case State::kNoShow:
      return "NO_SHOW";
    case State::kCancelled:
      return "CANCELLED";
    case State::kUnspecified:
      break;
  }
  return "UNSPECIFIED";
}

absl::Status CheckArrival(State state, Arrival now, Arrival next) {
  if (state != State::kBooked) return StateForbids(state, "an arrival is recorded");
  if (next > now) return absl::OkStatus();
  return Refuse("ARRIVAL_NOT_FORWARD",
                "the patient is already recorded there or further; read the appointment again");
}

absl::Status CheckCancel(State state, Arrival arrival) {
  if (state != State::kBooked && state != State::kPending) {
    return StateForbids(state, "it can be cancelled");
  }
  if (arrival < Arrival::kInConsultation) return absl::OkStatus();
  return Refuse("PATIENT_IN_CONSULTATION",
                "the patient is with the doctor: resolve the appointment instead");
}

absl::Status CheckCancelReason(std::string_view code, std::string_view field) {
  if (std::find(kCancelReasons.begin(), kCancelReasons.end(), code) != kCancelReasons.end()) {
    return absl::OkStatus();
  }
  return base::InvalidField(field, "UNKNOWN_CODE",
                            "must be PATIENT, SITE, UPGRADE, ERROR or OTHER");
}

absl::Status CheckResolve(State state, Arrival arrival, base::Instant start, base::Instant now,
                          const Resolution& resolution) {
  const bool seen = resolution.state == State::kFulfilled;
  if (!seen && resolution.state != State::kNoShow) {
    return base::InvalidField("resolution", "INVALID_RESOLUTION",
                              "must be STATE_FULFILLED or STATE_NO_SHOW");
  }
  if (seen && !resolution.outcome_given) {
    return base::InvalidField("outcome", "OUTCOME_REQUIRED",
                              "a patient who was seen leaves a final motif and what follows");
  }
  if (seen && resolution.follow_up == FollowUp::kUnspecified) {
    return base::InvalidField("outcome.follow_up", "FOLLOW_UP_REQUIRED",
                              "say what follows; FOLLOW_UP_NONE when nothing does");
  }
  if (!seen && resolution.outcome_given) {
    return base::InvalidField("outcome", "OUTCOME_FORBIDDEN",
                              "nobody was seen, so there is no outcome");
  }
  if (state != State::kBooked) return StateForbids(state, "it is resolved");
  if (seen) return absl::OkStatus();
  if (arrival > Arrival::kExpected) {
    return Refuse("PATIENT_HAS_ARRIVED", "the patient was recorded as arrived: he did come");
  }
  if (now < start) {
    return Refuse("NO_SHOW_TOO_EARLY", "the appointment has not begun; the patient may still come");
  }
  return absl::OkStatus();
}

std::optional<std::chrono::seconds> ConsultationTime(std::optional<base::Instant> start,
                                                     std::optional<base::Instant> left,
                                                     base::Instant now) {
  if (!start) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(
      std::max(left.value_or(now) - *start, std::chrono::microseconds::zero()));
}

}  // namespace sas::booking
