#include <prometheus/registry.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/etag.h"
#include "tests/rpc/slots_partner/partner_limits_fixture.h"

/// What was agreed with one platform holds that platform, at once and nobody else.
namespace sas::slots {
namespace {

using ::testing::ElementsAre;

TEST_F(PartnerLimitsTest, ALowerRateRefusesOnePlatformWhereAnotherGoesOn) {
  BothPublish();
  v1::PartnerLimits limits;
  limits.set_frames_per_second(1);
  limits.set_frames_burst(2);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  std::vector<std::string> reasons;
  for (const v1::AgendaAck& ack : Sync({Delta(2), Delta(3), Delta(4)})) {
    reasons.push_back(ack.refusal_reason());
    if (!ack.refusal_reason().empty()) {
      EXPECT_EQ(ack.retry_delay().seconds(), 1);
    }
  }
  EXPECT_THAT(reasons, ElementsAre("", "", "PARTNER_RATE"));
  for (int i = 2; i < 12; ++i) {
    EXPECT_EQ(SyncOne(Of(Delta(i), "agendia"), Platform("agendia")).refusal_reason(), "");
  }
  // Agreed anew, it goes on without another stream or start.
  ASSERT_THAT(Update(Asking({}, "U-2")), IsOk());
  clock_.Advance(seconds(1));
  for (int i = 4; i < 24; ++i) EXPECT_EQ(SyncOne(Delta(i)).applied_sequence(), i);
}

TEST_F(PartnerLimitsTest, ALiveStreamIsHeldByWhatIsAgreedMeanwhile) {
  BothPublish();
  grpc::ClientContext context;
  const auto client = Open(context);
  const auto send = [&](std::int64_t sequence) {
    v1::SyncAgendasRequest request;
    *request.mutable_frame() = Delta(sequence);
    v1::SyncAgendasResponse response;
    EXPECT_TRUE(client->Write(request) && client->Read(&response));
    return response.ack().refusal_reason();
  };
  EXPECT_EQ(send(2), "");
  v1::PartnerLimits limits;
  limits.set_frames_burst(1);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  EXPECT_EQ(send(3), "");
  EXPECT_EQ(send(4), "PARTNER_RATE");
  client->WritesDone();
  EXPECT_THAT(rpc::FromGrpc(client->Finish()), IsOk());
}

TEST_F(PartnerLimitsTest, AtItsNumberOfAgendasAPlatformPublishesNoNewOne) {
  BothPublish();
  v1::PartnerLimits limits;
  limits.set_agenda_max(1);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  const v1::AgendaAck refused = SyncOne(Of(Snapshot(1, {}), "second"));
  EXPECT_EQ(refused.refusal_reason(), "TOO_MANY_AGENDAS");
  EXPECT_FALSE(refused.refusal_message().empty());
  EXPECT_THAT(Import(Of(Snapshot(1, {}), "second")), ReasonIs("TOO_MANY_AGENDAS"));
  EXPECT_EQ(SyncOne(Delta(2)).refusal_reason(), "");  // Those that it has go on.
  const base::Actor agendia = Platform("agendia");
  EXPECT_EQ(SyncOne(Of(Snapshot(1, {}), "third"), agendia).refusal_reason(), "");
  limits.set_agenda_max(2);
  ASSERT_THAT(Update(Asking(limits, "U-2")), IsOk());
  EXPECT_EQ(SyncOne(Of(Snapshot(1, {}), "second")).refusal_reason(), "");
}

TEST_F(PartnerLimitsTest, AFrameHasAsManySlotsAsWereAgreed) {
  BothPublish();
  v1::PartnerLimits limits;
  limits.set_frame_slot_max(2);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  const std::vector<v1::PartnerSlot> three{SlotAt(minutes(60)), SlotAt(minutes(90)),
                                           SlotAt(minutes(120))};
  const v1::AgendaAck ack = SyncOne(Snapshot(2, three));
  EXPECT_EQ(ack.applied_count(), 2);
  ASSERT_EQ(ack.refused_size(), 1);
  EXPECT_EQ(ack.refused(0).reason(), "TOO_MANY_SLOTS");
  EXPECT_EQ(ack.refused(0).index(), 2);
  // Of what a frame names beyond, nothing is taken away.
  EXPECT_EQ(SyncOne(Delta(3, {SlotAt(minutes(120))})).applied_count(), 1);
  EXPECT_EQ(SyncOne(Snapshot(4, three)).applied_count(), 2);
  EXPECT_EQ(List(Platform())->agendas(0).slot_count(), 3);
  const v1::AgendaAck other = SyncOne(Of(Snapshot(2, three), "agendia"), Platform("agendia"));
  EXPECT_EQ(other.applied_count(), 3);
}

TEST_F(PartnerLimitsTest, ABreakerOpensAndRestsAsWasAgreed) {
  BothPublish();
  v1::PartnerLimits limits;
  limits.set_breaker_failure_max(1);
  limits.mutable_breaker_pause()->set_seconds(30);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  v1::AgendaFrame empty = Snapshot(2, {});
  empty.clear_snapshot();
  const base::Actor agendia = Platform("agendia");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(SyncOne(empty).refusal_reason(), "FRAME_EMPTY");
    EXPECT_EQ(SyncOne(Of(empty, "agendia"), agendia).refusal_reason(), "FRAME_EMPTY");
  }
  const v1::AgendaAck held = SyncOne(Delta(2));
  EXPECT_EQ(held.refusal_reason(), "PARTNER_BREAKER_OPEN");
  EXPECT_EQ(held.retry_delay().seconds(), 30);
  EXPECT_EQ(SyncOne(Of(Delta(2), "agendia"), agendia).refusal_reason(), "");
  clock_.Advance(seconds(30));
  EXPECT_EQ(SyncOne(Delta(2)).refusal_reason(), "");
}

// As after a start: the gate knows nothing yet, and nothing has looked into the ledger so far.
class PartnerLimitsAfterAStartTest : public PartnerLimitsTest {
 protected:
  void SetUp() override {
    PartnerLimitsTest::SetUp();
    v1::Partner record;
    record.set_name(kDoctoplan);
    record.set_etag(base::EtagOf(1));
    record.mutable_limits()->set_frames_burst(1);
    record.mutable_limits()->set_frame_slot_max(1);
    ASSERT_THAT(Write([&](SlotsTransaction& transaction) {
                  return transaction.partners().PutPartner(record);
                }),
                IsOk());
    ASSERT_EQ(gate_.LimitsOf({"doctoplan", "fr-pdl"}).slots_max, 2000U);
  }
};

TEST_F(PartnerLimitsAfterAStartTest, TheFirstFramesOfAStreamAreJudgedByWhatIsAgreed) {
  const auto acks = Sync({Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}), Delta(2)});
  EXPECT_EQ(acks[0].applied_count(), 1);
  ASSERT_EQ(acks[0].refused_size(), 1);
  EXPECT_EQ(acks[0].refused(0).reason(), "TOO_MANY_SLOTS");
  EXPECT_EQ(acks[1].refusal_reason(), "PARTNER_RATE");
  // Another platform, with which nothing is agreed, has the process's own.
  const base::Actor agendia = Platform("agendia");
  const v1::AgendaFrame other = Snapshot(1, {SlotAt(minutes(240)), SlotAt(minutes(270))});
  EXPECT_EQ(SyncOne(Of(other, "agendia"), agendia).applied_count(), 2);
}

