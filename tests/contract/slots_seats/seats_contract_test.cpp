// What every SeatBook must do, run on memory and on a real Redis: each test of a transition is the
// test of its script.

#include <atomic>
#include <thread>

#include "tests/contract/slots_seats/seats_fixture.h"

namespace sas::slots {
namespace {

using Kind = SeatState::Kind;
using absl::StatusCode;
using sas::testing::IsOk;
using sas::testing::ReasonIs;
using sas::testing::StatusIs;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Engines, SeatBookTest, ::testing::Values("memory", "redis"), EngineName);

TEST_P(SeatBookTest, HoldTakesASeatForItsLength) {
  const auto hold = Take(kOne, "osnp-1", "r1", seconds(90));
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(hold->slot, kOne);
  EXPECT_EQ(hold->seat, 0);
  EXPECT_EQ(hold->token, "token-1");
  EXPECT_EQ(hold->holder, "osnp-1");
  EXPECT_EQ(hold->order, "regions/fr-pdl/cases/c1/orders/o1");
  EXPECT_EQ(hold->profession, "21");
  EXPECT_EQ(hold->expire, clock_.Now() + seconds(90));
  EXPECT_EQ(hold->renew_limit, clock_.Now() + kHoldTotalMax);
  EXPECT_EQ(hold->after.free_seats, 0);
  EXPECT_EQ(hold->after.hold_expire, hold->expire);
  EXPECT_EQ(KindOf(kOne, 0), Kind::kHeld);
  EXPECT_EQ(FreeSeats(kOne), 0);
}

TEST_P(SeatBookTest, H25_SecondHolderIsToldWhenTheFirstHoldEnds) {
  ASSERT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
  const auto second = Take(kOne, "osnp-2", "r2");
  EXPECT_THAT(second, StatusIs(StatusCode::kFailedPrecondition, "NO_FREE_SEAT"));
  const auto detail = base::DetailOf(second.status());
  ASSERT_THAT(detail.metadata, SizeIs(2));
  EXPECT_EQ(detail.metadata[1].first, "free_at");
  EXPECT_EQ(detail.metadata[1].second, "2026-11-24T09:02:00+00:00");
}

TEST_P(SeatBookTest, FiftyThreadsForOneSeatGiveOneWinner) {
  std::atomic<int> won{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&, i] {
      const auto hold = Take(kOne, "osnp-" + std::to_string(i), "r" + std::to_string(i));
      if (hold.ok()) ++won;
      if (base::ReasonOf(hold.status()) == "NO_FREE_SEAT") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 49);
}

TEST_P(SeatBookTest, RepeatOfAHoldGetsTheSameHold) {
  const auto first = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(first, IsOk());
  clock_.Advance(seconds(30));
  const auto repeat = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->token, first->token);
  EXPECT_EQ(repeat->seat, first->seat);
  EXPECT_EQ(repeat->fence, first->fence);
  EXPECT_EQ(repeat->expire, first->expire);
  EXPECT_EQ(FreeSeats(kTwo), 1);

  const auto namesake = Take(kTwo, "osnp-2", "r1");  // The same id from somebody else is another.
  ASSERT_THAT(namesake, IsOk());
  EXPECT_NE(namesake->token, first->token);
}

TEST_P(SeatBookTest, RepeatAfterTheEndIsANewHold) {
  const auto first = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(first, IsOk());
  clock_.Advance(kHoldMax);
  const auto again = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(again, IsOk());
  EXPECT_NE(again->token, first->token);
  EXPECT_GT(again->fence, first->fence);
}

