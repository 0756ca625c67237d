#include "services/slots/domain/barrier.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "services/slots/domain/month_day.h"
#include "tests/support/slots/naive_search.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::kTuesday;
using fixtures::Paris;
using std::chrono::hours;
using std::chrono::minutes;

const care::Point kBlaye{45.12764, -0.66225};
const care::Point kLamarque{45.09615, -0.71771};
const care::Point kSaintCiers{45.29097, -0.61075};
const care::Point kBordeaux{44.84124, -0.58046};
const care::Point kBridge{44.8797, -0.5361};

Barrier Gironde() {
  return {"Gironde",
          {{44.89, -0.54}, {45.037, -0.605}, {45.115, -0.69}, {45.3, -0.77}, {45.6, -1.1}},
          {kBridge},
          0};
}

Detour Between(const Barriers& barriers, const care::Point& from, const care::Point& to) {
  std::vector<const Barrier*> all;
  for (const Barrier& each : barriers) all.push_back(&each);
  return DetourBetween(all, from, to);
}

TEST(Barriers, H20_BlayeLamarqueIsNotNear) {
  EXPECT_LT(care::DistanceMeters(kBlaye, kLamarque), 5'700);
  const Barriers barriers{Gironde()};
  const Detour detour = Between(barriers, kBlaye, kLamarque);
  EXPECT_NEAR(detour.meters, 51'000, 1'000);  // By the bridge; the road is longer still.
  EXPECT_EQ(detour.label, "Gironde");
  EXPECT_EQ(Between({Gironde()}, kLamarque, kBlaye).meters, detour.meters);
  EXPECT_EQ(Between({Gironde()}, kBlaye, kSaintCiers).meters, 0);
  // Whoever comes from the bridge loses little by it.
  EXPECT_LT(Between({Gironde()}, kBordeaux, kBlaye).meters, 5'000);
}

TEST(Barriers, H20_WithoutACrossingTheDetourIsTold) {
  Barrier pass{"col fermé", {{45, 6}, {45, 7}}, {}, 80'000};
  const care::Point south{44.9, 6.5};
  const care::Point north{45.1, 6.5};
  EXPECT_EQ(Between({pass}, south, north).meters, 80'000);
  EXPECT_EQ(Between({pass}, south, {45, 6.5}).meters, 80'000);  // On the line.
  EXPECT_EQ(Between({pass}, south, {44.95, 6.9}).meters, 0);
  EXPECT_EQ(Between({pass, Gironde()}, south, north).meters, 80'000);
  pass.detour_meters = 0;
  EXPECT_EQ(Between({pass}, south, north).meters, 0);  // Taken away.
  EXPECT_EQ(Between({pass}, south, north).meters, 0);
}

std::size_t Near(const care::Point& centre, int radius_meters) {
  const Barriers barriers{Gironde()};
  return BarriersWithin(barriers, centre, radius_meters, Paris().At(kTuesday, At(10))).size();
}

TEST(Barriers, H20_OnlyThoseWithinTheRadiusAreLookedAt) {
  EXPECT_EQ(Near(kBlaye, 3'000), 1U);
  EXPECT_EQ(Near({45.8, -0.2}, 5'000), 0U);
  EXPECT_EQ(Near({44.8, -0.2}, 5'000), 0U);
}

Barrier PassFrom(int first, int last) {
  return {"col fermé", {{45, 6}, {45, 7}}, {}, 80'000, BarrierSeason{first, last, Paris()}};
}

TEST(Barriers, H20_APassIsClosedFromItsFirstToItsLastDay) {
  const auto holds = [](const Barrier& pass, const care::Date& day, int hour, int minute) {
    return HoldsAt(pass, Paris().At(day, At(hour, minute)));
  };
  // Over the turn of the year, to the minute of the local day.
  const Barrier winter = PassFrom(1101, 515);
  EXPECT_FALSE(holds(winter, {2026, 10, 31}, 23, 59));
  EXPECT_TRUE(holds(winter, {2026, 11, 1}, 0, 0));
  EXPECT_TRUE(holds(winter, {2026, 12, 31}, 12, 0));
  EXPECT_TRUE(holds(winter, {2027, 1, 1}, 12, 0));
  EXPECT_TRUE(holds(winter, {2027, 5, 15}, 23, 59));
  EXPECT_FALSE(holds(winter, {2027, 5, 16}, 0, 0));
  const Barrier summer = PassFrom(601, 831);
  EXPECT_FALSE(holds(summer, {2026, 5, 31}, 12, 0));
  EXPECT_TRUE(holds(summer, {2026, 6, 1}, 12, 0));
  EXPECT_TRUE(holds(summer, {2026, 8, 31}, 12, 0));
  EXPECT_FALSE(holds(summer, {2026, 9, 1}, 12, 0));
  // The leap day is within what goes over it, and ends with February where there is none.
  EXPECT_TRUE(holds(PassFrom(229, 229), {2028, 2, 29}, 12, 0));
  EXPECT_TRUE(holds(PassFrom(101, 229), {2027, 2, 28}, 12, 0));
  EXPECT_FALSE(holds(PassFrom(101, 229), {2027, 3, 1}, 12, 0));
  EXPECT_TRUE(holds(Gironde(), {2026, 7, 14}, 12, 0));  // Without a season, always.
}

TEST(Barriers, H20_OnlyThoseThatHoldThatDayAreLookedAt) {
  const Barriers barriers{PassFrom(1101, 515), Gironde()};
  const auto near = [&](const care::Date& day) {
    return BarriersWithin(barriers, {45, 6.5}, 10'000, Paris().At(day, At(12))).size();
  };
  EXPECT_EQ(near({2026, 10, 31}), 0U);
  EXPECT_EQ(near({2026, 11, 1}), 1U);
}

TEST(MonthDay, NamesADayThatSomeYearHas) {
  EXPECT_EQ(ParseMonthDay("11-01"), 1101);
  EXPECT_EQ(ParseMonthDay("02-29"), 229);
  for (const char* none : {"", "02-30", "00-10", "13-01", "04-31", "01-00", "1-1", "11/01", "-1-01",
                           "11-1a", "2026-11-01"}) {
    EXPECT_FALSE(ParseMonthDay(none)) << none;
  }
}

std::shared_ptr<IndexedSite> SiteAt(const std::string& id, const care::Point& point) {
  auto site = std::make_shared<IndexedSite>();
  site->rules = fixtures::RegulatedSite(id);
  site->rules.point = point;
  const base::Instant start = Paris().At(kTuesday, At(11));
  IndexedSlot slot;
  slot.slot.name = SlotName(site->rules.name, "agenda", start);
  slot.slot.start = start;
  slot.slot.end = start + minutes(15);
  slot.slot.day_begin = Paris().At(kTuesday, At(0));
  slot.slot.modes = {Mode::kAmb};
  slot.slot.classes = {SlotClass::kSnp};
  slot.free_seats = 1;
  site->slots = {slot};
  return site;
}

// Of two slots of one hour the one behind the estuary comes last, although it is nearest on the
// map.
TEST(Barriers, H20_ASearchRanksByTheWayAndSaysBoth) {
  naive::Snapshot snapshot;
  snapshot.fresh = Paris().At(kTuesday, At(10));
  snapshot.sites = {SiteAt("a-lamarque", kLamarque), SiteAt("b-saint-ciers", kSaintCiers)};
  Query query;
  query.centre = kBlaye;
  query.now = query.start = snapshot.fresh;
  query.end = query.due = snapshot.fresh + hours(48);
  query.need = fixtures::Order();
  EXPECT_EQ(naive::KernelSearch(snapshot, query).matches[0].site, snapshot.sites[0].get());
  snapshot.barriers = std::make_shared<const Barriers>(Barriers{Gironde()});
  const auto matches = naive::KernelSearch(snapshot, query).matches;
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].site, snapshot.sites[1].get());
  EXPECT_EQ(matches[0].detour_meters, 0);
  EXPECT_NE(matches[0].terms[1].label.find("à vol d’oiseau"), std::string::npos);
  EXPECT_LT(matches[1].distance_meters, 5'700);
  EXPECT_GT(matches[1].detour_meters, 50'000);
  EXPECT_EQ(matches[1].terms[1].points, 0);
  EXPECT_EQ(matches[1].terms[1].label, "5,6 km à vol d’oiseau, au moins 52 km de détour (Gironde)");
}

// All slots and pages of an answer know one distance: that of the day on which the window begins.
TEST(Barriers, H20_ASearchAsksForTheDayOnWhichItsWindowBegins) {
  naive::Snapshot snapshot;
  snapshot.fresh = Paris().At(kTuesday, At(10));
  snapshot.sites = {SiteAt("a-lamarque", kLamarque)};
  Barrier estuary = Gironde();
  estuary.season = BarrierSeason{1124, 515, Paris()};  // From that Tuesday on.
  snapshot.barriers = std::make_shared<const Barriers>(Barriers{estuary});
  Query query;
  query.centre = kBlaye;
  query.need = fixtures::Order();
  const auto detour = [&](base::Instant now, base::Instant start) {
    query.now = now;
    query.start = start;
    query.end = query.due = now + hours(48);
    const auto matches = naive::KernelSearch(snapshot, query).matches;
    return matches.size() == 1 ? matches[0].detour_meters : -1;
  };
  const base::Instant midnight = Paris().At(kTuesday, At(0));
  EXPECT_EQ(detour(midnight - minutes(1), midnight - minutes(1)), 0);
  EXPECT_GT(detour(midnight, midnight), 50'000);
  EXPECT_GT(detour(midnight - hours(2), midnight), 50'000);  // Asked on Monday about Tuesday.
  EXPECT_GT(detour(midnight, midnight - hours(1)), 50'000);  // A window that has begun.
}

}  // namespace
}  // namespace sas::slots
