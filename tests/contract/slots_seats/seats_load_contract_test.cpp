// Epochs, loads and losses of a SeatBook, on memory and on a real Redis.

#include "tests/contract/slots_seats/seats_fixture.h"

namespace sas::slots {
namespace {

using Kind = SeatState::Kind;
using absl::StatusCode;
using sas::testing::IsOk;
using sas::testing::ReasonIs;
using sas::testing::StatusIs;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class SeatBookLoadTest : public SeatBookTest {};

class RedisSeatBookTest : public SeatBookTest {};

INSTANTIATE_TEST_SUITE_P(Engines, SeatBookLoadTest, ::testing::Values("memory", "redis"),
                         EngineName);

INSTANTIATE_TEST_SUITE_P(Engines, RedisSeatBookTest, ::testing::Values("redis"), EngineName);

TEST_P(SeatBookLoadTest, FlushIsNoticedAndRebuiltFromTheLedger) {
  const auto hold = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(Commit(kOne, 0, "a1", true, 7), IsOk());
  Flush();
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"),
              StatusIs(StatusCode::kUnavailable, "AVAILABILITY_REBUILDING"));
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax),
              ReasonIs("AVAILABILITY_REBUILDING"));
  EXPECT_THAT(Commit(kOne, 0, "a1", true, 7), ReasonIs("AVAILABILITY_REBUILDING"));
  EXPECT_THAT(book_->Sweep(Call(), kRegion, 10), ReasonIs("AVAILABILITY_REBUILDING"));
  EXPECT_THAT(stale_, SizeIs(4));
  EXPECT_EQ(stale_[0], kRegion);

  Open(2, {Slot(kOne, 1, {{kOne, 0, "a1", true, 7}}), Slot(kTwo, 2)}, false, 7);
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), ReasonIs("NO_FREE_SEAT"));
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), ReasonIs("HOLD_LOST"));
  const auto next = Take(kTwo, "osnp-2", "r3");
  ASSERT_THAT(next, IsOk());
  EXPECT_GT(next->fence, hold->fence);  // The flush has not rewound it.
}

TEST_P(SeatBookLoadTest, StateTellsEpochSequenceDirectoryAndHorizon) {
  ASSERT_THAT(Commit(kOne, 0, "a1", true, 12), IsOk());
  auto state = book_->State(Call(), kRegion);
  ASSERT_THAT(state, IsOk());
  EXPECT_EQ(state->epoch, 1);
  EXPECT_EQ(state->loading, 0);
  EXPECT_EQ(state->seat_sequence, 12);
  EXPECT_EQ(state->fence, std::int64_t{1} << 32);
  EXPECT_EQ(state->directory, "1");
  EXPECT_EQ(state->horizon, "2026-12-14");

  ASSERT_THAT(book_->BeginLoad(Call(), LoadOf(4, true)), IsOk());
  state = book_->State(Call(), kRegion);
  ASSERT_THAT(state, IsOk());
  EXPECT_EQ(state->epoch, 1);
  EXPECT_EQ(state->loading, 4);
  EXPECT_EQ(state->loading_since, clock_.Now());

  Flush();
  state = book_->State(Call(), kRegion);
  ASSERT_THAT(state, IsOk());
  EXPECT_EQ(state->epoch, 0);
  EXPECT_EQ(state->fence, 0);
}

TEST_P(SeatBookLoadTest, LoadWithoutTrustRefusesTransitionsUntilItIsFinished) {
  ASSERT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
  const Load load = LoadOf(2);
  ASSERT_THAT(book_->BeginLoad(Call(), load), IsOk());
  EXPECT_THAT(Take(kTwo, "osnp-2", "r2"), ReasonIs("AVAILABILITY_REBUILDING"));
  ASSERT_THAT(book_->OpenSlots(Call(), load, {Slot(kOne, 1)}), IsOk());
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), ReasonIs("AVAILABILITY_REBUILDING"));
  ASSERT_THAT(book_->FinishLoad(Call(), load), IsOk());
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), ReasonIs("AVAILABILITY_REBUILDING"));  // Not adopted yet.
  book_->Expect(kRegion, 2);
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), IsOk());  // The old hold was not believed.
  EXPECT_THAT(Take(kTwo, "osnp-2", "r3"), ReasonIs("SLOT_NOT_OPEN"));  // Of the old epoch.
}

TEST_P(SeatBookLoadTest, HoldsThatAreNotBelievedDoNotCountAgainstTheirHolder) {
  ASSERT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
  ASSERT_THAT(Take(kTwo, "osnp-1", "r2"), IsOk());
  ASSERT_THAT(Take(kTwo, "osnp-1", "r3"), IsOk());
  Open(2, {Slot(kOne, 1), Slot(kTwo, 2)});
  EXPECT_THAT(Take(kOne, "osnp-1", "r4"), IsOk());
}