TEST_P(SeatBookTest, H25_FourthHoldOfOnePersonIsRefused) {
  std::vector<OpenSlot> slots;
  for (int i = 0; i < 4; ++i) {
    slots.push_back(Slot("regions/fr-pdl/sites/s/slots/a-" + std::to_string(i), 1));
  }
  Open(2, slots);
  std::vector<Hold> holds;
  for (int i = 0; i < kHoldsPerHolderMax; ++i) {
    const auto hold = Take(slots[static_cast<std::size_t>(i)].slot, "osnp-1", std::to_string(i));
    ASSERT_THAT(hold, IsOk());
    holds.push_back(*hold);
  }
  EXPECT_THAT(Take(slots[3].slot, "osnp-1", "3"),
              StatusIs(StatusCode::kResourceExhausted, "TOO_MANY_HOLDS"));
  EXPECT_THAT(Take(slots[3].slot, "osnp-2", "4", kHoldMin), IsOk());
  clock_.Advance(kHoldMin);

  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(holds[0])), IsOk());
  EXPECT_THAT(Take(slots[3].slot, "osnp-1", "3"), IsOk());
  clock_.Advance(kHoldMax);  // Ended holds do not count, even before the sweeper has been.
  EXPECT_THAT(Take(slots[0].slot, "osnp-1", "5"), IsOk());
}

TEST_P(SeatBookTest, SlotThatIsNotOpenCannotBeHeld) {
  EXPECT_THAT(Take("regions/fr-pdl/sites/challans/slots/none", "osnp-1", "r1"),
              StatusIs(StatusCode::kFailedPrecondition, "SLOT_NOT_OPEN"));
  EXPECT_THAT(book_->Look(Call(), kRegion, "regions/fr-pdl/sites/challans/slots/none"),
              ReasonIs("SLOT_NOT_OPEN"));
  clock_.Advance(std::chrono::hours(4));
  EXPECT_THAT(Take(kOne, "osnp-1", "r1"), ReasonIs("SLOT_NOT_OPEN"));
}

TEST_P(SeatBookTest, H25_RenewalNeverGoesPastTheLimit) {
  auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const base::Instant limit = hold->renew_limit;
  for (int i = 0; i < 6; ++i) {
    clock_.Advance(seconds(95));
    hold = book_->RenewHold(Call(), KeyOf(*hold), kHoldMax);
    ASSERT_THAT(hold, IsOk()) << i;
    EXPECT_EQ(hold->expire, std::min<base::Instant>(clock_.Now() + kHoldMax, limit));
  }
  EXPECT_EQ(hold->expire, limit);
  clock_.Advance(seconds(30));
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, ManyAtOnceHaveEachTheirOwnAnswer) {
  const auto good = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(good, IsOk());
  HoldKey forged = KeyOf(*good);
  forged.holder = "osnp-2";
  const auto found = book_->FindHolds(Call(), {forged, KeyOf(*good)});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(found[0], ReasonIs("HOLD_LOST"));
  EXPECT_THAT(found[1], IsOk());
  const auto prepared = book_->PrepareAll(
      Call(), {{KeyOf(*good), "a1"}, {forged, "a2"}, {KeyOf(*good), "a1"}, {KeyOf(*good), "a3"}});
  ASSERT_EQ(prepared.size(), 4u);
  EXPECT_THAT(prepared[0], IsOk());
  EXPECT_THAT(prepared[1], ReasonIs("HOLD_LOST"));
  ASSERT_THAT(prepared[2], IsOk());
  EXPECT_EQ(prepared[2]->fence, prepared[0]->fence);
  EXPECT_THAT(prepared[3], ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, FindingAHoldDoesNotProlongIt) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(seconds(60));
  const auto seen = book_->FindHolds(Call(), {KeyOf(*hold)}).front();
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->expire, hold->expire);
}

TEST_P(SeatBookTest, ExpiredHoldNeitherRenewsNorPrepares) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(kHoldMax);
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_EQ(FreeSeats(kOne), 1);
}

TEST_P(SeatBookTest, H38_PausedHolderIsRefusedAfterAnotherTookTheSeat) {
  const auto paused = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(paused, IsOk());
  clock_.Advance(kHoldMax);
  const auto later = Take(kOne, "osnp-2", "r2");
  ASSERT_THAT(later, IsOk());
  EXPECT_GT(later->fence, paused->fence);
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*paused), kHoldMax), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*paused), "a1"), ReasonIs("HOLD_LOST"));
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*paused)), IsOk());
  EXPECT_EQ(KindOf(kOne, 0), Kind::kHeld);  // The late release freed nobody else's seat.
}

