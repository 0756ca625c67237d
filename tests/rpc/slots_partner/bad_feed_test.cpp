#include <map>
#include <string>

#include "tests/rpc/slots_partner/partner_fixture.h"

/// Feeds as they come: refused item by item with reasons, the rest applied, nothing lost.
namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::map<std::string, std::string> Refused(const v1::AgendaAck& ack) {
  std::map<std::string, std::string> reasons;
  for (const v1::RefusedSlot& each : ack.refused()) {
    reasons[each.external_id()] = each.reason();
    EXPECT_FALSE(each.message().empty());
  }
  return reasons;
}

TEST_F(PartnerTest, Bad_AGapAsksForASnapshotAndLosesNothing) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  const v1::AgendaAck gap = SyncOne(Delta(3, {SlotAt(minutes(120))}));
  EXPECT_TRUE(gap.resync_wanted());
  EXPECT_EQ(gap.applied_sequence(), 1);
  EXPECT_EQ(gap.applied_count(), 0);
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(60))));
  // The missing frame heals it, and so does a snapshot that jumps.
  EXPECT_FALSE(SyncOne(Delta(2, {SlotAt(minutes(90))})).resync_wanted());
  EXPECT_TRUE(SyncOne(Delta(5)).resync_wanted());
  const v1::AgendaAck healed = SyncOne(Snapshot(8, {SlotAt(minutes(150))}));
  EXPECT_FALSE(healed.resync_wanted());
  EXPECT_EQ(healed.applied_sequence(), 8);
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(150))));
}

TEST_F(PartnerTest, Bad_AGapDoesNotMakeTheAgendaLookFresh) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  clock_.Advance(seconds(31));
  SyncOne(Delta(3));
  EXPECT_TRUE(Offered().at(0).unverified());
}

TEST_F(PartnerTest, Bad_ADuplicateIsAnsweredWithoutEffect) {
  Sync({Snapshot(1, {SlotAt(minutes(60))}), Delta(2, {SlotAt(minutes(90))})});
  const v1::AgendaAck again = SyncOne(Delta(2, {SlotAt(minutes(240))}, {minutes(60)}));
  EXPECT_EQ(again.sequence(), 2);
  EXPECT_EQ(again.applied_sequence(), 2);
  EXPECT_EQ(again.applied_count(), 0);
  EXPECT_TRUE(again.refusal_reason().empty());
  SyncOne(Snapshot(1, {}));  // An old snapshot takes nothing away.
  EXPECT_THAT(OfferedNames(), UnorderedElementsAre(NameAt(minutes(60)), NameAt(minutes(90))));
}

TEST_F(PartnerTest, Bad_TenThousandSlotsInOneMessage) {
  Change([](v1::Site& site) { site.set_kind(v1::Structure::KIND_MMG); });  // Open day and night.
  std::vector<v1::PartnerSlot> slots;
  for (int i = 0; i < 10'000; ++i) {
    v1::PartnerSlot slot = SlotAt(minutes(60 + 5 * i));
    *slot.mutable_end_time() = base::ToTimestamp(base::ToInstant(slot.start_time()) + minutes(5));
    slots.push_back(slot);
  }
  const v1::AgendaAck ack = SyncOne(Delta(1, slots));
  EXPECT_EQ(ack.applied_count(), 2000);
  ASSERT_EQ(ack.refused_size(), 8000);
  EXPECT_EQ(ack.refused(0).index(), 2000);
  EXPECT_EQ(ack.refused(0).reason(), "TOO_MANY_SLOTS");
  EXPECT_EQ(ack.applied_sequence(), 1);
  // The rest, sent apart, is applied as well.
  const std::vector<v1::PartnerSlot> rest(slots.begin() + 2000, slots.begin() + 4000);
  EXPECT_EQ(SyncOne(Delta(2, rest)).applied_count(), 2000);
  EXPECT_EQ(List(Platform())->agendas(0).slot_count(), 4000);
}