TEST_P(SeatBookLoadTest, DirectoryChangeKeepsLivingHoldsAndServesMeanwhile) {
  const auto hold = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const std::string added = "regions/fr-pdl/sites/challans/slots/csnp-20261124t1400z";
  const Load load = LoadOf(2, true);
  ASSERT_THAT(book_->BeginLoad(Call(), load), IsOk());
  const auto during = Take(kOne, "osnp-2", "r2");
  ASSERT_THAT(during, IsOk());
  ASSERT_THAT(book_->OpenSlots(Call(), load, {Slot(kTwo, 3), Slot(added, 1)}), IsOk());
  ASSERT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), IsOk());
  ASSERT_THAT(book_->FinishLoad(Call(), load), IsOk());
  book_->Expect(kRegion, 2);

  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), IsOk());
  EXPECT_EQ(FreeSeats(kTwo), 2);
  EXPECT_EQ(FreeSeats(added), 1);
  EXPECT_EQ(FreeSeats(kOne), -1);  // Withdrawn.
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*during), "a2"), ReasonIs("HOLD_LOST"));
  clock_.Advance(kHoldMax);
  EXPECT_THAT(book_->Sweep(Call(), kRegion, 10), IsOk());
  EXPECT_EQ(FreeSeats(kTwo), 3);
}

TEST_P(SeatBookLoadTest, LedgerWinsOverAHoldThatALoadKeeps) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  Open(2, {Slot(kOne, 1, {{kOne, 0, "a1", true, 3}})}, true, 3);
  EXPECT_EQ(KindOf(kOne, 0), Kind::kTaken);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a2"), ReasonIs("HOLD_LOST"));
}

TEST_P(SeatBookLoadTest, WhatWasHeardAfterTheLedgerWasReadStays) {
  ASSERT_THAT(Commit(kOne, 0, "a1", true, 3), IsOk());
  const Load load = LoadOf(2, true, 3);  // The ledger was read here: a1 on kOne.
  ASSERT_THAT(book_->BeginLoad(Call(), load), IsOk());
  ASSERT_THAT(Commit(kOne, 0, "a1", false, 4), IsOk());
  ASSERT_THAT(Commit(kTwo, 1, "a2", true, 5), IsOk());
  ASSERT_THAT(
      book_->OpenSlots(Call(), load, {Slot(kOne, 1, {{kOne, 0, "a1", true, 3}}), Slot(kTwo, 2)}),
      IsOk());
  ASSERT_THAT(book_->FinishLoad(Call(), load), IsOk());
  book_->Expect(kRegion, 2);
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_EQ(KindOf(kTwo, 1), Kind::kTaken);
  EXPECT_EQ(book_->State(Call(), kRegion)->seat_sequence, 5);
}

TEST_P(SeatBookLoadTest, SeatThatTheLedgerFreedIsFreedByALoad) {
  ASSERT_THAT(Commit(kOne, 0, "a1", true, 3), IsOk());
  Open(2, {Slot(kOne, 1)}, true, 4);
  EXPECT_EQ(FreeSeats(kOne), 1);
}

TEST_P(SeatBookLoadTest, ShrunkenSlotNeverOverbooks) {
  ASSERT_THAT(Commit(kTwo, 1, "a1", true, 3), IsOk());
  Open(2, {Slot(kTwo, 1, {{kTwo, 1, "a1", true, 3}})}, true, 3);
  EXPECT_EQ(FreeSeats(kTwo), 0);
  EXPECT_THAT(Take(kTwo, "osnp-1", "r1"), ReasonIs("NO_FREE_SEAT"));
  ASSERT_THAT(Commit(kTwo, 1, "a1", false, 4), IsOk());
  const auto hold = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(hold->seat, 0);
  EXPECT_THAT(Take(kTwo, "osnp-2", "r2"), ReasonIs("NO_FREE_SEAT"));
}

TEST_P(SeatBookLoadTest, OlderLoadIsSuperseded) {
  const Load slow = LoadOf(2, true);
  ASSERT_THAT(book_->BeginLoad(Call(), slow), IsOk());
  const Load fast = LoadOf(3, true);
  ASSERT_THAT(book_->BeginLoad(Call(), fast), IsOk());
  EXPECT_THAT(book_->OpenSlots(Call(), slow, {Slot(kOne, 1)}),
              StatusIs(StatusCode::kAborted, "LOAD_SUPERSEDED"));
  EXPECT_THAT(book_->FinishLoad(Call(), slow), ReasonIs("LOAD_SUPERSEDED"));
  EXPECT_THAT(book_->BeginLoad(Call(), slow), ReasonIs("LOAD_SUPERSEDED"));
  ASSERT_THAT(book_->OpenSlots(Call(), fast, {Slot(kOne, 1)}), IsOk());
  ASSERT_THAT(book_->FinishLoad(Call(), fast), IsOk());
  EXPECT_THAT(book_->FinishLoad(Call(), fast), ReasonIs("LOAD_SUPERSEDED"));
}

