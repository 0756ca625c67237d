// Appointments of which a platform is the master: PENDING until it has said yes.

#include <gmock/gmock.h>

#include "tests/rpc/booking/source_fixture.h"

namespace sas::booking {
namespace {

using slots::v1::SourceAnswer;
using slots::v1::SourceQuestion;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using ::testing::SizeIs;

TEST_F(SourceTest, H28_APendingOneIsNotAnAppointmentUntilThePlatformSaysYes) {
  const v1::Appointment pending = MustCreate("R-1");
  EXPECT_EQ(pending.state(), v1::Appointment::STATE_PENDING);
  EXPECT_EQ(pending.source().way(), v1::SourceSide::WAY_STREAM);
  EXPECT_EQ(pending.source().partner(), "doctoplan");
  EXPECT_EQ(ToInstant(pending.source().answer_due_time()), clock_.Now() + minutes(15));
  // Its own word in the feed too, and the seat is kept.
  EXPECT_THAT(TypesOf(pending.name()), ElementsAre("appointment.pending"));
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), pending.name());
  Turn();
  const v1::Appointment booked = Now(pending.name());
  EXPECT_EQ(booked.state(), v1::Appointment::STATE_BOOKED);
  EXPECT_THAT(TypesOf(pending.name()), ElementsAre("appointment.pending", "appointment.booked"));
}

TEST_F(SourceTest, S0_14_OneBookingIdOnBothSides) {
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  ASSERT_THAT(platform_.asked(), SizeIs(1));
  EXPECT_EQ(platform_.asked()[0].kind(), SourceQuestion::KIND_CONFIRM);
  EXPECT_EQ(platform_.asked()[0].appointment(), pending.name());
  EXPECT_EQ(platform_.asked()[0].slot(), kSlot);
  EXPECT_EQ(Now(pending.name()).source().external_appointment_id(), "RDV-7");
  const auto bookings = Bookings(kCase);
  ASSERT_THAT(bookings, SizeIs(1));
  EXPECT_EQ(bookings[0].appointment(), pending.name());
  EXPECT_EQ(bookings[0].external_appointment_id(), "RDV-7");
  EXPECT_EQ(bookings[0].join(), v1::SourceBooking::JOIN_BOOKING_ID);
  Turn();
  EXPECT_THAT(platform_.asked(), SizeIs(1));  // Nothing is left to be done.
}

TEST_F(SourceTest, S0_14_TheNativeAgendaNeedsNoPlatform) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_UNSPECIFIED);
  EXPECT_EQ(MustCreate("R-1").state(), v1::Appointment::STATE_BOOKED);
  Turn();
  EXPECT_THAT(platform_.asked(), IsEmpty());
}

TEST_F(SourceTest, ARefusalCancelsWithItsReasonAndFreesTheSeat) {
  platform_.Say(SourceAnswer::VERDICT_NO, "", "TAKEN");
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  const v1::Appointment refused = Now(pending.name());
  EXPECT_EQ(refused.state(), v1::Appointment::STATE_CANCELLED);
  EXPECT_EQ(refused.cancel_reason_code(), "SOURCE_REFUSED");
  EXPECT_EQ(refused.source().source_code(), "TAKEN");
  EXPECT_THAT(TypesOf(pending.name()), ElementsAre("appointment.pending", "appointment.cancelled"));
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
  // What cannot be had there is not asked for again, nor offered to those who wait.
  Turn();
  EXPECT_THAT(platform_.asked(), SizeIs(1));
}

TEST_F(SourceTest, APlatformThatIsAwayIsAskedAgain) {
  platform_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "away"));
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  Turn();
  EXPECT_THAT(platform_.asked(), SizeIs(2));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
  platform_.Say(SourceAnswer::VERDICT_YES, "RDV-7");
  Turn();
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
}