TEST_P(SeatBookTest, TokenOrHolderAloneOpensNothing) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  HoldKey thief = KeyOf(*hold);
  thief.holder = "osnp-2";
  EXPECT_THAT(book_->RenewHold(Call(), thief, kHoldMax), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(book_->Prepare(Call(), thief, "a1"), ReasonIs("HOLD_LOST"));
  HoldKey guesser = KeyOf(*hold);
  guesser.token = "token-0";
  EXPECT_THAT(book_->Prepare(Call(), guesser, "a1"), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, ReleaseFreesTheSeatAndIsHarmlessToRepeat) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  EXPECT_EQ(FreeSeats(kOne), 1);
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, PrepareIsIdempotentForItsAppointmentOnly) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const auto prepared = book_->Prepare(Call(), KeyOf(*hold), "a1");
  ASSERT_THAT(prepared, IsOk());
  EXPECT_EQ(prepared->fence, hold->fence);
  EXPECT_EQ(prepared->profession, "21");
  EXPECT_EQ(prepared->appointment, "a1");
  EXPECT_EQ(prepared->expire, clock_.Now() + kPrepareMax);
  EXPECT_EQ(KindOf(kOne, 0), Kind::kPrepared);

  clock_.Advance(seconds(10));
  const auto repeat = book_->Prepare(Call(), KeyOf(*hold), "a1");
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->expire, prepared->expire);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a2"), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, PreparedSeatStaysThroughReleaseAndRenewal) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const auto prepared = book_->Prepare(Call(), KeyOf(*hold), "a1");
  ASSERT_THAT(prepared, IsOk());
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  EXPECT_EQ(KindOf(kOne, 0), Kind::kPrepared);
  const auto renewed = book_->RenewHold(Call(), KeyOf(*hold), kHoldMax);
  ASSERT_THAT(renewed, IsOk());
  EXPECT_EQ(renewed->expire, prepared->expire);
}

TEST_P(SeatBookTest, H25_PreparedSeatThatIsNeverCommittedIsFreeAgain) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), IsOk());
  clock_.Advance(kPrepareMax);
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), ReasonIs("HOLD_LOST"));
  // A commit that comes late still wins over whoever holds the seat by then.
  const auto next = Take(kOne, "osnp-2", "r2");
  ASSERT_THAT(next, IsOk());
  EXPECT_THAT(Commit(kOne, 0, "a1", true, 1).value_or(false), true);
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*next), kHoldMax), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, CommitBeatsAHold) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  EXPECT_TRUE(Commit(kOne, 0, "a1", true, 1).value_or(false));
  EXPECT_EQ(KindOf(kOne, 0), Kind::kTaken);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a2"), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), ReasonIs("NO_FREE_SEAT"));
}

TEST_P(SeatBookTest, CommitIsIdempotentAndOrderedBySequence) {
  EXPECT_TRUE(Commit(kOne, 0, "a1", true, 1).value_or(false));
  EXPECT_FALSE(Commit(kOne, 0, "a1", true, 1).value_or(true));
  EXPECT_TRUE(Commit(kOne, 0, "a1", false, 2).value_or(false));
  EXPECT_FALSE(Commit(kOne, 0, "a1", true, 1).value_or(true));  // Late and old.
  EXPECT_EQ(FreeSeats(kOne), 1);
  // The freeing may even come first.
  EXPECT_FALSE(Commit(kTwo, 0, "a2", false, 5).value_or(true));
  EXPECT_FALSE(Commit(kTwo, 0, "a2", true, 4).value_or(true));
  EXPECT_EQ(FreeSeats(kTwo), 2);
}

TEST_P(SeatBookTest, H26_LateFreeByAnotherAppointmentIsIgnored) {
  EXPECT_TRUE(Commit(kOne, 0, "a1", true, 1).value_or(false));
  EXPECT_TRUE(
      Commit(kOne, 0, "a2", true, 3).value_or(false));  // Its own freeing is still on the way.
  EXPECT_FALSE(Commit(kOne, 0, "a1", false, 2).value_or(true));
  EXPECT_FALSE(Commit(kOne, 0, "a1", false, 4).value_or(true));
  EXPECT_EQ(KindOf(kOne, 0), Kind::kTaken);
}

