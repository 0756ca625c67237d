#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/agenda_exception.h"
#include "tests/support/slots/naive_search.h"
#include "tests/unit/slots/fixtures.h"

// What a practice keeps in its hand: rules, caps, hours from which a slot is another's.
namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::kMonday;
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

constexpr char kDoctor[] = "regions/fr-pdl/practitioners/a";

base::Instant Now() {
  return Paris().At(kTuesday, At(10));
}

PractitionerRules Doctor() {
  PractitionerRules rules;
  rules.name = kDoctor;
  rules.rpps = "10002909371";
  return rules;
}

IndexedSlot Slot(const SiteRules& site, base::Instant start,
                 const PractitionerRules& who = Doctor()) {
  IndexedSlot slot;
  slot.slot.name = SlotName(site.name, "agenda", start);
  slot.slot.practitioner = who.name;
  slot.slot.start = start;
  slot.slot.end = start + minutes(15);
  slot.slot.day_begin = Paris().At(Paris().DateOf(start), At(0));
  slot.slot.week = WeekOf(Paris().DateOf(start));
  slot.slot.modes = {Mode::kAmb};
  slot.slot.classes = {SlotClass::kSnp};
  slot.practitioner_rpps = who.rpps;
  slot.practitioner = std::make_shared<const PractitionerRules>(who);
  slot.free_seats = 1;
  return slot;
}

std::shared_ptr<IndexedSite> Site(const std::string& id, std::vector<base::Instant> starts,
                                  const PractitionerRules& who = Doctor()) {
  auto site = std::make_shared<IndexedSite>();
  site->rules = RegulatedSite(id);
  for (const base::Instant start : starts) site->slots.push_back(Slot(site->rules, start, who));
  return site;
}

Found Ask(std::vector<std::shared_ptr<const IndexedSite>> sites, const Need& need = Order(),
          base::Instant now = Now()) {
  Query query;
  query.centre = RegulatedSite().point;
  query.now = now;
  query.start = now;
  query.end = now + hours(48);
  query.due = query.end;
  query.need = need;
  return KernelSearch(Snapshot{now, std::move(sites)}, query);
}

std::string WhyNot(const Found& found) {
  return found.excluded.empty() ? "" : std::string(ExclusionCode(found.excluded[0].exclusion));
}

std::vector<std::string> Ids(const Found& found) {
  std::vector<std::string> ids;
  for (const Match& match : found.matches) {
    ids.push_back(match.site->rules.name.substr(match.site->rules.name.rfind('/') + 1));
  }
  return ids;
}

using List = std::vector<std::string>;

TEST(CareRules, S2_14_TheFirstThatAppliesDecidesAndTellsItsReason) {
  SiteRules site = RegulatedSite();
  site.care_rules = {
      {true,
       "M03.14",
       {6, care::AgeUnit::kMonth},
       {2, care::AgeUnit::kYear},
       "Fièvre du nourrisson "
       "vue le jour même."},
      {false, "M03.00", {}, {17, care::AgeUnit::kYear}, "Pas d’enfant pour ces motifs : pédiatre."},
  };
  Need need = Order();  // M03.14, 34 years.
  EXPECT_EQ(Judge(site, need, Strictness::kSearch), Exclusion::kNone);
  need.age = {8, care::AgeUnit::kYear};
  EXPECT_EQ(Judge(site, need, Strictness::kSearch), Exclusion::kExcludedByRule);
  EXPECT_EQ(Judge(site, need, Strictness::kHold), Exclusion::kExcludedByRule);
  EXPECT_EQ(ExclusionText(Exclusion::kExcludedByRule, site, need),
            "Pas d’enfant pour ces motifs : pédiatre.");
  need.age = {1, care::AgeUnit::kYear};
  EXPECT_EQ(Judge(site, need, Strictness::kSearch), Exclusion::kNone);
  need.motif_code = "M02.06";  // No rule is about it.
  need.age = {8, care::AgeUnit::kYear};
  EXPECT_EQ(Judge(site, need, Strictness::kSearch), Exclusion::kNone);
}

TEST(CareRules, S2_14_TheListsComeFirst) {
  SiteRules site = RegulatedSite();
  site.excluded_motif_codes = {"M03.14"};
  site.care_rules = {{true, "", {}, {}, "Tout le monde."}};
  EXPECT_EQ(Judge(site, Order(), Strictness::kSearch), Exclusion::kMotifNotAccepted);
  site.excluded_motif_codes.clear();
  site.care_rules = {{false, "", {}, {}, "Personne pendant les travaux."}};
  EXPECT_EQ(Judge(site, Order(), Strictness::kSearch), Exclusion::kExcludedByRule);
}

