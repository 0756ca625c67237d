#include "services/regulation/domain/care_order.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using enum OrderState;
using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr base::Instant kNow{hours(24 * 365 * 50)};

// One column for each state from TO_DO to CLOSED: the state after in hexadecimal, '-' is refused.
TEST(CareOrder, EveryActInEveryState) {
  struct Row {
    OrderAct act;
    std::string_view after;
  };

  const Row rows[] = {
      {OrderAct::kClaim, "22345-------"},           {OrderAct::kDoctorSees, "-aa---------"},
      {OrderAct::kDoctorCannot, "-33---------"},    {OrderAct::kRefuseProposal, "--34--------"},
      {OrderAct::kConfirmInformed, "----6-------"}, {OrderAct::kReturnNoSlot, "--77--------"},
      {OrderAct::kReturnRefused, "-888--------"},   {OrderAct::kReturnUnreachable, "-9999-------"},
      {OrderAct::kAskThirdParty, "444---------"},   {OrderAct::kBook, "5555--555---"},
      {OrderAct::kUnbook, "---333------"},          {OrderAct::kSupersede, "bbbbbb------"},
      {OrderAct::kClose, "------ccc---"},           {OrderAct::kTryContact, "-2345-------"},
      {OrderAct::kAskCommunity, "--4---------"},    {OrderAct::kEndCommunity, "---3--------"},
  };
  for (const Row& row : rows) {
    for (int state = 1; state <= 12; ++state) {
      const char expected = row.after[static_cast<std::size_t>(state - 1)];
      const auto after = Advance(static_cast<OrderState>(state), row.act);
      const std::string where = "act " + std::to_string(static_cast<int>(row.act)) + " in " +
                                std::string(OrderStateName(static_cast<OrderState>(state)));
      if (expected == '-') {
        EXPECT_THAT(after, StatusIs(absl::StatusCode::kFailedPrecondition)) << where;
      } else {
        ASSERT_THAT(after, IsOk()) << where;
        const int value = expected <= '9' ? expected - '0' : expected - 'a' + 10;
        EXPECT_EQ(static_cast<int>(*after), value) << where;
      }
    }
  }
}

TEST(CareOrder, H15_WhatMayBeWorkedAgainIsNotSettled) {
  for (int value = 1; value <= 13; ++value) {
    const auto state = static_cast<OrderState>(value);
    const bool settled = state == kTakenByTreatingDoctor || state == kSuperseded ||
                         state == kClosed || state == kReoriented;
    EXPECT_EQ(IsUnsettled(state), !settled) << OrderStateName(state);
  }
}

TEST(CareOrder, S1_09_NoSearchBeforeTheTreatingDoctorStep) {
  auto state = Advance(kToDo, OrderAct::kClaim);
  ASSERT_EQ(*state, kTreatingDoctor);
  EXPECT_THAT(Advance(*state, OrderAct::kRefuseProposal), ReasonIs("TREATING_DOCTOR_FIRST"));
  EXPECT_THAT(Advance(*state, OrderAct::kReturnNoSlot), ReasonIs("TREATING_DOCTOR_FIRST"));
  EXPECT_THAT(Advance(*state, OrderAct::kAskCommunity), ReasonIs("TREATING_DOCTOR_FIRST"));
  state = Advance(*state, OrderAct::kDoctorCannot);
  ASSERT_EQ(*state, kSearching);
  EXPECT_THAT(Advance(*state, OrderAct::kReturnNoSlot), IsOk());
}

TEST(CareOrder, H14_NothingGoesOnAfterSuperseding) {
  for (int act = 0; act <= static_cast<int>(OrderAct::kClose); ++act) {
    EXPECT_THAT(Advance(kSuperseded, static_cast<OrderAct>(act)), ReasonIs("ORDER_SUPERSEDED"));
  }
}

// only_regulator_ends_order: no act of the OSNP or of booking leads to SUPERSEDED or CLOSED.
TEST(CareOrder, H15_OnlyARegulatorEndsAnOrder) {
  for (int state = 1; state <= 12; ++state) {
    for (int act = 0; act < static_cast<int>(OrderAct::kSupersede); ++act) {
      const auto after = Advance(static_cast<OrderState>(state), static_cast<OrderAct>(act));
      EXPECT_TRUE(!after.ok() || (*after != kSuperseded && *after != kClosed));
    }
  }
}