TEST_P(SeatBookTest, FreeingAHeldSeatDoesNothing) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  EXPECT_FALSE(Commit(kOne, 0, "a1", false, 1).value_or(true));
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a2"), IsOk());
}

TEST_P(SeatBookTest, ARefusedAppointmentGivesTheHoldBackUntilItsOwnEnd) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), IsOk());
  clock_.Advance(seconds(5));
  EXPECT_FALSE(Commit(kOne, 0, "a2", false, 1).value_or(true)) << "not its seat";
  EXPECT_TRUE(Commit(kOne, 0, "a1", false, 2).value_or(false));
  EXPECT_EQ(KindOf(kOne, 0), Kind::kHeld);
  EXPECT_EQ(FreeSeats(kOne), 0);
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), ReasonIs("NO_FREE_SEAT"));
  const auto corrected = book_->Prepare(Call(), KeyOf(*hold), "a2");
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->fence, hold->fence);
  EXPECT_EQ(corrected->appointment, "a2");
  EXPECT_TRUE(Commit(kOne, 0, "a2", false, 3).value_or(false));
  clock_.Advance(hold->expire - clock_.Now());
  EXPECT_EQ(FreeSeats(kOne), 1) << "the hold did not grow";
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a3"), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, WhatWasReleasedWhilePreparedIsNobodysHoldAfterARefusal) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), IsOk());
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  EXPECT_EQ(KindOf(kOne, 0), Kind::kPrepared);
  EXPECT_TRUE(Commit(kOne, 0, "a1", false, 1).value_or(false));
  EXPECT_EQ(FreeSeats(kOne), 1);
  const auto ordered = Take(kOne, "osnp-1", "r2");
  ASSERT_THAT(ordered, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*ordered), "a2"), IsOk());
  EXPECT_EQ(book_->ReleaseOrders(Call(), kRegion, {ordered->order}).value_or(-1), 0);
  EXPECT_TRUE(Commit(kOne, 0, "a2", false, 2).value_or(false));
  EXPECT_EQ(FreeSeats(kOne), 1);
}

TEST_P(SeatBookTest, ATakenSeatThatIsFreedIsNobodysHold) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), IsOk());
  EXPECT_TRUE(Commit(kOne, 0, "a1", true, 1).value_or(false));
  EXPECT_TRUE(Commit(kOne, 0, "a1", false, 2).value_or(false));
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a2"), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookTest, ManySlotsAreLookedAtTogetherEachWithItsOwnAnswer) {
  ASSERT_THAT(Commit(kTwo, 1, "a1", true, 1), IsOk());
  const auto looked =
      book_->LookAll(Call(), kRegion, {kTwo, "regions/fr-pdl/sites/none/slots/none", kOne});
  ASSERT_EQ(looked.size(), 3u);
  ASSERT_THAT(looked[0], IsOk());
  ASSERT_EQ(looked[0]->size(), 2u);
  EXPECT_EQ(looked[0]->at(1).kind, Kind::kTaken);
  EXPECT_EQ(looked[0]->at(1).appointment, "a1");
  EXPECT_THAT(looked[1], ReasonIs("SLOT_NOT_OPEN"));
  ASSERT_THAT(looked[2], IsOk());
  EXPECT_EQ(looked[2]->at(0).kind, Kind::kFree);
  EXPECT_TRUE(book_->LookAll(Call(), kRegion, {}).empty());
}

TEST_P(SeatBookTest, SweepFreesWhatHasExpiredWithinItsLimit) {
  ASSERT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
  ASSERT_THAT(Take(kTwo, "osnp-1", "r2"), IsOk());
  ASSERT_THAT(Take(kTwo, "osnp-2", "r3"), IsOk());
  EXPECT_EQ(book_->Sweep(Call(), kRegion, 10).value_or(-1), 0);
  clock_.Advance(kHoldMax);
  EXPECT_EQ(book_->Sweep(Call(), kRegion, 2).value_or(-1), 2);
  EXPECT_EQ(book_->Sweep(Call(), kRegion, 10).value_or(-1), 1);
  EXPECT_EQ(book_->Sweep(Call(), kRegion, 10).value_or(-1), 0);
}

