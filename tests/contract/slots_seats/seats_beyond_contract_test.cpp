#include <atomic>
#include <thread>

#include "tests/contract/slots_seats/seats_fixture.h"

// Seats beyond those of a slot, and how many holds somebody may have.
namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using sas::testing::StatusIs;

class SeatBookLimits : public SeatBookTest {
 protected:
  SeatBook::HoldRequest Request(const std::string& slot, const std::string& holder,
                                const std::string& request_id) {
    SeatBook::HoldRequest request;
    request.region = kRegion;
    request.slot = slot;
    request.token = "token-" + std::to_string(++tokens_);
    request.request_id = request_id;
    request.holder = holder;
    request.order = "regions/fr-pdl/cases/c1/orders/o1";
    request.duration = kHoldMax;
    return request;
  }

  absl::StatusOr<Hold> Beyond(const std::string& holder, const std::string& request_id,
                              int beyond_max) {
    SeatBook::HoldRequest request = Request(kOne, holder, request_id);
    request.beyond_max = beyond_max;
    request.beyond_reason = "PRACTITIONER_AGREES";
    return book_->TakeHold(Call(), request);
  }
};

TEST_P(SeatBookLimits, ASeatBeyondIsGivenOnlyWhenNoOrdinaryOneIsFree) {
  EXPECT_THAT(Beyond("osnp-1", "R-1", 1),
              StatusIs(absl::StatusCode::kFailedPrecondition, "SEATS_ARE_FREE"));
  ASSERT_THAT(Commit(kOne, 0, "regions/fr-pdl/appointments/a1", true, 1), IsOk());
  const auto hold = Beyond("osnp-1", "R-1", 2);
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(hold->seat, 1);
  EXPECT_EQ(hold->beyond_reason, "PRACTITIONER_AGREES");
  EXPECT_EQ(Beyond("osnp-1", "R-1", 2)->token, hold->token);  // A repeat.
  EXPECT_EQ(Beyond("osnp-2", "R-2", 2)->seat, 2);
  EXPECT_THAT(Beyond("osnp-3", "R-3", 2),
              StatusIs(absl::StatusCode::kFailedPrecondition, "SUPERNUMERARY_EXHAUSTED"));
  EXPECT_EQ(FreeSeats(kOne), 0);
  EXPECT_THAT(Take(kOne, "osnp-4", "R-4"), ReasonIs("NO_FREE_SEAT"));
}

TEST_P(SeatBookLimits, H21_WhatTheHoldWasJudgedByComesBackAtTheConfirmation) {
  SeatBook::HoldRequest request = Request(kOne, "osnp-1", "R-1");
  request.profession = "86";
  request.lifted = "ORDER_REQUIRED,ENTRY_POINT_CLOSED";
  request.criteria = "wheelchair,pregnancy_yes";
  const auto hold = book_->TakeHold(Call(), request);
  ASSERT_THAT(hold, IsOk());
  const auto found = book_->FindHolds(Call(), {KeyOf(*hold)});
  ASSERT_THAT(found.front(), IsOk());
  EXPECT_EQ(found.front()->profession, "86");
  EXPECT_EQ(found.front()->lifted, "ORDER_REQUIRED,ENTRY_POINT_CLOSED");
  EXPECT_EQ(found.front()->criteria, "wheelchair,pregnancy_yes");
  // The next one has nothing of it.
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  const auto next = book_->TakeHold(Call(), Request(kOne, "osnp-2", "R-2"));
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->lifted + next->criteria, "");
}

