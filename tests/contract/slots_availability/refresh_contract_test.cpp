// Changes of single sites on a memory book and on a real Redis: searches follow within one refresh,
// and no other site, hold or seat notices.

#include "services/slots/domain/slot_name.h"
#include "tests/contract/slots_availability/refresh_fixture.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

INSTANTIATE_TEST_SUITE_P(Engines, RefreshTest, ::testing::Values("memory", "redis"), EngineOf);

TEST_P(RefreshTest, ChangedSiteIsExchangedUnderTheSameEpoch) {
  const auto hold = Take(kSlot);
  ASSERT_THAT(hold, IsOk());
  const auto other = replica_->projection.Find(kRegion)->FindSite("regions/fr-pdl/sites/t");
  ChangeSite("s", "15:00");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  EXPECT_EQ(FreeInView(kAdded), -1);
  ASSERT_THAT(Follow(*replica_), IsOk());
  EXPECT_EQ(FreeInView(kAdded), 1);
  EXPECT_EQ(FreeInView(kSlot), 0) << "the hold lives on";
  EXPECT_EQ(Shown(), Ledger().directory);
  EXPECT_EQ(replica_->projection.Find(kRegion)->FindSite("regions/fr-pdl/sites/t"), other);
  EXPECT_THAT(Take(*replica_->book, kAdded, "osnp-2"), IsOk());
  EXPECT_THAT(replica_->book->Prepare(Call(), {kRegion, kSlot, hold->token, hold->holder}, "a1"),
              IsOk());
}

TEST_P(RefreshTest, NewSiteAppears) {
  const std::string slot = "regions/fr-pdl/sites/new/slots/a-20261124t1230z";
  ChangeSite("new", "14:30");
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(FreeInView(slot), 1);
  ASSERT_THAT(Take(slot), IsOk());
  ASSERT_THAT(Follow(*replica_), IsOk());
  EXPECT_EQ(FreeInView(slot), 0);
}

