#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(PartnerTest, H39_APhantomIsWithdrawnAtOnceAndCounted) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  ASSERT_EQ(OfferedNames().size(), 2U);
  const auto refused = Refuse(NameAt(minutes(60)));
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->name(), NameAt(minutes(60)));
  EXPECT_EQ(refused->state(), v1::Slot::STATE_WITHDRAWN);
  EXPECT_EQ(refused->origin(), v1::Slot::ORIGIN_PARTNER);
  EXPECT_EQ(refused->partner(), "doctoplan");
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(90))));
  const auto list = List(Platform());
  EXPECT_EQ(list->agendas(0).phantom_count(), 1);
  EXPECT_TRUE(list->agendas(0).resync_wanted());
}

TEST_F(PartnerTest, ARepeatedReportCountsOnce) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  ASSERT_THAT(Refuse(NameAt(minutes(60))), IsOk());
  clock_.Advance(seconds(2));
  ASSERT_THAT(Refuse(NameAt(minutes(60))), IsOk());
  EXPECT_EQ(List(Platform())->agendas(0).phantom_count(), 1);
}

TEST_F(PartnerTest, WhatTheSourceSaidBeforeItsRefusalIsNotBelieved) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  const v1::AgendaFrame buffered = Delta(2, {SlotAt(minutes(60))});
  clock_.Advance(seconds(1));
  ASSERT_THAT(Refuse(NameAt(minutes(60))), IsOk());
  EXPECT_TRUE(SyncOne(buffered).resync_wanted());
  EXPECT_THAT(OfferedNames(), IsEmpty());
  // What it says later is.
  clock_.Advance(seconds(1));
  EXPECT_FALSE(SyncOne(Snapshot(3, {SlotAt(minutes(60))})).resync_wanted());
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(60))));
}

TEST_F(PartnerTest, AReportNamesASlotOfAPlatformAndACode) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  EXPECT_THAT(Refuse(NameAt(minutes(90))), ReasonIs("SLOT_NOT_FOUND"));
  EXPECT_THAT(Refuse("regions/fr-pdl/sites/csnp-challans/slots/x"),
              ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(Refuse(NameAt(minutes(60)), "Mme Martin a déjà pris"),
              ReasonIs("INVALID_SOURCE_CODE"));
  EXPECT_THAT(Refuse(NameAt(minutes(60)), std::string(81, 'x')), ReasonIs("INVALID_SOURCE_CODE"));
  EXPECT_THAT(Refuse(NameAt(minutes(60)), "TAKEN", "R-1", Platform("agendia")),
              ReasonIs("AGENDA_OF_OTHER_PARTNER"));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(60))));
}

}  // namespace
}  // namespace sas::slots
