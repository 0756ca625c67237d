#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/session_plan.h"
#include "tests/unit/slots/fixtures.h"

// Sessions through midnight: one plan, one session, of the day on which it begins.
namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::EveningPlan;
using fixtures::kMonday;
using fixtures::kTuesday;
using fixtures::Paris;
using testing::IsOk;
using testing::ReasonIs;

// The MMG of every night, 20:00 to 01:00.
Plan NightPlan(const std::string& id = "nuit") {
  Plan plan = EveningPlan();
  plan.name = "regions/fr-naq/sites/mmg/plans/" + id;
  plan.site = "regions/fr-naq/sites/mmg";
  plan.agenda = id;
  plan.room_id = "";
  plan.weekdays = {1, 2, 3, 4, 5, 6, 7};
  plan.start = At(20);
  plan.end = At(1);
  plan.pdsa_hours = true;
  plan.public_holidays = true;
  return plan;
}

PlanFrame Mmg() {
  PlanFrame frame = fixtures::Frame();
  frame.may_use_pdsa_hours = true;
  return frame;
}

std::vector<PlannedSession> On(const Plan& plan, const care::Date& day,
                               const PlanFrame& frame = Mmg()) {
  return Generate(plan, frame, Paris(), day, day);
}

TEST(Night, OnePlanGoesThroughMidnight) {
  EXPECT_THAT(CheckPlan(NightPlan(), Mmg(), ""), IsOk());
  const auto sessions = On(NightPlan(), kTuesday);
  ASSERT_EQ(sessions.size(), 1U);
  const auto& slots = sessions[0].slots;
  ASSERT_EQ(slots.size(), 20U);
  EXPECT_EQ(slots[0].start, Paris().At(kTuesday, At(20)));
  EXPECT_EQ(slots[16].start, Paris().At(care::AddDays(kTuesday, 1), At(0)));
  EXPECT_EQ(slots[19].end, sessions[0].end);
  EXPECT_EQ(sessions[0].end, Paris().At(care::AddDays(kTuesday, 1), At(1)));
  for (const PlannedSlot& slot : slots) {
    EXPECT_EQ(slot.day_begin, Paris().At(kTuesday, At(0)));
    EXPECT_EQ(slot.week, WeekOf(kTuesday));
    EXPECT_TRUE(slot.staffed);
  }
}

TEST(Night, ToMidnightItselfIsTheNextDaysFirstMinute) {
  Plan plan = NightPlan();
  plan.end = At(0);
  EXPECT_THAT(CheckPlan(plan, Mmg(), ""), IsOk());
  const auto sessions = On(plan, kTuesday);
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].slots.size(), 16U);
}

TEST(Night, AnEndThatIsFarBeforeTheStartIsASlipOfThePen) {
  Plan plan = NightPlan();
  plan.end = At(10);  // 14 h.
  EXPECT_THAT(CheckPlan(plan, Mmg(), ""), IsOk());
  plan.end = At(10, 1);
  EXPECT_THAT(CheckPlan(plan, Mmg(), ""), ReasonIs("INVALID_SESSION_PLAN"));
}

TEST(Night, H37_InNightsOfClockChangeLocalStartAndEndStay) {
  Plan plan = NightPlan();
  plan.start = At(22);
  plan.end = At(4);
  const care::Date autumn{2026, 10, 24};  // The clock goes back at three.
  const care::Date spring{2027, 3, 27};   // And forward at two.
  EXPECT_EQ(On(plan, kTuesday)[0].slots.size(), 24U);
  for (const auto& [day, slots] : {std::pair{autumn, 28U}, std::pair{spring, 20U}}) {
    const auto sessions = On(plan, day);
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].slots.size(), slots);
    EXPECT_EQ(Paris().TimeOf(sessions[0].end), At(4));
    std::vector<std::string> names;
    for (const PlannedSlot& slot : sessions[0].slots) names.push_back(slot.name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  }
}

