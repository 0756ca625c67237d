#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/agenda_exception.h"
#include "services/slots/domain/session_plan.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using fixtures::At;
using fixtures::EveningPlan;
using fixtures::Frame;
using fixtures::kTuesday;
using fixtures::Paris;
using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

PlannedSlot FirstSlot(const Plan& plan, const care::Date& day = kTuesday) {
  return Generate(plan, Frame(), Paris(), day, day).at(0).slots.at(0);
}

std::string FieldOf(const absl::Status& status) {
  const auto detail = base::DetailOf(status);
  return detail.violations.empty() ? "" : detail.violations[0].field;
}

// Summer at the coast: twice the seats from the middle of June to the middle of September.
TEST(Season, S4_06_MorePatientsInTheWeeksOfSummer) {
  Plan plan = EveningPlan();
  plan.seats = 2;
  plan.seasons = {{615, 915, 4}};
  EXPECT_EQ(FirstSlot(plan, {2026, 6, 12}).seats, 2);
  EXPECT_EQ(FirstSlot(plan, {2026, 6, 15}).seats, 4);
  EXPECT_EQ(FirstSlot(plan, {2027, 8, 17}).seats, 4);  // Each year.
  EXPECT_EQ(FirstSlot(plan, {2026, 9, 15}).seats, 4);  // The last day counts.
  EXPECT_EQ(FirstSlot(plan, {2026, 9, 16}).seats, 2);
  EXPECT_THAT(CheckPlan(plan, Frame(), ""), IsOk());
}

TEST(Season, S4_06_ASeasonMayGoOverTheTurnOfTheYear) {
  Plan plan = EveningPlan();
  plan.seasons = {{1215, 310, 3}};
  EXPECT_EQ(SeatsOn(plan, {2026, 12, 14}), 1);
  EXPECT_EQ(SeatsOn(plan, {2026, 12, 15}), 3);
  EXPECT_EQ(SeatsOn(plan, {2027, 1, 1}), 3);
  EXPECT_EQ(SeatsOn(plan, {2027, 3, 10}), 3);
  EXPECT_EQ(SeatsOn(plan, {2027, 3, 11}), 1);
}

