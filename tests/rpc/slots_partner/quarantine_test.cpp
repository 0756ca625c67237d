#include <prometheus/registry.h>

#include <string>
#include <vector>

#include "tests/rpc/slots_partner/partner_fixture.h"

/// Frames that would change too much at once wait for a person.
namespace sas::slots {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class QuarantineTest : public PartnerTest {
 protected:
  /// Quarters of an hour from 11:00 on.
  std::vector<v1::PartnerSlot> Day(int count, minutes from = minutes(60)) const {
    std::vector<v1::PartnerSlot> slots;
    for (int i = 0; i < count; ++i) slots.push_back(SlotAt(from + i * minutes(15)));
    return slots;
  }

  /// Frames of this outcome, by the metric.
  double Counted(const std::string& outcome) {
    for (const auto& family : registry_.registry().Collect()) {
      if (family.name != "sas_slots_frames_total") continue;
      for (const auto& metric : family.metric) {
        for (const auto& label : metric.label) {
          if (label.value == outcome) return metric.counter.value;
        }
      }
    }
    return 0;
  }

  static base::Actor Planner() {
    return sas::testing::ActorWith(base::Role::kPlanner, "coordination");
  }
};

TEST_F(QuarantineTest, H40_H27_ASuddenlyEmptySnapshotWaitsForAPerson) {
  SyncOne(Snapshot(1, Day(20)));
  clock_.Advance(seconds(31));
  const v1::AgendaAck held = SyncOne(Snapshot(2, {}));
  EXPECT_EQ(held.refusal_reason(), "MASS_CHANGE");
  EXPECT_THAT(held.refusal_message(), HasSubstr("5 %"));
  EXPECT_EQ(held.applied_sequence(), 1);
  EXPECT_EQ(held.applied_count(), 0);
  EXPECT_TRUE(held.resync_wanted());
  EXPECT_TRUE(List(Platform())->agendas(0).quarantined());
  EXPECT_EQ(Counted("quarantined"), 1);
  // What stands stays, and is as old as it is.
  const auto offered = Offered();
  ASSERT_THAT(offered, SizeIs(20));
  EXPECT_TRUE(offered[0].unverified());
  // What follows is a gap; the same again is held again.
  EXPECT_EQ(SyncOne(Delta(3, {}, {minutes(60)})).applied_count(), 0);
  EXPECT_EQ(SyncOne(Snapshot(4, {})).refusal_reason(), "MASS_CHANGE");
  EXPECT_THAT(Offered(), SizeIs(20));
}

TEST_F(QuarantineTest, H27_ASmallAgendaIsNotEmptiedByItsFeedAlone) {
  SyncOne(Snapshot(1, Day(6)));
  EXPECT_EQ(SyncOne(Snapshot(2, {})).refusal_reason(), "MASS_CHANGE");
  EXPECT_THAT(Offered(), SizeIs(6));
  EXPECT_TRUE(List(Platform())->agendas(0).quarantined());
  // One that is sold out says so, or has sold the last few.
  std::vector<v1::PartnerSlot> day = Day(6);
  for (v1::PartnerSlot& slot : day) slot.set_free_seats(0);
  EXPECT_EQ(SyncOne(Snapshot(3, day)).refusal_reason(), "");
  EXPECT_EQ(SyncOne(Snapshot(4, Day(6))).refusal_reason(), "");
  EXPECT_EQ(SyncOne(Snapshot(5, Day(4))).refusal_reason(), "");
  EXPECT_EQ(SyncOne(Snapshot(6, {})).refusal_reason(), "");
  // What our appointments have counts neither way.
  EXPECT_EQ(SyncOne(Snapshot(7, Day(5))).refusal_reason(), "");
  Book(NameAt(minutes(60)));
  EXPECT_EQ(SyncOne(Snapshot(8, {})).refusal_reason(), "");
}

TEST_F(QuarantineTest, H40_ACoordinatorReleasesOneSnapshot) {
  SyncOne(Snapshot(1, Day(24)));
  EXPECT_THAT(Release(Planner()), ReasonIs("AGENDA_NOT_QUARANTINED"));
  SyncOne(Snapshot(2, {}));
  EXPECT_THAT(Release(Platform()), StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  const auto released = Release(Planner(), "R-2");
  ASSERT_THAT(released, IsOk());
  EXPECT_FALSE(released->quarantined());
  EXPECT_TRUE(released->resync_wanted());
  EXPECT_THAT(Release(Planner(), "R-2"), IsOk());  // A repeat.
  EXPECT_THAT(Release(Planner(), "R-3"), ReasonIs("AGENDA_NOT_QUARANTINED"));
  EXPECT_EQ(SyncOne(Snapshot(5, {})).refusal_reason(), "");
  EXPECT_THAT(Offered(), SizeIs(0));
  // For once.
  SyncOne(Snapshot(6, Day(24)));
  EXPECT_EQ(SyncOne(Snapshot(7, {})).refusal_reason(), "MASS_CHANGE");
}

TEST_F(QuarantineTest, H40_AReleaseBelievesASnapshotAndNoDelta) {
  SyncOne(Snapshot(1, Day(24)));
  std::vector<minutes> removed;
  for (int i = 0; i < 20; ++i) removed.push_back(minutes(60 + 15 * i));
  EXPECT_EQ(SyncOne(Delta(2, {}, removed)).refusal_reason(), "MASS_CHANGE");
  ASSERT_THAT(Release(Planner(), "R-2"), IsOk());
  const v1::AgendaAck held = SyncOne(Delta(2, {}, removed));
  EXPECT_EQ(held.refusal_reason(), "MASS_CHANGE");
  EXPECT_THAT(held.refusal_message(), HasSubstr("send a snapshot"));
  EXPECT_TRUE(held.resync_wanted());
  EXPECT_THAT(Offered(), SizeIs(24));
  // What is small passes, and the release still waits.
  EXPECT_EQ(SyncOne(Delta(2, {}, {minutes(60)})).applied_count(), 1);
  EXPECT_EQ(SyncOne(Snapshot(3, {SlotAt(minutes(75))})).refusal_reason(), "");
  EXPECT_THAT(Offered(), SizeIs(1));
}

TEST_F(QuarantineTest, H39_H40_APhantomEndsNeitherTheQuarantineNorTheRelease) {
  SyncOne(Snapshot(1, Day(24)));
  SyncOne(Snapshot(2, {}));
  // Stale slots stay offered: somebody tries one, and its source says no.
  ASSERT_THAT(Refuse(NameAt(minutes(60))), IsOk());
  EXPECT_TRUE(List(Platform())->agendas(0).quarantined());
  EXPECT_THAT(Offered(), SizeIs(23));
  ASSERT_THAT(Release(Planner(), "R-2"), IsOk());
  ASSERT_THAT(Refuse(NameAt(minutes(75)), "TAKEN", "R-3"), IsOk());
  EXPECT_TRUE(List(Platform())->agendas(0).resync_wanted());
  const v1::AgendaAck ack = SyncOne(Snapshot(3, {}));
  EXPECT_EQ(ack.refusal_reason(), "");
  EXPECT_FALSE(ack.resync_wanted());
  EXPECT_THAT(Offered(), SizeIs(0));
}

TEST_F(QuarantineTest, H40_APlatformConfirmsWhatItMeans) {
  SyncOne(Snapshot(1, Day(24)));
  v1::AgendaFrame meant = Snapshot(2, {SlotAt(minutes(60))});
  EXPECT_EQ(SyncOne(meant).refusal_reason(), "MASS_CHANGE");
  meant.set_mass_change_confirmed(true);
  const v1::AgendaAck ack = SyncOne(meant);
  EXPECT_EQ(ack.refusal_reason(), "");
  EXPECT_FALSE(ack.resync_wanted());
  EXPECT_THAT(Offered(), SizeIs(1));
}

TEST_F(QuarantineTest, H40_AConfirmedDeltaEndsTheQuarantineAndASnapshotStaysWanted) {
  SyncOne(Snapshot(1, Day(24)));
  std::vector<minutes> removed;
  for (int i = 0; i < 20; ++i) removed.push_back(minutes(60 + 15 * i));
  v1::AgendaFrame meant = Delta(2, {}, removed);
  EXPECT_EQ(SyncOne(meant).refusal_reason(), "MASS_CHANGE");
  EXPECT_TRUE(List(Platform())->agendas(0).quarantined());
  // Another frame in its place, which nobody has confirmed, ends nothing.
  EXPECT_EQ(SyncOne(Delta(2, {}, {minutes(60)})).applied_count(), 1);
  EXPECT_TRUE(List(Platform())->agendas(0).quarantined());
  meant.set_sequence(3);
  meant.set_mass_change_confirmed(true);
  const v1::AgendaAck ack = SyncOne(meant);
  EXPECT_EQ(ack.refusal_reason(), "");
  EXPECT_EQ(ack.applied_sequence(), 3);
  EXPECT_TRUE(ack.resync_wanted());
  EXPECT_FALSE(List(Platform())->agendas(0).quarantined());
  EXPECT_THAT(Release(Planner()), ReasonIs("AGENDA_NOT_QUARANTINED"));
  EXPECT_THAT(Offered(), SizeIs(4));
  EXPECT_TRUE(SyncOne(Delta(4)).resync_wanted());  // No delta is the snapshot.
  EXPECT_FALSE(SyncOne(Snapshot(5, Day(4, minutes(360)))).resync_wanted());
}

TEST_F(QuarantineTest, H40_AnotherShapeAndADeltaCountToo) {
  SyncOne(Snapshot(1, Day(24)));
  std::vector<v1::PartnerSlot> other = Day(24);
  for (v1::PartnerSlot& slot : other) slot.set_classes(0, type::v1::SLOT_CLASS_PRO);
  EXPECT_EQ(SyncOne(Snapshot(2, other)).refusal_reason(), "MASS_CHANGE");
  std::vector<minutes> removed;
  for (int i = 0; i < 20; ++i) removed.push_back(minutes(60 + 15 * i));
  EXPECT_EQ(SyncOne(Delta(2, {}, removed)).refusal_reason(), "MASS_CHANGE");
  // A snapshot of slots that nobody can believe would take all away.
  for (v1::PartnerSlot& slot : other) slot.set_practitioner_rpps("10000000017");
  EXPECT_EQ(SyncOne(Snapshot(2, other)).refusal_reason(), "MASS_CHANGE");
}

TEST_F(QuarantineTest, H40_WhatHappensEachDayPasses) {
  SyncOne(Snapshot(1, Day(24)));
  std::vector<v1::PartnerSlot> day = Day(24);
  for (v1::PartnerSlot& slot : day) slot.set_free_seats(0);  // Booked there, all of them.
  EXPECT_EQ(SyncOne(Snapshot(2, day)).refusal_reason(), "");
  EXPECT_EQ(SyncOne(Snapshot(3, {})).refusal_reason(), "");  // Nothing was free.
  EXPECT_EQ(SyncOne(Snapshot(4, Day(24))).refusal_reason(), "");
  EXPECT_EQ(SyncOne(Snapshot(5, Day(5))).refusal_reason(), "");  // 19 fewer.
  EXPECT_EQ(SyncOne(Snapshot(6, Day(90))).refusal_reason(), "");
  clock_.Advance(hours(6));  // The day passes, and with it its slots.
  EXPECT_EQ(SyncOne(Snapshot(7, Day(66, minutes(60 + 6 * 60)))).refusal_reason(), "");
}

TEST_F(QuarantineTest, H37_H40_AFeedOfAnotherZoneWaitsForAPerson) {
  SyncOne(Snapshot(1, Day(12)));
  const v1::AgendaAck held = SyncOne(Snapshot(2, Day(12, minutes(120))));
  EXPECT_EQ(held.refusal_reason(), "FEED_SHIFTED");
  EXPECT_THAT(held.refusal_message(), HasSubstr("zone"));
  EXPECT_EQ(Offered()[0].slot().name(), NameAt(minutes(60)));
}

}  // namespace
}  // namespace sas::slots
