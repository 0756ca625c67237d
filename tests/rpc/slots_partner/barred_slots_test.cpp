// Rules of plans and openings that a platform's slots obey as well: never inside PDSA hours
// (S0-03), within the season of the site, by whoever is licensed.

#include <map>
#include <string>
#include <vector>

#include "tests/rpc/slots_partner/partner_fixture.h"

namespace sas::slots {
namespace {

using Kind = v1::SlotStanding;
using Reasons = std::map<std::string, std::string>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// After 10:00 of Tuesday 24 November 2026.
constexpr minutes kEleven{60};
constexpr minutes kNoon{120};
constexpr minutes kEvening{10 * 60};                // 20:00.
constexpr minutes kSaturday{4 * 24 * 60 + 3 * 60};  // 13:00.
constexpr minutes kWednesday{24 * 60 + 60};  // The last of these that a search of 48 h finds.
constexpr minutes kThursday{2 * 24 * 60};
constexpr minutes kFriday{3 * 24 * 60};

class BarredSlotsTest : public PartnerTest {
 protected:
  /// The site closes after Thursday, the licence ends with Wednesday.
  void CloseSoon() {
    Change([](v1::Site& site) { site.set_end_date("2026-11-26"); });
    ChangeDoctor([](v1::Practitioner& doctor) { doctor.set_licence_end_date("2026-11-25"); });
  }

  std::vector<v1::PartnerSlot> Mixed() const {
    return {SlotAt(kEleven), SlotAt(kEvening), SlotAt(kThursday), SlotAt(kFriday), SlotAt(kNoon)};
  }

  static Reasons Refused(const v1::AgendaAck& ack) {
    Reasons reasons;
    for (const auto& each : ack.refused()) reasons[each.external_id()] = each.reason();
    return reasons;
  }

  static std::string Id(minutes after) { return "x" + std::to_string(after.count()); }

  void ExpectMixed(const v1::AgendaAck& ack) {
    const Reasons expected{{Id(kEvening), "SESSION_IN_PDSA_HOURS"},
                           {Id(kThursday), "LICENCE_ENDED"},
                           {Id(kFriday), "SITE_NOT_OPEN"}};
    EXPECT_EQ(Refused(ack), expected);
    EXPECT_EQ(ack.refusal_reason(), "");
    EXPECT_EQ(ack.applied_count(), 2);
    EXPECT_EQ(ack.applied_sequence(), 1);
    EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kNoon)));
  }
};

TEST_F(BarredSlotsTest, S0_03_ASnapshotIsRefusedSlotBySlot) {
  CloseSoon();
  ExpectMixed(SyncOne(Snapshot(1, Mixed())));
}

TEST_F(BarredSlotsTest, S0_03_ADeltaIsRefusedSlotBySlot) {
  CloseSoon();
  ExpectMixed(SyncOne(Delta(1, Mixed())));
}

TEST_F(BarredSlotsTest, S0_03_AnImportIsRefusedSlotBySlot) {
  CloseSoon();
  const auto imported = Import(Snapshot(1, Mixed()));
  ASSERT_THAT(imported, IsOk());
  ExpectMixed(imported->ack());
}

TEST_F(BarredSlotsTest, S0_18_PdsaHoursAreForMmgAndForChainedSessions) {
  Change([](v1::Site& site) {
    site.mutable_chaining_approval()->set_approval_date("2026-11-28");
    site.mutable_chaining_approval()->set_reference("ARS-1");
  });
  const v1::AgendaAck ack = SyncOne(Snapshot(1, {SlotAt(kEvening), SlotAt(kSaturday)}));
  EXPECT_EQ(Refused(ack), (Reasons{{Id(kEvening), "SESSION_IN_PDSA_HOURS"}}));
  int sequence = 1;
  for (const auto kind :
       {v1::Structure::KIND_MMG, v1::Structure::KIND_SOS, v1::Structure::KIND_HOPITAL}) {
    Change([&](v1::Site& site) {
      site.clear_chaining_approval();
      site.set_kind(kind);
    });
    EXPECT_THAT(Refused(SyncOne(Snapshot(++sequence, {SlotAt(kEvening), SlotAt(kSaturday)}))),
                IsEmpty())
        << kind;
  }
}

TEST_F(BarredSlotsTest, WhatHasBecomeWrongIsRefusedAndNoLongerOfferedAsItWas) {
  SyncOne(Snapshot(1, {SlotAt(kEleven), SlotAt(kNoon)}));
  v1::PartnerSlot moved = SlotAt(kNoon);
  ChangeDoctor([](v1::Practitioner& doctor) { doctor.set_licence_end_date("2026-11-23"); });
  EXPECT_EQ(Refused(SyncOne(Delta(2, {moved}))), (Reasons{{Id(kNoon), "LICENCE_ENDED"}}));
  EXPECT_EQ(List(Platform())->agendas(0).slot_count(), 1);
}

TEST_F(BarredSlotsTest, AChangeOfTheSiteTakesWhatWasAcceptedOutOfTheSearches) {
  SyncOne(Snapshot(1, {SlotAt(kEleven), SlotAt(kWednesday), SlotAt(kFriday)}));
  Book(NameAt(kFriday));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kWednesday)));
  Change([](v1::Site& site) { site.set_end_date("2026-11-24"); });
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven)));
  // Whose appointment lies there is to be called.
  EXPECT_EQ(Standing(kFriday), Kind::KIND_WITHDRAWN);
  Change([](v1::Site& site) { site.clear_end_date(); });
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kWednesday)));
  EXPECT_EQ(Standing(kFriday), Kind::KIND_SERVED);
}

