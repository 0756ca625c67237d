#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "services/slots/domain/search_kernel.h"
#include "services/slots/domain/search_rank.h"
#include "tests/support/slots/naive_search.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::kTuesday;
using fixtures::Order;
using fixtures::Paris;
using naive::Excluded;
using naive::Found;
using naive::KernelSearch;
using naive::Match;
using naive::Snapshot;
using std::chrono::hours;
using std::chrono::minutes;

constexpr int kWorlds = 120;

base::Instant Now() {
  return Paris().At(kTuesday, At(10));
}

/// A region made by chance: everything that the search looks at varies.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    snapshot.fresh = Now() - std::chrono::seconds(Pick(40));
    const int sites = 1 + Pick(40);
    // As in one territory: no two sites have one place in the rotation.
    ranks_.resize(static_cast<std::size_t>(sites));
    std::iota(ranks_.begin(), ranks_.end(), 0);
    std::shuffle(ranks_.begin(), ranks_.end(), random_);
    for (int i = 0; i < sites; ++i) snapshot.sites.push_back(MakeSite("s" + std::to_string(i)));
    query.centre = {46.8, -1.9};
    query.radius_meters = 5'000 + Pick(60'000);
    query.now = Now();
    query.start = Now() + hours(Pick(5));
    query.end = query.start + hours(1 + Pick(60));
    query.due = query.start + hours(Pick(60));
    query.need = Order();
    if (Pick(4) == 0) query.need.has_order = false;
    if (Pick(4) == 0) query.need.treating_doctor_rpps = Doctor();
    if (Pick(4) == 0) query.need.wheelchair = true;
    if (Pick(3) == 0) query.need.pregnancy = Pick(2) == 0 ? Answer::kYes : Answer::kUnknown;
    if (Pick(3) == 0) query.need.languages = {kLanguages[Pick(3)]};
    if (Pick(4) == 0) query.need.without_vehicle = true;
    if (Pick(3) == 0) query.need.modes.push_back(Mode::kVr);
    if (Pick(3) == 0) query.need.entry_point = EntryPoint::kUrgences;
    if (Pick(3) == 0) query.need.age = {Pick(12), care::AgeUnit::kMonth};
  }

  /// One of three, so that home visits are there too.
  void GiveEverySlotAMode() {
    for (auto& site : snapshot.sites) {
      auto changed = std::make_shared<IndexedSite>(*site);
      for (IndexedSlot& slot : changed->slots) {
        slot.slot.modes = {static_cast<Mode>(1 + Pick(3))};
      }
      site = std::move(changed);
    }
  }

  /// Of each site: one until noon and the rest of the day, or Wednesday alone.
  void GiveSitesHours() {
    for (auto& site : snapshot.sites) {
      auto changed = std::make_shared<IndexedSite>(*site);
      std::vector<HoursCap>& caps = changed->rules.hours_caps;
      if (Pick(3) == 0) {
        caps = {{{3}, At(9), At(17), 1 + Pick(3)}};
      } else {
        caps = {{{1, 2, 3, 4, 5, 6, 7}, At(0), At(12), 1 + Pick(3)},
                {{1, 2, 3, 4, 5, 6, 7}, At(12), {}, 1 + Pick(3)}};
      }
      for (IndexedSlot& slot : changed->slots) {
        slot.slot.hours_cap = HoursCapOf(caps, Paris(), slot.slot);
      }
      site = std::move(changed);
    }
  }

  Snapshot snapshot;
  Query query;

 private:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  static constexpr const char* kLanguages[] = {"ar", "en", "pt"};

  std::string Doctor() { return "1000000001" + std::to_string(Pick(4)); }

  std::shared_ptr<const IndexedSite> MakeSite(const std::string& id) {
    auto site = std::make_shared<IndexedSite>();
    site->rules = fixtures::RegulatedSite(id);
    site->rules.point = {46.8 + (Pick(800) - 400) / 1000.0, -1.9 + (Pick(800) - 400) / 1000.0};
    if (Pick(5) == 0) site->rules.territories = {"44"};
    if (Pick(3) == 0) {
      EntryRule rule;
      rule.entry_point = EntryPoint::kUrgences;
      rule.access = Access::kDirect;
      site->rules.entry_rules.push_back(rule);
    }
    if (Pick(4) == 0) site->rules.excluded_motif_codes = {"M03.14"};
    if (Pick(4) == 0) site->rules.age_min = {1, care::AgeUnit::kYear};
    if (Pick(4) == 0) site->rules.wheelchair = Pick(2) == 0;
    if (Pick(4) == 0) site->rules.pregnancy = Pick(2) == 0;
    if (Pick(4) == 0) site->rules.daily_appointment_max = 1 + Pick(4);
    if (Pick(2) == 0) site->rules.daily_appointment_soft_max = 2 + Pick(8);
    if (Pick(3) == 0) {
      MotifRule named;
      named.motif_code = Order().motif_code;
      site->rules.accepted_motifs = {named};
    }
    if (Pick(5) == 0) site->rules.own_patients_only = true;
    site->rules.practitioner_rpps = {Doctor()};
    if (Pick(3) == 0) site->verified = Now() - std::chrono::seconds(Pick(60));
    site->rotation_rank = ranks_.back();
    ranks_.pop_back();
    base::Instant start = Now() - hours(6);
    for (int i = Pick(40); i > 0; --i) {
      start += minutes(15 * (1 + Pick(12)));
      site->slots.push_back(MakeSlot(site->rules, start));
    }
    return site;
  }

  IndexedSlot MakeSlot(const SiteRules& site, base::Instant start) {
    IndexedSlot slot;
    slot.slot.name = SlotName(site.name, "a", start);
    slot.slot.start = start;
    slot.slot.end = start + minutes(15);
    slot.slot.day_begin = Paris().At(Paris().DateOf(start), At(0));
    slot.slot.modes = {Pick(5) == 0 ? Mode::kVr : Mode::kAmb};
    slot.slot.classes = {Pick(5) == 0 ? SlotClass::kPro : SlotClass::kSnp};
    slot.slot.allocation = Pick(2) == 0 ? Allocation::kAnybody : static_cast<Allocation>(Pick(5));
    slot.slot.staffed = Pick(6) != 0;
    slot.slot.seats = 1 + Pick(2);
    slot.free_seats = Pick(slot.slot.seats + 1);
    slot.practitioner_rpps = Doctor();
    if (Pick(2) == 0) {
      auto doctor = std::make_shared<PractitionerRules>();
      doctor->name = "regions/fr-pdl/practitioners/" + slot.practitioner_rpps;
      doctor->rpps = slot.practitioner_rpps;
      doctor->weekly_appointment_max = 10'000;
      doctor->language_codes = {kLanguages[Pick(3)]};
      slot.slot.practitioner = doctor->name;
      slot.practitioner = std::move(doctor);
    }
    return slot;
  }

  std::mt19937 random_;
  std::vector<int> ranks_;  ///< Of sites to come.
};

