// One site of a region made and exchanged alone.

#include <gtest/gtest.h>

#include <algorithm>

#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class SiteExchange : public ::testing::Test {
 protected:
  static std::string Name(const std::string& id) { return "regions/fr-pdl/sites/" + id; }

  /// A site with a plan of two slots on Tuesdays, 14:00 and 14:30.
  static SiteLedger Site(const std::string& id) {
    SiteLedger ledger;
    ledger.site.set_name(Name(id));
    ledger.site.set_opening_date("2025-09-29");
    v1::SessionPlan& plan = ledger.plans.emplace_back();
    plan.set_name(Name(id) + "/plans/p");
    plan.set_agenda("a");
    plan.set_practitioner("regions/fr-pdl/practitioners/d");
    plan.add_weekdays(2);
    plan.set_start_time_of_day("14:00");
    plan.set_end_time_of_day("15:00");
    plan.set_slot_minutes(30);
    plan.set_seats(1);
    plan.set_effective_start_date("2025-09-29");
    return ledger;
  }

  /// A slot beside the plans, that long after 10:00 in Paris.
  PlannedSlot Extra(const std::string& name, std::chrono::microseconds after) const {
    PlannedSlot slot;
    slot.name = Name("s") + "/slots/" + name;
    slot.practitioner = "regions/fr-pdl/practitioners/d";
    slot.start = clock_.Now() + after;
    slot.end = slot.start + minutes(30);
    return slot;
  }

  SitePicture Picture(const SiteLedger& ledger, int days = 1) {
    const auto picture = MakeSitePicture(ledger, practitioners_, clock_.Now(), days);
    EXPECT_THAT(picture, testing::IsOk());
    return picture.value_or(SitePicture());
  }

  static std::string Opened(const SitePicture& picture) {
    std::string text;
    for (const OpenSlot& slot : picture.open) {
      if (!text.empty()) text += ' ';
      text += slot.slot.substr(slot.slot.rfind('/') + 1);
    }
    return text;
  }

  RegionView Region(const std::vector<std::string>& ids) {
    RegionLedger ledger;
    for (const std::string& id : ids) ledger.sites.push_back(Site(id));
    return MakePicture(ledger, clock_.Now(), 1)->view;
  }

  const testing::FakeClock clock_;
  Practitioners practitioners_;
};

TEST_F(SiteExchange, SlotsBesideThePlansAreOpened) {
  v1::Practitioner doctor;
  doctor.set_name("regions/fr-pdl/practitioners/d");
  doctor.set_rpps("99700000001");
  doctor.set_display_name("Dr D");
  practitioners_.emplace(doctor.name(), doctor);
  SiteLedger ledger = Site("s");
  ledger.extra = {Extra("b-20261124t1000z", hours(1)), Extra("b-20261125t1000z", hours(25))};
  const SitePicture picture = Picture(ledger);
  EXPECT_EQ(Opened(picture), "b-20261124t1000z a-20261124t1300z a-20261124t1330z");
  ASSERT_EQ(picture.site->slots.size(), 3u);
  EXPECT_EQ(picture.site->slots[0].practitioner_rpps, "99700000001");
  EXPECT_EQ(picture.site->slots[0].free_seats, 1);
  EXPECT_EQ(Opened(Picture(ledger, 2)),
            "b-20261124t1000z a-20261124t1300z a-20261124t1330z b-20261125t1000z");
}

TEST_F(SiteExchange, PlansSlotComesBeforeAnotherOfItsName) {
  SiteLedger ledger = Site("s");
  ledger.extra = {Extra("a-20261124t1300z", hours(4))};
  ledger.extra[0].seats = 7;
  const SitePicture picture = Picture(ledger);
  EXPECT_EQ(Opened(picture), "a-20261124t1300z a-20261124t1330z");
  EXPECT_EQ(picture.open[0].seats, 1);
}

TEST_F(SiteExchange, PastSlotsBesideThePlansCountForTheShare) {
  SiteLedger ledger = Site("s");
  const SitePicture before = Picture(ledger);
  ledger.extra = {Extra("b-20261120t0900z", -hours(4 * 24)),
                  Extra("b-20261001t0900z", -hours(54 * 24))};
  ledger.taken = {{ledger.extra[0].name, 0, "a1", true, 1}};
  const SitePicture picture = Picture(ledger);
  EXPECT_EQ(picture.site->capacity_recent, before.site->capacity_recent + 1);
  EXPECT_EQ(picture.site->booked_recent, before.site->booked_recent + 1);
  EXPECT_EQ(picture.orphans, 0);
}

TEST_F(SiteExchange, SlotOfAnotherShapeIsRefused) {
  SiteLedger ledger = Site("s");
  ledger.extra = {Extra("no-hour", hours(1))};
  EXPECT_FALSE(MakeSitePicture(ledger, practitioners_, clock_.Now(), 1).ok());
}