TEST_P(SeatBookLimits, ASeatBeyondGoesTheWayOfTheOthers) {
  ASSERT_THAT(Commit(kOne, 0, "regions/fr-pdl/appointments/a1", true, 1), IsOk());
  const auto hold = Beyond("osnp-1", "R-1", 1);
  ASSERT_THAT(hold, IsOk());
  const auto prepared = book_->Prepare(Call(), KeyOf(*hold), "regions/fr-pdl/appointments/a2");
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->beyond_reason, "PRACTITIONER_AGREES");
  ASSERT_THAT(Commit(kOne, 1, "regions/fr-pdl/appointments/a2", true, 2), IsOk());
  EXPECT_EQ(KindOf(kOne, 1), SeatState::Kind::kTaken);
  // The ordinary seat is freed: the one beyond takes its place in the count.
  ASSERT_THAT(Commit(kOne, 0, "regions/fr-pdl/appointments/a1", false, 3), IsOk());
  EXPECT_EQ(FreeSeats(kOne), 0);
  ASSERT_THAT(Commit(kOne, 1, "regions/fr-pdl/appointments/a2", false, 4), IsOk());
  EXPECT_EQ(FreeSeats(kOne), 1);
}

TEST_P(SeatBookLimits, H25_ASeatBeyondThatIsOnlyHeldEnds) {
  ASSERT_THAT(Commit(kOne, 0, "regions/fr-pdl/appointments/a1", true, 1), IsOk());
  ASSERT_THAT(Beyond("osnp-1", "R-1", 1), IsOk());
  clock_.Advance(kHoldMax);
  EXPECT_EQ(Beyond("osnp-2", "R-2", 1)->seat, 1);
}

TEST_P(SeatBookLimits, H25_OneLivingHoldForAnOrder) {
  SeatBook::HoldRequest first = Request(kOne, "osnp-1", "R-1");
  first.order_holds_max = 1;
  const auto hold = book_->TakeHold(Call(), first);
  ASSERT_THAT(hold, IsOk());
  SeatBook::HoldRequest second = Request(kTwo, "osnp-1", "R-2");
  second.order_holds_max = 1;
  const auto refused = book_->TakeHold(Call(), second);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "ORDER_HELD"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata, (base::Metadata{{"slot", kOne}}));
  EXPECT_EQ(book_->TakeHold(Call(), first)->token, hold->token);  // A repeat is no second one.
  second.order = "regions/fr-pdl/cases/c1/orders/o2";
  EXPECT_THAT(book_->TakeHold(Call(), second), IsOk());
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  SeatBook::HoldRequest third = Request(kTwo, "osnp-1", "R-3");
  third.order_holds_max = 1;
  EXPECT_THAT(book_->TakeHold(Call(), third), IsOk());
  clock_.Advance(kHoldMax);
  first.request_id = "R-4";
  EXPECT_THAT(book_->TakeHold(Call(), first), IsOk());  // What has ended does not count.
}

TEST_P(SeatBookLimits, H24_AnIdWithAnotherBodyIsRefusedAndItsHoldStays) {
  SeatBook::HoldRequest first = Request(kTwo, "osnp-1", "R-1");
  first.fingerprint = "one";
  const auto hold = book_->TakeHold(Call(), first);
  ASSERT_THAT(hold, IsOk());
  SeatBook::HoldRequest other = first;
  other.fingerprint = "two";
  EXPECT_THAT(book_->TakeHold(Call(), other),
              StatusIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  SeatBook::HoldRequest elsewhere = first;
  elsewhere.slot = kOne;
  elsewhere.fingerprint = "three";
  EXPECT_THAT(book_->TakeHold(Call(), elsewhere), ReasonIs("REQUEST_ID_REUSED"));
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_EQ(FreeSeats(kTwo), 1);
  EXPECT_EQ(book_->TakeHold(Call(), first)->token, hold->token);
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "regions/fr-pdl/appointments/a1"), IsOk());
  EXPECT_THAT(book_->TakeHold(Call(), other), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_P(SeatBookLimits, H24_WhatSpeaksAgainstANewHoldLeavesItsRepeatAlone) {
  SeatBook::HoldRequest first = Request(kOne, "osnp-1", "R-1");
  first.fingerprint = "one";
  const auto hold = book_->TakeHold(Call(), first);
  ASSERT_THAT(hold, IsOk());
  first.token = "token-of-the-repeat";
  first.refusal = base::Fail(absl::StatusCode::kFailedPrecondition, "SITE_DAILY_CAP", "full");
  const auto repeat = book_->TakeHold(Call(), first);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->token, hold->token);
  SeatBook::HoldRequest other = first;
  other.fingerprint = "two";
  EXPECT_THAT(book_->TakeHold(Call(), other), ReasonIs("REQUEST_ID_REUSED"));
  other.slot = kTwo;
  EXPECT_THAT(book_->TakeHold(Call(), other), ReasonIs("REQUEST_ID_REUSED"));
  other.request_id = "R-2";
  EXPECT_THAT(book_->TakeHold(Call(), other),
              StatusIs(absl::StatusCode::kFailedPrecondition, "SITE_DAILY_CAP"));
  EXPECT_EQ(FreeSeats(kTwo), 2);
  clock_.Advance(kHoldMax);
  EXPECT_THAT(book_->TakeHold(Call(), first), ReasonIs("SITE_DAILY_CAP")) << "it has ended";
  EXPECT_EQ(FreeSeats(kOne), 1);
}