int TakenOnDayOf(const IndexedSite& site, const IndexedSlot& slot) {
  int taken = 0;
  for (const IndexedSlot& other : site.slots) {
    const bool same_day = other.slot.day_begin == slot.slot.day_begin;
    if (same_day) taken += other.slot.seats - other.free_seats;
  }
  return taken;
}

/// By the clock and the weekday, whatever the slot says of its cap.
bool HoursAreFull(const IndexedSite& site, const IndexedSlot& slot) {
  for (const HoursCap& cap : site.rules.hours_caps) {
    const auto is_under = [&cap](const IndexedSlot& each) {
      const care::Date day = Paris().DateOf(each.slot.start);
      const care::TimeOfDay time = Paris().TimeOf(each.slot.start);
      const auto& days = cap.weekdays;
      return std::find(days.begin(), days.end(), care::Weekday(day)) != days.end() &&
             cap.start <= time && (!cap.end || time < *cap.end);
    };
    if (!is_under(slot)) continue;
    int taken = 0;
    for (const IndexedSlot& other : site.slots) {
      const bool counts = other.slot.day_begin == slot.slot.day_begin && is_under(other);
      if (counts) taken += other.slot.seats - other.free_seats;
    }
    if (taken >= cap.appointment_max) return true;
  }
  return false;
}

