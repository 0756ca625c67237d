#include "services/booking/domain/seat_drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sas::booking {
namespace {

using Kind = SeatDrift::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SeatDrift, WhatBothHaveIsNone) {
  EXPECT_THAT(CompareSeats({{"b", 0, "2"}, {"a", 0, "1"}}, {{"a", 0, "1"}, {"b", 0, "2"}}),
              IsEmpty());
  EXPECT_THAT(CompareSeats({}, {}), IsEmpty());
}

TEST(SeatDrift, EachKindIsTold) {
  const auto drifts = CompareSeats({{"a", 0, "1"}, {"a", 1, "2"}, {"c", 0, "3"}},
                                   {{"a", 1, "9"}, {"b", 0, "4"}, {"c", 0, "3"}});
  EXPECT_THAT(drifts, ElementsAre(SeatDrift{Kind::kMissing, "a", 0, "1"},
                                  SeatDrift{Kind::kOther, "a", 1, "2"},
                                  SeatDrift{Kind::kGhost, "b", 0, "4"}));
}

TEST(SeatDrift, OneListMayEndBeforeTheOther) {
  EXPECT_THAT(CompareSeats({{"a", 0, "1"}}, {}),
              ElementsAre(SeatDrift{Kind::kMissing, "a", 0, "1"}));
  EXPECT_THAT(CompareSeats({}, {{"a", 0, "1"}}), ElementsAre(SeatDrift{Kind::kGhost, "a", 0, "1"}));
}

TEST(SeatDrift, WhatWasOnItsWayIsNone) {
  const SeatDrift lasting{Kind::kGhost, "a", 0, "1"};
  const SeatDrift before{Kind::kMissing, "b", 0, "2"};
  const SeatDrift after{Kind::kMissing, "c", 0, "3"};
  EXPECT_THAT(Lasting({lasting, before}, {lasting, after}), ElementsAre(lasting));
  // The same seat, wrong in another way: it moves.
  EXPECT_THAT(Lasting({{Kind::kMissing, "a", 0, "1"}}, {lasting}), IsEmpty());
}

TEST(SeatDrift, WhatIsKnownIsNotToldTwice) {
  const SeatDrift known{Kind::kMissing, "a", 0, "1"};
  const SeatDrift rest{Kind::kGhost, "b", 0, "2"};
  EXPECT_THAT(Without({known, rest}, {known}), ElementsAre(rest));
  EXPECT_THAT(Without({known}, {}), ElementsAre(known));
}

}  // namespace
}  // namespace sas::booking
