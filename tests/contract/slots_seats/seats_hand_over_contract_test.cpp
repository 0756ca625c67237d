// A hold that goes from one operator to another, as an offer of a freed seat does when its order is
// claimed: on memory and on a real Redis.

#include "tests/contract/slots_seats/seats_fixture.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using sas::testing::IsOk;
using sas::testing::StatusIs;
using std::chrono::seconds;

class SeatsHandOverTest : public SeatBookTest {
 protected:
  HoldKey For(const Hold& hold, const std::string& holder) {
    HoldKey key = KeyOf(hold);
    key.holder = holder;
    return key;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, SeatsHandOverTest, ::testing::Values("memory", "redis"),
                         EngineName);

TEST_P(SeatsHandOverTest, TheNewHolderHasItUnderTheSameTokenAndHour) {
  const auto hold = Take(kOne, "refill-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const auto over = book_->HandOver(Call(), KeyOf(*hold), "osnp-1");
  ASSERT_THAT(over, IsOk());
  EXPECT_EQ(over->token, hold->token);
  EXPECT_EQ(over->fence, hold->fence);
  EXPECT_EQ(over->expire, hold->expire);
  EXPECT_EQ(over->renew_limit, hold->renew_limit);
  EXPECT_EQ(over->order, hold->order);
  EXPECT_EQ(FreeSeats(kOne), 0);
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*hold), seconds(60)),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(book_->Prepare(Call(), For(*hold, "osnp-1"), "regions/fr-pdl/appointments/a1"),
              IsOk());
}

TEST_P(SeatsHandOverTest, ARepeatFindsThatItHasGoneOver) {
  const auto hold = Take(kOne, "refill-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->HandOver(Call(), KeyOf(*hold), "osnp-1"), IsOk());
  EXPECT_THAT(book_->HandOver(Call(), KeyOf(*hold), "osnp-1"), IsOk());
  EXPECT_THAT(book_->HandOver(Call(), KeyOf(*hold), "osnp-2"),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
}

TEST_P(SeatsHandOverTest, ToTheSameHolderItOnlyLooks) {
  const auto hold = Take(kOne, "osnp-1", "r1", seconds(60));
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(seconds(30));
  const auto look = book_->HandOver(Call(), KeyOf(*hold), "osnp-1");
  ASSERT_THAT(look, IsOk());
  EXPECT_EQ(look->expire, hold->expire);
}

TEST_P(SeatsHandOverTest, AnEndedHoldIsLostAndAPreparedSeatStays) {
  const auto hold = Take(kOne, "osnp-1", "r1", seconds(60));
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "regions/fr-pdl/appointments/a1"), IsOk());
  ASSERT_THAT(book_->HandOver(Call(), KeyOf(*hold), "osnp-2"), IsOk());
  // Who confirms goes on confirming.
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "regions/fr-pdl/appointments/a1"), IsOk());
  clock_.Advance(seconds(60));
  EXPECT_THAT(book_->HandOver(Call(), KeyOf(*hold), "osnp-2"),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
}

// An operator may have three holds at a time: what he has handed over is not his any more, what he
// was given is.
TEST_P(SeatsHandOverTest, HoldsAreCountedWithTheNewHolder) {
  Open(2, {Slot(kOne, 4), Slot(kTwo, 4)});
  std::vector<Hold> holds;
  for (int i = 0; i < kHoldsPerHolderMax; ++i) {
    auto hold = Take(kOne, "osnp-1", "r" + std::to_string(i));
    ASSERT_THAT(hold, IsOk());
    holds.push_back(*std::move(hold));
  }
  EXPECT_THAT(Take(kTwo, "osnp-1", "more"),
              StatusIs(StatusCode::kResourceExhausted, "TOO_MANY_HOLDS"));
  ASSERT_THAT(book_->HandOver(Call(), KeyOf(holds[0]), "osnp-2"), IsOk());
  EXPECT_THAT(Take(kTwo, "osnp-1", "more"), IsOk());
  ASSERT_THAT(book_->HandOver(Call(), KeyOf(holds[1]), "osnp-2"), IsOk());
  ASSERT_THAT(book_->HandOver(Call(), KeyOf(holds[2]), "osnp-2"), IsOk());
  EXPECT_THAT(Take(kTwo, "osnp-2", "more"),
              StatusIs(StatusCode::kResourceExhausted, "TOO_MANY_HOLDS"));
}

}  // namespace
}  // namespace sas::slots