TEST_F(SourceTest, H28_SilenceMakesATaskAndALateYesStillCounts) {
  platform_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "away"));
  const v1::Appointment pending = MustCreate("R-1");
  clock_.Advance(minutes(14));
  Turn();
  EXPECT_THAT(Tasks(), IsEmpty());
  clock_.Advance(minutes(1));
  Turn();
  const auto tasks = Tasks();
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_EQ(tasks[0].task(), v1::Message::TASK_CALL_SOURCE);
  EXPECT_EQ(tasks[0].reason_code(), "NO_ANSWER");
  EXPECT_TRUE(Now(pending.name()).source().answer_overdue());
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
  Turn();
  EXPECT_THAT(Tasks(), SizeIs(1));  // Once.
  platform_.Say(SourceAnswer::VERDICT_YES, "RDV-7");
  Turn();
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
  EXPECT_FALSE(Now(pending.name()).source().answer_overdue());
  EXPECT_THAT(Tasks(), IsEmpty());
}

TEST_F(SourceTest, APlatformWhosePeopleDecideSaysLaterAndReports) {
  platform_.Say(SourceAnswer::VERDICT_LATER);
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  Turn();
  EXPECT_THAT(platform_.asked(), SizeIs(1));
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name()));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
  EXPECT_EQ(Now(pending.name()).source().external_appointment_id(), "RDV-7");
}

TEST_F(SourceTest, APlatformThatSaysLaterAndNothingMoreMakesATask) {
  platform_.Say(SourceAnswer::VERDICT_LATER);
  MustCreate("R-1");
  Turn();
  clock_.Advance(minutes(15));
  Turn();
  EXPECT_THAT(Tasks(), SizeIs(1));
}

TEST_F(SourceTest, S2_44_TheSameConfirmationTwiceIsOne) {
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name()));
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name()));
  const auto types = TypesOf(pending.name());
  EXPECT_EQ(std::count(types.begin(), types.end(), "appointment.booked"), 1);
  EXPECT_THAT(Bookings(kCase), SizeIs(1));
  EXPECT_THAT(Bookings(), IsEmpty());
  EXPECT_THAT(AllNames(), SizeIs(1));
}

TEST_F(SourceTest, S2_44_TheReportMayComeBeforeTheAnswer) {
  platform_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "cut"));
  const v1::Appointment pending = MustCreate("R-1");
  Turn();  // The platform has it; its answer is lost.
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name()));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
  platform_.Say(SourceAnswer::VERDICT_YES, "RDV-7");
  Turn();
  EXPECT_THAT(platform_.asked(), SizeIs(1));  // There is nothing to ask any more.
  EXPECT_THAT(Bookings(kCase), SizeIs(1));
}

TEST_F(SourceTest, H40_AnOlderReportIsRefused) {
  const v1::Appointment pending = MustCreate("R-1");
  Report(Says(v1::SourceBooking::STATE_BOOKED, 2, pending.name()));
  Report(Says(v1::SourceBooking::STATE_CANCELLED, 1, pending.name()));  // Overtaken on its way.
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
  Report(Says(v1::SourceBooking::STATE_CANCELLED, 3, pending.name()));
  const v1::Appointment cancelled = Now(pending.name());
  EXPECT_EQ(cancelled.state(), v1::Appointment::STATE_CANCELLED);
  EXPECT_EQ(cancelled.cancel_reason_code(), "SOURCE_CANCELLED");
}

TEST_F(SourceTest, H40_AnotherPlatformChangesNothing) {
  const v1::Appointment pending = MustCreate("R-1");
  auto foreign = Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name());
  foreign.set_partner("agendia");
  Report(foreign);
  auto elsewhere = Says(v1::SourceBooking::STATE_REFUSED, 1, pending.name());
  elsewhere.set_agenda("regions/fr-pdl/sites/challans/agendas/b");
  Report(elsewhere);
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_PENDING);
  EXPECT_THAT(Bookings(), IsEmpty());
}

