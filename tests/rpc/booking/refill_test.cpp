// The file active: what becomes of a seat that is free again.

#include <gmock/gmock.h>

#include "services/booking/domain/refill.h"
#include "services/booking/follow_sources.h"
#include "tests/rpc/booking/refill_fixture.h"

namespace sas::booking {
namespace {

using absl::StatusCode;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;

class RefillFlowTest : public RefillTest {};

TEST_F(RefillFlowTest, H28_AFreedSeatIsHeldForTheFirstWaitingOrderAndBookedByNobody) {
  Put(Order("late", hours(24), minutes(60), "osnp-2"));
  Put(Order("urgent", hours(8), minutes(5), "osnp-1"));
  Cancelled();
  MustTurn();
  const v1::SeatOffer offer = OpenOffer("osnp-1");
  EXPECT_EQ(offer.care_order(), NameOf("urgent"));
  EXPECT_EQ(offer.operator_(), "osnp-1");
  EXPECT_EQ(offer.slot(), kSlot);
  EXPECT_EQ(offer.round(), 1);
  EXPECT_EQ(offer.entry_point(), type::v1::ENTRY_POINT_LINE_15);
  EXPECT_FALSE(offer.hold_token().empty());
  EXPECT_EQ(ToInstant(offer.due_time()), clock_.Now() + seconds(120));
  EXPECT_TRUE(slots_.HeldUntil(offer.hold_token(), "osnp-1"));
  // The cancelled one is all that the ledger has.
  EXPECT_THAT(AllNames(), SizeIs(1));
  EXPECT_THAT(EventTypes(), ElementsAre("made"));
  MustTurn();
  EXPECT_THAT(seat_offers_.offered(), SizeIs(1));
}

TEST_F(RefillFlowTest, AcceptIsCreateAppointmentWithTheToken) {
  Put(Order("o2", hours(24), minutes(60), "osnp-2"));
  Cancelled();
  MustTurn();
  const auto booked = Accept(kOsnp2, OpenOffer(kOsnp2), "R-accept");
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->state(), v1::Appointment::STATE_BOOKED);
  EXPECT_EQ(booked->care_order(), NameOf("o2"));
  MustTurn();
  EXPECT_THAT(EventTypes(), ElementsAre("made", "taken"));
  EXPECT_THAT(Offers(osnp_, false), IsEmpty());
  EXPECT_EQ(Offers(osnp_).at(0).state(), v1::SeatOffer::STATE_TAKEN);
  MustTurn();
  EXPECT_THAT(seat_offers_.offered(), SizeIs(1));
}

TEST_F(RefillFlowTest, ADeclineBringsTheNextAndItsRepeatDoesNothing) {
  Put(Order("first", hours(8), minutes(5), "osnp-1"));
  Put(Order("second", hours(24), minutes(5), "osnp-2"));
  Cancelled();
  MustTurn();
  const v1::SeatOffer offer = OpenOffer();
  const auto declined = Decline("osnp-1", offer.name(), "R-no", "HOUR");
  ASSERT_THAT(declined, IsOk());
  EXPECT_EQ(declined->state(), v1::SeatOffer::STATE_DECLINED);
  EXPECT_EQ(declined->end_reason_code(), "HOUR");
  EXPECT_TRUE(declined->hold_token().empty());
  const auto repeat = Decline("osnp-1", offer.name(), "R-no", "HOUR");
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), declined->SerializeAsString());
  MustTurn();
  EXPECT_FALSE(slots_.HeldUntil(offer.hold_token(), "osnp-1"));
  EXPECT_EQ(OpenOffer("osnp-2").care_order(), NameOf("second"));
  EXPECT_EQ(OpenOffer("osnp-2").round(), 2);
  EXPECT_THAT(EventTypes(), ElementsAre("made", "declined", "made"));
}