/// The rules read one by one, without index, order or early exit.
bool Suits(const World& world, const IndexedSite& site, const IndexedSlot& slot) {
  const Query& query = world.query;
  const Need& need = query.need;
  if (care::DistanceMeters(query.centre, site.rules.point) > query.radius_meters) return false;
  if (Judge(site.rules, need, Strictness::kSearch) != Exclusion::kNone) return false;
  if (slot.slot.start < query.start || slot.slot.start < query.now) return false;
  if (slot.slot.start >= query.end || slot.free_seats == 0 || !slot.slot.staffed) return false;
  bool mode = false;
  for (const Mode wanted : need.modes) mode = mode || slot.slot.modes[0] == wanted;
  if (!mode || !ClassesAllow(slot.slot.classes, need.entry_point)) return false;
  const bool today = Paris().DateOf(slot.slot.start) == Paris().DateOf(query.now);
  const bool order = HasOrMayOrder(need, Strictness::kSearch);
  if (!AllocationAllows(slot.slot.allocation, need.entry_point, order, today)) return false;
  if (HoursAreFull(site, slot)) return false;
  return site.rules.daily_appointment_max == 0 ||
         TakenOnDayOf(site, slot) < site.rules.daily_appointment_max;
}

bool IsAboveSoftCap(const Match& match) {
  const int soft = match.site->rules.daily_appointment_soft_max;
  return soft > 0 && TakenOnDayOf(*match.site, *match.slot) >= soft;
}

/// What the match has of the patient's needs and wishes, by the table beside ScoreTerm.
int PatientPoints(const Match& match, const Need& need) {
  const SiteRules& rules = match.site->rules;
  int points = 0;
  if (need.without_vehicle && match.slot->slot.modes[0] != Mode::kAmb) points += 60;
  if (need.wheelchair && !rules.wheelchair.has_value()) points -= 40;
  const bool expects = need.pregnancy == Answer::kYes || need.pregnancy == Answer::kUnknown;
  if (expects && !rules.pregnancy.value_or(false)) points -= 40;
  if (!need.languages.empty() && match.slot->practitioner != nullptr &&
      match.slot->practitioner->language_codes == need.languages) {
    points += 15;
  }
  return points;
}

/// What stands above the rotation for whoever names no treating doctor.
auto PlaceAboveRotation(const Match& match, const Query& query) {
  return std::tuple(match.past_deadline, DelayClass(match.slot->slot.start - query.now),
                    match.unverified, DistanceBand(match.distance_meters), IsAboveSoftCap(match),
                    -PatientPoints(match, query.need));
}

TEST(SearchProperty, H18_EqualsBruteForce) {
  std::size_t matches = 0;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const World world(seed);
    std::set<std::string> expected;
    for (const auto& site : world.snapshot.sites) {
      for (const IndexedSlot& slot : site->slots) {
        if (Suits(world, *site, slot)) expected.insert(slot.slot.name);
      }
    }
    std::set<std::string> found;
    const Found result = KernelSearch(world.snapshot, world.query);
    for (const Match& match : result.matches) {
      EXPECT_TRUE(found.insert(match.slot->slot.name).second);
    }
    ASSERT_EQ(found, expected) << "seed " << seed;
    ASSERT_EQ(result.total, expected.size());
    matches += expected.size();
  }
  EXPECT_GT(matches, 300U);
}

TEST(SearchProperty, S2_26_H18_HoursCloseWhatIsUnderTheirCapAndNothingElse) {
  std::size_t matches = 0;
  std::size_t closed = 0;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    World world(seed);
    const auto before = KernelSearch(world.snapshot, world.query).total;
    world.GiveSitesHours();
    std::set<std::string> expected;
    for (const auto& site : world.snapshot.sites) {
      for (const IndexedSlot& slot : site->slots) {
        if (Suits(world, *site, slot)) expected.insert(slot.slot.name);
      }
    }
    std::set<std::string> found;
    std::set<const IndexedSite*> told;
    const Found result = KernelSearch(world.snapshot, world.query);
    for (const Match& match : result.matches) {
      found.insert(match.slot->slot.name);
      told.insert(match.site);
    }
    ASSERT_EQ(found, expected) << "seed " << seed;
    // A site that has nothing left is left out with its reason, as the reference tells it.
    const Found reference = naive::Search(world.snapshot, world.query);
    ASSERT_EQ(result.excluded.size(), reference.excluded.size()) << "seed " << seed;
    for (const Excluded& each : result.excluded) {
      ASSERT_EQ(told.count(each.site), 0U);
      const auto same =
          std::find_if(reference.excluded.begin(), reference.excluded.end(),
                       [&](const Excluded& other) { return other.site == each.site; });
      ASSERT_NE(same, reference.excluded.end());
      ASSERT_EQ(same->exclusion, each.exclusion) << "seed " << seed;
      ASSERT_EQ(same->next_start, each.next_start) << "seed " << seed;
    }
    matches += expected.size();
    closed += before - expected.size();
  }
  EXPECT_GT(matches, 50U);
  EXPECT_GT(closed, 50U);
}

