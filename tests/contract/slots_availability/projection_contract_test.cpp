// The projection on a memory book and on a real Redis.

#include <condition_variable>
#include <mutex>

#include "tests/contract/slots_availability/availability_fixture.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;
using std::chrono::milliseconds;
using std::chrono::seconds;

class ProjectionTest : public AvailabilityTest {
 protected:
  void SetUp() override {
    AvailabilityTest::SetUp();
    if (replica_ != nullptr) {
      ASSERT_THAT(Look(), IsOk());
    }
  }

  Projection& projection() { return replica_->projection; }

  absl::Status Follow(milliseconds wait = milliseconds(0)) {
    return projection().Follow(Call(), kRegion, wait);
  }

  base::Instant Fresh() { return projection().Find(kRegion)->fresh; }
};

INSTANTIATE_TEST_SUITE_P(Engines, ProjectionTest, ::testing::Values("memory", "redis"), EngineOf);

TEST_P(ProjectionTest, FollowsTheStream) {
  const auto hold = Take(kSlot);
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(FreeInView(kSlot), 1);
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(projection().Find(kRegion)->index->FindSlot(kSlot).hold_expire(), hold->expire);

  ASSERT_THAT(replica_->book->ReleaseHold(Call(), {kRegion, kSlot, hold->token, hold->holder}),
              IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 1);
}

TEST_P(ProjectionTest, SeatsInUseCountForTheShareOfTheirSite) {
  const auto share = [this] {
    return projection().Find(kRegion)->index->FindSite("regions/fr-pdl/sites/s").booked_recent();
  };
  const int before = share();
  ASSERT_THAT(Take(kSlot), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(share(), before + 1);
}

TEST_P(ProjectionTest, SilenceIsHeardToo) {
  clock_.Advance(seconds(5));
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), clock_.Now());
  EXPECT_EQ(projection().AgeSeconds(), 0);
}

TEST_P(ProjectionTest, LossOfRedisKeepsTheViewAndStopsItsClock) {
  const base::Instant heard = Fresh();
  SetDown(true);
  clock_.Advance(seconds(40));
  EXPECT_FALSE(Follow().ok());
  EXPECT_EQ(FreeInView(kSlot), 1);
  EXPECT_EQ(Fresh(), heard);
  EXPECT_EQ(projection().AgeSeconds(), 40);
  SetDown(false);
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), heard) << "whose book is this?";
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), clock_.Now());
}

TEST_P(ProjectionTest, H39_AnOldDumpThatComesBackIsNeitherShownNorFresh) {
  ASSERT_THAT(Take(kSlot), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  ASSERT_THAT(Look(), IsOk());  // Sees the fence.
  const base::Instant heard = Fresh();
  SetDown(true);
  clock_.Advance(seconds(1));
  EXPECT_FALSE(Follow().ok());
  SetDown(false);
  Flush();
  const Load old{kRegion, 1, false, 0, "1", "2026-11-26"};
  ASSERT_THAT(replica_->book->BeginLoad(Call(), old), IsOk());
  const base::Instant start = clock_.Now() + std::chrono::hours(2);
  ASSERT_THAT(replica_->book->OpenSlots(Call(), old,
                                        {{kSlot, 1, start, start + std::chrono::hours(1), {}}}),
              IsOk());
  ASSERT_THAT(replica_->book->FinishLoad(Call(), old), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(Fresh(), heard);
  ASSERT_THAT(Look(), IsOk());  // Finds the rewind, and loads.
  EXPECT_EQ(State().epoch, 2);
  EXPECT_EQ(Fresh(), clock_.Now());
}

TEST_P(ProjectionTest, H39_ASilentBookThatWasFlushedIsNotFresh) {
  const base::Instant heard = Fresh();
  int woken = 0;
  projection().OnEpoch([&] { ++woken; });
  Flush();
  clock_.Advance(seconds(1));
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), heard);
  EXPECT_EQ(woken, 1);
}