TEST(CareOrder, S1_01_DelayIsAtMost48Hours) {
  for (const int hours_allowed : {4, 8, 12, 24, 48}) {
    EXPECT_THAT(CheckDelay(hours(hours_allowed)), IsOk());
  }
  EXPECT_THAT(CheckDelay(hours(48) + std::chrono::seconds(1)), ReasonIs("INVALID_DELAY"));
  EXPECT_THAT(CheckDelay(hours(0)), ReasonIs("INVALID_DELAY"));
  EXPECT_THAT(CheckDelay(hours(-4)), ReasonIs("INVALID_DELAY"));
  const auto clock = ClockOf(kNow, {}, hours(48), kNow + minutes(5));
  ASSERT_THAT(clock, IsOk());
  EXPECT_EQ(clock->due, kNow + hours(48));  // From the decision, not from the order.
}

// deadline_inherited_never_later: however often an order is re-created, the episode's 48 h hold.
TEST(CareOrder, H36_DeadlineIsInheritedAndNeverLater) {
  std::mt19937 random(36);
  for (int round = 0; round < 5000; ++round) {
    std::vector<base::Instant> origins;
    base::Instant now = kNow;
    const int delays[] = {4, 8, 12, 24, 48};
    for (int order = 0; order < 6; ++order) {
      const auto delay = hours(delays[random() % 5]);
      const auto clock = ClockOf(now, origins, delay, now);
      if (!clock.ok()) {
        ASSERT_THAT(clock, ReasonIs("DEADLINE_PASSED"));
        ASSERT_FALSE(origins.empty());
      } else {
        ASSERT_EQ(clock->origin, kNow);
        ASSERT_LE(clock->due, kNow + kOrderDelayMax);
        ASSERT_GT(clock->due, now);
        origins.push_back(clock->origin);
      }
      now += minutes(random() % 900);
    }
  }
}

// deadline_over_dst: 24 h are 24 h, also through the night of 25 October 2026 that has 25.
TEST(CareOrder, H36_DelayIsElapsedTimeOverTheChangeOfHour) {
  const base::Instant saturday_noon{
      std::chrono::seconds(1792922400)};  // 2026-10-25 10:00 UTC - 24 h
  EXPECT_EQ(ClockOf(saturday_noon, {}, hours(24), saturday_noon)->due, saturday_noon + hours(24));
}

TEST(CareOrder, H16_EveryMissingFactIsNamed) {
  OrderPrerequisites known{true, true, true, true, true};
  EXPECT_THAT(CheckPrerequisites(known), IsOk());

  struct Row {
    bool OrderPrerequisites::*fact;
    const char* field;
  };

  const Row rows[] = {
      {&OrderPrerequisites::motif, "regulation_case.motif_code"},
      {&OrderPrerequisites::place, "regulation_case.patient_place"},
      {&OrderPrerequisites::mobility, "regulation_case.mobility"},
      {&OrderPrerequisites::age, "patient.age"},
      {&OrderPrerequisites::callback_number, "regulation_case.origin.callback_phone_number"},
  };
  for (const Row& row : rows) {
    OrderPrerequisites lacking = known;
    lacking.*row.fact = false;
    const absl::Status status = CheckPrerequisites(lacking);
    EXPECT_THAT(status, ReasonIs("ORDER_PREREQUISITES_MISSING"));
    ASSERT_EQ(base::DetailOf(status).violations.size(), 1u);
    EXPECT_EQ(base::DetailOf(status).violations.front().field, row.field);
  }
  EXPECT_EQ(base::DetailOf(CheckPrerequisites({})).violations.size(), 5u);
}

BookingFact Fact(BookingFact::Kind kind, std::string appointment) {
  return {kind, std::move(appointment), "MSP de l'Essai", kNow + hours(3)};
}