TEST_F(RefillFlowTest, NobodyAnsweringBringsTheNextAtTheDueTime) {
  Put(Order("first", hours(8), minutes(5), "osnp-1"));
  Put(Order("second", hours(24), minutes(5), "osnp-2"));
  Cancelled();
  MustTurn();
  clock_.Advance(seconds(119));
  MustTurn();
  EXPECT_EQ(OpenOffer().care_order(), NameOf("first"));
  clock_.Advance(seconds(1));
  MustTurn();
  EXPECT_EQ(OpenOffer("osnp-2").care_order(), NameOf("second"));
  EXPECT_EQ(Offers(osnp_).at(1).end_reason_code(), "TIME");
}

TEST_F(RefillFlowTest, AnOrderThatNobodyHasStandsInTheQueueAndWhoClaimsItGetsTheToken) {
  auto order = Order("o2", hours(8), minutes(5), "");
  Put(order);
  Cancelled();
  MustTurn();
  v1::SeatOffer offer = OpenOffer(kOsnp2);
  EXPECT_TRUE(offer.operator_().empty());
  EXPECT_TRUE(offer.hold_token().empty());
  EXPECT_THAT(Decline(kOsnp2, offer.name(), "R-no"),
              StatusIs(StatusCode::kPermissionDenied, "OFFER_NOT_YOURS"));
  order.set_state(regulation::v1::CareOrder::STATE_TREATING_DOCTOR);
  order.mutable_claim()->mutable_owner()->set_subject(kOsnp2);
  Put(order);
  MustTurn();
  offer = OpenOffer(kOsnp2);
  EXPECT_EQ(offer.operator_(), kOsnp2);
  EXPECT_FALSE(offer.hold_token().empty());
  EXPECT_TRUE(slots_.HeldUntil(offer.hold_token(), kOsnp2));
  EXPECT_TRUE(OpenOffer("osnp-1").hold_token().empty());
  order.set_state(regulation::v1::CareOrder::STATE_SEARCHING);
  Put(order);
  EXPECT_THAT(Accept(kOsnp2, offer, "R-accept"), IsOk());
  EXPECT_THAT(EventTypes(), ElementsAre("made", "claimed"));
}

TEST_F(RefillFlowTest, AnOfferOutlivesTheQuestionToACommunity) {
  auto order = Order("o2", hours(8), minutes(5), kOsnp2);
  Put(order);
  Cancelled();
  MustTurn();
  order.set_state(regulation::v1::CareOrder::STATE_PENDING_ACCEPTANCE);
  order.mutable_community_request()->set_state(regulation::v1::CommunityRequest::STATE_ASKED);
  Put(order);
  MustTurn();
  EXPECT_THAT(Accept(kOsnp2, OpenOffer(kOsnp2), "R-accept"), IsOk());
}

TEST_F(RefillFlowTest, AnOfferEndsWhenSosIsAsked) {
  auto order = Order("o2", hours(8), minutes(5), kOsnp2);
  Put(order);
  Cancelled();
  MustTurn();
  order.set_state(regulation::v1::CareOrder::STATE_PENDING_ACCEPTANCE);
  Put(order);
  MustTurn();
  EXPECT_THAT(Offers(osnp_, false), IsEmpty());
}

TEST_F(RefillFlowTest, TheOwnerOfTheCancelledAppointmentIsNotAskedAgain) {
  auto own = SearchedOrder();
  own.mutable_delay()->set_seconds(3600 * 4);
  own.mutable_claim()->mutable_owner()->set_subject("osnp-1");
  Put(own);
  Cancelled();
  MustTurn();
  EXPECT_THAT(Offers(osnp_), IsEmpty());
}

TEST_F(RefillFlowTest, OnlyWhatSuitsIsAsked) {
  Cancelled();
  auto refused = Order("refused", hours(24), minutes(9), "osnp-1");
  refused.add_refused_proposals()->set_slot(kSlot);
  Put(refused);
  Put(Order("too-late", hours(3), minutes(0), "osnp-1"));
  Put(Order("far", hours(24), minutes(8), "osnp-1"));
  seat_offers_.SetVerdict(NameOf("far"), "", 30'001);
  Put(Order("child", hours(24), minutes(7), "osnp-1"));
  seat_offers_.SetVerdict(NameOf("child"), "AGE_NOT_ACCEPTED", 10);
  auto asking = Order("asking", hours(24), minutes(6), "osnp-1");
  asking.set_state(regulation::v1::CareOrder::STATE_TREATING_DOCTOR);
  Put(asking);
  Put(Order("good", hours(48), minutes(1), "osnp-2"));
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("good"));
}