TEST(Season, TwoShareNoDayAndEachExists) {
  const auto check = [](std::vector<Season> seasons) {
    Plan plan = EveningPlan();
    plan.seasons = std::move(seasons);
    return CheckPlan(plan, Frame(), "plan");
  };
  EXPECT_THAT(check({{101, 131, 2}, {201, 229, 3}, {301, 1231, 4}}), IsOk());
  const auto shared = check({{601, 831, 2}, {831, 901, 3}});
  EXPECT_THAT(shared, StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(FieldOf(shared), "plan.seasons");
  EXPECT_EQ(FieldOf(check({{1201, 110, 2}, {105, 106, 3}})), "plan.seasons");  // Over the year.
  EXPECT_EQ(FieldOf(check({{1301, 110, 2}})), "plan.seasons[0]");
  EXPECT_EQ(FieldOf(check({{431, 501, 2}})), "plan.seasons[0]");
  EXPECT_EQ(FieldOf(check({{101, 102, 21}})), "plan.seasons[0].seats");
  EXPECT_EQ(FieldOf(check(std::vector<Season>(9, Season{101, 102, 1}))), "plan.seasons");
}

TEST(GiveBack, AFreeSlotIsThePracticesAgainBeforeItsStart) {
  Plan plan = EveningPlan();
  const PlannedSlot never = FirstSlot(plan);
  EXPECT_FALSE(IsGivenBack(never, never.start));
  plan.give_back_minutes = 90;
  const PlannedSlot slot = FirstSlot(plan);
  EXPECT_EQ(slot.give_back, slot.start - minutes(90));
  EXPECT_FALSE(IsGivenBack(slot, slot.give_back - minutes(1)));
  EXPECT_TRUE(IsGivenBack(slot, slot.give_back));
}

TEST(Release, S1_02_SlotsOfTheDayOpenToAllAtTheHourOfThePractice) {
  Plan plan = EveningPlan();
  plan.allocation_pattern = {Allocation::kSameDay};
  const PlannedSlot midnight = FirstSlot(plan);
  EXPECT_FALSE(IsReleased(midnight, midnight.day_begin - minutes(1)));
  EXPECT_TRUE(IsReleased(midnight, midnight.day_begin));
  plan.same_day_release = At(8, 30);
  const PlannedSlot slot = FirstSlot(plan);
  EXPECT_EQ(slot.release, Paris().At(kTuesday, At(8, 30)));
  EXPECT_FALSE(IsReleased(slot, slot.release - minutes(1)));
  EXPECT_TRUE(IsReleased(slot, slot.release));
}

TEST(Release, S3_05_SecretariatFirstThenTheOthers) {
  Plan plan = EveningPlan();
  plan.allocation_pattern = {Allocation::kSecretariat};
  plan.secretariat_minutes = 120;
  const PlannedSlot slot = FirstSlot(plan);
  EXPECT_EQ(slot.release, slot.start - minutes(120));
  const auto allows = [&](EntryPoint entry, base::Instant now) {
    return AllocationAllows(slot.allocation, entry, true, IsReleased(slot, now));
  };
  EXPECT_TRUE(allows(EntryPoint::kSecretariat, slot.release - hours(24)));
  EXPECT_FALSE(allows(EntryPoint::kLine116117, slot.release - minutes(1)));
  EXPECT_TRUE(allows(EntryPoint::kLine116117, slot.release));
  plan.secretariat_minutes = 0;  // The others have it when it begins, that is never.
  EXPECT_EQ(FirstSlot(plan).release, slot.start);
}

TEST(Control, BoundsOfTheNumbers) {
  Plan plan = EveningPlan();
  plan.give_back_minutes = 1440;
  plan.secretariat_minutes = 2880;
  plan.supernumerary_max = 4;
  EXPECT_THAT(CheckPlan(plan, Frame(), ""), IsOk());
  EXPECT_EQ(FirstSlot(plan).supernumerary_max, 4);
  for (int Plan::*const field :
       {&Plan::give_back_minutes, &Plan::secretariat_minutes, &Plan::supernumerary_max}) {
    Plan wrong = plan;
    ++(wrong.*field);
    EXPECT_THAT(CheckPlan(wrong, Frame(), ""), ReasonIs("NUMBER_OUT_OF_RANGE"));
    wrong.*field = -1;
    EXPECT_THAT(CheckPlan(wrong, Frame(), ""), ReasonIs("NUMBER_OUT_OF_RANGE"));
  }
}

TEST(Week, BeginsOnMonday) {
  EXPECT_EQ(WeekOf({1970, 1, 5}), 0);
  EXPECT_EQ(WeekOf({1970, 1, 4}), -1);
  EXPECT_EQ(WeekOf({2026, 11, 29}), WeekOf({2026, 11, 23}));
  EXPECT_EQ(WeekOf({2026, 11, 30}), WeekOf({2026, 11, 23}) + 1);
  EXPECT_EQ(FirstSlot(EveningPlan()).week, WeekOf(kTuesday));
}

TEST(Chaining, S0_18_CnspThenMmgIsOffUntilTheArsHasApprovedIt) {
  Plan cnsp = EveningPlan();
  Plan mmg = EveningPlan();
  mmg.name = "regions/fr-naq/sites/mmg/plans/nuit";
  mmg.site = "regions/fr-naq/sites/mmg";
  mmg.start = At(20);
  mmg.end = At(23);
  mmg.pdsa_hours = true;
  std::map<std::string, ChainSite> sites{{cnsp.site, {true, false, std::nullopt}},
                                         {mmg.site, {false, true, std::nullopt}}};
  EXPECT_THAT(CheckOverlap({cnsp, mmg}), IsOk());  // 20:00 is the end of one and the start of one.
  const absl::Status refused = CheckChaining({cnsp, mmg}, sites);
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(refused, ReasonIs("CHAINING_NOT_APPROVED"));
  EXPECT_NE(refused.message().find("2025-09-29"), std::string::npos) << refused.message();

  // Approved from a day on: the plans must not chain before it.
  sites[cnsp.site].chaining_from = care::Date{2026, 12, 1};
  EXPECT_THAT(CheckChaining({cnsp, mmg}, sites), ReasonIs("CHAINING_NOT_APPROVED"));
  mmg.effective_start = {2026, 12, 1};
  EXPECT_THAT(CheckChaining({cnsp, mmg}, sites), IsOk());
}

TEST(Chaining, S0_18_AnotherDoctorAnotherDayAndAnHourApartAreNoChain) {
  Plan cnsp = EveningPlan();
  Plan mmg = EveningPlan();
  mmg.site = "regions/fr-naq/sites/mmg";
  mmg.start = At(20);
  mmg.end = At(23);
  const std::map<std::string, ChainSite> sites{{cnsp.site, {true, false, std::nullopt}},
                                               {mmg.site, {false, true, std::nullopt}}};
  const auto check = [&](const std::function<void(Plan&)>& change) {
    Plan other = mmg;
    change(other);
    return CheckChaining({cnsp, other}, sites);
  };
  EXPECT_THAT(check([](Plan&) {}), ReasonIs("CHAINING_NOT_APPROVED"));
  EXPECT_THAT(check([](Plan& p) { p.practitioner = "regions/fr-naq/practitioners/b"; }), IsOk());
  EXPECT_THAT(check([](Plan& p) { p.weekdays = {6, 7}; }), IsOk());
  EXPECT_THAT(check([](Plan& p) { p.start = At(21, 1); }), IsOk());
  EXPECT_THAT(check([](Plan& p) { p.start = At(21); }), ReasonIs("CHAINING_NOT_APPROVED"));
}

TEST(Meetings, OneIsHeldAgainstTheOthersAndNotTheseAgainstOneAnother) {
  Plan cnsp = EveningPlan();
  Plan mmg = EveningPlan();
  mmg.name = "regions/fr-naq/sites/mmg/plans/nuit";
  mmg.site = "regions/fr-naq/sites/mmg";
  mmg.start = At(20);
  mmg.end = At(23);
  Plan other = EveningPlan();
  other.practitioner = "regions/fr-naq/practitioners/b";
  other.start = At(9);
  other.end = At(10);
  const std::map<std::string, ChainSite> sites{{cnsp.site, {true, false, std::nullopt}},
                                               {mmg.site, {false, true, std::nullopt}}};
  EXPECT_THAT(CheckMeetings(other, {cnsp, mmg, cnsp}, sites), IsOk());
  EXPECT_THAT(CheckMeetings(mmg, {other, cnsp}, sites), ReasonIs("CHAINING_NOT_APPROVED"));
  EXPECT_THAT(CheckMeetings(cnsp, {other, mmg, cnsp}, {}), ReasonIs("ROOM_TAKEN"));
}

TEST(Chaining, S0_18_PdsaHoursOfAChainedSessionBeginWithTheApproval) {
  Plan plan = EveningPlan();
  plan.end = At(21);
  plan.pdsa_hours = true;
  PlanFrame frame = Frame();
  frame.may_use_pdsa_hours = true;
  frame.pdsa_from = care::Date{2026, 11, 25};
  EXPECT_TRUE(Generate(plan, frame, Paris(), kTuesday, kTuesday).empty());
  EXPECT_EQ(Generate(plan, frame, Paris(), {2026, 11, 25}, {2026, 11, 25}).size(), 1U);
}

Opening Morning() {
  Opening opening;
  opening.name = "regions/fr-naq/sites/cnsp/exceptions/x1";
  opening.site = "regions/fr-naq/sites/cnsp";
  opening.agenda = "cnsp";
  opening.practitioner = "regions/fr-naq/practitioners/a";
  opening.start = Paris().At(kTuesday, At(9));
  opening.end = Paris().At(kTuesday, At(10));
  opening.modes = {Mode::kAmb};
  opening.classes = {SlotClass::kPro, SlotClass::kSnp};
  return opening;
}

TEST(OpeningSlots, S3_27_ADoctorOpensSlotsOfHisOwn) {
  const auto slots = SlotsOf(Morning(), Frame(), Paris());
  ASSERT_EQ(slots.size(), 4U);
  EXPECT_EQ(slots[0].name, "regions/fr-naq/sites/cnsp/slots/cnsp-20261124t0800z");
  EXPECT_EQ(slots[0].origin, Origin::kManual);
  EXPECT_EQ(slots[0].plan, Morning().name);
  EXPECT_TRUE(slots[0].staffed);
  EXPECT_EQ(slots[0].day_begin, Paris().At(kTuesday, At(0)));
  EXPECT_EQ(slots[0].week, WeekOf(kTuesday));
  EXPECT_EQ(slots[3].end, Morning().end);
}

TEST(OpeningSlots, WithoutADoctorOrAfterHisLicenceNotBookable) {
  Opening opening = Morning();
  opening.practitioner.clear();
  EXPECT_FALSE(SlotsOf(opening, Frame(), Paris()).at(0).staffed);
  PlanFrame frame = Frame();
  frame.licence_end = care::AddDays(kTuesday, -1);
  const auto slots = SlotsOf(Morning(), frame, Paris());
  EXPECT_FALSE(slots.at(0).staffed);
  EXPECT_EQ(slots.at(0).practitioner, "");
}

TEST(OpeningSlots, S0_03_NoneWhereTheSiteHasBeenShutSince) {
  PlanFrame frame = Frame();
  frame.site_end = kTuesday;
  EXPECT_EQ(SlotsOf(Morning(), frame, Paris()).size(), 4U);
  frame.site_end = care::AddDays(kTuesday, -1);
  EXPECT_TRUE(SlotsOf(Morning(), frame, Paris()).empty());
  Opening night = Morning();
  night.start = Paris().At(kTuesday, At(20));
  night.end = Paris().At(kTuesday, At(21));
  frame = Frame();
  frame.may_use_pdsa_hours = true;  // Approved, and then taken back.
  EXPECT_EQ(SlotsOf(night, frame, Paris()).size(), 4U);
  EXPECT_TRUE(SlotsOf(night, Frame(), Paris()).empty());
}

TEST(OpeningSlots, GiveBackAndAllocationAsOfPlans) {
  Opening opening = Morning();
  opening.give_back_minutes = 30;
  opening.allocation = Allocation::kSameDay;
  const auto slot = SlotsOf(opening, Frame(), Paris()).at(0);
  EXPECT_EQ(slot.give_back, slot.start - minutes(30));
  EXPECT_FALSE(IsReleased(slot, slot.day_begin - minutes(1)));
  EXPECT_TRUE(IsReleased(slot, slot.day_begin));
}

// Hazard H-37: three hours on the clock of 25 October 2026 are four real ones.
TEST(OpeningSlots, TheNightOfClockChangeLosesNothing) {
  Opening opening = Morning();
  opening.start = Paris().At({2026, 10, 25}, At(1));
  opening.end = Paris().At({2026, 10, 25}, At(4));
  opening.slot_minutes = 60;
  PlanFrame mmg = Frame();
  mmg.may_use_pdsa_hours = true;
  EXPECT_THAT(CheckOpening(opening, mmg, Paris(), ""), IsOk());
  std::set<std::string> names;
  for (const auto& slot : SlotsOf(opening, mmg, Paris())) names.insert(slot.name);
  EXPECT_EQ(names.size(), 4U);
  opening.start = Paris().At({2026, 3, 29}, At(1));
  opening.end = Paris().At({2026, 3, 29}, At(4));
  EXPECT_EQ(SlotsOf(opening, mmg, Paris()).size(), 2U);
}

TEST(OpeningCheck, TableOfRefusals) {
  struct Case {
    const char* field;
    const char* reason;
    std::function<void(Opening&)> change;
  };

  const std::vector<Case> cases{
      {"x.agenda", "INVALID_AGENDA", [](Opening& o) { o.agenda = "Soir"; }},
      {"x.slot_minutes", "INVALID_OPENING", [](Opening& o) { o.slot_minutes = 4; }},
      {"x.slot_minutes", "INVALID_OPENING", [](Opening& o) { o.slot_minutes = 61; }},
      {"x.seats", "INVALID_OPENING", [](Opening& o) { o.seats = 0; }},
      {"x.seats", "INVALID_OPENING", [](Opening& o) { o.seats = 21; }},
      {"x.modes", "INVALID_OPENING", [](Opening& o) { o.modes.clear(); }},
      {"x.classes", "UNKNOWN_ENUM_VALUE",
       [](Opening& o) { o.classes = {static_cast<SlotClass>(9)}; }},
      {"x.allocation", "UNKNOWN_ENUM_VALUE",
       [](Opening& o) { o.allocation = static_cast<Allocation>(6); }},
      {"x.give_back_minutes", "NUMBER_OUT_OF_RANGE",
       [](Opening& o) { o.give_back_minutes = 1441; }},
      {"x.start_time", "INVALID_TIME_RANGE",
       [](Opening& o) { o.start += std::chrono::seconds(1); }},
      {"x.end_time", "INVALID_TIME_RANGE", [](Opening& o) { o.end = o.start + hours(13); }},
      {"x.start_time", "SESSION_IN_PDSA_HOURS",
       [](Opening& o) {
         o.end = Paris().At(kTuesday, At(20, 15));
         o.slot_minutes = 60;
         o.start = Paris().At(kTuesday, At(18));
       }},
      {"x.start_time", "SESSION_IN_PDSA_HOURS",
       [](Opening& o) {
         o.start = Paris().At({2026, 11, 28}, At(14));
         o.end = o.start + hours(1);
       }},
      {"x.start_time", "SITE_NOT_OPEN",
       [](Opening& o) {
         o.start = Paris().At({2022, 1, 21}, At(9));
         o.end = o.start + hours(1);
       }},
  };
  EXPECT_THAT(CheckOpening(Morning(), Frame(), Paris(), "x"), IsOk());
  for (const Case& each : cases) {
    Opening opening = Morning();
    each.change(opening);
    const absl::Status status = CheckOpening(opening, Frame(), Paris(), "x");
    EXPECT_THAT(status, ReasonIs(each.reason)) << each.field;
    EXPECT_EQ(FieldOf(status), each.field) << status;
  }
}

TEST(OpeningCheck, MidnightIsTheEndOfItsDay) {
  Opening opening = Morning();
  PlanFrame mmg = Frame();
  mmg.may_use_pdsa_hours = true;
  opening.start = Paris().At(kTuesday, At(22));
  opening.end = Paris().At(care::AddDays(kTuesday, 1), At(0));
  EXPECT_THAT(CheckOpening(opening, mmg, Paris(), ""), IsOk());
  EXPECT_THAT(CheckOpening(opening, Frame(), Paris(), ""), ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_EQ(PlanOf(opening, Paris()).end.minutes, 24 * 60);
  opening.end += minutes(15);
  EXPECT_THAT(CheckOpening(opening, mmg, Paris(), ""), ReasonIs("INVALID_TIME_RANGE"));
}

TEST(OpeningCheck, MeetsPlansAsOneMoreSession) {
  Opening opening = Morning();
  opening.start = Paris().At(kTuesday, At(19));
  opening.end = Paris().At(kTuesday, At(20));
  opening.agenda = "renfort";
  EXPECT_THAT(CheckOverlap({EveningPlan(), PlanOf(opening, Paris())}),
              ReasonIs("PRACTITIONER_TAKEN"));
  opening.practitioner = "regions/fr-naq/practitioners/b";
  EXPECT_THAT(CheckOverlap({EveningPlan(), PlanOf(opening, Paris())}), IsOk());
  opening.room_id = "box-1";
  EXPECT_THAT(CheckOverlap({EveningPlan(), PlanOf(opening, Paris())}), ReasonIs("ROOM_TAKEN"));
}

TEST(Closures, WhatOverlapsLeavesTheOfferAndWhatTouchesStays) {
  const auto at = [](int hour, int minute = 0) { return Paris().At(kTuesday, At(hour, minute)); };
  const std::vector<Closure> agenda{{"cnsp", at(18, 30), at(19)}};
  EXPECT_FALSE(IsClosed(agenda, "cnsp", at(18, 15), at(18, 30)));
  EXPECT_TRUE(IsClosed(agenda, "cnsp", at(18, 20), at(18, 35)));
  EXPECT_TRUE(IsClosed(agenda, "cnsp", at(18, 45), at(19)));
  EXPECT_FALSE(IsClosed(agenda, "cnsp", at(19), at(19, 15)));
  EXPECT_FALSE(IsClosed(agenda, "autre", at(18, 45), at(19)));
  EXPECT_TRUE(IsClosed({{"", at(18), at(20)}}, "autre", at(18, 45), at(19)));
  PlannedSlot slot = FirstSlot(EveningPlan());
  Withdraw(slot);
  EXPECT_TRUE(slot.withdrawn);
  EXPECT_FALSE(slot.staffed);
  EXPECT_FALSE(slot.practitioner.empty());  // Who has the patients that are booked.
}

}  // namespace
}  // namespace sas::slots