TEST_F(SourceTest, ACancellationIsToldToThePlatform) {
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  ASSERT_THAT(Cancel(Now(pending.name())), IsOk());
  EXPECT_TRUE(Now(pending.name()).source().cancel_untold());
  Turn();
  ASSERT_THAT(platform_.asked(), SizeIs(2));
  EXPECT_EQ(platform_.asked()[1].kind(), SourceQuestion::KIND_CANCEL);
  EXPECT_EQ(platform_.asked()[1].external_appointment_id(), "RDV-7");
  EXPECT_FALSE(Now(pending.name()).source().cancel_untold());
  Turn();
  EXPECT_THAT(platform_.asked(), SizeIs(2));
}

TEST_F(SourceTest, ACancellationThatCannotBeToldIsATask) {
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  platform_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "away"));
  ASSERT_THAT(Cancel(Now(pending.name())), IsOk());
  Turn();
  EXPECT_THAT(Tasks(), IsEmpty());
  clock_.Advance(minutes(16));
  Turn();
  ASSERT_THAT(Tasks(), SizeIs(1));
  EXPECT_EQ(Tasks()[0].reason_code(), "CANCEL_UNTOLD");
  platform_.Say(SourceAnswer::VERDICT_YES);
  clock_.Advance(minutes(1));
  Turn();
  EXPECT_THAT(Tasks(), IsEmpty());
}

// Cancelled here while the question was on its way, and booked there.
TEST_F(SourceTest, AYesAfterTheCancellationIsTakenBackThere) {
  const v1::Appointment pending = MustCreate("R-1");
  ASSERT_THAT(Cancel(pending), IsOk());
  Turn();
  EXPECT_EQ(platform_.asked().back().kind(), SourceQuestion::KIND_CANCEL);
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name()));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_CANCELLED);
  ASSERT_THAT(Tasks(), SizeIs(1));
  EXPECT_EQ(Tasks()[0].reason_code(), "BOOKED_AFTER_CANCEL");
  Turn();
  EXPECT_EQ(platform_.asked().back().kind(), SourceQuestion::KIND_CANCEL);
  EXPECT_THAT(platform_.asked(), SizeIs(2));
  EXPECT_THAT(Tasks(), IsEmpty());
}

TEST_F(SourceTest, ACancellationThereOfAPatientWhoHasComeIsAPersonsMatter) {
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  v1::RecordArrivalRequest arrival;
  arrival.set_name(pending.name());
  arrival.set_arrival(v1::Appointment::ARRIVAL_ARRIVED);
  arrival.set_request_id("A-1");
  ASSERT_THAT(Ask<v1::Appointment>(Effecteur(), arrival, &v1::BookingService::Stub::RecordArrival),
              IsOk());
  Report(Says(v1::SourceBooking::STATE_CANCELLED, 2, pending.name()));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
  ASSERT_THAT(Tasks(), SizeIs(1));
  EXPECT_EQ(Tasks()[0].reason_code(), "SOURCE_CANCELLED");
}

TEST_F(SourceTest, TwoBookingsThereUnderOneIdAreAPersonsMatter) {
  const v1::Appointment pending = MustCreate("R-1");
  Turn();
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name(), "RDV-8"));
  ASSERT_THAT(Tasks(), SizeIs(1));
  EXPECT_EQ(Tasks()[0].reason_code(), "OTHER_NUMBER");
  EXPECT_EQ(Now(pending.name()).source().external_appointment_id(), "RDV-7");
}

TEST_F(SourceTest, H40_ARedirectGivesTheLinkAndWaits) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_REDIRECT, "https://rdv.example/agenda?dr=7");
  const v1::Appointment pending = MustCreate("R-1");
  EXPECT_EQ(pending.state(), v1::Appointment::STATE_PENDING);
  EXPECT_EQ(pending.source().way(), v1::SourceSide::WAY_REDIRECT);
  const std::string& url = pending.source().booking_url();
  EXPECT_THAT(url, HasSubstr("https://rdv.example/agenda?dr=7&origin=sas&ref="));
  EXPECT_THAT(url, HasSubstr(pending.name().substr(pending.name().rfind('/') + 1)));
  // Nothing about the patient or his dossier.
  EXPECT_THAT(url, Not(HasSubstr("cases")));
  EXPECT_THAT(url, Not(HasSubstr("patients")));
  Turn();
  EXPECT_THAT(platform_.asked(), IsEmpty());
  Report(Says(v1::SourceBooking::STATE_BOOKED, 1, pending.name()));
  EXPECT_EQ(Now(pending.name()).state(), v1::Appointment::STATE_BOOKED);
}