TEST_F(PartnerTest, Bad_ATooLongSnapshotTakesNothingAwayThatItNames) {
  Change([](v1::Site& site) { site.set_kind(v1::Structure::KIND_MMG); });
  std::vector<v1::PartnerSlot> slots;
  for (int i = 0; i < 2100; ++i) {
    v1::PartnerSlot slot = SlotAt(minutes(60 + 5 * i));
    *slot.mutable_end_time() = base::ToTimestamp(base::ToInstant(slot.start_time()) + minutes(5));
    slots.push_back(slot);
  }
  SyncOne(Delta(1, {slots.begin() + 2000, slots.end()}));
  EXPECT_EQ(SyncOne(Snapshot(2, slots)).refused_size(), 100);
  EXPECT_EQ(List(Platform())->agendas(0).slot_count(), 2100);
}

TEST_F(PartnerTest, Bad_H40_ASiteOfAnotherPartner) {
  const base::Actor stranger = Platform("agendia", "regions/fr-pdl/sites/elsewhere");
  const auto acks = Sync({Snapshot(1, {SlotAt(minutes(60))})}, stranger);
  EXPECT_EQ(acks[0].refusal_reason(), "SITE_OF_OTHER_PARTNER");
  EXPECT_FALSE(acks[0].refusal_message().empty());
  EXPECT_THAT(Import(Snapshot(1, {}), "R-1", stranger),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(SyncOne(Snapshot(1, {}), Platform("agendia", "")).refusal_reason(),
            "SITE_OF_OTHER_PARTNER");
  EXPECT_THAT(OfferedNames(), IsEmpty());
}

TEST_F(PartnerTest, Bad_H40_AnAgendaOfAnotherPartner) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  EXPECT_EQ(SyncOne(Snapshot(2, {}), Platform("agendia")).refusal_reason(),
            "AGENDA_OF_OTHER_PARTNER");
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(60))));
}

TEST_F(PartnerTest, Bad_AnAgendaThatOurPlansMake) {
  ASSERT_THAT(Write([](SlotsTransaction& transaction) {
                v1::SessionPlan plan;
                plan.set_name(std::string(kSite) + "/plans/p");
                plan.set_agenda("doctoplan");
                return transaction.PutSessionPlan(plan);
              }),
              IsOk());
  EXPECT_EQ(SyncOne(Snapshot(1, {})).refusal_reason(), "AGENDA_OF_PLAN");
}

TEST_F(PartnerTest, Bad_H22_AnAgendaThatAnOpeningOfOursUses) {
  ASSERT_THAT(Write([&](SlotsTransaction& transaction) {
                v1::AgendaException opening;
                opening.set_name(std::string(kSite) + "/exceptions/x");
                opening.set_kind(v1::AgendaException::KIND_OPENING);
                opening.set_agenda("doctoplan");
                *opening.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(2));
                return transaction.agendas().PutException(opening);
              }),
              IsOk());
  EXPECT_EQ(SyncOne(Snapshot(1, {})).refusal_reason(), "AGENDA_OF_PLAN");
}

TEST_F(PartnerTest, Bad_H22_AKnownAgendaWhoseIdAPlanTakesIsRefusedSlotBySlot) {
  std::vector<v1::PartnerSlot> slots;
  for (int i = 0; i < 30; ++i) slots.push_back(SlotAt(minutes(60 + 15 * i)));
  SyncOne(Snapshot(1, slots));
  const auto plan_until = [&](const std::string& end) {
    ASSERT_THAT(Write([&](SlotsTransaction& transaction) {
                  v1::SessionPlan plan;
                  plan.set_name(std::string(kSite) + "/plans/p");
                  plan.set_agenda("doctoplan");
                  plan.set_effective_end_date(end);
                  return transaction.PutSessionPlan(plan);
                }),
                IsOk());
  };
  plan_until("2026-11-24");
  const v1::AgendaAck ack = SyncOne(Snapshot(2, slots));
  EXPECT_TRUE(ack.refusal_reason().empty()) << "our doing: no mass change";
  EXPECT_EQ(ack.applied_count(), 0);
  ASSERT_EQ(ack.refused_size(), 30);
  EXPECT_EQ(ack.refused(0).reason(), "AGENDA_OF_PLAN");
  EXPECT_EQ(List(Platform())->agendas(0).slot_count(), 0) << "nobody is sent there";
  EXPECT_EQ(SyncOne(Delta(3)).refused_size(), 0) << "a sign of life says nothing of slots";
  plan_until("2026-11-23");
  EXPECT_EQ(SyncOne(Snapshot(4, slots)).applied_count(), 30) << "the plan is over";
}

