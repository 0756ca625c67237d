#include "services/slots/domain/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <set>

#include "services/slots/domain/capped_seats.h"
#include "services/slots/domain/site_fill.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using Codes = std::vector<std::string_view>;

const RotationFrame kFrame{"graine", {2026, 11, 24}};

SiteShare Share(std::string site, int weekly, int booked) {
  SiteShare share;
  share.site = std::move(site);
  share.territories = {"85"};
  share.agreed_weekly_seats = weekly;
  share.booked = booked;
  return share;
}

std::vector<int> Ranks(const std::vector<SiteShare>& sites, const RotationFrame& frame = kFrame) {
  std::vector<int> ranks;
  for (const std::uint8_t rank : RotationRanks(frame, sites)) ranks.push_back(rank);
  return ranks;
}

TEST(Rotation, S2_25_LeastLoadedAgainstItsShareIsFirst) {
  // 20 of 40 seats, 20 of 80, 5 of 8.
  EXPECT_THAT(Ranks({Share("a", 10, 20), Share("b", 20, 20), Share("c", 2, 5)}),
              ElementsAre(1, 0, 2));
}

TEST(Rotation, S2_25_ShareIsAgreedOrWhatIsOffered) {
  SiteShare offers = Share("a", 0, 10);
  offers.offered_seats = 30;
  offers.offered_days = 21;
  const auto turns = Rotate(kFrame, {offers, Share("b", 5, 10), Share("c", 0, 0)});
  EXPECT_EQ(turns[0].share_seats, 40);
  EXPECT_EQ(turns[0].load_permille, 250);
  EXPECT_EQ(turns[1].share_seats, 20);
  EXPECT_EQ(turns[1].load_permille, 500);
  EXPECT_EQ(turns[2].rank, 2) << "a site without seats has no turn";
}

TEST(Rotation, S2_25_EqualsChangePlacesByDayAndCanBeReplayed) {
  const std::vector<SiteShare> sites = {Share("a", 10, 5), Share("b", 10, 5), Share("c", 10, 5)};
  std::set<std::vector<int>> orders;
  for (int day = 1; day <= 30; ++day) {
    const RotationFrame frame{"graine", {2026, 11, day}};
    orders.insert(Ranks(sites, frame));
    EXPECT_EQ(Ranks(sites, frame), Ranks(sites, frame));
  }
  EXPECT_GT(orders.size(), 2U);
  // FNV-1a as published, so that a practice can compute it with any tool.
  EXPECT_EQ(RotationHash({"", {2026, 1, 1}}, ""), [] {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : std::string_view("|2026-01-01|")) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return hash;
  }());
}

TEST(Rotation, S2_27_NewcomerStartsAtTheMedianAndItsCreditFades) {
  std::vector<SiteShare> sites = {Share("a", 10, 8), Share("b", 10, 20), Share("c", 10, 32),
                                  Share("new", 5, 0)};
  sites[3].days_open = 0;
  auto turns = Rotate(kFrame, sites);
  EXPECT_EQ(turns[3].newcomer_credit, 10);  // Half of 20.
  EXPECT_EQ(turns[3].load_permille, 500);
  EXPECT_EQ(turns[0].rank, 0) << "the newcomer is not before the least loaded";
  EXPECT_EQ(turns[2].rank, 3);
  sites[3].days_open = 14;
  EXPECT_EQ(Rotate(kFrame, sites)[3].newcomer_credit, 5);
  sites[3].days_open = 28;
  turns = Rotate(kFrame, sites);
  EXPECT_EQ(turns[3].newcomer_credit, 0);
  EXPECT_EQ(turns[3].rank, 0);
}

TEST(Rotation, WhatLiesAboveACapIsNobodysShare) {
  const base::Instant day{};
  CappedSeats weekly(0);
  for (int i = 0; i < 30; ++i) weekly.Add("dr", 1, day + std::chrono::hours(24 * i), 1, 20);
  weekly.Add("dr", 2, day, 3, 20);
  weekly.Add("other", 1, day, 40, 0);
  EXPECT_EQ(weekly.Sum(), 63);
  CappedSeats daily(6);
  daily.Add("dr", 1, day, 10, 20);
  daily.Add("dr", 1, day + std::chrono::hours(24), 4, 20);
  EXPECT_EQ(daily.Sum(), 10);
  // Of ten in the morning two count, of five in the afternoon all; then the day has its own cap.
  CappedSeats hours(6, {{{1}, {0}, care::TimeOfDay{12 * 60}, 2}, {{1}, {12 * 60}, {}, 9}});
  for (int i = 0; i < 10; ++i) hours.Add("dr", 1, day, 1, 0, 1);
  EXPECT_EQ(hours.Sum(), 2);
  hours.Add("dr", 1, day, 3, 0, 2);
  EXPECT_EQ(hours.Sum(), 5);
  hours.Add("dr", 1, day, 2, 0, 2);
  EXPECT_EQ(hours.Sum(), 6);
  hours.Add("dr", 1, day + std::chrono::hours(24), 4, 0);  // A day without hours.
  EXPECT_EQ(hours.Sum(), 10);
}

