// How old a view says to be, on a memory book and on a real Redis: never younger than what it was
// read from, however long the reading takes.

#include "tests/contract/slots_availability/availability_fixture.h"
#include "tests/contract/slots_availability/slow_book.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using std::chrono::seconds;

class FreshnessTest : public AvailabilityTest {
 protected:
  static constexpr seconds kLate{2};

  std::shared_ptr<SeatBook> MakeBook() override {
    slow_ = std::make_shared<SlowBook>(AvailabilityTest::MakeBook(), clock_);
    return slow_;
  }

  Projection& projection() { return replica_->projection; }

  absl::Status Follow() {
    return projection().Follow(Call(), kRegion, std::chrono::milliseconds(0));
  }

  base::Instant Fresh() { return projection().Find(kRegion)->fresh; }

  std::shared_ptr<SlowBook> slow_;  ///< Of the replica that was made last.
};

INSTANTIATE_TEST_SUITE_P(Engines, FreshnessTest, ::testing::Values("memory", "redis"), EngineOf);

TEST_P(FreshnessTest, H39_ALoadIsAsOldAsTheBeginOfItsCounting) {
  slow_->late = kLate;
  const base::Instant asked = clock_.Now();
  ASSERT_THAT(Look(), IsOk());
  ASSERT_GT(clock_.Now(), asked + kLate);  // Position and counts were both late.
  EXPECT_EQ(Fresh(), asked);
  EXPECT_EQ(projection().Find(kRegion)->index->fresh(), asked);
}

TEST_P(FreshnessTest, H39_ABookThatIsAdoptedIsAsOldAsTheBeginOfItsCounting) {
  ASSERT_THAT(Look(), IsOk());
  Replica second(*this);
  slow_->late = kLate;
  const base::Instant asked = clock_.Now();
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  ASSERT_GT(clock_.Now(), asked + kLate);
  EXPECT_EQ(second.projection.Find(kRegion)->fresh, asked);
}

TEST_P(FreshnessTest, H39_AReadingOfTheStreamIsAsOldAsItsQuestion) {
  ASSERT_THAT(Look(), IsOk());
  ASSERT_THAT(Take(kSlot), IsOk());
  clock_.Advance(seconds(5));
  slow_->late = kLate;
  const base::Instant asked = clock_.Now();
  ASSERT_THAT(Follow(), IsOk());
  ASSERT_EQ(clock_.Now(), asked + kLate);
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(Fresh(), asked);
  EXPECT_EQ(projection().AgeSeconds(), 2);
}

TEST_P(FreshnessTest, H39_CountsAfterALossAreAsOldAsTheirBegin) {
  ASSERT_THAT(Look(), IsOk());
  SetDown(true);
  EXPECT_FALSE(Follow().ok());
  SetDown(false);
  ASSERT_THAT(Look(), IsOk());  // The same book: it is vouched for.
  clock_.Advance(seconds(5));
  slow_->late = kLate;
  const base::Instant asked = clock_.Now();
  ASSERT_THAT(Follow(), IsOk());
  ASSERT_EQ(clock_.Now(), asked + 2 * kLate);  // Counts, then changes.
  EXPECT_EQ(Fresh(), asked);
}

TEST_P(FreshnessTest, H39_AReadingThatMayNotReachTheEndMakesNothingFresh) {
  ASSERT_THAT(Look(), IsOk());
  const base::Instant heard = Fresh();
  for (int i = 0; i < kChangesMax / 2; ++i) {  // Two changes each.
    const auto hold = Take(kSlot);
    ASSERT_THAT(hold, IsOk());
    ASSERT_THAT(replica_->book->ReleaseHold(Call(), {kRegion, kSlot, hold->token, hold->holder}),
                IsOk());
  }
  ASSERT_THAT(Take(kSlot), IsOk());
  clock_.Advance(seconds(5));
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 1) << "the hold is beyond this reading";
  EXPECT_EQ(Fresh(), heard);
  ASSERT_THAT(Follow(), IsOk());
  EXPECT_EQ(FreeInView(kSlot), 0);
  EXPECT_EQ(Fresh(), clock_.Now());
}

}  // namespace
}  // namespace sas::slots