TEST_P(ProjectionTest, ABookThatLacksWhatTheLedgerHadIsNotVouchedFor) {
  const base::Instant heard = Fresh();
  SetDown(true);
  EXPECT_FALSE(Follow().ok());
  PutSeat(kSlot, "a1");  // Its telling was lost with the connection.
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  clock_.Advance(seconds(1));
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), heard);
  ASSERT_THAT(replica_->book->Commit(Call(), {kSlot, 0, "a1", true, Ledger().seat_sequence}),
              IsOk());
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), clock_.Now());
  EXPECT_EQ(FreeInView(kSlot), 0);
}

TEST_P(ProjectionTest, EverySlotIsCountedAnewAfterALoss) {
  SetDown(true);
  EXPECT_FALSE(Follow().ok());
  SetDown(false);
  ASSERT_THAT(Take(kSlot), IsOk());
  // The stream was cut meanwhile, as when it is longer than its limit.
  if (client_ != nullptr) {
    const std::vector<std::string> cut = {"DEL", "sas:{fr-pdl}:changes"};
    ASSERT_THAT(client_->Command(Call(), cut), IsOk());
  }
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 0);
}

TEST_P(ProjectionTest, H39_WhoHasSleptLongerThanTheStreamReachesCountsAnew) {
  ASSERT_THAT(Take(kOther), IsOk());
  const int turns = memory_ != nullptr ? 65536 / 2 : kChangesMax / 2;
  for (int i = 0; i < turns; ++i) {  // Two changes each.
    const auto hold = Take(kSlot);
    ASSERT_THAT(hold, IsOk());
    ASSERT_THAT(replica_->book->ReleaseHold(Call(), {kRegion, kSlot, hold->token, hold->holder}),
                IsOk());
  }
  if (client_ != nullptr) {
    const std::vector<std::string> cut = {"XTRIM", "sas:{fr-pdl}:changes", "MAXLEN",
                                          std::to_string(kChangesMax)};
    ASSERT_THAT(client_->Command(Call(), cut), IsOk());
  }
  const base::Instant heard = Fresh();
  int woken = 0;
  projection().OnEpoch([&] { ++woken; });
  clock_.Advance(seconds(5));
  EXPECT_THAT(Follow(), ReasonIs("CHANGES_TRIMMED"));
  EXPECT_EQ(Fresh(), heard);
  EXPECT_EQ(woken, 1);
  ASSERT_THAT(Look(), IsOk());  // The same book.
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kOther), 0) << "told in what was cut off";
  EXPECT_EQ(FreeInView(kSlot), 1);
  EXPECT_EQ(Fresh(), clock_.Now()) << "it goes on from the end";
}

TEST_P(ProjectionTest, BookThatIsNotBelievedMakesNothingFresh) {
  const base::Instant heard = Fresh();
  projection().Distrust(kRegion);
  clock_.Advance(seconds(5));
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), heard);
  Flush();
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Fresh(), clock_.Now());
}

TEST_P(ProjectionTest, LookThatFindsAFlushStopsTheClockUntilTheLoadIsDone) {
  const base::Instant heard = Fresh();
  Flush();
  replica_->store.hook = [this] { SetDown(true); };  // The load dies.
  EXPECT_FALSE(Look().ok());
  SetDown(false);
  clock_.Advance(seconds(5));
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(Fresh(), heard);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Fresh(), clock_.Now());
}

TEST_P(ProjectionTest, NewEpochInTheStreamWakesTheRebuilder) {
  int woken = 0;
  projection().OnEpoch([&] { ++woken; });
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(woken, 0);
  Replica second(*this);
  PutTerritory("15:00");
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(woken, 1);
}

TEST_P(ProjectionTest, ThreadFollowsWithinASecond) {
  projection().Start();
  replica_->availability.Start();
  ASSERT_THAT(Take(kSlot), IsOk());
  const auto deadline = system_clock_.Steady() + seconds(10);
  while (FreeInView(kSlot) != 0 && system_clock_.Steady() < deadline) std::this_thread::yield();
  EXPECT_EQ(FreeInView(kSlot), 0);
  replica_->availability.Stop();
  projection().Stop();
}

TEST_P(ProjectionTest, FreeSeatsAreThoseToCome) {
  EXPECT_EQ(projection().FreeSeats(), 12);  // Three days of four.
  clock_.Advance(std::chrono::hours(4));    // 14:00: two of today's are gone.
  EXPECT_EQ(projection().FreeSeats(), 10);
}

}  // namespace
}  // namespace sas::slots