TEST_F(PartnerLimitsAfterAStartTest, SoAreSingleCalls) {
  const auto first = Import(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->ack().refused_size(), 1);
  EXPECT_THAT(Import(Snapshot(2, {}), "R-2"), ReasonIs("PARTNER_RATE"));
}

// Each replica has a gate of its own; the ledger is what they share.
TEST_F(PartnerLimitsTest, OtherReplicasHearOfItFromTheLedger) {
  BothPublish();
  PartnerGate gate({}, clock_);
  PartnerRecords elsewhere(store_, gate, partner_metrics_, clock_);
  const PartnerIn who{"doctoplan", "fr-pdl"};
  v1::PartnerLimits limits;
  limits.set_frames_burst(1);
  limits.set_agenda_max(7);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  EXPECT_EQ(gate.LimitsOf(who).agendas_max, kPartnerAgendasMax);
  ASSERT_THAT(elsewhere.Refresh(Internal()), IsOk());
  EXPECT_EQ(gate.LimitsOf(who).agendas_max, 7);
  EXPECT_THAT(gate.Enter(who), IsOk());
  EXPECT_THAT(gate.Enter(who), ReasonIs("PARTNER_RATE"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(gate.Enter({"agendia", "fr-pdl"}), IsOk());
  limits.set_agenda_max(8);
  ASSERT_THAT(Update(Asking(limits, "U-2")), IsOk());
  ASSERT_THAT(elsewhere.Refresh(Internal()), IsOk());
  EXPECT_EQ(gate.LimitsOf(who).agendas_max, 8);
  // A reading that was begun before comes late and changes nothing.
  EXPECT_FALSE(gate.Agree(who, 1, {}));
  EXPECT_EQ(gate.LimitsOf(who).agendas_max, 8);
}

TEST_F(PartnerLimitsTest, OneRegionHoldsNothingBackInAnother) {
  PartnerGate gate({}, clock_);
  AgreedLimits low;
  low.frames_burst = 1;
  EXPECT_TRUE(gate.Agree({"doctoplan", "fr-pdl"}, 1, low));
  EXPECT_THAT(gate.Enter({"doctoplan", "fr-pdl"}), IsOk());
  EXPECT_THAT(gate.Enter({"doctoplan", "fr-pdl"}), ReasonIs("PARTNER_RATE"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(gate.Enter({"doctoplan", "fr-naq"}), IsOk());
  // The metric shows the worst of them.
  for (int i = 0; i < 6; ++i) {
    gate.Tell({"doctoplan", "fr-naq"}, PartnerGate::Outcome::kRefused);
  }
  EXPECT_EQ(gate.StateOf("doctoplan"), Breaker::State::kOpen);
  EXPECT_EQ(gate.StateOf("doctoplan-2"), Breaker::State::kClosed);
}

TEST_F(PartnerLimitsTest, InventedRegionsAreOneToTheGate) {
  base::Call call = Internal();
  call.actor = Platform();
  const std::string own = SpeakerOf(call, kAgenda).region;
  EXPECT_EQ(own, "fr-pdl");
  EXPECT_EQ(SpeakerOf(call, "regions/fr-naq/sites/a/agendas/b").region, "");
  EXPECT_EQ(SpeakerOf(call, "agendas/x").region, "");
}

TEST_F(PartnerLimitsTest, WhatIsInForceIsMeasured) {
  BothPublish();
  v1::PartnerLimits limits;
  limits.set_frames_per_second(5);
  ASSERT_THAT(Update(Asking(limits)), IsOk());
  std::map<std::string, double> shown;
  for (const auto& family : registry_.registry().Collect()) {
    if (family.name != "sas_slots_partner_limit") continue;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) {
        if (label.name == "limit") shown[label.value] = metric.gauge.value;
        if (label.name == "partner") {
          EXPECT_EQ(label.value, "doctoplan");
        }
      }
    }
  }
  EXPECT_EQ(shown.at("frames_per_second"), 5);
  EXPECT_EQ(shown.at("frames_burst"), 10);
  EXPECT_EQ(shown.at("agendas"), kPartnerAgendasMax);
  EXPECT_EQ(shown.at("frame_slots"), 2000);
  EXPECT_EQ(shown.at("breaker_failures"), 3);  // As the fixture's gate.
}

}  // namespace
}  // namespace sas::slots