TEST_F(RefillFlowTest, TheFirstThatSuitsIsFoundBehindManyThatDoNot) {
  for (int i = 0; i < 2 * Refill::kCandidatesMax + 5; ++i) {
    const std::string id = "far-" + std::to_string(i);
    Put(Order(id, hours(8), minutes(60 + i), "osnp-1"));
    seat_offers_.SetVerdict(NameOf(id), "", 30'001);
  }
  Put(Order("good", hours(8), minutes(5), kOsnp2));
  Cancelled();
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("good"));
}

TEST_F(RefillFlowTest, ASeatIsOfferedFiveTimesAndThenEverybodys) {
  for (int i = 0; i < 7; ++i) {
    Put(Order("o" + std::to_string(10 + i), hours(24), minutes(i + 1), "osnp-1"));
  }
  Cancelled();
  MustTurn();
  for (int round = 1; round <= kRefillRoundsMax; ++round) {
    ASSERT_EQ(OpenOffer().round(), round);
    ASSERT_THAT(Decline("osnp-1", OpenOffer().name(), "R-" + std::to_string(round)), IsOk());
    MustTurn();
  }
  EXPECT_TRUE(OpenOffer().name().empty());
  EXPECT_THAT(seat_offers_.offered(), SizeIs(kRefillRoundsMax));
  EXPECT_EQ(seat_offers_.withdrawn(), kRefillRoundsMax);
}

TEST_F(RefillFlowTest, AnOrderThatEndsFreesItsOffer) {
  auto order = Order("o2", hours(8), minutes(5), "osnp-2");
  Put(order);
  Cancelled();
  MustTurn();
  order.set_state(regulation::v1::CareOrder::STATE_SUPERSEDED);
  Put(order);
  MustTurn();
  EXPECT_EQ(Offers(osnp_).at(0).state(), v1::SeatOffer::STATE_EXPIRED);
  EXPECT_EQ(Offers(osnp_).at(0).end_reason_code(), "ORDER_ENDED");
  EXPECT_EQ(seat_offers_.withdrawn(), 1);
}

TEST_F(RefillFlowTest, SlotsThatHaveNotHeardYetAreAskedAgainAndAnotherOperatorMayBeFaster) {
  Put(Order("o2", hours(8), minutes(5), "osnp-2"));
  seat_offers_.SetTaken(kSlot, true);
  Cancelled();
  MustTurn();
  EXPECT_THAT(Offers(osnp_), IsEmpty());
  EXPECT_EQ(OnlyFreed().slot, kSlot);
  clock_.Advance(seconds(10));
  MustTurn();
  EXPECT_TRUE(OnlyFreed().slot.empty());
}

// What is offered is the seat that is left, whatever the one is that he goes to.
TEST_F(RefillFlowTest, ASeatThatAMoveLeavesIsOfferedUnlessItLayBeyondThoseOfItsSlot) {
  constexpr char kThere[] = "regions/fr-pdl/sites/challans/slots/b-20261124t1500z";
  constexpr char kBack[] = "regions/fr-pdl/sites/challans/slots/c-20261124t1600z";
  slots_.SetSlot(kThere, clock_.Now() + hours(6), minutes(15), type::v1::CONSULTATION_MODE_AMB);
  slots_.SetSlot(kBack, clock_.Now() + hours(7), minutes(15), type::v1::CONSULTATION_MODE_AMB);
  const auto move = [&](const v1::Appointment& from, const char* slot) {
    v1::RescheduleAppointmentRequest request;
    request.set_name(from.name());
    request.set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, 3, "osnp-1"));
    request.set_reason_code("PATIENT");
    request.set_etag(from.etag());
    request.set_request_id(std::string("m-") + (from.slot() == kSlot ? "1" : "2"));
    return Ask<v1::Appointment>(osnp_, request, &v1::BookingService::Stub::RescheduleAppointment);
  };
  const auto booked = Create(osnp_, OrderRequest("R-book"));
  ASSERT_THAT(booked, IsOk());
  slots_.SetSupernumerary("PRACTITIONER_AGREES");
  const auto beyond = move(*booked, kThere);
  ASSERT_THAT(beyond, IsOk());
  EXPECT_EQ(OnlyFreed().slot, kSlot);
  slots_.SetSupernumerary("");
  EXPECT_THAT(move(*beyond, kBack), IsOk());
  EXPECT_EQ(OnlyFreed().slot, kSlot) << "nor does the seat beyond join it";
}

