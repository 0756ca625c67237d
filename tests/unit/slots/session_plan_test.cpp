#include "services/slots/domain/session_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/testing/status_matchers.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::EveningPlan;
using fixtures::Frame;
using fixtures::kMonday;
using fixtures::kTuesday;
using fixtures::Paris;

std::vector<PlannedSession> Week(const Plan& plan, const PlanFrame& frame = Frame()) {
  return Generate(plan, frame, Paris(), kMonday, care::AddDays(kMonday, 6));
}

std::vector<std::string> Days(const std::vector<PlannedSession>& sessions) {
  std::vector<std::string> days;
  for (const auto& session : sessions) days.push_back(care::DateText(session.date));
  return days;
}

std::set<std::string> Names(const std::vector<PlannedSession>& sessions) {
  std::set<std::string> names;
  for (const auto& session : sessions) {
    for (const auto& slot : session.slots) names.insert(slot.name);
  }
  return names;
}

std::string Starts(const PlannedSession& session) {
  std::string text;
  for (const auto& slot : session.slots) {
    text += (text.empty() ? "" : " ") + care::TimeOfDayText(Paris().TimeOf(slot.start));
  }
  return text;
}

TEST(SessionPlan, S0_04_EveningFrom18To20InStepsOf15Minutes) {
  const auto sessions = Generate(EveningPlan(), Frame(), Paris(), kTuesday, kTuesday);
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(Starts(sessions[0]), "18:00 18:15 18:30 18:45 19:00 19:15 19:30 19:45");
  for (const auto& slot : sessions[0].slots) {
    EXPECT_EQ(slot.end - slot.start, std::chrono::minutes(15));
  }
  EXPECT_EQ(Paris().TimeOf(sessions[0].slots.back().end), At(20));
}

TEST(SessionPlan, S0_06_NoSlotOnSaturdaySundayOrHoliday) {
  EXPECT_EQ(Week(EveningPlan()).size(), 5U);
  for (const auto& session :
       Generate(EveningPlan(), Frame(), Paris(), {2026, 1, 1}, {2026, 12, 31})) {
    EXPECT_LE(care::Weekday(session.date), 5);
    EXPECT_EQ(care::PublicHoliday(session.date), "") << care::DateText(session.date);
  }
  // Easter Monday, 1 and 8 May, Ascension, Whit Monday, 14 July, 11 November of 2026.
  for (const care::Date& holiday :
       {care::Date{2026, 4, 6}, care::Date{2026, 5, 1}, care::Date{2026, 5, 8},
        care::Date{2026, 5, 14}, care::Date{2026, 5, 25}, care::Date{2026, 7, 14},
        care::Date{2026, 11, 11}}) {
    EXPECT_TRUE(Generate(EveningPlan(), Frame(), Paris(), holiday, holiday).empty());
  }
}

TEST(SessionPlan, S0_03_NeverGeneratedInsidePdsaHours) {
  // The Friday after Ascension is a bridge day: PDSA from 8:00, and no holiday.
  const care::Date bridge{2026, 5, 15};
  EXPECT_EQ(care::PublicHoliday(bridge), "");
  EXPECT_TRUE(Generate(EveningPlan(), Frame(), Paris(), bridge, bridge).empty());
  Plan mmg = EveningPlan();
  mmg.pdsa_hours = true;
  PlanFrame allowed = Frame();
  EXPECT_TRUE(Generate(mmg, allowed, Paris(), bridge, bridge).empty());
  allowed.may_use_pdsa_hours = true;
  EXPECT_EQ(Generate(mmg, allowed, Paris(), bridge, bridge).size(), 1U);
}

TEST(SessionPlan, S0_09_NothingBeforeTheOpening) {
  PlanFrame frame = Frame();
  frame.site_opening = {2026, 11, 25};
  EXPECT_EQ(Days(Week(EveningPlan(), frame)),
            (std::vector<std::string>{"2026-11-25", "2026-11-26", "2026-11-27"}));
}