TEST_F(PartnerTest, Bad_EachSlotByItselfAndTheRestApplied) {
  const auto with = [&](minutes after, const std::string& id, auto change) {
    v1::PartnerSlot slot = SlotAt(after);
    slot.set_external_id(id);
    change(slot);
    return slot;
  };
  const auto shift_end = [](v1::PartnerSlot& slot, int by) {
    slot.mutable_end_time()->set_seconds(slot.end_time().seconds() + by);
  };
  const v1::AgendaAck ack = SyncOne(Snapshot(
      1, {SlotAt(minutes(60)), with(minutes(70), "overlap", [](auto&) {}),
          with(minutes(60), "twice", [](auto&) {}), with(minutes(-60), "past", [](auto&) {}),
          with(minutes(100), "zone-end", [&](auto& slot) { shift_end(slot, -3600); }),
          with(minutes(120), "seconds", [&](auto& slot) { shift_end(slot, 30); }),
          with(minutes(140), "short", [&](auto& slot) { shift_end(slot, -720); }),
          with(minutes(160), "long", [&](auto& slot) { shift_end(slot, 7200); }),
          with(minutes(400), "who", [](auto& slot) { slot.set_practitioner_rpps("10000000017"); }),
          with(minutes(420), "seats", [](auto& slot) { slot.set_free_seats(21); }),
          with(minutes(440), "modes", [](auto& slot) { slot.clear_modes(); }),
          with(minutes(460), "enum",
               [](auto& slot) { slot.add_classes(static_cast<type::v1::SlotClass>(99)); }),
          with(minutes(480), "notime", [](auto& slot) { slot.clear_start_time(); }),
          with(minutes(60 * 24 * 31), "outside", [](auto&) {}), SlotAt(minutes(500))}));
  EXPECT_EQ(ack.applied_count(), 2);
  EXPECT_EQ(ack.applied_sequence(), 1);
  const std::map<std::string, std::string> expected{{"overlap", "SLOT_OVERLAPS"},
                                                    {"twice", "SLOT_TWICE"},
                                                    {"past", "SLOT_PAST"},
                                                    {"zone-end", "SLOT_ENDS_BEFORE_START"},
                                                    {"seconds", "SLOT_NOT_WHOLE_MINUTES"},
                                                    {"short", "SLOT_TOO_SHORT"},
                                                    {"long", "SLOT_TOO_LONG"},
                                                    {"who", "PRACTITIONER_NOT_FOUND"},
                                                    {"seats", "INVALID_SEAT_COUNT"},
                                                    {"modes", "MODE_REQUIRED"},
                                                    {"enum", "UNKNOWN_ENUM_VALUE"},
                                                    {"notime", "INVALID_TIME"},
                                                    {"outside", "SLOT_OUTSIDE_SNAPSHOT"}};
  EXPECT_EQ(Refused(ack), expected);
  EXPECT_THAT(OfferedNames(), UnorderedElementsAre(NameAt(minutes(60)), NameAt(minutes(500))));
}

TEST_F(PartnerTest, Bad_ASlotThatCannotBeBelievedIsNotOfferedAsItWas) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  v1::PartnerSlot unknown = SlotAt(minutes(60));
  unknown.set_practitioner_rpps("10000000017");
  EXPECT_EQ(SyncOne(Delta(2, {unknown})).refused_size(), 1);
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(minutes(90))));
}

