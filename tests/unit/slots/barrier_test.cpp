#include "services/slots/domain/barrier.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

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
  return BarriersWithin(barriers, centre, radius_meters).size();
}

TEST(Barriers, H20_OnlyThoseWithinTheRadiusAreLookedAt) {
  EXPECT_EQ(Near(kBlaye, 3'000), 1U);
  EXPECT_EQ(Near({45.8, -0.2}, 5'000), 0U);
  EXPECT_EQ(Near({44.8, -0.2}, 5'000), 0U);
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

}  // namespace
}  // namespace sas::slots
