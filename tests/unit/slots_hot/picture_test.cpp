#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

constexpr char kSite[] = "regions/fr-naq/sites/cnsp";
constexpr std::chrono::hours kDay{24};

/// One site whose evening has slots of 20 minutes, as if a plan of 15 had been replaced.
RegionLedger Ledger() {
  RegionLedger ledger;
  v1::Site site;
  site.set_name(kSite);
  site.set_opening_date("2025-09-29");
  ledger.sites.emplace_back().site = site;
  v1::SessionPlan plan;
  plan.set_name(std::string(kSite) + "/plans/v2");
  plan.set_agenda("cnsp");
  plan.set_practitioner("regions/fr-naq/practitioners/a");
  plan.add_weekdays(2);
  plan.set_start_time_of_day("18:00");
  plan.set_end_time_of_day("20:00");
  plan.set_slot_minutes(20);
  plan.set_seats(1);
  plan.set_effective_start_date("2025-09-29");
  ledger.sites[0].plans.push_back(plan);
  return ledger;
}

/// What the book is told to open, site by site.
std::vector<OpenSlot> Opened(const RegionLedger& ledger, base::Instant now) {
  std::vector<OpenSlot> open;
  const auto picture = MakePicture(ledger, now, 1, [&](std::vector<OpenSlot> slots) {
    open.insert(open.end(), slots.begin(), slots.end());
    return absl::OkStatus();
  });
  EXPECT_THAT(picture, testing::IsOk());
  return open;
}

std::string OpenStarts(const RegionLedger& ledger, base::Instant now) {
  std::string text;
  for (const OpenSlot& slot : Opened(ledger, now)) {
    text += slot.slot.substr(slot.slot.size() - 5, 4) + (slot.taken.empty() ? " " : "! ");
  }
  return text;
}

// Hazard H-22: an appointment of 18:15 has lost its slot, not its doctor.
TEST(Picture, S2_08_ABookedSlotOfTheOldStepKeepsItsTime) {
  const testing::FakeClock clock;
  RegionLedger ledger = Ledger();
  ASSERT_EQ(OpenStarts(ledger, clock.Now()), "1700 1720 1740 1800 1820 1840 ");
  ledger.sites[0].taken.push_back(
      {std::string(kSite) + "/slots/cnsp-20261124t1715z", 0, "a", true, 1});
  const auto picture = MakePicture(ledger, clock.Now(), 1);
  ASSERT_THAT(picture, testing::IsOk());
  EXPECT_EQ(picture->orphans, 1);
  EXPECT_EQ(OpenStarts(ledger, clock.Now()), "1715! 1740 1800 1820 1840 ");
  // What is booked itself stays open, for its freeing.
  ledger.sites[0].taken.push_back(
      {std::string(kSite) + "/slots/cnsp-20261124t1720z", 0, "b", true, 2});
  EXPECT_EQ(OpenStarts(ledger, clock.Now()), "1715! 1720! 1740 1800 1820 1840 ");
}

