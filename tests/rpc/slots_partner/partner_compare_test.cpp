// Our appointments in a platform's agenda against what the platform says of its seats.

#include <prometheus/gauge.h>

#include "services/slots/partner_compare.h"
#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {
namespace {

class PartnerCompareTest : public PartnerTest {
 protected:
  double Unknown() {
    EXPECT_THAT(compare_.Run(Internal()), IsOk());
    return registry_
        .Gauge("sas_slots_source_unknown_seats",
               "Seats of ours that their source still offers, at two looks in a row",
               {{"partner", "doctoplan"}})
        .Value();
  }

  PartnerCompare compare_{store_, partner_metrics_, clock_};
};

TEST_F(PartnerCompareTest, H40_ABookingThatThePlatformDoesNotKnowIsFoundAtTheSecondLook) {
  ASSERT_EQ(SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90), 2)})).refusal_reason(),
            "");
  EXPECT_EQ(Unknown(), 0);
  Book(NameAt(minutes(60)));
  EXPECT_EQ(Unknown(), 0);  // It may be hearing of it now.
  EXPECT_EQ(Unknown(), 1);
  // It has counted it since.
  ASSERT_EQ(SyncOne(Delta(2, {SlotAt(minutes(60), 0)})).refusal_reason(), "");
  EXPECT_EQ(Unknown(), 0);
}

TEST_F(PartnerCompareTest, H40_WhatThePlatformHasCountedOrTakenAwayIsNoDisagreement) {
  ASSERT_EQ(SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90), 2)})).refusal_reason(),
            "");
  Book(NameAt(minutes(60)), "a1");
  Book(NameAt(minutes(90)), "a2");
  ASSERT_EQ(SyncOne(Delta(2, {SlotAt(minutes(90), 1)}, {minutes(60)})).refusal_reason(), "");
  EXPECT_EQ(Unknown(), 0);
  EXPECT_EQ(Unknown(), 0);
}

TEST_F(PartnerCompareTest, WhatHasBegunIsNobodysMatterAnyMore) {
  ASSERT_EQ(SyncOne(Snapshot(1, {SlotAt(minutes(60))})).refusal_reason(), "");
  Book(NameAt(minutes(60)));
  EXPECT_EQ(Unknown(), 0);
  EXPECT_EQ(Unknown(), 1);
  clock_.Advance(minutes(61));
  EXPECT_EQ(Unknown(), 0);
}

}  // namespace
}  // namespace sas::slots
