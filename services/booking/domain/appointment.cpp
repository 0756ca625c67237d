#include "services/booking/domain/appointment.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/base/status.h"
#include "services/booking/domain/code_list.h"

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

// What the words of a resolution say of one another.
absl::Status CheckResolution(const Resolution& resolution) {
  const bool seen = resolution.state == State::kFulfilled;
  const bool abandoned = resolution.state == State::kAbandoned;
  if (!seen && !abandoned && resolution.state != State::kNoShow) {
    return base::InvalidField("resolution", "INVALID_RESOLUTION",
                              "must be STATE_FULFILLED, STATE_NO_SHOW or STATE_ABANDONED");
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
  if (abandoned) return CheckAbandonReason(resolution.abandon_reason, "abandon_reason_code");
  if (resolution.abandon_reason.empty()) return absl::OkStatus();
  return base::InvalidField("abandon_reason_code", "ABANDON_REASON_FORBIDDEN",
                            "only who abandoned has a reason for it");
}

}  // namespace

absl::Status CheckAbandonReason(std::string_view code, std::string_view field) {
  constexpr std::array<std::string_view, 5> kReasons{"LEFT_BEFORE_CONSULTATION", "REFUSED_CARE",
                                                     "WENT_ELSEWHERE", "WAIT_TOO_LONG", "OTHER"};
  return CheckCode(code, kReasons, field);
}

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
    case State::kAbandoned:
      return "ABANDONED";
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
  return CheckCode(code, kCancelReasons, field);
}

absl::Status CheckResolve(State state, Arrival arrival, base::Instant start, base::Instant now,
                          const Resolution& resolution) {
  const bool seen = resolution.state == State::kFulfilled;
  const bool abandoned = resolution.state == State::kAbandoned;
  SAS_RETURN_IF_ERROR(CheckResolution(resolution));
  if (state != State::kBooked) return StateForbids(state, "it is resolved");
  if (seen) return absl::OkStatus();
  const bool came = arrival > Arrival::kExpected;
  if (abandoned && !came && now < start) {
    return Refuse("ABANDON_TOO_EARLY",
                  "the patient has not come and the appointment has not begun: cancel it instead");
  }
  if (abandoned) return absl::OkStatus();
  if (came) {
    return Refuse("PATIENT_HAS_ARRIVED",
                  "the patient was recorded as arrived: he did come; if he left, he abandoned");
  }
  if (now < start) {
    return Refuse("NO_SHOW_TOO_EARLY", "the appointment has not begun; the patient may still come");
  }
  return absl::OkStatus();
}

std::optional<std::chrono::seconds> TimeUntilLeft(std::optional<base::Instant> start,
                                                  std::optional<base::Instant> left,
                                                  base::Instant now) {
  if (!start) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(
      std::max(left.value_or(now) - *start, std::chrono::microseconds::zero()));
}

}  // namespace sas::booking
