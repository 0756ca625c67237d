#include "services/regulation/follow_booking.h"

#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using sas::booking::v1::Appointment;
using ::testing::ElementsAre;
using testing::IsOk;

constexpr char kAppointment[] = "regions/fr-pdl/appointments/a1";

class FollowBooking : public RegulationTest {
 protected:
  base::Call Call() const {
    return base::InternalCall("booking-feed", clock_, std::chrono::seconds(5));
  }
};

TEST_F(FollowBooking, EventDeliveredTwiceHasItsEffectOnce) {
  const std::string order = Ordered().name();
  sas::events::v1::Event event;
  event.set_cursor("7");
  event.set_subject(kAppointment);
  event.mutable_appointment()->set_state(Appointment::STATE_BOOKED);
  event.mutable_appointment()->set_care_order(order);
  ASSERT_THAT(booking_.Handle(Call(), {event}), IsOk());
  const std::size_t events = EventTypes().size();
  ASSERT_THAT(booking_.Handle(Call(), {event}), IsOk());
  EXPECT_EQ(EventTypes().size(), events);
  EXPECT_EQ(GetOrder(order).version(), 2);
  EXPECT_EQ(*booking_.LoadCursor(Call()), "7");
}

TEST_F(FollowBooking, EventsTogetherHaveTheirEffectsOnceAndInOrder) {
  const std::string order = Ordered().name();
  const std::string other = Ordered().name();
  const auto event = [](const std::string& cursor, const std::string& of, auto state) {
    sas::events::v1::Event made;
    made.set_cursor(cursor);
    made.set_subject(kAppointment + cursor);
    made.mutable_appointment()->set_state(state);
    made.mutable_appointment()->set_care_order(of);
    return made;
  };
  const auto first = event("7", order, Appointment::STATE_BOOKED);
  ASSERT_THAT(booking_.Handle(Call(), {first}), IsOk());
  auto cancelled = event("9", other, Appointment::STATE_CANCELLED);
  cancelled.set_subject(std::string(kAppointment) + "8");
  ASSERT_THAT(
      booking_.Handle(Call(), {first, event("8", other, Appointment::STATE_BOOKED), cancelled}),
      IsOk());
  EXPECT_EQ(GetOrder(order).version(), 2);
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_BOOKED);
  EXPECT_EQ(GetOrder(other).version(), 3);
  EXPECT_NE(GetOrder(other).state(), v1::CareOrder::STATE_BOOKED);
  EXPECT_EQ(*booking_.LoadCursor(Call()), "9");
}

// The answer to an event was lost, and meanwhile the OSNP has gone on: delivered again, it changes
// nothing.
TEST_F(FollowBooking, LateRepeatDoesNotUndoWhatCameAfter) {
  const std::string order = Ordered().name();
  sas::events::v1::Event event;
  event.set_cursor("7");
  event.set_subject(kAppointment);
  event.mutable_appointment()->set_state(Appointment::STATE_BOOKED);
  event.mutable_appointment()->set_care_order(order);
  ASSERT_THAT(booking_.Handle(Call(), {event}), IsOk());
  for (int call = 0; call < 3; ++call) ASSERT_THAT(Called(order), IsOk());
  v1::ReturnCareOrderRequest request;
  request.set_name(order);
  request.set_outcome(v1::CareOrder::STATE_PATIENT_UNREACHABLE);
  request.set_reason("trois appels");
  ASSERT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, request), IsOk());
  ASSERT_THAT(booking_.Handle(Call(), {event}), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_PATIENT_UNREACHABLE);
}

TEST_F(FollowBooking, CancelledAppointmentReopensTheSearch) {
  const std::string order = Ordered().name();
  ASSERT_THAT(Booked(order, kAppointment), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_BOOKED);
  ASSERT_THAT(Booked(order, kAppointment, Appointment::STATE_CANCELLED), IsOk());
  const v1::CareOrder open = GetOrder(order);
  EXPECT_EQ(open.state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_EQ(open.appointment(), "");
  EXPECT_FALSE(open.has_appointment_start_time());
}

TEST_F(FollowBooking, H28_PendingIsNotAnAppointment) {
  const std::string order = Ordered().name();
  ASSERT_THAT(Booked(order, kAppointment, Appointment::STATE_PENDING), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_PENDING_ACCEPTANCE);
  ASSERT_THAT(Booked(order, kAppointment), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_BOOKED);
}

TEST_F(FollowBooking, WhatConcernsNoOrderOnlyMovesTheCursor) {
  ASSERT_THAT(Booked("", kAppointment), IsOk());
  EXPECT_EQ(*booking_.LoadCursor(Call()), "c-1");
  ASSERT_THAT(Booked("regions/fr-pdl/cases/x/orders/y", kAppointment), IsOk());
  EXPECT_EQ(*booking_.LoadCursor(Call()), "c-2");
  EXPECT_THAT(EventTypes(), ElementsAre());
}

TEST_F(FollowBooking, AfterThePassageNothingMoves) {
  const std::string order = Ordered().name();
  ASSERT_THAT(Booked(order, kAppointment), IsOk());
  ASSERT_THAT(Booked(order, kAppointment, Appointment::STATE_FULFILLED), IsOk());
  EXPECT_EQ(GetOrder(order).version(), 2);
}

}  // namespace
}  // namespace sas::regulation
