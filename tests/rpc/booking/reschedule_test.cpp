#include <atomic>
#include <thread>

#include "sas/events/v1/event.pb.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kLater[] = "regions/fr-pdl/sites/challans/slots/b-20261124t1500z";
constexpr char kElsewhere[] = "regions/fr-pdl/sites/machecoul/slots/c-20261124t1500z";

class RescheduleBase : public BookingTest {
 protected:
  using BookingTest::BookingTest;

  v1::RescheduleAppointmentRequest Request(const v1::Appointment& of, const std::string& slot,
                                           const std::string& holder, int seat = 0,
                                           const std::string& request_id = "m-1") {
    v1::RescheduleAppointmentRequest request;
    request.set_name(of.name());
    request.set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, seat, holder));
    request.set_reason_code("PATIENT");
    request.set_etag(of.etag());
    request.set_request_id(request_id);
    return request;
  }

  absl::StatusOr<v1::Appointment> Move(const base::Actor& actor,
                                       const v1::RescheduleAppointmentRequest& request) {
    return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::RescheduleAppointment);
  }
};

class RescheduleTest : public RescheduleBase {};

TEST_F(RescheduleTest, H26_TheNewSeatIsTakenAndTheOldOneFreeAtOnce) {
  const v1::Appointment booked = MustCreate("r-1");
  slots_.SetSlot(kLater, clock_.Now() + hours(4), std::chrono::minutes(20),
                 type::v1::CONSULTATION_MODE_AMB);
  const auto moved = Move(Pharmacist(), Request(booked, kLater, "pharmacie-1", 2));
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->name(), booked.name());
  EXPECT_EQ(moved->slot(), kLater);
  EXPECT_EQ(moved->seat(), 2);
  EXPECT_EQ(moved->start_time().seconds(), ToTimestamp(clock_.Now() + hours(4)).seconds());
  EXPECT_EQ(moved->etag(), "\"2\"");
  ASSERT_EQ(moved->moves_size(), 1);
  EXPECT_EQ(moved->moves(0).slot(), kSlot);
  EXPECT_EQ(moved->moves(0).reason_code(), "PATIENT");
  EXPECT_EQ(moved->moves(0).moved_by().subject(), "pharmacie-1");
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kLater, 2), booked.name());
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
  const v1::Appointment next = MustCreate("r-2");  // The seat that it left.
  EXPECT_EQ(next.slot(), kSlot);

  const auto events = Events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].type, "appointment.moved");
  events::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(events[1].payload));
  EXPECT_EQ(event.appointment().slot(), kLater);
  EXPECT_EQ(event.appointment().left_slot(), kSlot);
  EXPECT_EQ(event.appointment().left_start_time().seconds(), booked.start_time().seconds());
  // The slots judge the need of who booked, and count everybody's seats but its own.
  EXPECT_TRUE(slots_.prepared()[1].moved());
  EXPECT_EQ(slots_.prepared()[1].booker_profession_code(), "21");
}

TEST_F(RescheduleTest, H26_WhateverFailsLeavesTheOldOneUntouched) {
  const v1::Appointment booked = MustCreate("r-1", 0);
  v1::CreateAppointmentRequest other = DirectRequest("r-2");
  other.mutable_appointment()->set_slot(kLater);
  other.set_hold_token(slots_.Hold(kLater, 0, "pharmacie-1"));
  const auto blocker = Create(Pharmacist(), other);
  ASSERT_THAT(blocker, IsOk());
  EXPECT_THAT(Move(Pharmacist(), Request(booked, kLater, "pharmacie-1")),
              StatusIs(absl::StatusCode::kAlreadyExists, "SEAT_TAKEN"));
  v1::RescheduleAppointmentRequest lost = Request(booked, kLater, "pharmacie-1", 1);
  lost.set_hold_token("no-such-hold");
  EXPECT_THAT(Move(Pharmacist(), lost), ReasonIs("HOLD_LOST"));
  Flush();  // So that the relay writes nothing now.
  store_->FailNextWrite(FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(Move(Pharmacist(), Request(booked, kLater, "pharmacie-1", 1)),
              StatusIs(absl::StatusCode::kUnavailable));
  auto still = Get(osnp_, booked.name());
  ASSERT_THAT(still, IsOk());
  still->clear_messaging();  // Shown to who reads alone.
  EXPECT_EQ(still->SerializeAsString(), booked.SerializeAsString());
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());
  EXPECT_EQ(slots_.OwnerOf(kLater, 0), blocker->name());  // Nothing of the other's was freed.
}