TEST(SessionPlan, S1_14_ASeasonalSiteEndsByItself) {
  PlanFrame frame = Frame();
  frame.site_end = care::Date{2026, 11, 24};
  EXPECT_EQ(Days(Week(EveningPlan(), frame)),
            (std::vector<std::string>{"2026-11-23", "2026-11-24"}));
  Plan plan = EveningPlan();
  plan.effective_end = care::Date{2026, 11, 23};
  EXPECT_EQ(Days(Week(plan)), (std::vector<std::string>{"2026-11-23"}));
}

TEST(SessionPlan, S0_15_AfterTheLicenceOfARemplacantTheSessionIsAPourvoir) {
  PlanFrame frame = Frame();
  frame.licence_end = care::Date{2026, 11, 24};
  const auto sessions = Week(EveningPlan(), frame);
  ASSERT_EQ(sessions.size(), 5U);
  EXPECT_TRUE(sessions[1].staffed);  // Its last day counts.
  EXPECT_TRUE(sessions[1].slots.front().staffed);
  EXPECT_EQ(sessions[1].warnings, (std::vector<std::string>{"LICENCE_ENDS"}));
  EXPECT_FALSE(sessions[2].staffed);
  for (const auto& slot : sessions[2].slots) {
    EXPECT_FALSE(slot.staffed);
    EXPECT_EQ(slot.practitioner, "");
  }
  EXPECT_EQ(sessions[2].warnings, (std::vector<std::string>{"UNSTAFFED", "LICENCE_ENDS"}));
}

TEST(SessionPlan, S0_15_WithoutANamedDoctorTheSessionIsAPourvoir) {
  Plan plan = EveningPlan();
  plan.practitioner.clear();
  const auto sessions = Week(plan);
  ASSERT_EQ(sessions.size(), 5U);
  EXPECT_FALSE(sessions[0].staffed);
  EXPECT_EQ(sessions[0].slots.size(), 8U);  // Shown, and not bookable.
  EXPECT_FALSE(sessions[0].slots[0].staffed);
  EXPECT_EQ(sessions[0].warnings, (std::vector<std::string>{"UNSTAFFED"}));
}

TEST(SessionPlan, WarnsWithoutSecretary) {
  PlanFrame frame = Frame();
  frame.secretary_required = true;
  Plan plan = EveningPlan();
  EXPECT_EQ(Week(plan, frame)[0].warnings, (std::vector<std::string>{"NO_SECRETARY"}));
  plan.secretary = "Accueil";
  EXPECT_TRUE(Week(plan, frame)[0].warnings.empty());
}

TEST(SessionPlan, S4_02_AfternoonOfChallansEndsBy1730) {
  Plan plan = EveningPlan();
  plan.start = At(13, 30);
  plan.end = At(17, 30);
  const auto sessions = Week(plan);
  EXPECT_EQ(Days(sessions), (std::vector<std::string>{"2026-11-23", "2026-11-24", "2026-11-25",
                                                      "2026-11-26", "2026-11-27"}));
  for (const auto& session : sessions) {
    EXPECT_EQ(session.slots.size(), 16U);
    EXPECT_EQ(Paris().TimeOf(session.slots.front().start), At(13, 30));
    EXPECT_EQ(Paris().TimeOf(session.slots.back().end), At(17, 30));
  }
  plan.slot_minutes = 25;  // Does not divide four hours: the rest stays empty.
  for (const auto& session : Week(plan)) {
    EXPECT_EQ(session.slots.size(), 9U);
    EXPECT_LE(Paris().TimeOf(session.slots.back().end), At(17, 30));
  }
}

TEST(SessionPlan, S4_03_OpensOn24January2022) {
  const auto sessions = Generate(EveningPlan(), Frame(), Paris(), {2022, 1, 1}, {2022, 12, 31});
  EXPECT_TRUE(sessions.empty());  // This plan begins in 2025.
  Plan plan = EveningPlan();
  plan.effective_start = {2021, 6, 1};
  const auto first = Generate(plan, Frame(), Paris(), {2022, 1, 1}, {2022, 1, 31});
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(care::DateText(first.front().date), "2022-01-24");
}

