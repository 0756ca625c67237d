// The rebuilder on a memory book and on a real Redis: whatever happens to the book, it becomes
// again what the ledger says.

#include <thread>

#include "services/slots/seat_counts.h"
#include "services/slots/slot_lookup.h"
#include "tests/contract/slots_availability/availability_fixture.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using std::chrono::hours;
using std::chrono::seconds;

INSTANTIATE_TEST_SUITE_P(Engines, AvailabilityTest, ::testing::Values("memory", "redis"), EngineOf);

TEST_P(AvailabilityTest, FirstLookOpensTheHorizon) {
  PutSeat(kSlot, "a1");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(Ledger().epoch, 1);
  EXPECT_EQ(State().seat_sequence, 1);
  EXPECT_EQ(State().horizon, "2026-11-26");
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(FreeInView(kOther), 1);
  EXPECT_EQ(FreeInView("regions/fr-pdl/sites/s/slots/a-20261126t1230z"), 1);
  EXPECT_EQ(FreeInView("regions/fr-pdl/sites/s/slots/a-20261127t1230z"), -1);
  EXPECT_THAT(Take(kSlot), ReasonIs("NO_FREE_SEAT"));
  EXPECT_THAT(Take(kOther), IsOk());
}

// After a start: an operator must not hear "the hold has ended" or "aucun créneau" of what is not
// loaded yet.
TEST_P(AvailabilityTest, H18_BeforeTheFirstLookNothingPassesForMissing) {
  base::Call call = Call();
  call.actor.regions = {std::string(base::kAllRegions)};
  const auto find = [&](std::string_view slot) {
    return FindSlot(replica_->projection, call, slot, "slot").status();
  };
  const auto region = [&](std::string_view name) {
    return FindRegion(replica_->projection, call, name).status();
  };
  EXPECT_THAT(find(kSlot), ReasonIs("AVAILABILITY_REBUILDING"));
  EXPECT_THAT(region("regions/fr-pdl"), ReasonIs("AVAILABILITY_REBUILDING"));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(find(kSlot), IsOk());
  EXPECT_THAT(find("regions/fr-pdl/sites/s/slots/a-20301124t1230z"), ReasonIs("SLOT_NOT_FOUND"));
  EXPECT_THAT(find("regions/fr-cor/sites/s/slots/a-20261124t1230z"), ReasonIs("SLOT_NOT_FOUND"));
  EXPECT_THAT(region("regions/fr-cor"), IsOk());
}

TEST_P(AvailabilityTest, NothingToDoIsNothingDone) {
  ASSERT_THAT(Look(), IsOk());
  const auto view = replica_->projection.Find(kRegion);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(replica_->projection.Find(kRegion), view);
}

TEST_P(AvailabilityTest, FlushIsRebuiltWithTakenSeatsAndWithoutHolds) {
  ASSERT_THAT(Look(), IsOk());
  const auto hold = Take(kOther);
  ASSERT_THAT(hold, IsOk());
  PutSeat(kSlot, "a1");
  Flush();
  EXPECT_THAT(Take(kSlot), ReasonIs("AVAILABILITY_REBUILDING"));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 2);
  EXPECT_THAT(Take(kSlot), ReasonIs("NO_FREE_SEAT"));
  const auto next = Take(kOther);
  ASSERT_THAT(next, IsOk());
  EXPECT_GT(next->fence, hold->fence);
  EXPECT_EQ(FreeInView(kSlot), 0);
}

TEST_P(AvailabilityTest, NewDirectoryKeepsHoldsAndOpensItsSlots) {
  ASSERT_THAT(Look(), IsOk());
  const auto hold = Take(kSlot);
  ASSERT_THAT(hold, IsOk());
  PutTerritory("15:00");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 2);
  EXPECT_EQ(FreeInView("regions/fr-pdl/sites/s/slots/a-20261124t1345z"), 1);
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_THAT(replica_->book->Prepare(Call(), {kRegion, kSlot, hold->token, hold->holder}, "a1"),
              IsOk());
}

TEST_P(AvailabilityTest, WithdrawnSlotCannotBeHeldAnyMore) {
  ASSERT_THAT(Look(), IsOk());
  PutTerritory("13:45");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(FreeInView(kOther), -1);
  EXPECT_THAT(Take(kOther), ReasonIs("SLOT_NOT_OPEN"));
  EXPECT_THAT(Take(kSlot), IsOk());
}

TEST_P(AvailabilityTest, MidnightOpensTheNextDay) {
  ASSERT_THAT(Look(), IsOk());
  clock_.Advance(hours(14));  // Wednesday 00:00 in Paris.
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().horizon, "2026-11-27");
  EXPECT_EQ(FreeInView("regions/fr-pdl/sites/s/slots/a-20261127t1230z"), 1);
  EXPECT_EQ(FreeInView(kSlot), -1);
}