TEST_P(RefreshTest, HoldOnAVanishedSlotIsLostAtPrepare) {
  const auto hold = Take(kOther);
  ASSERT_THAT(hold, IsOk());
  ChangeSite("s", "13:45");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  const HoldKey key{kRegion, kOther, hold->token, hold->holder};
  EXPECT_THAT(replica_->book->Prepare(Call(), key, "a1"),
              sas::testing::StatusIs(absl::StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(Take(*replica_->book, kOther, "osnp-2"), ReasonIs("SLOT_NOT_OPEN"));
  ASSERT_THAT(Follow(*replica_), IsOk());
  EXPECT_EQ(FreeInView(kOther), -1);
  EXPECT_EQ(FreeInView(kSlot), 1);
}

// Hazard H-22: a change never touches what is booked.
TEST_P(RefreshTest, TakenSeatOnAVanishedSlotStaysAndWithdrawsWhatOverlaps) {
  const std::int64_t sequence = PutSeat(kOther, "a1");
  ASSERT_THAT(replica_->book->Commit(Call(), {kOther, 0, "a1", true, sequence}), IsOk());
  ChangeSite("s", "14:30", 20);  // 13:30, 13:50, 14:10 instead of quarters.
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_THAT(TakenInLedger(kOther), ElementsAre("a1"));
  const std::string later = "regions/fr-pdl/sites/s/slots/a-20261124t1250z";
  const std::string last = "regions/fr-pdl/sites/s/slots/a-20261124t1310z";
  for (const std::string& overlapped : {std::string(kSlot), later}) {
    EXPECT_EQ(FreeInView(overlapped), 0) << overlapped;
    EXPECT_THAT(Take(overlapped), ReasonIs("SLOT_NOT_OPEN"));
  }
  EXPECT_EQ(FreeInView(last), 1);
  EXPECT_THAT(Take(last), IsOk());
  ChangeSite("s", "14:30", 15);  // Back: the slot is there again, and its patient in it.
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(FreeInView(kOther), 0);
  EXPECT_THAT(Take(kOther), ReasonIs("NO_FREE_SEAT"));
  EXPECT_THAT(Take(kSlot), IsOk());
}

TEST_P(RefreshTest, OneReplicaRefreshesAndAllShow) {
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  ChangeSite("s", "15:00");
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  for (Replica* replica : {replica_.get(), &second}) {
    ASSERT_THAT(Follow(*replica), IsOk());
    EXPECT_EQ(FreeIn(*replica, kAdded), 1);
    EXPECT_EQ(replica->projection.Find(kRegion)->directory, Ledger().directory);
  }
  ASSERT_THAT(Take(*second.book, kAdded), IsOk());
  ASSERT_THAT(Follow(*replica_), IsOk());
  EXPECT_EQ(FreeInView(kAdded), 0);
}

TEST_P(RefreshTest, RefreshLostHalfWayIsRepeated) {
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  const std::string before = State().directory;
  ChangeSite("s", "15:00");
  // Regions, state, sites; the fourth reading is after the book has the sites.
  replica_->store.After(4, [this] { SetDown(true); });
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  EXPECT_EQ(State().directory, before);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_EQ(State().directory, before) << "the first may be at it still";
  clock_.Advance(kRefreshMax);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  EXPECT_EQ(State().epoch, 1);
  ASSERT_THAT(Follow(second), IsOk());
  EXPECT_EQ(FreeIn(second, kAdded), 1);
}

TEST_P(RefreshTest, OwnLostRefreshIsRepeatedAtOnce) {
  ChangeSite("s", "15:00");
  replica_->store.After(3, [this] { SetDown(true); });
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  EXPECT_EQ(State().epoch, 1);
  EXPECT_THAT(Take(kAdded), IsOk());
}

TEST_P(RefreshTest, CommitDuringARefreshIsNotLost) {
  ChangeSite("s", "14:00");
  ASSERT_THAT(LookAndFollow(), IsOk());
  const std::string back = "regions/fr-pdl/sites/s/slots/a-20261124t1300z";
  ChangeSite("s", "14:30");
  replica_->store.After(3, [this, &back] {
    // Booked by a replica that shows the slot still; the book has it closed.
    const std::int64_t sequence = PutSeat(back, "a1");
    EXPECT_THAT(replica_->book->Commit(Call(), {back, 0, "a1", true, sequence}), IsOk());
  });
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_THAT(Take(back), ReasonIs("NO_FREE_SEAT"));
  EXPECT_EQ(FreeInView(back), 0);
}

// As many versions as a busy feed makes while a region loads.
TEST_P(RefreshTest, HoweverManyVersionsOfAFewSitesAreOneRefresh) {
  const auto hold = Take(kSlot);
  ASSERT_THAT(hold, IsOk());
  for (int i = 0; i < 100; ++i) {
    for (const char* site : {"s", "t", "u"}) ChangeSite(site, "15:00");
  }
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  EXPECT_EQ(Shown(), Ledger().directory);
  EXPECT_EQ(FreeInView(kAdded), 1);
  EXPECT_EQ(FreeInView("regions/fr-pdl/sites/u/slots/a-20261124t1345z"), 1);
  EXPECT_THAT(replica_->book->Prepare(Call(), {kRegion, kSlot, hold->token, hold->holder}, "a1"),
              IsOk());
}

TEST_P(RefreshTest, WhatChangesDuringALoadIsRefreshedAndNotLoadedAgain) {
  PutTerritory("14:30");
  replica_->store.hook = [&] {  // The load has read the ledger.
    for (int i = 0; i < 100; ++i) {
      for (const char* site : {"s", "t", "u"}) ChangeSite(site, "15:00");
    }
  };
  ASSERT_THAT(Look(), IsOk());
  ASSERT_EQ(State().epoch, 2);
  ASSERT_NE(State().directory, std::to_string(Ledger().directory));
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(State().epoch, 2);
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  EXPECT_EQ(FreeInView(kAdded), 1);
}

TEST_P(RefreshTest, AVersionThatSaysNothingLoadsTheRegion) {
  const auto hold = Take(kSlot);
  ASSERT_THAT(hold, IsOk());
  PutTerritory("15:00");
  ChangeSite("t", "15:00");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 2);
  EXPECT_EQ(FreeInView(kAdded), 1);
  EXPECT_THAT(replica_->book->Prepare(Call(), {kRegion, kSlot, hold->token, hold->holder}, "a1"),
              IsOk());
}

// A load of a large region takes a while; the others go on with what they have.
TEST_P(RefreshTest, ReplicaThatWaitsForAnExtensionKeepsItsView) {
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  ASSERT_THAT(Take(kSlot), IsOk());
  ASSERT_THAT(Follow(second), IsOk());
  PutTerritory("15:00");
  bool waited = false;
  replica_->store.hook = [&] {  // The load has told the book, and reads the ledger.
    if (State().loading == 0) return;
    waited = true;
    ASSERT_THAT(second.availability.Look(Call()), IsOk());
    EXPECT_EQ(FreeIn(second, kSlot), 0) << "held, whatever the ledger says";
    EXPECT_EQ(second.projection.Find(kRegion)->epoch, 1);
    ASSERT_THAT(Take(*second.book, kOther, "osnp-2"), IsOk());
    ASSERT_THAT(Follow(second), IsOk());
    EXPECT_EQ(FreeIn(second, kOther), 0);
  };
  ASSERT_THAT(Look(), IsOk());
  EXPECT_TRUE(waited);
  EXPECT_EQ(State().epoch, 2);
}

TEST_P(RefreshTest, MoreSitesThanOnePartTakesAreRefreshedInParts) {
  constexpr int kSites = 500;
  static_assert(kSites > 2 * kSiteChangesMax, "the last part is the third");
  const auto id = [](int i) { return "n" + std::to_string(1000 + i); };
  Write([&](SlotsTransaction& transaction) -> absl::Status {
    for (int i = 0; i < kSites; ++i) {
      SAS_RETURN_IF_ERROR(PutSite(transaction, id(i), "14:30", 15));
      SAS_RETURN_IF_ERROR(transaction.TouchSite(kRegion, "regions/fr-pdl/sites/" + id(i)));
    }
    return absl::OkStatus();
  });
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  for (const int i : {0, 199, 200, 399, 400, 499}) {
    const std::string slot = "regions/fr-pdl/sites/" + id(i) + "/slots/a-20261124t1230z";
    EXPECT_THAT(Take(*replica_->book, slot, "osnp-" + std::to_string(i)), IsOk()) << i;
  }
}

// Half-way the book is of its old version, and what is in already is in.
TEST_P(RefreshTest, ARefreshInPartsThatIsLostIsRepeatedAndSaysItsVersionAtTheEnd) {
  const std::string before = State().directory;
  Write([&](SlotsTransaction& transaction) -> absl::Status {
    for (int i = 0; i <= kSiteChangesMax; ++i) {
      SAS_RETURN_IF_ERROR(
          transaction.TouchSite(kRegion, "regions/fr-pdl/sites/" + std::to_string(i)));
    }
    return absl::OkStatus();
  });
  // Regions, state, sites of the first part, its seats; the fifth reads the second part.
  replica_->store.After(5, [this] { SetDown(true); });
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  EXPECT_EQ(State().directory, before);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
  EXPECT_EQ(State().epoch, 1);
}

TEST(Decide, SoManySitesAreRefreshedAndOneMoreIsALoad) {
  Standing standing;
  standing.ledger = {.epoch = 1, .seat_sequence = 0, .directory = 7};
  standing.book.epoch = 1;
  standing.book.directory = "6";
  standing.sites_known = true;
  standing.changed_sites = kRefreshedSitesMax;
  EXPECT_EQ(Decide(standing).verdict, BookVerdict::kRefresh);
  ++standing.changed_sites;
  EXPECT_EQ(Decide(standing).verdict, BookVerdict::kExtend);
}

TEST_P(RefreshTest, SiteThatIsNotInTheLedgerShowsNowhere) {
  const std::string gone = "regions/fr-pdl/sites/gone";
  Write([&](SlotsTransaction& transaction) { return transaction.TouchSite(kRegion, gone); });
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(State().epoch, 1);
  EXPECT_EQ(Shown(), Ledger().directory);
  EXPECT_EQ(replica_->projection.Find(kRegion)->FindSite(gone), nullptr);
  EXPECT_EQ(FreeInView(kSlot), 1);
}

TEST_P(RefreshTest, WhatTheStreamToldWhileNobodyListenedIsReadAfterAll) {
  const RegionView old = *replica_->projection.Find(kRegion);
  ChangeSite("s", "15:00");
  ASSERT_THAT(Look(), IsOk());
  const auto head = replica_->book->ChangesHead(Call(), kRegion);
  ASSERT_THAT(head, IsOk());
  replica_->projection.Install(kRegion, old, *head);
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(FreeInView(kAdded), -1) << "the follower may be about to";
  clock_.Advance(Availability::kLook);
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_EQ(FreeInView(kAdded), 1);
  EXPECT_EQ(Shown(), Ledger().directory);
}

TEST_P(RefreshTest, SeatsAreFollowedWhileTheLedgerCannotBeRead) {
  int asked = 0;
  replica_->projection.OnSites(
      [&](const base::Call& /*call*/, const std::string& /*region*/,
          const std::vector<std::string>& sites) -> absl::StatusOr<std::vector<SitePicture>> {
        EXPECT_THAT(sites, ElementsAre("regions/fr-pdl/sites/s"));
        ++asked;
        return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE", "told to be away");
      });
  const std::int64_t before = Shown();
  ChangeSite("s", "15:00");
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Follow(*replica_), ReasonIs("LEDGER_UNAVAILABLE"));
  ASSERT_THAT(Take(kSlot), IsOk());
  ASSERT_THAT(Follow(*replica_), IsOk()) << "not asked again at once";
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(Shown(), before);
  EXPECT_EQ(asked, 1);
  clock_.Advance(Projection::kReadPause);
  EXPECT_THAT(Follow(*replica_), ReasonIs("LEDGER_UNAVAILABLE"));
  EXPECT_EQ(asked, 2);
}