TEST(CareOrder, BookingsFactsMoveTheOrder) {
  OrderBooking order;
  order.state = kSearching;
  const auto booked = React(order, Fact(BookingFact::Kind::kBooked, "a1"));
  ASSERT_TRUE(booked);
  EXPECT_EQ(booked->state, kBooked);
  EXPECT_EQ(booked->appointment, "a1");
  EXPECT_EQ(booked->start, kNow + hours(3));
  EXPECT_FALSE(React(*booked, Fact(BookingFact::Kind::kBooked, "a1")));  // A repeat.
  const auto cancelled = React(*booked, Fact(BookingFact::Kind::kCancelled, "a1"));
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->state, kSearching);
  EXPECT_EQ(cancelled->appointment, "");
  EXPECT_FALSE(React(*booked, Fact(BookingFact::Kind::kCancelled, "another")));
  EXPECT_FALSE(React(*booked, Fact(BookingFact::Kind::kOther, "a1")));
}

TEST(CareOrder, H28_PendingIsNotBooked) {
  OrderBooking order;
  order.state = kSearching;
  const auto pending = React(order, Fact(BookingFact::Kind::kPending, "a1"));
  ASSERT_TRUE(pending);
  EXPECT_EQ(pending->state, kPendingAcceptance);
  EXPECT_THAT(Advance(pending->state, OrderAct::kConfirmInformed), ReasonIs("ORDER_STATE_FORBIDS"));
  EXPECT_EQ(React(*pending, Fact(BookingFact::Kind::kBooked, "a1"))->state, kBooked);
}

TEST(CareOrder, H14_AppointmentOnAStoppedOrderIsFlaggedAndNeverRevivesIt) {
  for (const OrderState stopped : {kSuperseded, kClosed, kTakenByTreatingDoctor}) {
    OrderBooking order;
    order.state = stopped;
    order.end_reason = "UPGRADE";
    const auto booked = React(order, Fact(BookingFact::Kind::kBooked, "a1"));
    ASSERT_TRUE(booked);
    EXPECT_EQ(booked->state, stopped);
    EXPECT_EQ(booked->appointment, "a1");
    EXPECT_EQ(booked->end_reason, kAppointmentOnStoppedOrder);
    const auto cancelled = React(*booked, Fact(BookingFact::Kind::kCancelled, "a1"));
    ASSERT_TRUE(cancelled);
    EXPECT_EQ(cancelled->state, stopped);
    EXPECT_EQ(cancelled->end_reason, kAppointmentCancelled);
  }
}

TEST(CareOrder, ConfirmedOrderGoesBackToSearchWhenItsAppointmentIsCancelled) {
  OrderBooking order;
  order.state = kConfirmedToPatient;
  order.appointment = "a1";
  EXPECT_EQ(React(order, Fact(BookingFact::Kind::kCancelled, "a1"))->state, kSearching);
}

// The patient knows the old place and time: somebody must tell him the new ones.
TEST(CareOrder, AMovedAppointmentIsToBeToldAgain) {
  OrderBooking order;
  order.state = kConfirmedToPatient;
  order.appointment = "a1";
  order.site = "MSP de l'Essai";
  order.start = kNow + hours(2);
  const auto moved = React(order, Fact(BookingFact::Kind::kBooked, "a1"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->state, kBooked);
  EXPECT_EQ(moved->start, kNow + hours(3));
  order.start = kNow + hours(3);
  EXPECT_FALSE(React(order, Fact(BookingFact::Kind::kBooked, "a1")));  // A repeat.
}

TEST(CareOrder, S1_01_ALateStartIsAgreedToWithinBounds) {
  const base::Instant due = kNow + hours(4);
  EXPECT_THAT(CheckLateStart(kSearching, due, due + minutes(1)), IsOk());
  EXPECT_THAT(CheckLateStart(kNoSlot, due, due + kLateMax), IsOk());
  EXPECT_THAT(CheckLateStart(kSearching, due, due), ReasonIs("INVALID_LATE_START"));
  EXPECT_THAT(CheckLateStart(kSearching, due, due + kLateMax + minutes(1)),
              ReasonIs("INVALID_LATE_START"));
  for (const OrderState state : {kSuperseded, kClosed, kTakenByTreatingDoctor}) {
    EXPECT_THAT(CheckLateStart(state, due, due + minutes(1)), ReasonIs("ORDER_STATE_FORBIDS"));
  }
}

}  // namespace
}  // namespace sas::regulation