TEST_P(AvailabilityTest, RewoundBookIsNoticedByItsSequence) {
  ASSERT_THAT(Look(), IsOk());
  const std::int64_t sequence = PutSeat(kSlot, "a1");
  ASSERT_THAT(replica_->book->Commit(Call(), {kSlot, 0, "a1", true, sequence}), IsOk());
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  // An old dump comes back: the same epoch, without the last commit.
  Flush();
  const Load old{kRegion, 1, false, 0, State().directory.empty() ? "1" : "", "2026-11-26"};
  ASSERT_THAT(replica_->book->BeginLoad(Call(), old), IsOk());
  const base::Instant start = clock_.Now() + hours(2);
  ASSERT_THAT(replica_->book->OpenSlots(Call(), old, {{kSlot, 1, start, start + hours(1), {}}}),
              IsOk());
  ASSERT_THAT(replica_->book->FinishLoad(Call(), old), IsOk());
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);  // It might be on its way still, however often one looks.
  clock_.Advance(Availability::kCommitInFlight);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 2);
  EXPECT_THAT(Take(kSlot), ReasonIs("NO_FREE_SEAT"));
}

TEST_P(AvailabilityTest, RewoundBookIsNoticedByItsFence) {
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Take(kSlot), IsOk());
  ASSERT_THAT(Look(), IsOk());  // Sees the fence.
  Flush();
  const Load old{kRegion, 1, false, 0, "1", "2026-11-26"};
  ASSERT_THAT(replica_->book->BeginLoad(Call(), old), IsOk());
  ASSERT_THAT(replica_->book->FinishLoad(Call(), old), IsOk());
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 2);
}

TEST_P(AvailabilityTest, CommitDuringALoadIsNotLost) {
  ASSERT_THAT(Look(), IsOk());
  PutSeat(kOther, "a0");
  Flush();
  replica_->store.hook = [this] {
    const std::int64_t sequence = PutSeat(kSlot, "a1");
    PutSeat(kOther, "a0", /*taken=*/false);
    // The service tells the book too, which refuses: the load is at work.
    EXPECT_THAT(replica_->book->Commit(Call(), {kSlot, 0, "a1", true, sequence}),
                ReasonIs("AVAILABILITY_REBUILDING"));
  };
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 2);
  EXPECT_THAT(Take(kSlot), ReasonIs("NO_FREE_SEAT"));
  EXPECT_THAT(Take(kOther), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 0);
}

TEST_P(AvailabilityTest, LoadThatDiesIsDoneAgainAtOnce) {
  ASSERT_THAT(Look(), IsOk());
  Flush();
  replica_->store.hook = [this] { SetDown(true); };
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, Ledger().epoch);
  EXPECT_THAT(Take(kSlot), IsOk());
}

TEST_P(AvailabilityTest, LoadOfADeadProcessWaitsForNobodyWhereNobodyElseCanLoad) {
  ASSERT_THAT(Look(), IsOk());
  Flush();
  replica_->store.hook = [this] { SetDown(true); };
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  Replica among_others(*this);
  ASSERT_THAT(among_others.availability.Look(Call()), IsOk());
  EXPECT_THAT(Take(*among_others.book, kSlot), ReasonIs("AVAILABILITY_REBUILDING"));
  Replica alone(*this, /*sole=*/true);
  ASSERT_THAT(alone.availability.Look(Call()), IsOk());
  EXPECT_THAT(Take(*alone.book, kSlot), IsOk());
}

TEST_P(AvailabilityTest, StartWithoutRedisAnswersFromTheLedger) {
  PutSeat(kSlot, "a1");
  SetDown(true);
  EXPECT_FALSE(Look().ok());
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(FreeInView(kOther), 1);
  EXPECT_EQ(replica_->projection.Find(kRegion)->fresh, base::Instant());
  // A directory that comes meanwhile shows too.
  PutTerritory("15:00");
  EXPECT_FALSE(Look().ok());
  EXPECT_EQ(FreeInView("regions/fr-pdl/sites/s/slots/a-20261124t1345z"), 1);
  SetDown(false);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(replica_->projection.Find(kRegion)->fresh, clock_.Now());
  EXPECT_THAT(Take(kOther), IsOk());
}

TEST_P(AvailabilityTest, SecondReplicaAdoptsAndSeesHolds) {
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Take(kSlot), IsOk());
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(second.projection.Find(kRegion)->index->FindSlot(kSlot).free_seats(), 0);
  EXPECT_THAT(Take(*second.book, kSlot, "osnp-2"), ReasonIs("NO_FREE_SEAT"));
  EXPECT_THAT(Take(*second.book, kOther, "osnp-2"), IsOk());
}