TEST(SlotLength, S3_39_AMotifThatTakesLongerNeedsALongerSlot) {
  auto site = Site("csnp", {Now() + hours(1)});
  site->rules.accepted_motifs = {{"M03.14", {}, {}, 20}, {"M02.06", {}, {}, 0}};
  EXPECT_EQ(WhyNot(Ask({site})), "SLOT_TOO_SHORT");
  site->slots[0].slot.end += minutes(5);
  EXPECT_EQ(Ask({site}).matches.size(), 1U);
  Need other = Order();
  other.motif_code = "M02.06";
  site->slots[0].slot.end -= minutes(15);
  EXPECT_EQ(Ask({site}, other).matches.size(), 1U);
}

TEST(SlotLength, S3_39_OnlyTheAgesOfTheRule) {
  SiteRules site = RegulatedSite();
  site.accepted_motifs = {{"M03.14", {75, care::AgeUnit::kYear}, {}, 30}, {"M03.14", {}, {}, 0}};
  EXPECT_EQ(JudgeSeries(site, nullptr, 15, Order()), Exclusion::kNone);
  Need old = Order();
  old.age = {80, care::AgeUnit::kYear};
  EXPECT_EQ(JudgeSeries(site, nullptr, 15, old), Exclusion::kSlotTooShort);
  EXPECT_EQ(JudgeSeries(site, nullptr, 30, old), Exclusion::kNone);
}

TEST(PractitionerMotifs, S2_03_AnIpaSeesTheMotifsAllowedToHerAlone) {
  PractitionerRules ipa = Doctor();
  ipa.motifs_limited = true;
  ipa.motif_codes = {"M02.06"};
  auto site = Site("csnp", {Now() + hours(1)}, ipa);
  EXPECT_EQ(WhyNot(Ask({site})), "MOTIF_NOT_FOR_PRACTITIONER");
  Need need = Order();
  need.motif_code = "M02.06";
  EXPECT_EQ(Ask({site}, need).matches.size(), 1U);
  ipa.motif_codes = {"M02.00"};  // The whole group.
  EXPECT_EQ(JudgeSeries(site->rules, &ipa, 15, need), Exclusion::kNone);
  ipa.motif_codes.clear();
  EXPECT_EQ(JudgeSeries(site->rules, &ipa, 15, need), Exclusion::kMotifNotForPractitioner);
  // A doctor beside her takes the rest.
  site->slots.push_back(Slot(site->rules, Now() + hours(2)));
  EXPECT_EQ(Ask({site}).matches.size(), 1U);
}

TEST(WeeklyCap, S2_53_TwentyAppointmentsAWeekUnlessAgreedOtherwise) {
  EXPECT_EQ(PractitionerRules().weekly_appointment_max, 20);
  PractitionerRules who = Doctor();
  who.weekly_appointment_max = 2;
  auto site = Site("csnp", {Now() + hours(1), Now() + hours(2), Now() + hours(3)}, who);
  EXPECT_EQ(Ask({site}).matches.size(), 3U);
  site->slots[0].free_seats = 0;
  EXPECT_EQ(Ask({site}).matches.size(), 2U);
  site->slots[1].free_seats = 0;
  EXPECT_EQ(WhyNot(Ask({site})), "CAPPED");
}

TEST(WeeklyCap, S2_53_OverAllSitesAndTheDaysBeforeToday) {
  PractitionerRules who = Doctor();
  who.weekly_appointment_max = 3;
  auto here = Site("here", {Now() + hours(1)}, who);
  auto there = Site("there", {Now() + hours(24)}, who);
  there->rules.point = {44.0, 4.0};  // Far from the caller.
  there->slots[0].free_seats = 0;
  there->earlier_this_week = {{kDoctor, WeekOf(kMonday), 1}};
  EXPECT_EQ(Ask({here, there}).matches.size(), 1U);
  there->earlier_this_week[0].used = 2;
  EXPECT_EQ(WhyNot(Ask({here, there})), "CAPPED");
  // The week after is another.
  here->slots[0] = Slot(here->rules, Now() + hours(7 * 24), who);
  Query query;
  const Snapshot snapshot{Now(), {here, there}};
  EXPECT_FALSE(snapshot.IsCapped(here->slots[0]));
  EXPECT_TRUE(snapshot.IsCapped(there->slots[0]));
  // Of another doctor nothing is known.
  PractitionerRules other = who;
  other.name = "regions/fr-pdl/practitioners/b";
  EXPECT_FALSE(snapshot.IsCapped(Slot(here->rules, Now(), other)));
}