TEST(Night, S0_03_EachMinuteOfANightIsPdsa) {
  Plan plan = NightPlan();
  EXPECT_THAT(CheckPlan(plan, fixtures::Frame(), ""), ReasonIs("SESSION_IN_PDSA_HOURS"));
  plan.pdsa_hours = false;
  plan.public_holidays = false;
  EXPECT_THAT(CheckPlan(plan, Mmg(), ""), ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_TRUE(On(plan, kTuesday).empty());
}

TEST(Night, S0_03_PlansGoByTheHoursOfTheDepartement) {
  Plan saturday = EveningPlan();
  saturday.weekdays = {6};
  saturday.start = At(9);
  saturday.end = At(13);
  PlanFrame frame = fixtures::Frame();
  const care::Date day = care::AddDays(kMonday, 5);
  EXPECT_THAT(CheckPlan(saturday, frame, ""), ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_TRUE(On(saturday, day, frame).empty());
  frame.pdsa.saturday = At(13);
  EXPECT_THAT(CheckPlan(saturday, frame, ""), IsOk());
  EXPECT_EQ(On(saturday, day, frame).size(), 1U);
  saturday.end = At(13, 15);
  const absl::Status refused = CheckPlan(saturday, frame, "");
  EXPECT_NE(std::string(refused.message()).find("Saturday from 13:00"), std::string::npos);
}

TEST(Night, HolidaysAndSundaysGoByTheDayOnWhichItBegins) {
  Plan plan = NightPlan();
  plan.public_holidays = false;
  const care::Date holiday{2026, 7, 14};
  EXPECT_EQ(On(plan, care::AddDays(holiday, -1)).size(), 1U);
  EXPECT_TRUE(On(plan, holiday).empty());
  plan.weekdays = {7};
  const care::Date sunday = care::AddDays(kMonday, -1);
  ASSERT_EQ(On(plan, sunday).size(), 1U);
  EXPECT_EQ(On(plan, sunday)[0].slots.size(), 20U);  // Into Monday.
  EXPECT_TRUE(On(plan, kMonday).empty());
}

TEST(Night, ALicenceEndsAtMidnight) {
  PlanFrame frame = Mmg();
  frame.licence_end = kTuesday;
  const auto sessions = On(NightPlan(), kTuesday, frame);
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_TRUE(sessions[0].staffed);
  EXPECT_TRUE(sessions[0].slots[15].staffed);
  EXPECT_FALSE(sessions[0].slots[16].staffed);
  EXPECT_EQ(sessions[0].slots[16].practitioner, "");
}

TEST(Night, H22_NobodyIsInTwoSessionsAcrossMidnight) {
  const Plan night = NightPlan();
  Plan early = NightPlan("matin");
  early.agenda = "matin";
  early.weekdays = {3};
  early.start = At(0, 30);
  early.end = At(2);
  EXPECT_THAT(CheckOverlap({night, early}), ReasonIs("PRACTITIONER_TAKEN"));
  EXPECT_THAT(CheckOverlap({early, night}), ReasonIs("PRACTITIONER_TAKEN"));
  early.start = At(1);
  EXPECT_THAT(CheckOverlap({night, early}), IsOk());
  early.start = At(0);
  Plan other_days = night;
  other_days.weekdays = {4, 5};
  EXPECT_THAT(CheckOverlap({other_days, early}), IsOk());
  early.practitioner = "regions/fr-naq/practitioners/b";
  EXPECT_THAT(CheckOverlap({night, early}), IsOk());
  early.room_id = "box-1";
  Plan same_room = night;
  same_room.room_id = "box-1";
  EXPECT_THAT(CheckOverlap({same_room, early}), ReasonIs("ROOM_TAKEN"));
}

// What is accepted never meets, whatever nights and mornings; what is refused would.
TEST(Night, H22_OverlapOfNightsEqualsTheirSessions) {
  std::uint32_t state = 4;
  const auto below = [&state](std::uint32_t n) {
    state = state * 1664525U + 1013904223U;
    return static_cast<int>((state >> 16) % n);
  };
  const auto random_plan = [&](int number) {
    Plan plan = NightPlan("p" + std::to_string(number));
    plan.weekdays = {1 + below(7)};
    if (below(2) == 0) plan.weekdays.push_back(1 + plan.weekdays[0] % 7);
    plan.start = At(below(24), 15 * below(4));
    plan.end.minutes = (plan.start.minutes + 30 + 15 * below(50)) % (24 * 60);
    plan.every_weeks = 1 + below(3);
    plan.effective_start = care::AddDays({2026, 1, 5}, below(30));
    if (below(3) == 0) plan.effective_end = care::AddDays(plan.effective_start, below(60));
    return plan;
  };
  int refused = 0;
  constexpr int kRounds = 300;  // All within one winter: what meets, meets within six weeks.
  for (int round = 0; round < kRounds; ++round) {
    const Plan a = random_plan(0);
    const Plan b = random_plan(1);
    const auto of_a = Generate(a, Mmg(), Paris(), {2026, 1, 1}, {2026, 3, 27});
    const auto of_b = Generate(b, Mmg(), Paris(), {2026, 1, 1}, {2026, 3, 27});
    const bool meet = std::any_of(of_a.begin(), of_a.end(), [&](const PlannedSession& x) {
      return std::any_of(of_b.begin(), of_b.end(), [&](const PlannedSession& y) {
        return x.start < y.end && y.start < x.end;
      });
    });
    ASSERT_EQ(!CheckOverlap({a, b}).ok(), meet) << round;
    refused += meet ? 1 : 0;
  }
  EXPECT_GT(refused, kRounds / 20);
  EXPECT_LT(refused, kRounds - kRounds / 20);
}

}  // namespace
}  // namespace sas::slots