TEST_P(AvailabilityTest, H39_AReplicaThatStartsDuringALoadIsReadyWhenItKnowsTheHolds) {
  ASSERT_THAT(Look(), IsOk());
  EXPECT_TRUE(replica_->health.Ready());
  ASSERT_THAT(Take(kSlot), IsOk());
  PutTerritory("15:00");
  const Load load{kRegion, 2, true, 0, "2", "2026-11-26"};
  Write([](SlotsTransaction& transaction) { return transaction.SetEpoch(kRegion, 2); });
  ASSERT_THAT(replica_->book->BeginLoad(Call(), load), IsOk());

  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  const auto shown = [&second] {
    return second.projection.Find(kRegion)->index->FindSlot(kSlot).free_seats();
  };
  EXPECT_EQ(shown(), 1) << "the ledger knows of no hold";
  EXPECT_FALSE(second.health.Ready());

  ASSERT_THAT(replica_->book->FinishLoad(Call(), load), IsOk());
  clock_.Advance(Availability::kTakeover);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_TRUE(second.health.Ready());
  EXPECT_EQ(State().epoch, second.projection.Find(kRegion)->epoch);
}

TEST_P(AvailabilityTest, AReplicaThatHasBegunStaysReadyWhateverIsLoaded) {
  ASSERT_THAT(Look(), IsOk());
  Flush();
  const Load other{kRegion, 2, false, 0, "1", "2026-11-26"};
  Write([](SlotsTransaction& transaction) { return transaction.SetEpoch(kRegion, 2); });
  ASSERT_THAT(replica_->book->BeginLoad(Call(), other), IsOk());
  ASSERT_THAT(Look(), IsOk());
  EXPECT_TRUE(replica_->health.Ready());
}

TEST_P(AvailabilityTest, AReplicaThatStartsBesideADeadLoadServesFromTheLedger) {
  ASSERT_THAT(Look(), IsOk());
  Flush();
  const Load dead{kRegion, 2, false, 0, "1", "2026-11-26"};
  Write([](SlotsTransaction& transaction) { return transaction.SetEpoch(kRegion, 2); });
  ASSERT_THAT(replica_->book->BeginLoad(Call(), dead), IsOk());
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_FALSE(second.health.Ready());
  clock_.Advance(Availability::kLoadSeen);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_TRUE(second.health.Ready());
}

TEST_P(AvailabilityTest, ReplicasDoNotFight) {
  std::vector<std::unique_ptr<Replica>> replicas;
  for (int i = 0; i < 4; ++i) replicas.push_back(std::make_unique<Replica>(*this));
  for (int round = 0; round < 5; ++round) {
    const std::int64_t before = Ledger().epoch;
    Flush();
    std::vector<std::thread> threads;
    for (const auto& replica : replicas) {
      threads.emplace_back([&] {
        for (int look = 0; look < 4; ++look) {
          EXPECT_THAT(replica->availability.Look(Call()), IsOk());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& replica : replicas) {
      EXPECT_THAT(replica->availability.Look(Call()), IsOk());
      EXPECT_EQ(replica->projection.Find(kRegion)->epoch, State().epoch);
    }
    EXPECT_EQ(State().epoch, Ledger().epoch);
    EXPECT_EQ(Ledger().epoch, before + 1) << "one loads, the others adopt";
    const auto hold = Take(*replicas[static_cast<std::size_t>(round) % 4]->book, kSlot);
    EXPECT_THAT(hold, IsOk());
  }
}

// More slots than are opened or counted at once: none is left out where one part ends and the next
// begins, nor at the end.
TEST_P(AvailabilityTest, ALargeRegionIsOpenedAndCountedInParts) {
  constexpr int kSites = 40;
  const auto id = [](int site) { return "s" + std::to_string(100 + site); };
  Write([&](SlotsTransaction& transaction) -> absl::Status {
    SAS_RETURN_IF_ERROR(transaction.NextDirectory(kRegion).status());
    for (int site = 0; site < kSites; ++site) {
      SAS_RETURN_IF_ERROR(PutSite(transaction, id(site), "20:00", kSlotMinutesMin));
    }
    return absl::OkStatus();
  });
  ASSERT_THAT(Look(), IsOk());
  const auto slot = [&](int site) {
    return "regions/fr-pdl/sites/" + id(site) + "/slots/a-20261124t1230z";
  };
  for (int site = 0; site < kSites; ++site) {
    ASSERT_THAT(Take(*replica_->book, slot(site), "osnp-" + std::to_string(site)), IsOk());
  }
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  const auto view = second.projection.Find(kRegion);
  ASSERT_GT(view->index->slot_count(), kSlotsTogether);
  int held = 0;
  view->index->ForEachSite([&](const SiteRef& site) {
    site.ForEachSlot(0, kMinuteMax,
                     [&](const SlotRef& each) { held += each.free_seats() == 0 ? 1 : 0; });
  });
  EXPECT_EQ(held, kSites);
}

TEST_P(AvailabilityTest, RestoredLedgerNeverReusesAnEpochOfTheBook) {
  ASSERT_THAT(Look(), IsOk());
  const Load later{kRegion, 9, false, 0, "1", "2026-11-26"};
  ASSERT_THAT(replica_->book->BeginLoad(Call(), later), IsOk());
  ASSERT_THAT(replica_->book->FinishLoad(Call(), later), IsOk());
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 10);
  EXPECT_EQ(Ledger().epoch, 10);
}

}  // namespace
}  // namespace sas::slots
