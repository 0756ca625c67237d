#include "services/booking/domain/appointment.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

const base::Instant kStart{std::chrono::seconds(1'800'000'000)};

TEST(Appointment, S0_17_ArrivalGoesForwardOnly) {
  EXPECT_THAT(CheckArrival(State::kBooked, Arrival::kExpected, Arrival::kArrived), IsOk());
  EXPECT_THAT(CheckArrival(State::kBooked, Arrival::kArrived, Arrival::kInConsultation), IsOk());
  EXPECT_THAT(CheckArrival(State::kBooked, Arrival::kExpected, Arrival::kLeft), IsOk());
  EXPECT_THAT(CheckArrival(State::kBooked, Arrival::kArrived, Arrival::kArrived),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ARRIVAL_NOT_FORWARD"));
  EXPECT_THAT(CheckArrival(State::kBooked, Arrival::kLeft, Arrival::kInConsultation),
              ReasonIs("ARRIVAL_NOT_FORWARD"));
}

TEST(Appointment, ArrivesOnlyWhileBooked) {
  for (const State state :
       {State::kPending, State::kFulfilled, State::kNoShow, State::kCancelled}) {
    EXPECT_THAT(CheckArrival(state, Arrival::kExpected, Arrival::kArrived),
                ReasonIs("APPOINTMENT_STATE_FORBIDS"))
        << StateName(state);
  }
}

TEST(Appointment, CancelsUntilTheConsultation) {
  EXPECT_THAT(CheckCancel(State::kBooked, Arrival::kExpected), IsOk());
  EXPECT_THAT(CheckCancel(State::kPending, Arrival::kUnspecified), IsOk());
  EXPECT_THAT(CheckCancel(State::kBooked, Arrival::kArrived), IsOk());
  EXPECT_THAT(CheckCancel(State::kBooked, Arrival::kInConsultation),
              ReasonIs("PATIENT_IN_CONSULTATION"));
  for (const State state : {State::kFulfilled, State::kNoShow, State::kCancelled}) {
    EXPECT_THAT(CheckCancel(state, Arrival::kExpected), ReasonIs("APPOINTMENT_STATE_FORBIDS"));
  }
}

TEST(Appointment, CancelReasonsAreAClosedList) {
  for (const char* code : {"PATIENT", "SITE", "UPGRADE", "ERROR", "OTHER"}) {
    EXPECT_THAT(CheckCancelReason(code, "reason_code"), IsOk());
  }
  for (const char* code : {"", "patient", "HOLIDAY"}) {
    EXPECT_THAT(CheckCancelReason(code, "reason_code"),
                StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
  }
}

absl::Status Resolve(State from, Arrival arrival, base::Instant now, Resolution resolution) {
  return CheckResolve(from, arrival, kStart, now, resolution);
}

TEST(Appointment, AFulfilledPassageSaysWhatFollows) {
  const Resolution whole{State::kFulfilled, true, FollowUp::kNone};
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kLeft, kStart, whole), IsOk());
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kLeft, kStart, {State::kFulfilled, false, {}}),
              ReasonIs("OUTCOME_REQUIRED"));
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kLeft, kStart,
                      {State::kFulfilled, true, FollowUp::kUnspecified}),
              ReasonIs("FOLLOW_UP_REQUIRED"));
  for (const State state : {State::kFulfilled, State::kNoShow, State::kCancelled}) {
    EXPECT_THAT(Resolve(state, Arrival::kLeft, kStart, whole),
                ReasonIs("APPOINTMENT_STATE_FORBIDS"));
  }
}

TEST(Appointment, NoShowIsSaidOfNobodyWhoCameOrMayStillCome) {
  const Resolution no_show{State::kNoShow, false, FollowUp::kUnspecified};
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kExpected, kStart, no_show), IsOk());
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kExpected, kStart - seconds(1), no_show),
              ReasonIs("NO_SHOW_TOO_EARLY"));
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kArrived, kStart, no_show),
              ReasonIs("PATIENT_HAS_ARRIVED"));
  EXPECT_THAT(
      Resolve(State::kBooked, Arrival::kExpected, kStart, {State::kNoShow, true, FollowUp::kNone}),
      ReasonIs("OUTCOME_FORBIDDEN"));
}

TEST(Appointment, OtherResolutionsAreRefused) {
  for (const State state :
       {State::kUnspecified, State::kPending, State::kBooked, State::kCancelled}) {
    EXPECT_THAT(
        Resolve(State::kBooked, Arrival::kExpected, kStart, {state, false, FollowUp::kUnspecified}),
        StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_RESOLUTION"));
  }
}

TEST(Appointment, ConsultationTimeIsFromEntryToExit) {
  EXPECT_EQ(TimeUntilLeft(std::nullopt, kStart, kStart), std::nullopt);
  EXPECT_EQ(TimeUntilLeft(kStart, kStart + minutes(12), kStart + minutes(40)), minutes(12));
  EXPECT_EQ(TimeUntilLeft(kStart, std::nullopt, kStart + minutes(9)), minutes(9));
  EXPECT_EQ(TimeUntilLeft(kStart, std::nullopt, kStart - minutes(9)), seconds(0));
}

TEST(Appointment, AnAbandonSaysWhy) {
  Resolution abandoned{State::kAbandoned, false, FollowUp::kUnspecified, "WAIT_TOO_LONG"};
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kArrived, kStart, abandoned), IsOk());
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kInConsultation, kStart, abandoned), IsOk());
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kExpected, kStart, abandoned), IsOk());
  // Who has not come yet may still cancel; who has come early may leave.
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kExpected, kStart - seconds(1), abandoned),
              StatusIs(absl::StatusCode::kFailedPrecondition, "ABANDON_TOO_EARLY"));
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kArrived, kStart - seconds(1), abandoned), IsOk());
  abandoned.abandon_reason = "";
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kArrived, kStart, abandoned),
              ReasonIs("UNKNOWN_CODE"));
  abandoned.abandon_reason = "ANGRY";
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kArrived, kStart, abandoned),
              ReasonIs("UNKNOWN_CODE"));
  abandoned = {State::kAbandoned, true, FollowUp::kNone, "OTHER"};
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kArrived, kStart, abandoned),
              ReasonIs("OUTCOME_FORBIDDEN"));
  EXPECT_THAT(Resolve(State::kBooked, Arrival::kExpected, kStart,
                      {State::kNoShow, false, FollowUp::kUnspecified, "OTHER"}),
              ReasonIs("ABANDON_REASON_FORBIDDEN"));
}

TEST(Appointment, AllButACancelledOneHoldItsSeat) {
  for (const State state :
       {State::kPending, State::kBooked, State::kFulfilled, State::kNoShow, State::kAbandoned}) {
    EXPECT_TRUE(IsLive(state));
  }
  EXPECT_FALSE(IsLive(State::kCancelled));
}

}  // namespace
}  // namespace sas::booking