TEST(SessionPlan, S2_08_CapacityOfAnHourSetsTheStep) {
  Plan plan = EveningPlan();
  plan.slot_minutes = 60 / 4;
  EXPECT_EQ(Week(plan)[0].slots.size(), 2U * 4);
  plan.slot_minutes = 60 / 3;
  const auto sessions = Week(plan);
  EXPECT_EQ(sessions[0].slots.size(), 2U * 3);
  EXPECT_EQ(Starts(sessions[0]), "18:00 18:20 18:40 19:00 19:20 19:40");
}

// The old version ends where the new one begins; what was booked before keeps its name.
TEST(SessionPlan, S2_08_ChangeOfCapacityFromADateKeepsBookedSlots) {
  const care::Date from = care::AddDays(kMonday, 2);
  Plan four = EveningPlan();
  const auto before = Names(Week(four));
  four.effective_end = care::AddDays(from, -1);
  Plan three = EveningPlan();
  three.name += "-v2";
  three.effective_start = from;
  three.slot_minutes = 20;
  ASSERT_THAT(CheckOverlap({four, three}), testing::IsOk());
  std::set<std::string> after = Names(Week(four));
  after.merge(Names(Week(three)));
  EXPECT_EQ(after.size(), 2U * 8 + 3U * 6);
  // Every slot before the date, and after it those that begin at the same minute.
  for (const std::string& name : before) {
    const auto identity = ParseSlotName(name, "slot");
    const bool early = Paris().DateOf(identity->start) < from;
    const bool full_hour = Paris().TimeOf(identity->start).minutes % 60 == 0;
    if (early || full_hour) {
      EXPECT_EQ(after.count(name), 1U) << name;
    }
  }
  const PlannedSession wednesday = Week(three).front();
  EXPECT_EQ(Starts(wednesday), "18:00 18:20 18:40 19:00 19:20 19:40");
}

// A booking of 18:15 outlives the step of 15 minutes: the doctor is busy from 18:15 to 18:35.
TEST(SessionPlan, S2_08_NewSlotsGiveWayToABookingOfTheOldStep) {
  Plan three = EveningPlan();
  three.slot_minutes = 20;
  const base::Instant booked = Paris().At(kTuesday, At(18, 15));
  const std::vector<SlotIdentity> orphans{{"fr-naq", three.site, three.agenda, booked}};
  std::string free;
  const auto sessions = Generate(three, Frame(), Paris(), kTuesday, kTuesday);
  for (const auto& slot : sessions.at(0).slots) {
    if (!OverlapsBooked(slot, orphans)) {
      free += care::TimeOfDayText(Paris().TimeOf(slot.start)) + " ";
    }
  }
  EXPECT_EQ(free, "18:40 19:00 19:20 19:40 ");
  const std::vector<SlotIdentity> elsewhere{{"fr-naq", three.site, "other", booked},
                                            {"fr-naq", "regions/fr-naq/sites/x", "cnsp", booked}};
  for (const auto& slot : sessions[0].slots) EXPECT_FALSE(OverlapsBooked(slot, elsewhere));
}

// Week A at one site, week B at the other, eight weeks that begin on Monday 5 January 2026.
TEST(SessionPlan, S2_07_EightWeeksOfRotationEqualTheExpectedCalendar) {
  Plan week_a = EveningPlan();
  week_a.weekdays = {2};
  week_a.every_weeks = 2;
  week_a.effective_start = {2026, 1, 5};
  Plan week_b = week_a;
  week_b.name = "regions/fr-naq/sites/annexe/plans/soir";
  week_b.site = "regions/fr-naq/sites/annexe";
  week_b.effective_start = {2026, 1, 12};
  EXPECT_THAT(CheckOverlap({week_a, week_b}), testing::IsOk());
  const care::Date first{2026, 1, 5};
  const care::Date last = care::AddDays(first, 8 * 7 - 1);
  EXPECT_EQ(Days(Generate(week_a, Frame(), Paris(), first, last)),
            (std::vector<std::string>{"2026-01-06", "2026-01-20", "2026-02-03", "2026-02-17"}));
  EXPECT_EQ(Days(Generate(week_b, Frame(), Paris(), first, last)),
            (std::vector<std::string>{"2026-01-13", "2026-01-27", "2026-02-10", "2026-02-24"}));
  // A week counts from its Monday, also when the plan begins on a Friday.
  week_a.effective_start = {2026, 1, 9};
  EXPECT_EQ(Days(Generate(week_a, Frame(), Paris(), first, last)).front(), "2026-01-20");
}