TEST(DailyCap, S2_26_AboveTheSoftCapOthersComeFirst) {
  auto busy = Site("a-busy", {Now() + hours(1), Now() + minutes(70), Now() + hours(26)});
  busy->rules.daily_appointment_soft_max = 1;
  auto idle = Site("b-idle", {Now() + minutes(110)});
  idle->rules.point.latitude += 0.02;  // 2 km, the same band.
  idle->rotation_rank = 1;             // The other's turn comes first, until it has had enough.
  EXPECT_EQ(Ids(Ask({busy, idle})), (List{"a-busy", "a-busy", "b-idle", "a-busy"}));
  busy->slots[0].free_seats = 0;
  const Found found = Ask({busy, idle});
  // Still offered, after the others of its delay; its other day is untouched.
  EXPECT_EQ(Ids(found), (List{"b-idle", "a-busy", "a-busy"}));
  EXPECT_EQ(found.matches[1].terms.back().code, std::string("SOFT_CAP"));
  EXPECT_NE(found.matches[2].terms.back().code, std::string("SOFT_CAP"));
}

// A soft cap ranks and never closes: when nothing else meets the deadline, it is the answer.
TEST(DailyCap, H18_ASoftCapLiftsWhenNothingElseMeetsTheDeadline) {
  auto busy = Site("a-busy", {Now() + hours(1), Now() + minutes(70)});
  busy->rules.daily_appointment_soft_max = 1;
  busy->slots[0].free_seats = 0;
  auto late = Site("b-late", {Now() + hours(47)});
  const Found found = Ask({busy, late});
  EXPECT_EQ(Ids(found), (List{"a-busy", "b-late"}));
  EXPECT_TRUE(found.excluded.empty());
}

TEST(DailyCap, S2_26_TheHardCapClosesTheDay) {
  auto site = Site("csnp", {Now() + hours(1), Now() + hours(2)});
  site->rules.daily_appointment_max = 1;
  site->rules.daily_appointment_soft_max = 1;
  EXPECT_EQ(Ask({site}).matches.size(), 2U);
  site->slots[0].free_seats = 0;
  EXPECT_EQ(WhyNot(Ask({site})), "FULL");
}

TEST(Languages, AWishRanksAndNeverRefuses) {
  PractitionerRules polyglot = Doctor();
  polyglot.language_codes = {"de", "ar"};
  auto site = Site("a", {Now() + hours(1)});
  auto speaks = Site("b", {Now() + hours(1)}, polyglot);
  EXPECT_EQ(Ids(Ask({site, speaks})), (List{"a", "b"}));
  Need need = Order();
  need.languages = {"uk", "ar"};
  const Found found = Ask({site, speaks}, need);
  EXPECT_EQ(Ids(found), (List{"b", "a"}));
  EXPECT_EQ(found.matches[0].terms.back().label, "parle ar");
  int sum = 0;
  for (const ScoreTerm& term : found.matches[0].terms) sum += term.points;
  EXPECT_EQ(sum, found.matches[0].score);
}

// A slot that the practice has back is not offered a minute later, by whatever way it is asked for.
TEST(GiveBack, AFreeSlotLeavesTheOffer) {
  auto site = Site("csnp", {Now() + hours(2)});
  site->slots[0].slot.give_back = Now() + hours(1);
  EXPECT_EQ(Ask({site}).matches.size(), 1U);
  EXPECT_EQ(WhyNot(Ask({site}, Order(), Now() + hours(1))), "NO_SESSION_IN_WINDOW");
}

TEST(Withdrawn, IsNotOfferedWhateverItsSeats) {
  auto site = Site("csnp", {Now() + hours(2)});
  Withdraw(site->slots[0].slot);
  EXPECT_EQ(WhyNot(Ask({site})), "NO_SESSION_IN_WINDOW");
}

TEST(Release, S1_02_BeforeTheHourOfThePracticeNobodySeesTheSlotOfTheDay) {
  auto site = Site("csnp", {Now() + hours(6)});
  site->slots[0].slot.allocation = Allocation::kSameDay;
  site->slots[0].slot.release = Now() + minutes(30);
  EXPECT_EQ(WhyNot(Ask({site})), "NO_SESSION_IN_WINDOW");
  EXPECT_EQ(Ask({site}, Order(), Now() + minutes(30)).matches.size(), 1U);
}

TEST(Release, S3_05_TheSecretariatBooksFirst) {
  auto site = Site("cabinet", {Now() + hours(6)});
  site->slots[0].slot.allocation = Allocation::kSecretariat;
  site->slots[0].slot.classes = {SlotClass::kSnp, SlotClass::kPro};
  site->slots[0].slot.release = Now() + hours(4);
  EntryRule secretariat;
  secretariat.entry_point = EntryPoint::kSecretariat;
  secretariat.access = Access::kDirect;
  site->rules.entry_rules.push_back(secretariat);
  EXPECT_EQ(WhyNot(Ask({site})), "NO_SESSION_IN_WINDOW");
  Need own = Order();
  own.entry_point = EntryPoint::kSecretariat;
  EXPECT_EQ(Ask({site}, own).matches.size(), 1U);
  EXPECT_EQ(Ask({site}, Order(), Now() + hours(4)).matches.size(), 1U);
}

}  // namespace
}  // namespace sas::slots
