#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/search_kernel.h"
#include "tests/support/slots/random_region.h"

namespace sas::slots {
namespace {

using naive::IndexOf;
using testing::RandomRegion;

constexpr unsigned kRegions = 300;
constexpr int kQueries = 12;

std::string Text(const Query& query) {
  std::ostringstream text;
  const Need& need = query.need;
  text << "radius " << query.radius_meters << " entry " << static_cast<int>(need.entry_point)
       << " order " << need.has_order << " motif " << need.motif_code << " age " << need.age.value
       << "/" << static_cast<int>(need.age.unit) << " doctor " << need.treating_doctor_rpps
       << " limit " << query.limit;
  return text.str();
}

void ExpectSame(const naive::Found& expected, const Found& found) {
  ASSERT_EQ(found.total, expected.total);
  ASSERT_EQ(found.matches.size(), expected.matches.size());
  for (std::size_t i = 0; i < expected.matches.size(); ++i) {
    const naive::Match& want = expected.matches[i];
    const Match& got = found.matches[i];
    ASSERT_EQ(got.slot.name(), want.slot->slot.name) << i;
    ASSERT_EQ(got.score, want.score) << i;
    ASSERT_EQ(got.distance_meters, want.distance_meters) << i;
    ASSERT_EQ(got.detour.meters, want.detour_meters) << i;
    ASSERT_EQ(got.past_deadline, want.past_deadline) << i;
    ASSERT_EQ(got.unverified, want.unverified) << i;
    ASSERT_EQ(got.slot.free_seats(), want.slot->free_seats) << i;
    ASSERT_EQ(got.slot.hold_expire(), want.slot->hold_expire) << i;
    ASSERT_EQ(got.slot.end(), want.slot->slot.end) << i;
    ASSERT_EQ(got.slot.plan(), want.slot->slot.plan) << i;
  }
}

// By the rule that refuses a site, beyond those that are told; kNone where no rule does.
ExclusionCounts CountsOf(const naive::Found& expected, const Query& query) {
  ExclusionCounts counts{};
  if (query.excluded_limit == 0) return counts;
  for (std::size_t i = 0; i < expected.excluded.size(); ++i) {
    const naive::Excluded& each = expected.excluded[i];
    const bool told = i < query.excluded_limit;
    const Exclusion why =
        told ? each.exclusion : Judge(each.site->rules, query.need, Strictness::kSearch);
    ++counts[static_cast<std::size_t>(why)];
  }
  return counts;
}

void ExpectSameExcluded(const naive::Found& expected, const Found& found, const Query& query) {
  const std::size_t limit = query.excluded_limit;
  ASSERT_EQ(found.excluded_counts, CountsOf(expected, query));
  ASSERT_EQ(found.excluded_total, limit > 0 ? expected.excluded.size() : 0);
  ASSERT_EQ(found.excluded.size(), std::min(limit, expected.excluded.size()));
  for (std::size_t i = 0; i < found.excluded.size(); ++i) {
    const naive::Excluded& want = expected.excluded[i];
    const Excluded& got = found.excluded[i];
    ASSERT_EQ(got.site.name(), want.site->rules.name) << i;
    ASSERT_EQ(ExclusionCode(got.exclusion), ExclusionCode(want.exclusion))
        << i << " " << got.site.name();
    ASSERT_EQ(got.distance_meters, want.distance_meters) << i;
    ASSERT_EQ(got.next_start, want.next_start) << i << " " << got.site.name();
  }
}

struct Seen {
  std::size_t matches = 0;
  std::map<Exclusion, int> reasons;
  std::size_t next_starts = 0;
};

void Compare(RandomRegion& region, const RegionIndex& index, Seen& seen) {
  Query query = region.MakeQuery();
  if (region.OneIn(2)) query.limit = static_cast<std::size_t>(region.Pick(30));
  if (region.OneIn(3)) query.excluded_limit = static_cast<std::size_t>(region.Pick(8));
  SCOPED_TRACE(Text(query));
  const naive::Found expected = naive::Search(region.snapshot, query);
  const Found found = Search(index, query);
  ASSERT_NO_FATAL_FAILURE(ExpectSame(expected, found));
  ASSERT_NO_FATAL_FAILURE(ExpectSameExcluded(expected, found, query));
  seen.matches += expected.total;
  for (const naive::Excluded& each : expected.excluded) {
    ++seen.reasons[each.exclusion];
    seen.next_starts += each.next_start == base::Instant{} ? 0 : 1;
  }
}

TEST(SearchKernel, H18_EqualsNaiveReference) {
  Seen seen;
  for (unsigned seed = 0; seed < kRegions; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    const auto index = IndexOf(region.snapshot);
    for (int i = 0; i < kQueries; ++i) {
      ASSERT_NO_FATAL_FAILURE(Compare(region, *index, seen));
    }
  }
  EXPECT_GT(seen.matches, 4'000U);
  EXPECT_GT(seen.next_starts, 500U);
  EXPECT_GE(seen.reasons.size(), 18U);
}

TEST(SearchKernel, FollowsSeatsThatFlip) {
  Seen seen;
  for (unsigned seed = 1000; seed < 1000 + kRegions / 4; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    const auto index = IndexOf(region.snapshot);
    for (int i = 0; i < kQueries; ++i) {
      for (int flips = region.Pick(30); flips > 0; --flips) {
        const auto flip = region.FlipSeats();
        if (flip.slot.empty()) break;
        ASSERT_TRUE(index->StoreSlot(flip.slot, flip.free_seats, flip.hold_expire));
      }
      ASSERT_NO_FATAL_FAILURE(Compare(region, *index, seen));
    }
  }
  EXPECT_GT(seen.matches, 800U);
}

TEST(SearchKernel, FollowsSitesThatChange) {
  Seen seen;
  for (unsigned seed = 2000; seed < 2000 + kRegions / 4; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    auto index = IndexOf(region.snapshot);
    for (int i = 0; i < kQueries; ++i) {
      const auto flip = region.FlipSeats();
      if (!flip.slot.empty()) index->StoreSlot(flip.slot, flip.free_seats, flip.hold_expire);
      auto& sites = region.snapshot.sites;
      const auto changed = region.MakeSite(region.Pick(40));
      std::vector<std::string> removed;
      std::vector<std::shared_ptr<const Tile>> added;
      const auto old = std::find_if(sites.begin(), sites.end(), [&](const auto& site) {
        return site->rules.name == changed->rules.name;
      });
      if (old != sites.end()) {
        changed->rotation_rank = (*old)->rotation_rank;  // The rotation's own, not the directory's.
        sites.erase(old);
      }
      if (region.OneIn(4)) {
        removed.push_back(changed->rules.name);
      } else {
        sites.push_back(changed);
        added.push_back(MakeSiteTile(*changed));
      }
      region.snapshot.week_load = naive::WeekLoad();
      auto next = index->WithSites(added, removed);
      ASSERT_TRUE(next.ok()) << next.status();
      index = *next;
      ASSERT_NO_FATAL_FAILURE(Compare(region, *index, seen));
    }
  }
  EXPECT_GT(seen.matches, 1'000U);
}

// The hour that ranks is the first page's, what can be had is of the present.
TEST(SearchKernel, H18_ALaterPageIsRankedAtTheHourOfTheFirst) {
  std::size_t matches = 0;
  for (unsigned seed = 6000; seed < 6000 + kRegions / 2; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    const auto index = IndexOf(region.snapshot);
    for (int i = 0; i < kQueries; ++i) {
      Query query = region.MakeQuery();
      query.excluded_limit = 0;
      query.present = query.now + std::chrono::minutes(region.Pick(600));
      const naive::Found expected = naive::Search(region.snapshot, query);
      ASSERT_NO_FATAL_FAILURE(ExpectSame(expected, Search(*index, query)));
      matches += expected.total;
    }
  }
  EXPECT_GT(matches, 200U);
}

TEST(SearchKernel, CountsWhatAWiderSearchBrings) {
  int counted = 0;
  for (unsigned seed = 4000; seed < 4000 + kRegions / 2; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    const auto index = IndexOf(region.snapshot);
    const Query query = region.MakeQuery();
    Query wider = query;
    wider.radius_meters += 20'000;
    wider.end += std::chrono::hours(10);
    const auto known = Search(*index, query).matches;
    std::set<std::string> names;
    for (const auto& match : known) names.insert(match.slot.name());
    std::size_t further = 0;
    base::Instant first{};
    for (const naive::Match& match : naive::Search(region.snapshot, wider).matches) {
      if (names.count(match.slot->slot.name) != 0) continue;
      ++further;
      const base::Instant start = match.slot->slot.start;
      if (first == base::Instant{} || start < first) first = start;
    }
    const Outline outline = Count(*index, wider, known);
    ASSERT_EQ(outline.count, further);
    ASSERT_EQ(outline.first_start, first);
    counted += further > 0 ? 1 : 0;
  }
  EXPECT_GT(counted, 20);
}

// A search that moves an appointment: the seat that it leaves counts in no cap, of the day or of
// the week, at no site; its slot itself is not offered. The index that others read stays as it is.
TEST(SearchKernel, H26_LeavingASlotFreesItsPlaceUnderEveryCap) {
  for (unsigned seed = 5000; seed < 5000 + kRegions; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    const auto index = IndexOf(region.snapshot);
    auto& sites = region.snapshot.sites;
    std::vector<std::pair<std::size_t, std::size_t>> used;
    for (std::size_t i = 0; i < sites.size(); ++i) {
      for (std::size_t j = 0; j < sites[i]->slots.size(); ++j) {
        const auto& each = sites[i]->slots[j];
        if (each.free_seats < each.slot.seats) used.emplace_back(i, j);
      }
    }
    if (used.empty()) continue;
    const auto [i, j] = used[static_cast<std::size_t>(region.Pick(static_cast<int>(used.size())))];
    const std::string name = sites[i]->slots[j].slot.name;
    const Query query = region.MakeQuery();
    const naive::Found before = naive::Search(region.snapshot, query);
    const auto without = index->Leaving(index->FindSlot(name));

    auto site = std::make_shared<IndexedSite>(*sites[i]);
    ++site->slots[j].free_seats;
    sites[i] = site;
    region.snapshot.week_load = naive::WeekLoad();
    std::vector<std::string> expected;
    for (const naive::Match& match : naive::Search(region.snapshot, query).matches) {
      if (match.slot->slot.name != name) expected.push_back(match.slot->slot.name);
    }
    std::vector<std::string> found;
    for (const Match& match : Search(*without, query).matches) found.push_back(match.slot.name());
    ASSERT_EQ(found, expected);
    const Found untouched = Search(*index, query);
    ASSERT_EQ(untouched.total, before.total);
  }
}

}  // namespace
}  // namespace sas::slots