// What a thin answer says of another mode is what the rules read one by one find beside its
// matches.
TEST(SearchProperty, H18_AnotherModeBringsWhatBruteForceFinds) {
  std::map<Mode, std::size_t> brought;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    World world(seed);
    world.GiveEverySlotAMode();
    const auto index = naive::IndexOf(world.snapshot);
    for (const Mode other : {Mode::kAmb, Mode::kHh, Mode::kVr}) {
      auto& asked = world.query.need.modes;
      asked = {other == Mode::kAmb ? Mode::kHh : Mode::kAmb};
      Query all = world.query;
      all.limit = 10'000;
      const auto known = slots::Search(*index, all).matches;
      Query also = world.query;
      also.need.modes.push_back(other);
      const Outline told = Count(*index, also, known);

      std::size_t further = 0;
      base::Instant first{};
      World wider = world;
      wider.query.need.modes.push_back(other);
      for (const auto& site : world.snapshot.sites) {
        for (const IndexedSlot& slot : site->slots) {
          if (Suits(world, *site, slot) || !Suits(wider, *site, slot)) continue;
          ++further;
          if (first == base::Instant{} || slot.slot.start < first) first = slot.slot.start;
        }
      }
      ASSERT_EQ(told.count, further) << "seed " << seed;
      ASSERT_EQ(told.first_start, first) << "seed " << seed;
      brought[other] += further;
    }
  }
  for (const auto& [mode, slots] : brought) EXPECT_GT(slots, 50U) << static_cast<int>(mode);
}

TEST(SearchProperty, H18_EverySiteMatchedOrExplained) {
  std::map<Exclusion, int> reasons;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const World world(seed);
    const Found result = KernelSearch(world.snapshot, world.query);
    std::set<const IndexedSite*> matched;
    for (const Match& match : result.matches) matched.insert(match.site);
    std::set<const IndexedSite*> explained;
    int distance = 0;
    for (const Excluded& excluded : result.excluded) {
      EXPECT_TRUE(explained.insert(excluded.site).second);
      EXPECT_NE(excluded.exclusion, Exclusion::kNone);
      EXPECT_GE(excluded.distance_meters, distance);  // Nearest first.
      distance = excluded.distance_meters;
      ++reasons[excluded.exclusion];
    }
    for (const auto& site : world.snapshot.sites) {
      const bool near =
          care::DistanceMeters(world.query.centre, site->rules.point) <= world.query.radius_meters;
      const auto times = matched.count(site.get()) + explained.count(site.get());
      ASSERT_EQ(times, near ? 1U : 0U) << "seed " << seed << " " << site->rules.name;
    }
  }
  EXPECT_GT(reasons.size(), 8U);
}

TEST(SearchProperty, H19_LateNeverAboveTimely) {
  int late = 0;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const World world(seed);
    bool before = false;
    for (const Match& match : KernelSearch(world.snapshot, world.query).matches) {
      EXPECT_EQ(match.past_deadline, match.slot->slot.start > world.query.due);
      ASSERT_TRUE(match.past_deadline || !before) << "seed " << seed;
      before = match.past_deadline;
      late += before ? 1 : 0;
    }
  }
  EXPECT_GT(late, 100);
}

