#include <prometheus/registry.h>

#include <set>
#include <string>

#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(PartnerTest, WhatAPlatformPublishesIsSearchedWithItsProvenance) {
  const v1::AgendaAck ack = SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90), 3)}));
  EXPECT_EQ(ack.applied_sequence(), 1);
  EXPECT_EQ(ack.applied_count(), 2);
  EXPECT_FALSE(ack.resync_wanted());
  const auto offered = Offered();
  ASSERT_EQ(offered.size(), 2U);
  const v1::Slot& slot = offered[0].slot();
  EXPECT_EQ(slot.name(), NameAt(minutes(60)));
  EXPECT_EQ(slot.origin(), v1::Slot::ORIGIN_PARTNER);
  EXPECT_EQ(slot.partner(), "doctoplan");
  EXPECT_EQ(base::ToInstant(slot.verify_time()), clock_.Now());
  EXPECT_EQ(slot.agenda(), "doctoplan");
  EXPECT_FALSE(slot.practitioner().empty());
  EXPECT_EQ(offered[1].slot().free_seat_count(), 3);
  EXPECT_FALSE(offered[0].unverified());
}

TEST_F(PartnerTest, DeltasChangeAndRemove) {
  Sync({Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}),
        Delta(2, {SlotAt(minutes(120))}, {minutes(60)})});
  EXPECT_THAT(OfferedNames(), UnorderedElementsAre(NameAt(minutes(90)), NameAt(minutes(120))));
}

TEST_F(PartnerTest, ASlotTakenAtTheSourceLeavesTheSearchesAtOnce) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  ASSERT_EQ(OfferedNames().size(), 2U);
  SyncOne(Delta(2, {SlotAt(minutes(60), 0)}));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(90))));
}

TEST_F(PartnerTest, WhatASnapshotDoesNotNameIsGone) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  SyncOne(Snapshot(9, {SlotAt(minutes(90))}));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(90))));
}

TEST_F(PartnerTest, H22_SeatsOfOurAppointmentsStayWhateverTheSourceSays) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90), 2)}));
  Follow();
  Book(NameAt(minutes(60)));
  Book(NameAt(minutes(90)), "a2");
  // A platform that names free slots only: our appointment's slot is not named any more.
  SyncOne(Snapshot(2, {SlotAt(minutes(90), 1)}));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(90))));
  EXPECT_EQ(Offered()[0].slot().free_seat_count(), 1);  // Counted by both sides, taken once.
  v1::GetSlotRequest request;
  request.set_name(NameAt(minutes(60)));
  const auto booked =
      Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, request, Osnp());
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->state(), v1::Slot::STATE_BOOKED);
}

TEST_F(PartnerTest, H39_WithoutASignOfLifeASlotIsUnverifiedAndEmptyDeltasRenewIt) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  ASSERT_FALSE(Offered().at(0).unverified());
  clock_.Advance(seconds(31));
  auto stale = Offered();  // Our own feed is fresh: it is the source that is silent.
  ASSERT_EQ(stale.size(), 1U);
  EXPECT_TRUE(stale[0].unverified());
  EXPECT_EQ(stale[0].information_age().seconds(), 31);
  const v1::AgendaAck ack = SyncOne(Delta(2));
  EXPECT_EQ(ack.applied_sequence(), 2);
  stale = Offered();
  EXPECT_FALSE(stale.at(0).unverified());
  EXPECT_EQ(stale.at(0).information_age().seconds(), 0);
}

// What a silent platform has is not known: "aucun créneau" would be false, whether it told of slots
// before or not.
TEST_F(PartnerTest, H18_APlatformThatIsSilentWithinReachIsNamed) {
  SyncOne(Snapshot(1, {}));
  v1::AgendaFrame other = Snapshot(1, {});
  other.set_agenda("regions/fr-pdl/sites/msp-soullans/agendas/agendia");
  const base::Actor agendia = Platform("agendia", "regions/fr-pdl/sites/msp-soullans");
  SyncOne(other, agendia);
  EXPECT_THAT(Search().missing_sources(), IsEmpty());
  clock_.Advance(seconds(31));
  Follow();
  EXPECT_THAT(Search().matches(), IsEmpty());
  EXPECT_THAT(Search().missing_sources(), ElementsAre("agendia", "doctoplan"));
  EXPECT_THAT(Search(1000).missing_sources(), ElementsAre("doctoplan"));  // Soullans is farther.
  SyncOne(Delta(2));
  EXPECT_THAT(Search().missing_sources(), ElementsAre("agendia"));
}

TEST_F(PartnerTest, H18_APlatformThatLeftLongAgoIsForgotten) {
  SyncOne(Snapshot(1, {}));
  clock_.Advance(hours(90 * 24));
  Follow();
  EXPECT_THAT(Search().missing_sources(), ElementsAre("doctoplan"));
  clock_.Advance(seconds(1));
  Follow();
  EXPECT_THAT(Search().missing_sources(), IsEmpty());
}

TEST_F(PartnerTest, H39_TheAgeIsOfTheSourcesTimeNotOfTheReception) {
  v1::AgendaFrame late = Snapshot(1, {SlotAt(minutes(60))});
  *late.mutable_produced_time() = base::ToTimestamp(clock_.Now() - seconds(50));
  SyncOne(late);
  const auto offered = Offered();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_TRUE(offered[0].unverified());
  EXPECT_EQ(offered[0].information_age().seconds(), 50);
}