TEST_P(SeatBookLoadTest, FollowersHearOfTheNewEpoch) {
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  Open(2, {Slot(kOne, 1)}, true);
  const auto batch = book_->Changes(Call(), kRegion, *start, std::chrono::milliseconds(1000));
  ASSERT_THAT(batch, IsOk());
  ASSERT_THAT(batch->changes, SizeIs(1));
  EXPECT_EQ(batch->changes[0].slot, "");
  EXPECT_EQ(batch->changes[0].epoch, 2);
}

TEST_P(SeatBookLoadTest, ManySlotsAreOpenedAndCountedInBatches) {
  std::vector<OpenSlot> slots;
  std::vector<std::string> names;
  for (int i = 0; i < 1001; ++i) {
    names.push_back("regions/fr-pdl/sites/s/slots/a-" + std::to_string(i));
    slots.push_back(Slot(names.back(), 1 + i % 3));
  }
  Open(2, slots);
  const auto counts = book_->Count(Call(), kRegion, names);
  ASSERT_THAT(counts, IsOk());
  ASSERT_THAT(*counts, SizeIs(1001));
  for (std::size_t i = 0; i < counts->size(); ++i) {
    EXPECT_EQ(counts->at(i).slot, names[i]);
    EXPECT_EQ(counts->at(i).free_seats, 1 + static_cast<int>(i) % 3);
  }
}

TEST_P(RedisSeatBookTest, RestartedServerIsUnavailableAndThenRebuilding) {
  server_->Kill();
  EXPECT_THAT(Take(kOne, "osnp-1", "r1"), StatusIs(StatusCode::kUnavailable, "REDIS_UNAVAILABLE"));
  server_->Start();
  EXPECT_THAT(Take(kOne, "osnp-1", "r1"), ReasonIs("AVAILABILITY_REBUILDING"));
  Open(2, {Slot(kOne, 1)});  // The scripts are known again by themselves.
  EXPECT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
}

TEST_P(RedisSeatBookTest, KeepsNoKeyForEverAndNoNameOfAPerson) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const auto command = [this](std::vector<std::string> words) {
    auto reply = client_->Command(Call(), words);
    EXPECT_THAT(reply, IsOk());
    return reply.value_or(redis::Reply());
  };
  std::vector<std::string> keys;
  for (const redis::Reply& key : command({"KEYS", "*"}).items) keys.push_back(key.text);
  EXPECT_THAT(keys,
              ::testing::UnorderedElementsAre("sas:{fr-pdl}:meta", "sas:{fr-pdl}:expiries",
                                              "sas:{fr-pdl}:changes", "sas:{fr-pdl}:holder:osnp-1",
                                              "sas:{fr-pdl}:slot:challans/csnp-20261124t1230z",
                                              "sas:{fr-pdl}:slot:challans/csnp-20261124t1300z"));
  EXPECT_GT(command({"PTTL", "sas:{fr-pdl}:slot:challans/csnp-20261124t1230z"}).integer, 0);
  EXPECT_GT(command({"PTTL", "sas:{fr-pdl}:holder:osnp-1"}).integer, 0);
  EXPECT_EQ(command({"ZSCORE", "sas:{fr-pdl}:expiries", "challans/csnp-20261124t1230z|0"}).text,
            std::to_string(hold->expire.time_since_epoch().count()));
}

TEST_P(RedisSeatBookTest, EndedHoldsLeaveNothingBehind) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(Take(kTwo, "osnp-2", "r2"), IsOk());
  ASSERT_THAT(book_->ReleaseHold(Call(), KeyOf(*hold)), IsOk());
  const auto filed = [this] {
    const std::vector<std::string> command = {"ZRANGE", "sas:{fr-pdl}:expiries", "0", "-1"};
    std::vector<std::string> members;
    const auto reply = client_->Command(Call(), command);
    for (const redis::Reply& member : reply->items) members.push_back(member.text);
    return members;
  };
  EXPECT_THAT(filed(), ElementsAre("challans/csnp-20261124t1300z|0"));
  Open(2, {Slot(kOne, 1)});
  EXPECT_THAT(filed(), ElementsAre());
}

}  // namespace
}  // namespace sas::slots