TEST_P(SeatBookLimits, H24_AnIdIsFreeAgainOnceItsHoldHasEnded) {
  SeatBook::HoldRequest first = Request(kTwo, "osnp-1", "R-1");
  first.fingerprint = "one";
  const auto hold = book_->TakeHold(Call(), first);
  ASSERT_THAT(hold, IsOk());
  first.slot = kOne;
  first.fingerprint = "two";
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  ASSERT_THAT(book_->TakeHold(Call(), first), IsOk());
  clock_.Advance(kHoldMax);
  first.slot = kTwo;
  first.fingerprint = "three";
  EXPECT_THAT(book_->TakeHold(Call(), first), IsOk());
}

TEST_P(SeatBookLimits, H25_AnOrganizationHasItsQuotaWhoeverHoldsForIt) {
  Open(2, {Slot(kOne, 4), Slot(kTwo, 4)});
  const auto take = [this](const std::string& slot, const std::string& holder,
                           const std::string& organization) {
    SeatBook::HoldRequest request = Request(slot, holder, "R-" + holder);
    request.organization = organization;
    request.organization_holds_max = 2;
    return book_->TakeHold(Call(), request);
  };
  const auto first = take(kOne, "ph-1", "officine");
  ASSERT_THAT(first, IsOk());
  const auto second = take(kTwo, "ph-2", "officine");
  ASSERT_THAT(second, IsOk());
  const auto refused = take(kTwo, "ph-3", "officine");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted, "HOLD_QUOTA"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata, (base::Metadata{{"limit", "2"}}));
  EXPECT_EQ(take(kOne, "ph-1", "officine")->token, first->token) << "a repeat is no third one";
  EXPECT_THAT(take(kTwo, "ph-4", "cabinet"), IsOk());
  EXPECT_THAT(take(kTwo, "ph-5", ""), IsOk()) << "who names none is not counted";
  // What is being confirmed counts still, what is booked, given back or has ended does not.
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*first), "regions/fr-pdl/appointments/a1"), IsOk());
  EXPECT_THAT(take(kTwo, "ph-3", "officine"), ReasonIs("HOLD_QUOTA"));
  ASSERT_THAT(Commit(kOne, first->seat, "regions/fr-pdl/appointments/a1", true, 1), IsOk());
  EXPECT_THAT(take(kTwo, "ph-3", "officine"), IsOk());
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*second)), IsOk());
  EXPECT_THAT(take(kOne, "ph-6", "officine"), IsOk());
  EXPECT_THAT(take(kOne, "ph-7", "officine"), ReasonIs("HOLD_QUOTA"));
  clock_.Advance(kHoldMax);
  EXPECT_THAT(take(kOne, "ph-7", "officine"), IsOk());
}