TEST_F(PartnerTest, ASignOfLifeLeavesNoAuditAndNoEvent) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  const auto before = store_.feed().Head(Internal());
  ASSERT_THAT(before, IsOk());
  for (int i = 2; i < 6; ++i) SyncOne(Delta(i));
  EXPECT_EQ(*store_.feed().Head(Internal()), *before);
  SyncOne(Delta(6, {SlotAt(minutes(90))}));
  const auto events = store_.feed().Read(Internal(), "fr-pdl", *before, 10);
  ASSERT_THAT(events, IsOk());
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ((*events)[0].type, "agenda.synced");
  EXPECT_EQ((*events)[0].subject, kAgenda);
}

TEST_F(PartnerTest, ASnapshotThatChangesNothingTouchesNothing) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  const auto before = store_.feed().Head(Internal());
  const v1::AgendaAck ack = SyncOne(Snapshot(2, {SlotAt(minutes(60))}));
  EXPECT_EQ(ack.applied_count(), 1);
  EXPECT_EQ(*store_.feed().Head(Internal()), *before);
}

TEST_F(PartnerTest, AnImportIsASnapshotOnceForARequestId) {
  const v1::AgendaFrame frame = Snapshot(1, {SlotAt(minutes(60))});
  const auto first = Import(frame);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->ack().applied_count(), 1);
  const auto again = Import(frame);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(Import(Snapshot(2, {})), ReasonIs("REQUEST_ID_REUSED"));
  EXPECT_THAT(Import(Delta(2), "R-2"), ReasonIs("SNAPSHOT_REQUIRED"));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(60))));
}

TEST_F(PartnerTest, AStreamCarriesManyAgendasAndTheListShowsThem) {
  v1::AgendaFrame other = Snapshot(7, {SlotAt(minutes(300))});
  other.set_agenda(std::string(kSite) + "/agendas/second");
  Sync({Snapshot(1, {SlotAt(minutes(60))}), other, Delta(2, {SlotAt(minutes(90))})});
  const auto page = List(Platform(), 1);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->agendas_size(), 1);
  EXPECT_EQ(page->agendas(0).name(), kAgenda);
  EXPECT_EQ(page->agendas(0).applied_sequence(), 2);
  EXPECT_EQ(page->agendas(0).slot_count(), 2);
  EXPECT_EQ(page->agendas(0).partner(), "doctoplan");
  const auto rest = List(Platform(), 1, page->next_page_token());
  ASSERT_THAT(rest, IsOk());
  ASSERT_EQ(rest->agendas_size(), 1);
  EXPECT_EQ(rest->agendas(0).applied_sequence(), 7);
  EXPECT_TRUE(rest->next_page_token().empty());
  // Another platform sees its own, a planner sees all.
  EXPECT_EQ(List(Platform("agendia"))->agendas_size(), 0);
  EXPECT_EQ(List(sas::testing::ActorWith(base::Role::kPlanner))->agendas_size(), 2);
}

TEST_F(PartnerTest, AStreamKilledInTheMiddleIsResumedAfterTheLastAnswer) {
  {
    grpc::ClientContext context;
    const auto client = Open(context);
    v1::SyncAgendasRequest request;
    *request.mutable_frame() = Snapshot(1, {SlotAt(minutes(60))});
    ASSERT_TRUE(client->Write(request));
    v1::SyncAgendasResponse response;
    ASSERT_TRUE(client->Read(&response));
    *request.mutable_frame() = Delta(2, {SlotAt(minutes(90))});
    client->Write(request);
    context.TryCancel();
    client->Finish();
  }
  // Nobody knows whether frame 2 was applied: it is sent again, without effect if it was.
  const auto acks = Sync({Delta(2, {SlotAt(minutes(90))}), Delta(3, {SlotAt(minutes(120))})});
  EXPECT_EQ(acks.back().applied_sequence(), 3);
  EXPECT_THAT(OfferedNames(),
              UnorderedElementsAre(NameAt(minutes(60)), NameAt(minutes(90)), NameAt(minutes(120))));
}

TEST_F(PartnerTest, AServerThatStopsEndsTheStreamsWithWhereToGo) {
  grpc::ClientContext context;
  const auto client = Open(context);
  v1::SyncAgendasRequest request;
  *request.mutable_frame() = Snapshot(1, {});
  ASSERT_TRUE(client->Write(request));
  v1::SyncAgendasResponse response;
  ASSERT_TRUE(client->Read(&response));
  partners_.CloseStreams();
  EXPECT_FALSE(client->Read(&response));
  EXPECT_THAT(rpc::FromGrpc(client->Finish()), ReasonIs("DRAINING"));
  grpc::ClientContext later;
  EXPECT_THAT(rpc::FromGrpc(Open(later)->Finish()), ReasonIs("DRAINING"));
}

TEST_F(PartnerTest, OnlyPlatformsPublish) {
  grpc::ClientContext context;
  EXPECT_THAT(rpc::FromGrpc(Open(context, Osnp())->Finish()), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Import(Snapshot(1, {}), "R-1", Osnp()), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(List(Osnp()), ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(PartnerTest, FramesAndAgesAreMeasured) {
  Sync({Snapshot(1, {SlotAt(minutes(60))}), Snapshot(1, {}), Delta(9)});
  ASSERT_THAT(feed_.Refresh(Internal()), IsOk());
  ASSERT_THAT(feed_.CountPhantoms(Internal()), IsOk());
  std::set<std::string> names;
  for (const auto& family : registry_.registry().Collect()) names.insert(family.name);
  for (const char* name : {"sas_slots_frames_total", "sas_slots_feed_breaker",
                           "sas_slots_phantom_ratio", "sas_slots_feed_refused_total"}) {
    EXPECT_TRUE(names.count(name) == 1) << name;
  }
}

}  // namespace
}  // namespace sas::slots