TEST_F(RescheduleTest, AnAnswerThatWasLostComesAgain) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto request = Request(booked, kLater, "pharmacie-1");
  Flush();
  store_->FailNextWrite(FaultyStore::Fault::kAfterCommit);
  const auto lost = Move(Pharmacist(), request);
  const auto again = Move(Pharmacist(), request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->moves_size(), 1);
  if (lost.ok()) {
    EXPECT_EQ(lost->SerializeAsString(), again->SerializeAsString());
  }
  EXPECT_EQ(Events().size(), 2u);
  auto other = request;
  other.set_reason_code("SITE");
  EXPECT_THAT(Move(Pharmacist(), other), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(RescheduleTest, ShapesThatAreRefused) {
  const v1::Appointment booked = MustCreate("r-1");
  auto request = Request(booked, kLater, "pharmacie-1");
  request.set_reason_code("WEATHER");
  EXPECT_THAT(Move(Pharmacist(), request), ReasonIs("UNKNOWN_CODE"));
  request = Request(booked, kLater, "pharmacie-1");
  request.set_slot("regions/fr-bre/sites/brest/slots/b-20261124t1500z");
  EXPECT_THAT(Move(Pharmacist(), request), ReasonIs("REGION_MISMATCH"));
  request = Request(booked, kLater, "pharmacie-1");
  request.clear_hold_token();
  EXPECT_THAT(Move(Pharmacist(), request), ReasonIs("HOLD_TOKEN_REQUIRED"));
  request = Request(booked, kLater, "pharmacie-1");
  request.clear_etag();
  EXPECT_THAT(Move(Pharmacist(), request), ReasonIs("ETAG_REQUIRED"));
  request.set_etag("\"9\"");
  EXPECT_THAT(Move(Pharmacist(), request), StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Move(Pharmacist(), Request(booked, kSlot, "pharmacie-1", 1)),
              ReasonIs("SLOT_UNCHANGED"));
  EXPECT_EQ(slots_.prepared().size(), 1u);  // None of them has prepared a seat.
}

TEST_F(RescheduleTest, ThePracticeReassignsWithinItsSite) {
  const v1::Appointment booked = MustCreate("r-1");
  auto elsewhere = Request(booked, kElsewhere, "dr-essai");
  EXPECT_THAT(Move(Effecteur(), elsewhere),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_FORBIDDEN"));
  elsewhere.set_reason_code("REASSIGN");
  EXPECT_THAT(Move(Effecteur(), elsewhere), ReasonIs("REASSIGN_ELSEWHERE"));
  auto here = Request(booked, kLater, "dr-essai");
  here.set_reason_code("REASSIGN");
  const auto moved = Move(Effecteur(), here);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->moves(0).moved_by().subject(), "dr-essai");
  EXPECT_EQ(moved->booked_by().subject(), "pharmacie-1");
  EXPECT_EQ(moved->booker_profession_code(), "21");
  EXPECT_THAT(Move(ActorWith(base::Role::kSupervisor), here), ReasonIs("ROLE_FORBIDDEN"));
  base::Actor other = Pharmacist();
  other.subject = "pharmacie-2";
  EXPECT_THAT(Move(other, Request(*moved, kSlot, "pharmacie-2")), ReasonIs("NOT_YOUR_BOOKING"));
}

TEST_F(RescheduleTest, TheRulesOfTheNewSiteAreHeldAgainstWhoBooked) {
  const v1::Appointment booked = MustCreate("r-1");
  slots::v1::EntryRule rule;
  rule.set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
  rule.set_access(slots::v1::EntryRule::ACCESS_REGULATED);
  slots_.SetRule(rule);
  EXPECT_THAT(Move(Pharmacist(), Request(booked, kElsewhere, "pharmacie-1")),
              ReasonIs("ORDER_REQUIRED"));
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kElsewhere, 0), "");
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());
}

TEST_F(RescheduleTest, S1_01_PastTheDeadlineTheSameRuleAsAtBooking) {
  const auto booked = Create(osnp_, OrderRequest("r-1"));
  ASSERT_THAT(booked, IsOk());
  regulation::v1::CareOrder order = SearchedOrder();
  order.set_state(regulation::v1::CareOrder::STATE_CONFIRMED_TO_PATIENT);
  regulation_.Put(order);
  slots_.SetSlot(kLater, clock_.Now() + hours(25), std::chrono::minutes(15),
                 type::v1::CONSULTATION_MODE_AMB);
  auto request = Request(*booked, kLater, "osnp-1");
  request.set_late_reason_code("PATIENT");
  EXPECT_THAT(Move(osnp_, request), ReasonIs("PAST_DUE"));
  *order.mutable_late_agreement()->mutable_latest_start_time() =
      ToTimestamp(clock_.Now() + hours(26));
  order.mutable_late_agreement()->mutable_agreed_by()->set_subject("mrl-7");
  regulation_.Put(order);
  request = Request(*booked, kLater, "osnp-1");
  EXPECT_THAT(Move(osnp_, request), ReasonIs("LATE_REASON_REQUIRED"));
  request = Request(*booked, kLater, "osnp-1");
  request.set_late_reason_code("PATIENT");
  const auto moved = Move(osnp_, request);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->late_agreed_by().subject(), "mrl-7");
}