TEST_P(SeatBookTest, ChangesTellEachTransition) {
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  const auto nothing = book_->Changes(Call(), kRegion, *start, std::chrono::milliseconds(0));
  ASSERT_THAT(nothing, IsOk());
  EXPECT_THAT(nothing->changes, SizeIs(0));
  EXPECT_EQ(nothing->position, *start);

  const auto hold = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(kHoldMax);
  ASSERT_THAT(book_->Sweep(Call(), kRegion, 10), IsOk());
  ASSERT_THAT(Commit(kTwo, 1, "a1", true, 1), IsOk());

  const auto batch = book_->Changes(Call(), kRegion, *start, std::chrono::milliseconds(1000));
  ASSERT_THAT(batch, IsOk());
  std::vector<int> free;
  for (const SeatChange& change : batch->changes) {
    EXPECT_EQ(change.slot, kTwo);
    EXPECT_EQ(change.epoch, 1);
    free.push_back(change.free_seats);
  }
  EXPECT_THAT(free, ElementsAre(1, 2, 1));
  ASSERT_THAT(batch->changes, SizeIs(3));
  EXPECT_EQ(batch->changes[0].hold_expire, hold->expire);
  EXPECT_EQ(batch->changes[1].hold_expire, base::Instant());
  const auto rest = book_->Changes(Call(), kRegion, batch->position, std::chrono::milliseconds(0));
  ASSERT_THAT(rest, IsOk());
  EXPECT_THAT(rest->changes, SizeIs(0));
}

TEST_P(SeatBookTest, AChangeTellsWhenItWasWrittenByTheBooksClock) {
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  const auto before = book_->Time(Call());
  ASSERT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
  const auto after = book_->Time(Call());
  ASSERT_THAT(before, IsOk());
  ASSERT_THAT(after, IsOk());
  const auto batch = book_->Changes(Call(), kRegion, *start, std::chrono::milliseconds(0));
  ASSERT_THAT(batch, IsOk());
  ASSERT_THAT(batch->changes, SizeIs(1));
  EXPECT_GE(batch->changes[0].written, *before - std::chrono::milliseconds(1));
  EXPECT_LE(batch->changes[0].written, *after);
}

TEST_P(SeatBookTest, H39_WhatTheStreamNoLongerHasIsNotPassedOver) {
  const auto turn = [this](int times) {  // Two changes each.
    for (int i = 0; i < times; ++i) {
      const auto hold = Take(kOne, "osnp-1", "r1");
      ASSERT_THAT(hold, IsOk());
      ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
    }
  };
  const auto read = [this](const std::string& position) {
    return book_->Changes(Call(), kRegion, position, std::chrono::milliseconds(0));
  };
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  turn(kChangesMax / 2 + 1);
  const auto batch = read(*start);
  ASSERT_THAT(batch, IsOk()) << "far behind, and nothing is missing";
  EXPECT_THAT(batch->changes, SizeIs(kChangesMax));
  const auto rest = read(batch->position);
  ASSERT_THAT(rest, IsOk());
  EXPECT_THAT(rest->changes, SizeIs(2));
  if (client_) {
    const std::vector<std::string> cut = {"XTRIM", "sas:{fr-pdl}:changes", "MAXLEN",
                                          std::to_string(kChangesMax)};
    ASSERT_THAT(client_->Command(Call(), cut), IsOk());
  } else {
    turn(65536 / 2);
  }
  EXPECT_THAT(read(*start), StatusIs(absl::StatusCode::kOutOfRange, "CHANGES_TRIMMED"));
  const auto head = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(head, IsOk());
  turn(1);
  const auto next = read(*head);
  ASSERT_THAT(next, IsOk());
  EXPECT_THAT(next->changes, SizeIs(2));
}

TEST_P(SeatBookTest, ChangesWaitForTheFirst) {
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  std::thread other([&] { EXPECT_THAT(Take(kOne, "osnp-1", "r1"), IsOk()); });
  const auto batch = book_->Changes(Call(), kRegion, *start, std::chrono::milliseconds(10000));
  other.join();
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->changes, SizeIs(1));
}

}  // namespace
}  // namespace sas::slots