TEST(Rotation, S2_27_OnlySitesThatShareATerritoryCompete) {
  std::vector<SiteShare> sites = {Share("a", 10, 0), Share("b", 10, 9), Share("c", 10, 3),
                                  Share("d", 10, 1), Share("e", 10, 7)};
  sites[0].territories = {"44"};
  sites[2].territories = {"42", "43"};
  sites[3].territories = {"63"};
  sites[4].territories = {"43", "63"};
  EXPECT_THAT(RotationGroups(sites), ElementsAre(0, 1, 2, 2, 2));
  EXPECT_THAT(Ranks(sites), ElementsAre(0, 0, 1, 0, 2));
}

TEST(Rotation, S2_27_CountedAnewAsIfMadeAnew) {
  std::vector<SiteShare> sites = {Share("a", 10, 3), Share("b", 10, 5), Share("c", 10, 7)};
  sites[2].territories = {"44"};
  Rotation rotation(kFrame, sites);
  EXPECT_FALSE(rotation.Count({3, 5, 7}));
  EXPECT_TRUE(rotation.Count({9, 5, 8}));
  sites[0].booked = 9;
  sites[2].booked = 8;
  const auto anew = Rotate(kFrame, sites);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    EXPECT_EQ(rotation.turns()[i].rank, anew[i].rank);
    EXPECT_EQ(rotation.turns()[i].load_permille, anew[i].load_permille);
  }
}

TEST(Rotation, S2_27_GiniOfEqualAndOfOneAlone) {
  EXPECT_EQ(GiniPermille({}), 0);
  EXPECT_EQ(GiniPermille({0, 0}), 0);
  EXPECT_EQ(GiniPermille({7, 7, 7}), 0);
  EXPECT_EQ(GiniPermille({0, 0, 0, 100}), 750);
  EXPECT_EQ(GiniPermille({3, 1}), 250);
}

TEST(Rotation, S2_27_OneThousandRequestsStayNearEqualLoad) {
  std::vector<SiteShare> sites;
  for (int i = 0; i < 12; ++i) sites.push_back(Share("s" + std::to_string(i), 10 + 3 * i, 0));
  for (int request = 0; request < 1000; ++request) {
    const std::vector<int> ranks = Ranks(sites);
    const auto first = std::min_element(ranks.begin(), ranks.end()) - ranks.begin();
    ++sites[static_cast<std::size_t>(first)].booked;
  }
  std::vector<int> loads;
  for (const SiteTurn& turn : Rotate(kFrame, sites)) loads.push_back(turn.load_permille);
  const int mean = std::accumulate(loads.begin(), loads.end(), 0) / static_cast<int>(loads.size());
  EXPECT_LT(*std::max_element(loads.begin(), loads.end()) * 100, mean * 105);
  EXPECT_LT(GiniPermille(loads), 20);
}

// Random sites: whoever has less of its share is before whoever has more, names and places of the
// list decide nothing, and ranks are places.
TEST(Rotation, S2_27_OrderIsByLoadWhateverTheOrderOfTheList) {
  std::mt19937 random(20261124);
  const auto pick = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<SiteShare> sites;
    const int count = 1 + pick(round % 10 == 0 ? 600 : 12);
    for (int i = 0; i < count; ++i) {
      sites.push_back(Share("s" + std::to_string(i), pick(30), pick(60)));
      sites.back().offered_seats = pick(40);
      sites.back().days_open = pick(60);
      sites.back().competes = pick(8) != 0;
    }
    const auto turns = Rotate(kFrame, sites);
    int above = 0;
    for (std::size_t a = 0; a < sites.size(); ++a) {
      above = std::max<int>(above, turns[a].rank);
      const bool turn_a = sites[a].competes && turns[a].share_seats > 0;
      for (std::size_t b = 0; b < sites.size(); b += 7) {
        const bool turn_b = sites[b].competes && turns[b].share_seats > 0;
        const bool before = turn_a && turn_b && turns[a].load_permille < turns[b].load_permille;
        if (before || (turn_a && !turn_b)) {
          ASSERT_LE(turns[a].rank, turns[b].rank);
        }
      }
    }
    EXPECT_EQ(above, std::min(count, 256) - 1);
    std::vector<SiteShare> shuffled = sites;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    const auto again = Rotate(kFrame, shuffled);
    for (std::size_t i = 0; i < shuffled.size(); ++i) {
      const auto at = std::stoul(shuffled[i].site.substr(1));
      ASSERT_EQ(again[i].rank, turns[at].rank);
    }
  }
}

TEST(Rotation, S3_25_UnderFillAndWhatMightHelp) {
  FillFacts facts;
  facts.offered = 40;
  facts.booked = 20;
  facts.entry_points = 4;
  EXPECT_FALSE(JudgeFill(facts).under_filled);
  facts.booked = 19;
  EXPECT_EQ(JudgeFill(facts).permille, 475);
  EXPECT_TRUE(JudgeFill(facts).under_filled);
  EXPECT_EQ(JudgeFill(facts).suggestions, (Codes{"RELEASE_SLOTS"}));
  facts.territory_permille = 500;
  facts.motifs_limited = true;
  facts.entry_points = 2;
  EXPECT_EQ(JudgeFill(facts).suggestions,
            (Codes{"WIDEN_ENTRY_POINTS", "WIDEN_MOTIFS", "MOVE_HOURS"}));
  facts.offered = 0;
  EXPECT_FALSE(JudgeFill(facts).under_filled) << "nothing was offered, nothing stayed empty";
}

}  // namespace
}  // namespace sas::slots