TEST_F(SiteExchange, SitesComeChangeAndGo) {
  const RegionView view = Region({"a", "b", "c"});
  SiteLedger changed = Site("b");
  changed.plans[0].set_end_time_of_day("14:30");
  SitePicture gone;
  gone.name = Name("a");
  const RegionView next = WithSites(view, {Picture(Site("d")), Picture(changed), gone});

  EXPECT_EQ(next.FindSite(Name("a")), nullptr);
  EXPECT_FALSE(next.index->FindSlot(Name("a") + "/slots/a-20261124t1300z"));
  EXPECT_TRUE(next.index->FindSlot(Name("b") + "/slots/a-20261124t1300z"));
  EXPECT_FALSE(next.index->FindSlot(Name("b") + "/slots/a-20261124t1330z"));
  for (const std::string& id : {std::string("c"), std::string("d")}) {
    const SlotRef found = next.index->FindSlot(Name(id) + "/slots/a-20261124t1330z");
    ASSERT_TRUE(found) << id;
    EXPECT_EQ(found.rules().name, Name(id));
    ASSERT_NE(next.FindSite(Name(id)), nullptr);
    EXPECT_EQ(next.FindSite(Name(id))->site.name(), Name(id));
  }
  // Who has the older view keeps it.
  EXPECT_NE(view.FindSite(Name("a")), nullptr);
  EXPECT_EQ(view.FindSite(Name("d")), nullptr);
  EXPECT_TRUE(view.index->FindSlot(Name("b") + "/slots/a-20261124t1330z"));
}

TEST_F(SiteExchange, SeatsOfAnExchangedSiteAreFollowedOn) {
  const RegionView view = WithSites(Region({"a"}), {Picture(Site("b"))});
  const std::string slot = Name("b") + "/slots/a-20261124t1300z";
  const RegionView next = WithChanges(view, {{slot, 0, {}, 1}}, clock_.Now());
  EXPECT_EQ(next.index->FindSlot(slot).free_seats(), 0);
}

// A département of the region is covered from its first site on, and no longer than its last.
TEST_F(SiteExchange, H18_TheBorderFollowsTheSites) {
  const auto placed = [](const std::string& id, const std::string& insee_code) {
    SiteLedger site = Site(id);
    site.site.mutable_place()->set_insee_code(insee_code);
    site.site.add_territories(insee_code.substr(0, 2));
    return site;
  };
  RegionLedger ledger;
  ledger.sites = {placed("a", "85047")};
  type::v1::Commune& bouaye = ledger.communes.emplace_back();
  bouaye.set_insee_code("44018");
  bouaye.mutable_point()->set_latitude_degrees(47.14);
  bouaye.mutable_point()->set_longitude_degrees(-1.69);
  const auto covers_44 = [](const RegionView& view) {
    const auto beyond = view.border->Within({47.14, -1.69}, 1000);
    return std::none_of(beyond.begin(), beyond.end(),
                        [](const Uncovered& each) { return each.department == "44"; });
  };
  const RegionView view = MakePicture(ledger, clock_.Now(), 1)->view;
  EXPECT_FALSE(covers_44(view));
  const RegionView with = WithSites(view, {Picture(placed("b", "44087"))});
  EXPECT_TRUE(covers_44(with));
  const RegionView same = WithSites(with, {Picture(placed("b", "44087"))});
  EXPECT_EQ(same.border, with.border) << "made anew with each frame of a platform";
  EXPECT_FALSE(covers_44(WithSites(same, {Picture(placed("b", "85047"))})));
  SiteLedger seasonal = placed("b", "44087");
  seasonal.site.set_end_date("2026-11-23");  // It is the 24th.
  EXPECT_FALSE(covers_44(WithSites(same, {Picture(seasonal)})));
  seasonal.site.set_end_date("2026-11-24");
  EXPECT_TRUE(covers_44(WithSites(same, {Picture(seasonal)})));
  seasonal.site.clear_end_date();
  seasonal.site.set_opening_date("2026-11-25");  // Beyond the horizon, which is today.
  EXPECT_FALSE(covers_44(WithSites(same, {Picture(seasonal)})));
  SitePicture gone;
  gone.name = Name("b");
  EXPECT_FALSE(covers_44(WithSites(same, {gone})));
}

TEST_F(SiteExchange, LastSiteCanGo) {
  SitePicture gone;
  gone.name = Name("a");
  EXPECT_EQ(WithSites(WithSites(Region({"a"}), {gone}), {gone}).FindSite(Name("a")), nullptr);
}

}  // namespace
}  // namespace sas::slots