TEST_F(RefillFlowTest, AnOperatorWithTooManyHoldsIsPassedOver) {
  Put(Order("first", hours(8), minutes(5), "osnp-1"));
  Put(Order("second", hours(24), minutes(5), "osnp-2"));
  seat_offers_.RefuseHolder(
      "osnp-1", base::Fail(StatusCode::kResourceExhausted, "TOO_MANY_HOLDS", "three holds"));
  Cancelled();
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("second"));
}

TEST_F(RefillFlowTest, NeighboursThatAreAwayChangeNothing) {
  Put(Order("o2", hours(8), minutes(5), "osnp-2"));
  Cancelled();
  const absl::Status away = base::Fail(StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "away");
  regulation_.FailWith(away);
  EXPECT_THAT(Turn(), ReasonIs("REGULATION_UNREACHABLE"));
  regulation_.FailWith(absl::OkStatus());
  seat_offers_.FailWith(base::Fail(StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "away"));
  EXPECT_THAT(Turn(), ReasonIs("SLOTS_UNREACHABLE"));
  seat_offers_.FailWith(absl::OkStatus());
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).round(), 1);
}

TEST_F(RefillFlowTest, AHoldThatIsRenewedKeepsTheOffer) {
  Put(Order("o2", hours(8), minutes(5), "osnp-2"));
  Cancelled();
  MustTurn();
  const v1::SeatOffer offer = OpenOffer(kOsnp2);
  clock_.Advance(seconds(90));
  // Confirming prolongs the hold; it is cut off before the ledger has it.
  store_->FailNextWrite(FaultyStore::Fault::kBeforeCommit);
  EXPECT_FALSE(Accept(kOsnp2, offer, "R-accept").ok());
  clock_.Advance(seconds(40));
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).name(), offer.name());
  EXPECT_EQ(ToInstant(OpenOffer(kOsnp2).due_time()), clock_.Now() + seconds(20));
  EXPECT_THAT(Accept(kOsnp2, offer, "R-accept"), IsOk());
}

TEST_F(RefillFlowTest, ACancelledCancelOrATooLateOneOffersNothing) {
  slots_.SetStart(clock_.Now() + minutes(29));
  Put(Order("o2", hours(8), minutes(5), "osnp-2"));
  Cancelled();
  EXPECT_TRUE(OnlyFreed().slot.empty());
}

TEST_F(RefillFlowTest, EventsAndAuditCarryNoToken) {
  Put(Order("o2", hours(8), minutes(5), "osnp-2"));
  Cancelled();
  MustTurn();
  const std::string token = OpenOffer(kOsnp2).hold_token();
  ASSERT_FALSE(token.empty());
  for (const ledger::StoredEvent& each : Events()) {
    EXPECT_EQ(each.payload.find(token), std::string::npos) << each.type;
  }
}

/// The ledger on disk: a process that dies between its hold and its row.
class RefillCrashTest : public RefillTest {
 protected:
  RefillCrashTest() : RefillTest(testing::Backend::kSqlite) {}
};

TEST_F(RefillCrashTest, ATurnCutOffBetweenHoldAndRowFindsItsOwnHold) {
  Put(Order("o2", hours(8), minutes(5), "osnp-2"));
  Cancelled();
  MustTurn();
  ASSERT_THAT(Decline(kOsnp2, OpenOffer(kOsnp2).name(), "R-no"), IsOk());
  Put(Order("o3", hours(8), minutes(5), "osnp-2"));
  for (const auto fault : {FaultyStore::Fault::kBeforeCommit, FaultyStore::Fault::kAfterCommit}) {
    store_->FailNextWrite(fault);
    EXPECT_FALSE(Turn().ok());  // The seat is held; the row is cut off, then only its answer.
  }
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("o3"));
  EXPECT_THAT(seat_offers_.offered(), SizeIs(2));
  EXPECT_THAT(EventTypes(), ElementsAre("made", "declined", "made"));
}