TEST_F(SourceTest, H40_ARedirectWithoutReturnAsks) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_REDIRECT, "https://rdv.example/agenda?dr=7");
  const v1::Appointment pending = MustCreate("R-1");
  clock_.Advance(minutes(15));
  Turn();
  ASSERT_THAT(Tasks(), SizeIs(1));
  // The operator looks there, and says under which number it is.
  EXPECT_THAT(Resolve(Now(pending.name()), true), ReasonIs("EXTERNAL_ID_REQUIRED"));
  const auto booked = Resolve(Now(pending.name()), true, "RDV-9", "S-2");
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->state(), v1::Appointment::STATE_BOOKED);
  EXPECT_EQ(booked->source().external_appointment_id(), "RDV-9");
  EXPECT_THAT(Tasks(), IsEmpty());
  EXPECT_THAT(Resolve(Now(pending.name()), true, "RDV-9", "S-3"), ReasonIs("SOURCE_NOT_AWAITED"));
  // A repeat gets the first answer.
  EXPECT_THAT(Resolve(pending, true, "RDV-9", "S-2"), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(SourceTest, WhatThePlatformHasNotTakenIsCancelled) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_REDIRECT, "https://rdv.example/agenda?dr=7");
  const v1::Appointment pending = MustCreate("R-1");
  const auto refused = Resolve(pending, false);
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->state(), v1::Appointment::STATE_CANCELLED);
  EXPECT_EQ(refused->cancel_reason_code(), "SOURCE_REFUSED");
}

TEST_F(SourceTest, AMoveOrAGroupNeedsAnAgendaOfOurs) {
  const v1::Appointment pending = MustCreate("R-1");
  v1::RescheduleAppointmentRequest move;
  move.set_name(pending.name());
  move.set_slot("regions/fr-pdl/sites/challans/slots/a-20261124t1315z");
  move.set_hold_token(slots_.Hold(move.slot(), 0, "pharmacie-1"));
  move.set_reason_code("PATIENT");
  move.set_etag(pending.etag());
  move.set_request_id("M-1");
  EXPECT_THAT(
      Ask<v1::Appointment>(Pharmacist(), move, &v1::BookingService::Stub::RescheduleAppointment),
      ReasonIs("AGENDA_ELSEWHERE"));
  slots_.SetMaster(slots::v1::AGENDA_MASTER_UNSPECIFIED);
  const v1::Appointment ours = MustCreate("R-2", 1);
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_STREAM);
  move.set_name(ours.name());
  move.set_etag(ours.etag());
  move.set_request_id("M-2");
  EXPECT_THAT(
      Ask<v1::Appointment>(Pharmacist(), move, &v1::BookingService::Stub::RescheduleAppointment),
      ReasonIs("AGENDA_ELSEWHERE"));
}

TEST_F(SourceTest, ATaskAboutAPlatformIsNoMessageToBeSent) {
  platform_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SOURCE_UNREACHABLE", "away"));
  MustCreate("R-1");
  clock_.Advance(minutes(15));
  Turn();
  const auto task = Tasks().front();
  v1::RetryMessageRequest retry;
  retry.set_name(task.name());
  retry.set_etag(task.etag());
  retry.set_request_id("T-1");
  EXPECT_THAT(Ask<v1::Message>(osnp_, retry, &v1::MessageService::Stub::RetryMessage),
              ReasonIs("MESSAGE_STATE_FORBIDS"));
}

}  // namespace
}  // namespace sas::booking