TEST_P(RefreshTest, MoreSitesThanOneTurnTakesShowOneAfterTheOther) {
  const auto slot = [](int i) {
    return "regions/fr-pdl/sites/n" + std::to_string(i) + "/slots/a-20261124t1230z";
  };
  const int count = static_cast<int>(Projection::kSitesPerTurn) + 1;
  for (int i = 0; i < count; ++i) ChangeSite("n" + std::to_string(i), "14:30");
  ASSERT_THAT(LookAndFollow(), IsOk());
  EXPECT_LT(Shown(), Ledger().directory);
  ASSERT_THAT(Follow(*replica_), IsOk());
  EXPECT_EQ(Shown(), Ledger().directory);
  for (int i = 0; i < count; ++i) EXPECT_EQ(FreeInView(slot(i)), 1) << i;
}

TEST_P(RefreshTest, WriterSeesHisChangeWhenItIsAnswered) {
  replica_->projection.Start();
  replica_->availability.Start();
  ChangeSite("s", "15:00");
  replica_->availability.Show(Caller(milliseconds(10'000)), kRegion);
  EXPECT_EQ(FreeInView(kAdded), 1);
  PutTerritory("13:45");  // A load of the region is waited for too.
  replica_->availability.Show(Caller(milliseconds(10'000)), kRegion);
  EXPECT_EQ(FreeInView(kOther), -1);
  SetDown(true);  // Without Redis the ledger alone is shown.
  ChangeSite("s", "14:30");
  replica_->availability.Show(Caller(milliseconds(10'000)), kRegion);
  EXPECT_EQ(FreeInView(kOther), 1);
  SetDown(false);
  replica_->availability.Stop();
  replica_->projection.Stop();
}

TEST_P(RefreshTest, WriterIsAnsweredAlthoughNothingShows) {
  ChangeSite("s", "15:00");
  const auto started = system_clock_.Steady();
  replica_->availability.Show(Caller(milliseconds(10'000)), kRegion);  // No thread is at work.
  EXPECT_GE(system_clock_.Steady() - started, Availability::kShowMax);
  EXPECT_EQ(FreeInView(kAdded), -1);
  // A caller of little patience is answered before he gives up.
  const auto again = system_clock_.Steady();
  replica_->availability.Show(Caller(milliseconds(300)), kRegion);
  EXPECT_LT(system_clock_.Steady() - again, Availability::kShowMax);
}

}  // namespace
}  // namespace sas::slots
