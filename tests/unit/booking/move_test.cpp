#include "services/booking/domain/move.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

Displacement Ordinary() {
  return {State::kBooked, Arrival::kExpected, 0,         "PATIENT",
          "sites/a/1",    "sites/b/2",        "sites/a", "sites/b"};
}

TEST(Move, ABookedAppointmentGoesToAnotherSlot) {
  EXPECT_THAT(CheckMove(Ordinary()), IsOk());
  Displacement same = Ordinary();
  same.to_slot = same.from_slot;
  EXPECT_THAT(CheckMove(same), StatusIs(absl::StatusCode::kFailedPrecondition, "SLOT_UNCHANGED"));
}

TEST(Move, WhatHasEndedStays) {
  for (const State state : {State::kPending, State::kFulfilled, State::kNoShow, State::kCancelled,
                            State::kAbandoned, State::kUnspecified}) {
    Displacement move = Ordinary();
    move.state = state;
    EXPECT_THAT(CheckMove(move), ReasonIs("APPOINTMENT_STATE_FORBIDS"));
  }
}

TEST(Move, ReassigningStaysAtTheSite) {
  Displacement move = Ordinary();
  move.reason_code = kReassign;
  EXPECT_THAT(CheckMove(move), ReasonIs("REASSIGN_ELSEWHERE"));
  move.to_site = move.from_site;
  EXPECT_THAT(CheckMove(move), IsOk());
}

TEST(Move, WhoHasComeIsOnlyTakenOverAtTheSite) {
  Displacement move = Ordinary();
  move.to_site = move.from_site;
  move.arrival = Arrival::kArrived;
  EXPECT_THAT(CheckMove(move), ReasonIs("PATIENT_HAS_ARRIVED"));
  move.reason_code = kReassign;
  EXPECT_THAT(CheckMove(move), IsOk());
  for (const Arrival arrival : {Arrival::kInConsultation, Arrival::kLeft}) {
    move.arrival = arrival;
    EXPECT_THAT(CheckMove(move), ReasonIs("PATIENT_IN_CONSULTATION"));
  }
}

TEST(Move, PlacesAreBounded) {
  Displacement move = Ordinary();
  move.moves = kMovesMax - 1;
  EXPECT_THAT(CheckMove(move), IsOk());
  move.moves = kMovesMax;
  EXPECT_THAT(CheckMove(move), StatusIs(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED"));
}

TEST(Move, ReasonsAreAClosedList) {
  for (const char* code : {"PATIENT", "SITE", "REASSIGN", "ERROR", "OTHER"}) {
    EXPECT_THAT(CheckMoveReason(code, "reason_code"), IsOk());
  }
  EXPECT_THAT(CheckMoveReason("", "reason_code"), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(CheckMoveReason("UPGRADE", "reason_code"), ReasonIs("UNKNOWN_CODE"));
}

TEST(Move, NothingMovesOnAStoppedOrder) {
  EXPECT_THAT(CheckMovedOrder(OrderState::kSuperseded), ReasonIs("ORDER_SUPERSEDED"));
  EXPECT_THAT(CheckMovedOrder(OrderState::kClosed), ReasonIs("ORDER_ENDED"));
  EXPECT_THAT(CheckMovedOrder(OrderState::kTakenByTreatingDoctor), ReasonIs("ORDER_ENDED"));
  for (const OrderState state :
       {OrderState::kSearching, OrderState::kBooked, OrderState::kConfirmedToPatient,
        OrderState::kPatientUnreachable}) {
    EXPECT_THAT(CheckMovedOrder(state), IsOk());
  }
}

}  // namespace
}  // namespace sas::booking