TEST_P(SeatBookLimits, H25_OfManyAtOnceTheQuotaHasItsNumber) {
  Open(2, {Slot(kOne, 40)});
  std::atomic<int> held{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      SeatBook::HoldRequest request = Request(kOne, "ph-" + std::to_string(i), "R-1");
      request.organization = "officine";
      request.organization_holds_max = 7;
      if (book_->TakeHold(Call(), request).ok()) ++held;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(held, 7);
}

TEST_P(SeatBookLimits, H25_DirectEntriesAreCountedByPerson) {
  SeatBook::HoldRequest one = Request(kOne, "ph-1", "R-1");
  one.order.clear();
  one.order_holds_max = 1;
  ASSERT_THAT(book_->TakeHold(Call(), one), IsOk());
  SeatBook::HoldRequest two = Request(kTwo, "ph-1", "R-2");
  two.order.clear();
  two.order_holds_max = 1;
  two.holds_max = 2;
  ASSERT_THAT(book_->TakeHold(Call(), two), IsOk());
  two.request_id = "R-3";
  EXPECT_THAT(book_->TakeHold(Call(), two),
              StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_HOLDS"));
}

TEST_P(SeatBookLimits, H25_HoldsOfAWatchThatHasEndedAreGivenBack) {
  SeatBook::HoldRequest bound = Request(kOne, "osnp-1", "R-1");
  bound.watch = "w-1";
  const auto hold = book_->TakeHold(Call(), bound);
  ASSERT_THAT(hold, IsOk());
  SeatBook::HoldRequest prepared = Request(kTwo, "osnp-1", "R-2");
  prepared.watch = "w-1";
  const auto going = book_->TakeHold(Call(), prepared);
  ASSERT_THAT(going, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*going), "regions/fr-pdl/appointments/a1"), IsOk());
  ASSERT_THAT(Take(kTwo, "osnp-1", "R-3"), IsOk());  // Under no watch.
  const auto none = book_->ReleaseWatched(Call(), kRegion, "osnp-1", "w-2");
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(*none, 0);
  EXPECT_EQ(*book_->ReleaseWatched(Call(), kRegion, "osnp-2", "w-1"), 0);
  EXPECT_EQ(*book_->ReleaseWatched(Call(), kRegion, "osnp-1", "w-1"), 1);
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_EQ(KindOf(kTwo, 0), SeatState::Kind::kPrepared);
  EXPECT_EQ(KindOf(kTwo, 1), SeatState::Kind::kHeld);
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookLimits, H14_WhatIsHeldForAStoppedOrderIsGivenBack) {
  SeatBook::HoldRequest request = Request(kOne, "osnp-1", "R-1");
  const auto hold = book_->TakeHold(Call(), request);
  ASSERT_THAT(hold, IsOk());
  const auto of_another_person = book_->TakeHold(Call(), Request(kTwo, "osnp-2", "R-2"));
  ASSERT_THAT(of_another_person, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*of_another_person), "regions/fr-pdl/appointments/a1"),
              IsOk());
  request = Request(kTwo, "osnp-1", "R-3");
  request.order = "regions/fr-pdl/cases/c1/orders/o10";  // Begins like the one that is stopped.
  ASSERT_THAT(book_->TakeHold(Call(), request), IsOk());
  EXPECT_EQ(*book_->ReleaseOrders(Call(), kRegion, {"regions/fr-pdl/cases/c1/orders/o2"}), 0);
  const auto ended = book_->ReleaseOrders(
      Call(), kRegion, {"regions/fr-pdl/cases/c1/orders/o2", "regions/fr-pdl/cases/c1/orders/o1"});
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(*ended, 1);
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), ReasonIs("HOLD_LOST"));
  EXPECT_EQ(KindOf(kTwo, 0), SeatState::Kind::kPrepared);
  EXPECT_EQ(KindOf(kTwo, 1), SeatState::Kind::kHeld);
}

TEST_P(SeatBookLimits, H14_ADirectEntryHasNoOrderThatCouldBeStopped) {
  SeatBook::HoldRequest direct = Request(kOne, "ph-1", "R-1");
  direct.order.clear();
  ASSERT_THAT(book_->TakeHold(Call(), direct), IsOk());
  EXPECT_EQ(*book_->ReleaseOrders(Call(), kRegion, {""}), 0);
  EXPECT_EQ(KindOf(kOne, 0), SeatState::Kind::kHeld);
}

INSTANTIATE_TEST_SUITE_P(Engines, SeatBookLimits, ::testing::Values("memory", "redis"), EngineName);

}  // namespace
}  // namespace sas::slots