TEST(SessionPlan, PatternRepeatsOverTheSession) {
  Plan plan = EveningPlan();
  plan.allocation_pattern = {Allocation::kRegulated, Allocation::kEmergency, Allocation::kSameDay};
  const auto slots = Week(plan)[0].slots;
  ASSERT_EQ(slots.size(), 8U);
  EXPECT_EQ(slots[0].allocation, Allocation::kRegulated);
  EXPECT_EQ(slots[1].allocation, Allocation::kEmergency);
  EXPECT_EQ(slots[2].allocation, Allocation::kSameDay);
  EXPECT_EQ(slots[3].allocation, Allocation::kRegulated);
  EXPECT_EQ(slots[7].allocation, Allocation::kEmergency);
}

// Hazard H-37: local hours stay, the number of slots follows the real length of the night.
TEST(SessionPlan, H37_NightsOfClockChange) {
  Plan plan = EveningPlan();
  plan.start = At(1);
  plan.end = At(5);
  plan.slot_minutes = 30;
  plan.weekdays = {7};
  plan.pdsa_hours = true;
  PlanFrame frame = Frame();
  frame.may_use_pdsa_hours = true;
  const auto slots = [&](const care::Date& date) {
    return Generate(plan, frame, Paris(), date, date).at(0).slots;
  };
  const auto ordinary = slots({2026, 11, 29});
  EXPECT_EQ(ordinary.size(), 8U);
  const auto spring = slots({2026, 3, 29});
  EXPECT_EQ(spring.size(), 6U);
  EXPECT_EQ(spring.front().name, "regions/fr-naq/sites/cnsp/slots/cnsp-20260329t0000z");
  EXPECT_EQ(Paris().TimeOf(spring[2].start), At(3));  // 1:00, 1:30, then 3:00.
  const auto autumn = slots({2026, 10, 25});
  EXPECT_EQ(autumn.size(), 10U);
  std::set<std::string> names;
  for (const auto& slot : autumn) EXPECT_TRUE(names.insert(slot.name).second);
  EXPECT_EQ(Paris().TimeOf(autumn.back().end), At(5));
  EXPECT_EQ(slots({2027, 3, 28}).size(), 6U);
}

TEST(SessionPlan, DayBeginsAtLocalMidnight) {
  const auto slot = Week(EveningPlan())[1].slots.front();
  EXPECT_EQ(slot.day_begin, Paris().At(kTuesday, At(0)));
  EXPECT_EQ(slot.name, "regions/fr-naq/sites/cnsp/slots/cnsp-20261124t1700z");
}

TEST(SessionPlan, H22_TimeGivenElsewhereIsCountedWhereItTouchesASession) {
  using std::chrono::minutes;
  std::vector<PlannedSession> sessions = Week(EveningPlan());
  ASSERT_FALSE(sessions.empty());
  const base::Instant start = sessions[0].start;
  const base::Instant end = sessions[0].end;
  const std::vector<TimeSpan> elsewhere{{end, end + minutes(15)},
                                        {end - minutes(1), end + minutes(14)},
                                        {start - minutes(14), start + minutes(1)},
                                        {start - minutes(15), start}};
  const SharedTime shared = SharedWith(sessions, elsewhere);
  EXPECT_EQ(shared.count, 2);
  EXPECT_EQ(shared.first, start - minutes(14));
  EXPECT_EQ(SharedWith(sessions, {}).first, base::Instant());
  for (PlannedSession& session : sessions) session.staffed = false;
  EXPECT_EQ(SharedWith(sessions, elsewhere).count, 0);  // Nobody holds it.
}

}  // namespace
}  // namespace sas::slots