// Whoever was first is put last in the rotation: another may take its place, of the same delay
// class and distance band, as near to its soft cap, and that suits the patient as well.
TEST(SearchProperty, H19_RotationNeverGoesBeforeDelayOrPatient) {
  int turned = 0;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    World world(seed);
    const auto sites = world.snapshot.sites;  // What the first matches point to.
    const auto matches = KernelSearch(world.snapshot, world.query).matches;
    if (matches.empty()) continue;
    const std::string first = matches[0].site->rules.name;
    for (auto& site : world.snapshot.sites) {
      auto ranked = std::make_shared<IndexedSite>(*site);
      ranked->rotation_rank = ranked->rules.name == first ? 255 : 0;
      site = std::move(ranked);
    }
    const auto again = KernelSearch(world.snapshot, world.query).matches;
    ASSERT_EQ(again.size(), matches.size());
    turned += again[0].site->rules.name != first ? 1 : 0;
    if (world.query.need.treating_doctor_rpps.empty()) {
      ASSERT_EQ(PlaceAboveRotation(again[0], world.query),
                PlaceAboveRotation(matches[0], world.query))
          << "seed " << seed;
    }
  }
  EXPECT_GT(turned, 5);
}

/// Above the rotation and against it, between neighbours that are equal in all before.
std::string WhatDecides(const Match& better, const Match& worse, const Query& query) {
  const auto clinical = [&](const Match& match) {
    const std::string& doctor = query.need.treating_doctor_rpps;
    return std::tuple(match.past_deadline, match.slot->practitioner_rpps == doctor,
                      DelayClass(match.slot->slot.start - query.now), match.unverified,
                      DistanceBand(match.distance_meters));
  };
  if (clinical(better) != clinical(worse)) return "clinical";
  if (better.site->rotation_rank <= worse.site->rotation_rank) return "rotation";
  if (IsAboveSoftCap(better) != IsAboveSoftCap(worse)) return "cap";
  return PatientPoints(better, query.need) != PatientPoints(worse, query.need) ? "patient" : "";
}

TEST(SearchProperty, H19_OrderIsLexicographicAndTermsAddUp) {
  std::map<std::string, int> decided;  // Neighbours of one delay class and band, by what did.
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const World world(seed);
    const auto matches = KernelSearch(world.snapshot, world.query).matches;
    const auto own = [&](const Match& match) {
      return !world.query.need.treating_doctor_rpps.empty() &&
             match.slot->practitioner_rpps == world.query.need.treating_doctor_rpps;
    };
    const auto delay_class = [&](const Match& match) {
      const auto delay = match.slot->slot.start - world.query.now;
      int value = 0;
      for (const int limit : {2, 4, 8, 24}) value += delay > hours(limit) ? 1 : 0;
      return value;
    };
    const auto band = [](const Match& match) {
      int value = 0;
      for (const int limit : {30, 50}) {
        value += match.distance_meters > limit * 1000 ? 1 : 0;
      }
      return value;
    };
    const auto key = [&](const Match& match) {
      return std::tuple(match.past_deadline, !own(match), delay_class(match), match.unverified,
                        band(match), IsAboveSoftCap(match), -PatientPoints(match, world.query.need),
                        match.site->rotation_rank, -match.score, match.slot->slot.start,
                        match.slot->slot.name);
    };
    for (std::size_t i = 0; i < matches.size(); ++i) {
      int sum = 0;
      for (const ScoreTerm& term : matches[i].terms) sum += term.points;
      ASSERT_EQ(sum, matches[i].score);
      ASSERT_NE(matches[i].rule, nullptr);
      if (i == 0) continue;
      ASSERT_LT(key(matches[i - 1]), key(matches[i])) << "seed " << seed;
      ++decided[WhatDecides(matches[i - 1], matches[i], world.query)];
    }
  }
  for (const char* each : {"cap", "patient"}) EXPECT_GT(decided[each], 10) << each;
}

TEST(SearchProperty, OrderOfSitesDoesNotMatter) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    World world(seed);
    const auto before = KernelSearch(world.snapshot, world.query).matches;
    std::reverse(world.snapshot.sites.begin(), world.snapshot.sites.end());
    const auto after = KernelSearch(world.snapshot, world.query).matches;
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) ASSERT_EQ(before[i].slot, after[i].slot);
  }
}

}  // namespace
}  // namespace sas::slots