TEST_F(PartnerTest, Bad_FramesWithoutShapeAreRefusedAsAWhole) {
  const auto reason = [&](v1::AgendaFrame frame, auto change) {
    change(frame);
    gate_.Tell({"doctoplan", "fr-pdl"}, PartnerGate::Outcome::kGood);  // Not what is tried here.
    return SyncOne(frame).refusal_reason();
  };
  const v1::AgendaFrame sound = Snapshot(1, {});
  EXPECT_EQ(reason(sound, [](auto& f) { f.set_agenda("agendas/x"); }), "INVALID_RESOURCE_NAME");
  EXPECT_EQ(reason(sound, [](auto& f) { f.set_sequence(0); }), "INVALID_SEQUENCE");
  EXPECT_EQ(reason(sound, [](auto& f) { f.clear_produced_time(); }), "INVALID_TIME");
  EXPECT_EQ(reason(sound,
                   [&](auto& f) {
                     *f.mutable_produced_time() = base::ToTimestamp(clock_.Now() + minutes(6));
                   }),
            "PRODUCED_IN_FUTURE");
  EXPECT_EQ(reason(sound, [](auto& f) { f.clear_snapshot(); }), "FRAME_EMPTY");
  EXPECT_EQ(reason(sound,
                   [&](auto& f) {
                     *f.mutable_snapshot()->mutable_end_time() =
                         base::ToTimestamp(clock_.Now() + hours(61 * 24));
                   }),
            "INVALID_WINDOW");
  EXPECT_EQ(
      reason(sound,
             [](auto& f) { f.set_agenda("regions/fr-naq/sites/csnp-challans/agendas/doctoplan"); }),
      "REGION_FORBIDDEN");
  EXPECT_EQ(reason(sound,
                   [](auto& f) { f.set_agenda("regions/fr-pdl/sites/nowhere/agendas/doctoplan"); }),
            "SITE_NOT_FOUND");
  EXPECT_EQ(reason(sound, [](auto&) {}), "");  // After all of it the feed goes on.
}

TEST_F(PartnerTest, Bad_ABreakerKeepsAPlatformThatSendsOnlyNonsenseFromTheLedger) {
  v1::AgendaFrame empty = Snapshot(1, {});
  empty.clear_snapshot();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(SyncOne(empty).refusal_reason(), "FRAME_EMPTY");
  const v1::AgendaAck held = SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  EXPECT_EQ(held.refusal_reason(), "PARTNER_BREAKER_OPEN");
  EXPECT_EQ(held.retry_delay().seconds(), 10);
  // Others are not held, and after the pause one sound frame closes it.
  v1::AgendaFrame other = Snapshot(1, {});
  other.set_agenda(std::string(kSite) + "/agendas/agendia");
  EXPECT_EQ(SyncOne(other, Platform("agendia")).refusal_reason(), "");
  clock_.Advance(seconds(10));
  EXPECT_EQ(SyncOne(Snapshot(1, {SlotAt(minutes(60))})).applied_count(), 1);
  EXPECT_EQ(SyncOne(Delta(2)).refusal_reason(), "");
}

TEST_F(PartnerTest, Bad_ARateBeyondTheAgreedIsAnsweredWithADelay) {
  int held = 0;
  SyncOne(Snapshot(1, {}));
  std::vector<v1::AgendaFrame> frames;
  for (int i = 0; i < 420; ++i) frames.push_back(Delta(2 + i));
  for (const v1::AgendaAck& ack : Sync(frames)) {
    if (ack.refusal_reason().empty()) continue;
    EXPECT_EQ(ack.refusal_reason(), "PARTNER_RATE");
    EXPECT_TRUE(ack.has_retry_delay());
    ++held;
  }
  EXPECT_EQ(held, 21);  // Burst of 400, and the clock stands.
  clock_.Advance(seconds(1));
  EXPECT_EQ(SyncOne(Delta(401)).applied_sequence(), 401);
}

}  // namespace
}  // namespace sas::slots