// A region's seasons are days of its sites: midnight in La Réunion is 20:00 UTC in winter and
// summer.
TEST(Picture, H20_ASeasonOfABarrierIsOfTheRegionsDays) {
  const testing::FakeClock clock;
  RegionLedger ledger = Ledger();
  v1::Barrier& barrier = ledger.barriers.emplace_back();
  barrier.set_display_name("radier");
  barrier.mutable_season()->set_start_month_day("12-15");
  barrier.mutable_season()->set_end_month_day("04-30");
  const auto holds = [&](base::Instant at) {
    const auto picture = MakePicture(ledger, clock.Now(), 1);
    return picture.ok() && HoldsAt(picture->view.index->barriers()->at(0), at);
  };
  const base::Instant midnight(std::chrono::seconds(1'797'278'400));  // 2026-12-14T20:00Z
  EXPECT_FALSE(holds(midnight));                                      // In Paris.
  EXPECT_TRUE(holds(midnight + std::chrono::hours(3)));
  ledger.sites[0].site.set_time_zone("Indian/Reunion");
  EXPECT_TRUE(holds(midnight));
  EXPECT_FALSE(holds(midnight - std::chrono::minutes(1)));
  barrier.clear_season();
  EXPECT_TRUE(holds(midnight - std::chrono::hours(24 * 30)));
}

// One doctor at two sites: a licence that has ended at one leaves the other as it is.
TEST(Picture, S0_15_ALicenceEndsAtItsSite) {
  const testing::FakeClock clock;  // Tuesday 24 November 2026.
  RegionLedger ledger = Ledger();
  const std::string other = "regions/fr-naq/sites/msp";
  SiteLedger second = ledger.sites[0];
  second.site.set_name(other);
  second.plans[0].set_name(other + "/plans/v1");
  ledger.sites.push_back(second);
  v1::Practitioner doctor;
  doctor.set_name("regions/fr-naq/practitioners/a");
  v1::Practitioner::Activity& activity = *doctor.add_activities();
  activity.set_site(kSite);
  activity.set_licence_end_date("2026-11-23");
  const auto open = [&](std::size_t site) {
    ledger.practitioners[doctor.name()] = doctor;
    const auto picture = MakeSitePicture(ledger.sites[site], ledger.practitioners, clock.Now(), 1);
    return picture.ok() ? picture->open.size() : 99;
  };
  EXPECT_EQ(open(0), 0U);
  EXPECT_EQ(open(1), 6U);
  activity.set_licence_end_date("2026-11-24");  // Its last day.
  EXPECT_EQ(open(0), 6U);
  doctor.set_licence_end_date("2026-11-23");  // His own, where nothing else is said.
  EXPECT_EQ(open(0), 6U);
  EXPECT_EQ(open(1), 0U);
  activity.clear_licence_end_date();
  EXPECT_EQ(open(0), 6U);
}

TEST(Picture, WhatIsOverIsNotAskedOfTheBook) {
  const testing::FakeClock clock;  // 10:00 in Paris.
  const RegionLedger ledger = Ledger();
  const std::vector<OpenSlot> open = Opened(ledger, clock.Now());
  const auto picture = MakePicture(ledger, clock.Now(), 1);
  ASSERT_THAT(picture, testing::IsOk());
  const base::Instant end = clock.Now() + std::chrono::hours(8) + std::chrono::minutes(20);
  for (const auto& [now, count] : {std::pair(end - std::chrono::microseconds(1), 6U),
                                   std::pair(end, 5U), std::pair(end + kDay, 0U)}) {
    std::vector<std::string> opened = SlotsToCount(open, now);
    std::vector<std::string> shown = SlotsToCount(picture->view.index->FindSite(kSite), now);
    EXPECT_EQ(opened.size(), count);
    std::sort(opened.begin(), opened.end());
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(shown, opened);
  }
}

// Whoever holds a seat of a slot that its practice closes may still confirm it; of one that nothing
// makes, or where nobody receives any more, he cannot, and the hold would only block the next.
TEST(Picture, H25_SlotsWithoutConfirmationStayOpenForTheirPatientsAlone) {
  const testing::FakeClock clock;
  RegionLedger ledger = Ledger();
  const std::string slots = std::string(kSite) + "/slots/cnsp-";
  const auto of_patients = [&] {
    std::string text;
    for (const OpenSlot& slot : Opened(ledger, clock.Now())) {
      if (slot.patients_only) text += slot.slot.substr(slot.slot.size() - 5, 4) + " ";
    }
    return text;
  };
  ledger.sites[0].taken.push_back({slots + "20261124t1715z", 0, "old step", true, 1});
  ledger.sites[0].taken.push_back({slots + "20261124t1800z", 0, "new step", true, 2});
  EXPECT_EQ(of_patients(), "1715 ");
  ledger.sites[0].closures.push_back(
      {"cnsp", clock.Now() + std::chrono::hours(8), clock.Now() + std::chrono::hours(10)});
  EXPECT_EQ(of_patients(), "1715 ");
  ledger.sites[0].closures.clear();
  ledger.sites[0].plans[0].clear_practitioner();
  EXPECT_EQ(of_patients(), "1715 1800 ");
}

TEST(Picture, AFaultOfTheBookEndsThePicture) {
  const testing::FakeClock clock;
  RegionLedger ledger = Ledger();
  ledger.sites.push_back(ledger.sites[0]);
  ledger.sites[1].site.set_name("regions/fr-naq/sites/other");
  int sites = 0;
  const auto picture = MakePicture(ledger, clock.Now(), 1, [&](const std::vector<OpenSlot>&) {
    ++sites;
    return base::Fail(absl::StatusCode::kAborted, "LOAD_SUPERSEDED", "another load has come");
  });
  EXPECT_THAT(picture, testing::ReasonIs("LOAD_SUPERSEDED"));
  EXPECT_EQ(sites, 1);
}

// The doctor's week has begun on Monday: what he has had then counts for his cap.
TEST(Picture, S2_53_AppointmentsOfEarlierDaysOfTheWeekAreKnown) {
  const testing::FakeClock clock;  // Tuesday 24 November 2026.
  RegionLedger ledger = Ledger();
  ledger.sites[0].plans[0].add_weekdays(1);
  for (const char* start : {"20261123t1700z", "20261116t1700z"}) {
    ledger.sites[0].taken.push_back(
        {std::string(kSite) + "/slots/cnsp-" + start, 0, start, true, 1});
  }
  const auto picture = MakeSitePicture(ledger.sites[0], ledger.practitioners, clock.Now(), 1);
  ASSERT_THAT(picture, testing::IsOk());
  ASSERT_EQ(picture->site->earlier_this_week.size(), 1U);
  EXPECT_EQ(picture->site->earlier_this_week[0].practitioner, "regions/fr-naq/practitioners/a");
  EXPECT_EQ(picture->site->earlier_this_week[0].week, WeekOf({2026, 11, 24}));
  EXPECT_EQ(picture->site->earlier_this_week[0].used, 1);
}

// Seats are never fewer than those that are booked: nobody is unseated, and only the rest is
// offered.
TEST(Picture, H22_LoweredCapacityUnseatsNobody) {
  const testing::FakeClock clock;
  for (int booked = 0; booked <= 4; ++booked) {
    for (int seats = 1; seats <= 4; ++seats) {
      RegionLedger ledger = Ledger();
      ledger.sites[0].plans[0].set_seats(seats);
      for (int seat = 0; seat < booked; ++seat) {
        ledger.sites[0].taken.push_back({std::string(kSite) + "/slots/cnsp-20261124t1720z", seat,
                                         "a" + std::to_string(seat), true, seat + 1});
      }
      const auto picture = MakeSitePicture(ledger.sites[0], ledger.practitioners, clock.Now(), 1);
      ASSERT_THAT(picture, testing::IsOk());
      EXPECT_EQ(picture->site->slots[1].free_seats, std::max(0, seats - booked));
      EXPECT_EQ(picture->open[1].taken.size(), static_cast<std::size_t>(booked));
      EXPECT_EQ(picture->orphans, 0);
    }
  }
}

// Hazard H-27: a closure takes the slot out of the offer and leaves it in the book.
TEST(Picture, H27_AWithdrawnSlotKeepsItsPatients) {
  const testing::FakeClock clock;
  RegionLedger ledger = Ledger();
  ledger.sites[0].taken.push_back(
      {std::string(kSite) + "/slots/cnsp-20261124t1720z", 0, "a", true, 1});
  const base::Instant six = clock.Now() + std::chrono::hours(8);
  ledger.sites[0].closures.push_back({"cnsp", six, six + std::chrono::minutes(40)});
  const auto picture = MakeSitePicture(ledger.sites[0], ledger.practitioners, clock.Now(), 1);
  ASSERT_THAT(picture, testing::IsOk());
  ASSERT_EQ(picture->site->slots.size(), 6U);
  EXPECT_EQ(picture->orphans, 0);
  EXPECT_EQ(picture->open.size(), 6U);
  EXPECT_TRUE(picture->site->slots[0].slot.withdrawn);
  EXPECT_EQ(picture->site->slots[0].free_seats, 1);  // Nobody's, and nobody's to have.
  EXPECT_TRUE(picture->site->slots[1].slot.withdrawn);
  EXPECT_EQ(picture->site->slots[1].free_seats, 0);
  EXPECT_EQ(picture->open[1].taken.size(), 1U);
  EXPECT_FALSE(picture->site->slots[2].slot.withdrawn);
  EXPECT_EQ(picture->site->slots[2].free_seats, 1);
}

}  // namespace
}  // namespace sas::slots
