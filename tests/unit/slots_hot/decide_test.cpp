// When a book of availability is believed, and when it is rebuilt.

#include <gtest/gtest.h>

#include <string>

#include "services/slots/availability.h"

namespace sas::slots {
namespace {

using std::chrono::seconds;

class DecideTest : public ::testing::Test {
 protected:
  DecideTest() {
    standing_.ledger = {/*epoch=*/5, /*seat_sequence=*/40, /*directory=*/3};
    standing_.book.epoch = 5;
    standing_.book.fence = (std::int64_t{5} << 32) + 7;
    standing_.book.seat_sequence = 40;
    standing_.book.directory = "3";
    standing_.book.horizon = "2026-12-14";
    standing_.horizon = "2026-12-14";
    standing_.seen_fence = standing_.book.fence;
    standing_.now = base::Instant(seconds(1'800'000'000));
  }

  void Expect(BookVerdict verdict, const std::string& cause) {
    const Decision decision = Decide(standing_);
    EXPECT_EQ(decision.verdict, verdict);
    EXPECT_EQ(decision.cause, cause);
  }

  Standing standing_;
};

TEST_F(DecideTest, BookOfTheLedgerIsGood) {
  Expect(BookVerdict::kGood, "");
}

TEST_F(DecideTest, FirstStartLoads) {
  standing_.ledger.epoch = 0;
  standing_.book = {};
  Expect(BookVerdict::kRebuild, "start");
}

TEST_F(DecideTest, BookOfAnotherLedgerIsNotBelieved) {
  standing_.ledger.epoch = 0;
  Expect(BookVerdict::kRebuild, "start");
}

TEST_F(DecideTest, FlushedBookIsRebuilt) {
  standing_.book = {};
  Expect(BookVerdict::kRebuild, "flush");
}

TEST_F(DecideTest, OtherEpochIsRebuilt) {
  standing_.book.epoch = 4;
  Expect(BookVerdict::kRebuild, "epoch");
}

TEST_F(DecideTest, ReplicaThatHasJustTakenAnEpochIsLeftToBegin) {
  standing_.taken_over = true;
  standing_.book.epoch = 4;
  Expect(BookVerdict::kWait, "");
  standing_.book.epoch = 0;
  Expect(BookVerdict::kWait, "");
  standing_.book.epoch = 5;  // It has finished already.
  Expect(BookVerdict::kGood, "");
}

TEST_F(DecideTest, LoadOfAnotherReplicaIsWaitedForUntilItIsDead) {
  standing_.book.epoch = 0;
  standing_.book.loading = 5;
  standing_.book.loading_since = standing_.now - seconds(9);
  Expect(BookVerdict::kWait, "");
  standing_.book.loading_since = standing_.now - seconds(11);
  Expect(BookVerdict::kRebuild, "flush");
}

TEST_F(DecideTest, OwnDeadLoadIsNotWaitedFor) {
  standing_.book.epoch = 4;
  standing_.book.loading = 5;
  standing_.book.loading_since = standing_.now;
  standing_.own_load_failed = true;
  Expect(BookVerdict::kRebuild, "epoch");
}

TEST_F(DecideTest, SomeChangedSitesAreRefreshed) {
  standing_.ledger.directory = 5;
  Expect(BookVerdict::kExtend, "directory");
  standing_.sites_known = true;
  Expect(BookVerdict::kRefresh, "directory");
  standing_.horizon = "2026-12-15";  // The day needs a load in any case.
  Expect(BookVerdict::kExtend, "directory");
}

TEST_F(DecideTest, FenceThatWentBackIsARewind) {
  --standing_.book.fence;
  Expect(BookVerdict::kRebuild, "rewind");
}

TEST_F(DecideTest, SequenceBehindTheLedgerIsARewindAtTheSecondLook) {
  standing_.book.seat_sequence = 39;
  Expect(BookVerdict::kGood, "");  // A commit may be on its way.
  standing_.lagging_sequence = 40;
  Expect(BookVerdict::kRebuild, "rewind");
  // It has moved on since, and only the newest commits are on their way.
  standing_.ledger.seat_sequence = 60;
  standing_.book.seat_sequence = 55;
  Expect(BookVerdict::kGood, "");
}

TEST_F(DecideTest, NewDirectoryOrDayExtendsAndKeepsHolds) {
  standing_.ledger.directory = 4;
  Expect(BookVerdict::kExtend, "directory");
  standing_.ledger.directory = 3;
  standing_.horizon = "2026-12-15";
  Expect(BookVerdict::kExtend, "horizon");
}

TEST_F(DecideTest, ReplicaWithALongerHorizonIsNoReasonToLoad) {
  standing_.horizon = "2026-12-01";
  Expect(BookVerdict::kGood, "");
}

}  // namespace
}  // namespace sas::slots