TEST_F(BarredSlotsTest, WhatAPlatformKeepsForOwnPatientsIsNotForOthers) {
  v1::PartnerSlot own = SlotAt(kEleven);
  own.set_own_patients_only(true);
  SyncOne(Snapshot(1, {own, SlotAt(kNoon)}));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kNoon)));
  SyncOne(Delta(2, {SlotAt(kEleven)}));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kNoon)));
}

TEST_F(BarredSlotsTest, S0_03_AnApprovalThatIsTakenBackTakesItsHoursAlong) {
  Change([](v1::Site& site) {
    site.mutable_chaining_approval()->set_approval_date("2026-11-01");
    site.mutable_chaining_approval()->set_reference("ARS-1");
  });
  SyncOne(Snapshot(1, {SlotAt(kEleven), SlotAt(kEvening)}));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kEvening)));
  Change([](v1::Site& site) { site.clear_chaining_approval(); });
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven)));
}

TEST_F(BarredSlotsTest, S0_15_ALicenceThatEndsLeavesItsSlotsWithoutDoctor) {
  SyncOne(Snapshot(1, {SlotAt(kEleven), SlotAt(kWednesday), SlotAt(kFriday)}));
  Book(NameAt(kFriday));
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kWednesday)));
  ChangeDoctor([](v1::Practitioner& doctor) { doctor.set_licence_end_date("2026-11-24"); });
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven)));
  EXPECT_EQ(Standing(kFriday), Kind::KIND_UNSTAFFED);
}

TEST_F(BarredSlotsTest, S0_15_TheLicenceOfThePlatformsSiteCounts) {
  const auto activity = [&](const std::string& site, const std::string& end) {
    ChangeDoctor([&](v1::Practitioner& doctor) {
      doctor.clear_activities();
      v1::Practitioner::Activity& there = *doctor.add_activities();
      there.set_site(site);
      there.set_status(v1::Practitioner::STATUS_REMPLACANT);
      there.set_licence_end_date(end);
    });
  };
  // Of another site: nothing ends here.
  activity("regions/fr-pdl/sites/mmg-challans", "2026-11-23");
  EXPECT_EQ(SyncOne(Snapshot(1, {SlotAt(kEleven), SlotAt(kWednesday)})).applied_count(), 2);
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven), NameAt(kWednesday)));
  EXPECT_EQ(List(Platform())->agendas(0).barred_slot_count(), 0);
  // Of this one: what was accepted leaves the searches, what comes is refused.
  activity(kSite, "2026-11-24");
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven)));
  EXPECT_EQ(List(Platform())->agendas(0).barred_slot_count(), 1);
  EXPECT_EQ(Refused(SyncOne(Delta(2, {SlotAt(kThursday)}))),
            (Reasons{{Id(kThursday), "LICENCE_ENDED"}}));
}

// A coordinator who reads "40 créneaux" and finds none in the searches looks for a fault of the
// feed.
TEST_F(BarredSlotsTest, S0_03_TheListSaysHowManyNobodyIsSentTo) {
  const auto approve = [](v1::Site& site) {
    site.mutable_chaining_approval()->set_approval_date("2026-11-01");
    site.mutable_chaining_approval()->set_reference("ARS-1");
  };
  Change(approve);
  SyncOne(Snapshot(1, {SlotAt(kEleven), SlotAt(kNoon, 0), SlotAt(kEvening), SlotAt(kWednesday),
                       SlotAt(kFriday)}));
  const auto expect = [this](int barred) {
    const auto listed = List(Platform());
    ASSERT_THAT(listed, IsOk());
    EXPECT_EQ(listed->agendas(0).slot_count(), 4);  // Without the taken one.
    EXPECT_EQ(listed->agendas(0).barred_slot_count(), barred);
  };
  expect(0);
  Change([](v1::Site& site) { site.clear_chaining_approval(); });
  expect(1);  // The evening.
  Change([](v1::Site& site) { site.set_end_date("2026-11-26"); });
  expect(2);  // And Friday.
  ChangeDoctor([](v1::Practitioner& doctor) { doctor.set_licence_end_date("2026-11-24"); });
  expect(3);  // And Wednesday; Friday counts once.
  EXPECT_THAT(OfferedNames(), ElementsAre(NameAt(kEleven)));
  Change(approve);
  Change([](v1::Site& site) { site.clear_end_date(); });
  ChangeDoctor([](v1::Practitioner& doctor) { doctor.clear_licence_end_date(); });
  expect(0);
}

// The coordinator ends a season: the platform goes on as before, and is not held for what we shut.
TEST_F(BarredSlotsTest, H40_OurOwnChangeIsNoMassChangeOfTheFeed) {
  std::vector<v1::PartnerSlot> slots{SlotAt(kEleven)};
  for (int i = 0; i < 30; ++i) slots.push_back(SlotAt(kThursday + minutes(15) * i));
  EXPECT_THAT(Refused(SyncOne(Snapshot(1, slots))), IsEmpty());
  Change([](v1::Site& site) { site.set_end_date("2026-11-25"); });
  const v1::AgendaAck ack = SyncOne(Snapshot(2, slots));
  EXPECT_EQ(ack.refusal_reason(), "");
  EXPECT_EQ(ack.applied_count(), 1);
  EXPECT_EQ(ack.refused_size(), 30);
}

}  // namespace
}  // namespace sas::slots