TEST_F(RefillCrashTest, AfterARestartTheOffersGoOn) {
  Put(Order("first", hours(8), minutes(5), "osnp-1"));
  Put(Order("second", hours(24), minutes(5), "osnp-2"));
  Cancelled();
  MustTurn();
  const std::string name = OpenOffer().name();
  Restart();
  refill_ = std::make_unique<Refill>(*store_, seat_offers_, regulation_, *refill_metrics_, clock_,
                                     random_);
  clock_.Advance(seconds(8));  // The lease of the one that died.
  MustTurn();
  EXPECT_EQ(OpenOffer().name(), name);
  clock_.Advance(seconds(120));
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("second"));
}

// --- a practice offers seats again ---------------------------------------------------------------

class ReopenedTest : public RefillTest {
 protected:
  static events::v1::Event Reopened(const std::string& cursor,
                                    const std::vector<std::pair<std::string, int>>& seats) {
    events::v1::Event event;
    event.set_cursor(cursor);
    event.set_type("seats.reopened");
    event.set_region("fr-pdl");
    event.set_subject("regions/fr-pdl/sites/challans");
    for (const auto& [slot, number] : seats) {
      auto& seat = *event.mutable_seats()->add_seats();
      seat.set_slot(slot);
      seat.set_seat(number);
    }
    return event;
  }

  void Hear(const events::v1::Event& event) {
    SourceMetrics metrics(server_->metrics());
    SourceReader reader(*store_, metrics, policy_, clock_);
    ASSERT_THAT(reader.Handle(base::InternalCall("test", clock_, seconds(5)), event), IsOk());
  }

  std::vector<FreedSeat> Freed() {
    std::vector<FreedSeat> open;
    EXPECT_THAT(store_->Read(base::InternalCall("test", clock_, seconds(5)),
                             [&](BookingTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(open, transaction.offers().OpenFreed(100));
                               return absl::OkStatus();
                             }),
                IsOk());
    return open;
  }
};

TEST_F(ReopenedTest, AReopenedSeatIsOfferedLikeACancelledOne) {
  regulation::v1::CareOrder ended = SearchedOrder();
  ended.set_state(regulation::v1::CareOrder::STATE_CLOSED);
  Put(ended);
  Put(Order("o2", hours(24), minutes(60), kOsnp2));
  Hear(Reopened("c-1", {{kSlot, 0}}));
  MustTurn();
  const v1::SeatOffer offer = OpenOffer(kOsnp2);
  EXPECT_EQ(offer.care_order(), NameOf("o2"));
  EXPECT_EQ(offer.slot(), kSlot);
  EXPECT_EQ(OnlyFreed().cause, "REOPENED");
  const auto booked = Accept(kOsnp2, offer, "R-accept");
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->state(), v1::Appointment::STATE_BOOKED);
}

TEST_F(ReopenedTest, TheSameEventTwiceIsOneSeat) {
  Hear(Reopened("c-1", {{kSlot, 0}, {kSlot, 1}}));
  EXPECT_THAT(Freed(), SizeIs(2));
  Hear(Reopened("c-1", {{kSlot, 0}, {kSlot, 1}}));
  EXPECT_THAT(Freed(), SizeIs(2));
  Hear(Reopened("c-2", {{kSlot, 0}}));  // Closed and opened once more.
  EXPECT_THAT(Freed(), SizeIs(3));
}

TEST_F(ReopenedTest, WhatBeginsTooSoonOrCannotBeReadIsLeftAlone) {
  Hear(Reopened("c-1", {{"regions/fr-pdl/sites/challans/slots/a-20200101t0000z", 0},
                        {"regions/fr-pdl/sites/challans/slots/a", 0}}));
  EXPECT_THAT(Freed(), IsEmpty());
}

}  // namespace
}  // namespace sas::booking