TEST_F(RescheduleTest, H14_NothingMovesOnAStoppedOrder) {
  const auto booked = Create(osnp_, OrderRequest("r-1"));
  ASSERT_THAT(booked, IsOk());
  regulation::v1::CareOrder order = SearchedOrder();
  order.set_state(regulation::v1::CareOrder::STATE_SUPERSEDED);
  regulation_.Put(order);
  EXPECT_THAT(Move(osnp_, Request(*booked, kLater, "osnp-1")), ReasonIs("ORDER_SUPERSEDED"));
  regulation_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "no answer"));
  auto request = Request(*booked, kLater, "osnp-1");
  EXPECT_THAT(Move(osnp_, request), ReasonIs("REGULATION_UNREACHABLE"));
  request.set_oral_check(true);
  const auto moved = Move(osnp_, request);
  ASSERT_THAT(moved, IsOk());
  EXPECT_TRUE(moved->oral_check());
}

class RescheduleRaceTest : public RescheduleBase,
                           public ::testing::WithParamInterface<testing::Backend> {
 protected:
  RescheduleRaceTest() : RescheduleBase(GetParam()) {}
};

TEST_P(RescheduleRaceTest, H26_TenMovesOntoOneSeatMoveOne) {
  constexpr int kMovers = 10;
  std::vector<v1::Appointment> booked;
  std::vector<v1::RescheduleAppointmentRequest> requests;
  for (int i = 0; i < kMovers; ++i) {
    booked.push_back(MustCreate("r-" + std::to_string(i), i));
    requests.push_back(Request(booked.back(), kLater, "pharmacie-1", 0, "m-" + std::to_string(i)));
  }
  std::atomic<int> moved{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kMovers; ++i) {
    callers.emplace_back([&, i] {
      const auto answer = Move(Pharmacist(), requests[static_cast<std::size_t>(i)]);
      if (answer.ok()) ++moved;
      if (base::ReasonOf(answer.status()) == "SEAT_TAKEN") ++taken;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(taken, kMovers - 1);
  Flush();
  std::string winner;
  for (int i = 0; i < kMovers; ++i) {
    const auto now = Get(osnp_, booked[static_cast<std::size_t>(i)].name());
    ASSERT_THAT(now, IsOk());
    if (now->slot() == kLater) {
      winner = now->name();
      EXPECT_EQ(slots_.OwnerOf(kSlot, i), "");
    } else {
      EXPECT_EQ(slots_.OwnerOf(kSlot, i), now->name());
    }
  }
  EXPECT_EQ(slots_.OwnerOf(kLater, 0), winner);
}

TEST_P(RescheduleRaceTest, H26_TwoMovesOfOneAppointmentMoveItOnce) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto one = Request(booked, kLater, "pharmacie-1", 0, "m-1");
  const auto two = Request(booked, kElsewhere, "pharmacie-1", 0, "m-2");
  absl::StatusOr<v1::Appointment> first = absl::UnknownError("");
  std::thread other([&] { first = Move(Pharmacist(), one); });
  const auto second = Move(Pharmacist(), two);
  other.join();
  EXPECT_NE(first.ok(), second.ok());
  EXPECT_THAT(first.ok() ? second : first, StatusIs(absl::StatusCode::kAborted));
  Flush();
  const auto now = Get(osnp_, booked.name());
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->moves_size(), 1);
  EXPECT_EQ(slots_.OwnerOf(now->slot(), 0), booked.name());
  EXPECT_EQ(slots_.OwnerOf(now->slot() == kLater ? kElsewhere : kLater, 0), "");
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
}

TEST_P(RescheduleRaceTest, TheSameBytesComeBackAfterARestart) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto request = Request(booked, kLater, "pharmacie-1");
  const auto first = Move(Pharmacist(), request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Move(Pharmacist(), request)->SerializeAsString(), first->SerializeAsString());
  Restart();
  const auto again = Move(Pharmacist(), request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Get(osnp_, booked.name())->moves_size(), 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, RescheduleRaceTest,
                         ::testing::Values(testing::Backend::kMemory, testing::Backend::kSqlite),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
