#include "services/slots/domain/search_kernel.h"

#include <gtest/gtest.h>

#include "services/slots/domain/search_points.h"
#include "tests/support/slots/naive_search.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::kTuesday;
using fixtures::Order;
using fixtures::Paris;
using fixtures::RegulatedSite;
using naive::Found;
using naive::KernelSearch;
using naive::Match;
using naive::Snapshot;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const care::Point kChallans{46.8458, -1.87942};

base::Instant Now() {
  return Paris().At(kTuesday, At(10));
}

/// A point so many metres north of Challans.
care::Point North(double meters) {
  return {kChallans.latitude + meters / 111'194.93, kChallans.longitude};
}

IndexedSlot Slot(const SiteRules& site, base::Instant start, std::string doctor = "10002909371") {
  IndexedSlot slot;
  slot.slot.name = SlotName(site.name, "agenda", start);
  slot.slot.start = start;
  slot.slot.end = start + minutes(15);
  slot.slot.day_begin = Paris().At(Paris().DateOf(start), At(0));
  slot.slot.modes = {Mode::kAmb};
  slot.slot.classes = {SlotClass::kSnp};
  slot.practitioner_rpps = std::move(doctor);
  slot.free_seats = 1;
  return slot;
}

/// A site `meters` away with one slot at each start, which the tests then change.
std::shared_ptr<IndexedSite> Site(const std::string& id, double meters,
                                  const std::vector<base::Instant>& starts) {
  auto site = std::make_shared<IndexedSite>();
  site->rules = RegulatedSite(id);
  site->rules.point = North(meters);
  for (const base::Instant start : starts) site->slots.push_back(Slot(site->rules, start));
  return site;
}

Snapshot Of(std::vector<std::shared_ptr<const IndexedSite>> sites) {
  return {Now(), std::move(sites)};
}

Query TheQuery() {
  Query query;
  query.centre = kChallans;
  query.now = Now();
  query.start = Now();
  query.end = Now() + hours(48);
  query.due = query.end;
  query.need = Order();
  return query;
}

std::vector<std::string> Ids(const Found& found) {
  std::vector<std::string> ids;
  for (const Match& match : found.matches) {
    ids.push_back(match.site->rules.name.substr(match.site->rules.name.rfind('/') + 1));
  }
  return ids;
}

using List = std::vector<std::string>;

TEST(Search, ClassesAndBands) {
  EXPECT_EQ(DelayClass(hours(2)), 0);
  EXPECT_EQ(DelayClass(hours(2) + seconds(1)), 1);
  EXPECT_EQ(DelayClass(hours(4)), 1);
  EXPECT_EQ(DelayClass(hours(8)), 2);
  EXPECT_EQ(DelayClass(hours(24)), 3);
  EXPECT_EQ(DelayClass(hours(24) + seconds(1)), 4);
  EXPECT_EQ(DistanceBand(30000), 0);
  EXPECT_EQ(DistanceBand(30001), 1);
  EXPECT_EQ(DistanceBand(50000), 1);
  EXPECT_EQ(DistanceBand(50001), 2);
}

TEST(Search, H19_DelayClassBeforeDistanceAndRotation) {
  auto near_late = Site("near", 1000, {Now() + hours(5)});
  auto far_soon = Site("far", 29000, {Now() + hours(1)});
  far_soon->rotation_rank = 255;
  EXPECT_EQ(Ids(KernelSearch(Of({near_late, far_soon}), TheQuery())), (List{"far", "near"}));
}

TEST(Search, H19_DistanceBandBeforeRotation) {
  auto near_full = Site("near", 4000, {Now() + hours(1)});
  near_full->rotation_rank = 255;
  auto far_empty = Site("far", 31000, {Now() + hours(1)});
  Query query = TheQuery();
  query.radius_meters = 40000;
  EXPECT_EQ(Ids(KernelSearch(Of({far_empty, near_full}), query)), (List{"near", "far"}));
}

TEST(Search, S2_25_AmongEqualSlotsTheRotationDecides) {
  auto busy = Site("a-busy", 4000, {Now() + hours(1)});
  busy->rotation_rank = 1;
  auto idle = Site("b-idle", 12000, {Now() + hours(1)});
  const Found found = KernelSearch(Of({busy, idle}), TheQuery());
  EXPECT_EQ(Ids(found), (List{"b-idle", "a-busy"}));
  EXPECT_EQ(found.matches[1].terms[2].code, std::string("ROTATION"));
  EXPECT_EQ(found.matches[1].terms[2].label, "place 2 de la rotation");
}

// All that suits the patient equally turns, however near it is and whatever its protocol names.
TEST(Search, S2_25_TheRotationGoesBeforeNearnessAndMotif) {
  auto near = Site("near", 1000, {Now() + minutes(30)});
  near->rules.accepted_motifs = {{Order().motif_code, {}, {}, 0}};
  near->rotation_rank = 1;
  auto idle = Site("idle", 29000, {Now() + minutes(110)});
  const Found found = KernelSearch(Of({near, idle}), TheQuery());
  EXPECT_EQ(Ids(found), (List{"idle", "near"}));
  EXPECT_LT(found.matches[0].score, found.matches[1].score) << "the term ROTATION tells why";
}

TEST(Search, S2_26_ASoftCapGoesBeforeTheRotationAndNeverBeforeDelayOrBand) {
  const auto with_cap = [](const char* id, double meters, std::chrono::microseconds start) {
    auto site = Site(id, meters, {Now() + start, Now() + start + minutes(5)});
    site->slots[0].free_seats = 0;
    site->rules.daily_appointment_soft_max = 1;
    return site;
  };
  auto capped = with_cap("capped", 1000, hours(1));
  auto last = Site("last", 29000, {Now() + minutes(115)});
  last->rotation_rank = 255;
  auto later = Site("later", 1000, {Now() + hours(3)});
  auto farther = Site("farther", 35000, {Now() + hours(1)});
  Query query = TheQuery();
  query.radius_meters = 40000;
  const Found found = KernelSearch(Of({capped, last, later, farther}), query);
  EXPECT_EQ(Ids(found), (List{"last", "capped", "farther", "later"}));
  EXPECT_EQ(found.matches[1].terms.back().code, std::string("SOFT_CAP"));
  // Also before what the patient needs: whom one has to ask is not yet full.
  last->rules.wheelchair = std::nullopt;
  capped->rules.wheelchair = true;
  query.need.wheelchair = true;
  EXPECT_EQ(Ids(KernelSearch(Of({capped, last}), query)), (List{"last", "capped"}));
}

// Fairness between practices never goes before the patient.
TEST(Search, H21_WhatIsToBeAskedRanksLowerWhateverTheRotation) {
  auto known = Site("known", 29000, {Now() + minutes(110)});
  known->rules.wheelchair = true;
  known->rules.pregnancy = true;
  known->rotation_rank = 200;
  auto half_known = Site("half-known", 1000, {Now() + hours(1)});
  half_known->rules.wheelchair = true;
  half_known->rotation_rank = 1;
  auto unknown = Site("unknown", 1000, {Now() + hours(1)});
  const Snapshot region = Of({known, half_known, unknown});
  Query query = TheQuery();
  EXPECT_EQ(Ids(KernelSearch(region, query)), (List{"unknown", "half-known", "known"}));
  query.need.wheelchair = true;
  EXPECT_EQ(Ids(KernelSearch(region, query)), (List{"half-known", "known", "unknown"}));
  query.need.pregnancy = Answer::kYes;
  EXPECT_EQ(Ids(KernelSearch(region, query)), (List{"known", "half-known", "unknown"}));
}

TEST(Search, H20_WithoutVehicleHomeComesFirstWhateverTheRotation) {
  auto cabinet = Site("cabinet", 1000, {Now() + hours(1)});
  auto home = Site("domicile", 29000, {Now() + minutes(110)});
  home->slots[0].slot.modes = {Mode::kHh};
  home->rotation_rank = 200;
  Query query = TheQuery();
  query.need.modes = {Mode::kAmb, Mode::kHh, Mode::kVr};
  EXPECT_EQ(Ids(KernelSearch(Of({cabinet, home}), query)), (List{"cabinet", "domicile"}));
  query.need.without_vehicle = true;
  EXPECT_EQ(Ids(KernelSearch(Of({cabinet, home}), query)), (List{"domicile", "cabinet"}));
}

TEST(Search, AWishedLanguageGoesBeforeTheRotation) {
  auto speaks = Site("speaks", 29000, {Now() + minutes(110)});
  PractitionerRules doctor;
  doctor.rpps = speaks->slots[0].practitioner_rpps;
  doctor.language_codes = {"ar"};
  speaks->slots[0].practitioner = std::make_shared<const PractitionerRules>(doctor);
  speaks->rotation_rank = 200;
  auto other = Site("other", 1000, {Now() + hours(1)});
  Query query = TheQuery();
  EXPECT_EQ(Ids(KernelSearch(Of({speaks, other}), query)), (List{"other", "speaks"}));
  query.need.languages = {"ar"};
  EXPECT_EQ(Ids(KernelSearch(Of({speaks, other}), query)), (List{"speaks", "other"}));
  // A wish: where nobody knows whether a wheelchair comes in, it is not enough.
  query.need.wheelchair = true;
  other->rules.wheelchair = true;
  EXPECT_EQ(Ids(KernelSearch(Of({speaks, other}), query)), (List{"other", "speaks"}));
}

TEST(Search, TreatingDoctorFirst) {
  auto site = Site("a", 20000, {Now() + hours(30)});
  auto other = Site("b", 1000, {Now() + hours(1)});
  other->slots[0].practitioner_rpps = "10005681340";
  Query query = TheQuery();
  EXPECT_EQ(Ids(KernelSearch(Of({site, other}), query)), (List{"b", "a"}));
  query.need.treating_doctor_rpps = "10002909371";
  const Found found = KernelSearch(Of({site, other}), query);
  EXPECT_EQ(Ids(found), (List{"a", "b"}));
  EXPECT_EQ(found.matches[0].terms.back().code, std::string("TREATING_DOCTOR"));
  // But never past the deadline.
  query.due = Now() + hours(24);
  EXPECT_EQ(Ids(KernelSearch(Of({site, other}), query)), (List{"b", "a"}));
}

// Invariant I5: past 30 s without a word "non vérifié", and below what is verified.
TEST(Search, UnverifiedAfterThirtySeconds) {
  auto own = Site("own", 1000, {Now() + hours(1)});
  auto partner = Site("partner", 1000, {Now() + minutes(30)});
  partner->verified = Now() - seconds(31);
  Found found = KernelSearch(Of({own, partner}), TheQuery());
  EXPECT_EQ(Ids(found), (List{"own", "partner"}));
  EXPECT_FALSE(found.matches[0].unverified);
  EXPECT_TRUE(found.matches[1].unverified);
  EXPECT_EQ(found.matches[1].terms.back().code, std::string("UNVERIFIED"));
  partner->verified = Now() - seconds(30);
  EXPECT_FALSE(KernelSearch(Of({partner}), TheQuery()).matches[0].unverified);
  Snapshot stale = Of({own, partner});
  stale.fresh = Now() - seconds(31);  // The feed is silent: nothing is verified.
  for (const Match& match : KernelSearch(stale, TheQuery()).matches) EXPECT_TRUE(match.unverified);
}

TEST(Search, UnverifiedNeverLeavesItsDelayClass) {
  auto soon = Site("soon", 1000, {Now() + hours(1)});
  soon->verified = Now() - seconds(60);
  auto later = Site("later", 1000, {Now() + hours(3)});
  EXPECT_EQ(Ids(KernelSearch(Of({later, soon}), TheQuery())), (List{"soon", "later"}));
}

TEST(Search, WheelchairUnknownIsToBeChecked) {
  auto site = Site("a", 1000, {Now() + hours(1)});
  Query query = TheQuery();
  EXPECT_TRUE(KernelSearch(Of({site}), query).matches[0].unknown_criteria.empty());
  query.need.wheelchair = true;
  EXPECT_EQ(KernelSearch(Of({site}), query).matches[0].unknown_criteria, (List{"WHEELCHAIR"}));
  site->rules.wheelchair = true;
  EXPECT_TRUE(KernelSearch(Of({site}), query).matches[0].unknown_criteria.empty());
}

TEST(Search, H21_PregnancyThatIsNotKnownIsToBeChecked) {
  auto unsaid = Site("a", 1000, {Now() + hours(1)});
  auto receives = Site("b", 1000, {Now() + hours(1)});
  receives->rules.pregnancy = true;
  auto refuses = Site("c", 1000, {Now() + hours(1)});
  refuses->rules.pregnancy = false;
  Query query = TheQuery();
  query.need.pregnancy = Answer::kYes;
  const Found found = KernelSearch(Of({unsaid, receives, refuses}), query);
  EXPECT_EQ(Ids(found), (List{"b", "a"}));
  EXPECT_EQ(found.matches[1].unknown_criteria, (List{"PREGNANCY"}));
  ASSERT_EQ(found.excluded.size(), 1U);
  EXPECT_EQ(found.excluded[0].exclusion, Exclusion::kPregnancyNotAccepted);
  query.need.pregnancy = Answer::kUnknown;
  EXPECT_EQ(KernelSearch(Of({unsaid, receives, refuses}), query).matches.size(), 3U);
}

TEST(Search, H20_WithoutVehicleHomeAndVideoComeFirstWithinTheirDelayClass) {
  const auto with = [](const char* id, Mode mode, std::chrono::microseconds start) {
    auto site = Site(id, 25'000, {Now() + start});
    for (IndexedSlot& slot : site->slots) slot.slot.modes = {mode};
    return site;
  };
  const Snapshot region = Of(
      {Site("cabinet", 1000, {Now() + hours(1)}), with("domicile", Mode::kHh, hours(1)),
       with("video", Mode::kVr, hours(1) + minutes(15)), with("plus-tard", Mode::kHh, hours(6))});
  Query query = TheQuery();
  EXPECT_EQ(Ids(KernelSearch(region, query)), (List{"cabinet"})) << "only who can come comes";
  query.need.modes = {Mode::kAmb, Mode::kHh, Mode::kVr};
  EXPECT_EQ(Ids(KernelSearch(region, query)).front(), "cabinet");
  query.need.without_vehicle = true;
  EXPECT_EQ(Ids(KernelSearch(region, query)), (List{"domicile", "video", "cabinet", "plus-tard"}));
}

TEST(Search, WindowIsHalfOpenAndNeverInThePast) {
  auto site = Site("a", 1000,
                   {Now() - minutes(1), Now(), Now() + hours(48) - minutes(1), Now() + hours(48)});
  Query query = TheQuery();
  query.start = Now() - hours(1);
  const Found found = KernelSearch(Of({site}), query);
  ASSERT_EQ(found.matches.size(), 2U);
  EXPECT_EQ(found.matches[0].slot->slot.start, Now());
  EXPECT_EQ(found.matches[1].slot->slot.start, Now() + hours(48) - minutes(1));
}

TEST(Search, DeadlineItselfIsTimely) {
  auto site = Site("a", 1000, {Now() + hours(4), Now() + hours(4) + minutes(1)});
  Query query = TheQuery();
  query.due = Now() + hours(4);
  const Found found = KernelSearch(Of({site}), query);
  EXPECT_FALSE(found.matches[0].past_deadline);
  EXPECT_TRUE(found.matches[1].past_deadline);
}

TEST(Search, RadiusIncludesItsEdge) {
  auto inside = Site("in", 29'990, {Now() + hours(1)});
  auto outside = Site("out", 30'010, {Now() + hours(1)});
  const Found found = KernelSearch(Of({inside, outside}), TheQuery());
  EXPECT_EQ(Ids(found), (List{"in"}));
  EXPECT_TRUE(found.excluded.empty());
  EXPECT_NEAR(found.matches[0].distance_meters, 29'990, 2);
}

struct Why {
  Exclusion exclusion;
  std::function<void(IndexedSite&)> change;
};

TEST(Search, EveryReasonOfAnEmptySite) {
  const std::vector<Why> table{
      {Exclusion::kNoSessionInWindow, [](IndexedSite& s) { s.slots.clear(); }},
      {Exclusion::kNotOpenYet,
       [](IndexedSite& s) {
         s.slots.clear();
         s.rules.opening_date = {2027, 1, 4};
       }},
      {Exclusion::kEnded,
       [](IndexedSite& s) {
         s.slots.clear();
         s.rules.end_date = care::Date{2026, 8, 31};
       }},
      {Exclusion::kUnstaffed, [](IndexedSite& s) { s.slots[0].slot.staffed = false; }},
      {Exclusion::kModeNotOffered, [](IndexedSite& s) { s.slots[0].slot.modes = {Mode::kVr}; }},
      {Exclusion::kNoSessionInWindow,
       [](IndexedSite& s) { s.slots[0].slot.classes = {SlotClass::kPro}; }},
      {Exclusion::kNoSessionInWindow,
       [](IndexedSite& s) { s.slots[0].slot.allocation = Allocation::kEmergency; }},
      {Exclusion::kFull, [](IndexedSite& s) { s.slots[0].free_seats = 0; }},
      {Exclusion::kMotifNotAccepted,
       [](IndexedSite& s) { s.rules.excluded_motif_codes = {"M03.14"}; }},
      {Exclusion::kTerritoryNotServed, [](IndexedSite& s) { s.rules.territories = {"44"}; }}};
  for (const Why& why : table) {
    auto site = Site("a", 1000, {Now() + hours(1)});
    why.change(*site);
    const Found found = KernelSearch(Of({site}), TheQuery());
    EXPECT_TRUE(found.matches.empty());
    ASSERT_EQ(found.excluded.size(), 1U);
    EXPECT_EQ(found.excluded[0].exclusion, why.exclusion)
        << ExclusionCode(found.excluded[0].exclusion) << " for " << ExclusionCode(why.exclusion);
  }
}

TEST(Search, FullSiteTellsItsNextStart) {
  auto site = Site("a", 1000, {Now() + hours(1), Now() + hours(50), Now() + hours(51)});
  site->slots[0].free_seats = 0;
  site->slots[1].free_seats = 0;
  const Found found = KernelSearch(Of({site}), TheQuery());
  ASSERT_EQ(found.excluded.size(), 1U);
  EXPECT_EQ(found.excluded[0].exclusion, Exclusion::kFull);
  EXPECT_EQ(found.excluded[0].next_start, Now() + hours(51));
}

TEST(Search, SameDaySlotsOpenAtLocalMidnight) {
  auto site = Site("a", 1000, {Now() + hours(24)});
  site->slots[0].slot.allocation = Allocation::kSameDay;
  Query query = TheQuery();
  EXPECT_TRUE(KernelSearch(Of({site}), query).matches.empty());
  query.now = Paris().At(care::AddDays(kTuesday, 1), At(0));
  EXPECT_EQ(KernelSearch(Of({site}), query).matches.size(), 1U);
  query.now -= seconds(1);
  EXPECT_TRUE(KernelSearch(Of({site}), query).matches.empty());
}

TEST(Search, DailyCapCountsWhatIsTaken) {
  auto site = Site("a", 1000, {Now() + hours(1), Now() + hours(2), Now() + hours(25)});
  site->rules.daily_appointment_max = 1;
  EXPECT_EQ(KernelSearch(Of({site}), TheQuery()).matches.size(), 3U);
  site->slots[0].free_seats = 0;
  const Found found = KernelSearch(Of({site}), TheQuery());
  ASSERT_EQ(found.matches.size(), 1U);  // Only tomorrow's.
  EXPECT_EQ(found.matches[0].slot->slot.start, Now() + hours(25));
}

TEST(Search, ModesOfTheNeed) {
  auto site = Site("a", 1000, {Now() + hours(1)});
  site->slots[0].slot.modes = {Mode::kVr};
  Query query = TheQuery();
  query.need.modes = {Mode::kAmb, Mode::kVr};
  EXPECT_EQ(KernelSearch(Of({site}), query).matches.size(), 1U);
  query.need.modes = {};  // Means AMB.
  EXPECT_TRUE(KernelSearch(Of({site}), query).matches.empty());
}

// A later page: 12:10 is within two hours by now, and was not for the first.
TEST(Search, H18_ALaterPageIsRankedAtTheHourOfTheFirst) {
  const auto far = Site("far", 1000, {Now() + hours(2) + minutes(10)});
  const auto near = Site("near", 1000, {Now() + hours(1)});
  near->rotation_rank = 5;
  const auto begun = Site("begun", 1000, {Now() + minutes(10)});
  const auto given_back = Site("given-back", 1000, {Now() + hours(1)});
  given_back->slots[0].slot.give_back = Now() + minutes(20);
  const Snapshot snapshot = Of({far, near, begun, given_back});
  Query query = TheQuery();
  EXPECT_EQ(KernelSearch(snapshot, query).total, 4U);
  query.present = Now() + minutes(20);
  EXPECT_EQ(Ids(KernelSearch(snapshot, query)), (List{"near", "far"}));
  query.now = query.present;
  EXPECT_EQ(Ids(KernelSearch(snapshot, query)), (List{"far", "near"}));
}

}  // namespace
}  // namespace sas::slots
