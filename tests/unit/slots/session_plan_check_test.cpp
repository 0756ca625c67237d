#include <gtest/gtest.h>

#include <functional>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/session_plan.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using fixtures::At;
using fixtures::EveningPlan;
using fixtures::Frame;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

absl::Status Check(const std::function<void(Plan&)>& change, bool mmg = false) {
  Plan plan = EveningPlan();
  change(plan);
  PlanFrame frame = Frame();
  frame.may_use_pdsa_hours = mmg;
  return CheckPlan(plan, frame, "territory.session_plans[2]");
}

std::string FieldOf(const absl::Status& status) {
  const auto detail = base::DetailOf(status);
  return detail.violations.empty() ? "" : detail.violations[0].field;
}

TEST(SessionPlanCheck, TableOfShapes) {
  struct Case {
    const char* field;
    const char* reason;
    std::function<void(Plan&)> change;
  };

  constexpr char kShape[] = "INVALID_SESSION_PLAN";
  const std::vector<Case> cases{
      {"agenda", "INVALID_AGENDA", [](Plan& p) { p.agenda = ""; }},
      {"agenda", "INVALID_AGENDA", [](Plan& p) { p.agenda = "Soir"; }},
      {"agenda", "INVALID_AGENDA", [](Plan& p) { p.agenda = std::string(49, 'a'); }},
      {"weekdays", kShape, [](Plan& p) { p.weekdays = {}; }},
      {"weekdays", kShape, [](Plan& p) { p.weekdays = {0}; }},
      {"weekdays", kShape, [](Plan& p) { p.weekdays = {8}; }},
      {"weekdays", kShape,
       [](Plan& p) {
         p.weekdays = {1, 2, 1};
       }},
      {"end_time_of_day", kShape, [](Plan& p) { p.end = p.start; }},
      {"end_time_of_day", kShape, [](Plan& p) { p.end = At(17); }},
      {"slot_minutes", kShape, [](Plan& p) { p.slot_minutes = 4; }},
      {"slot_minutes", kShape, [](Plan& p) { p.slot_minutes = 121; }},
      {"slot_minutes", kShape, [](Plan& p) { p.end = At(18, 10); }},
      {"seats", kShape, [](Plan& p) { p.seats = 0; }},
      {"seats", kShape, [](Plan& p) { p.seats = 21; }},
      {"modes", kShape, [](Plan& p) { p.modes = {}; }},
      {"modes", "UNKNOWN_ENUM_VALUE", [](Plan& p) { p.modes = {Mode::kUnspecified}; }},
      {"modes", "UNKNOWN_ENUM_VALUE", [](Plan& p) { p.modes = {static_cast<Mode>(9)}; }},
      {"classes", kShape, [](Plan& p) { p.classes = {}; }},
      {"classes", "UNKNOWN_ENUM_VALUE", [](Plan& p) { p.classes = {static_cast<SlotClass>(-1)}; }},
      {"allocation_pattern", "UNKNOWN_ENUM_VALUE",
       [](Plan& p) { p.allocation_pattern = {static_cast<Allocation>(6)}; }},
      {"allocation_pattern", kShape,
       [](Plan& p) { p.allocation_pattern.assign(97, Allocation::kAnybody); }},
      {"every_weeks", kShape, [](Plan& p) { p.every_weeks = -1; }},
      {"every_weeks", kShape, [](Plan& p) { p.every_weeks = kEveryWeeksMax + 1; }},
      {"effective_end_date", kShape,
       [](Plan& p) { p.effective_end = care::AddDays(p.effective_start, -1); }}};
  for (const Case& c : cases) {
    const absl::Status status = Check(c.change);
    EXPECT_THAT(status, StatusIs(StatusCode::kInvalidArgument, c.reason)) << c.field;
    EXPECT_EQ(FieldOf(status), std::string("territory.session_plans[2].") + c.field);
  }
}

TEST(SessionPlanCheck, BoundsThemselvesAreAllowed) {
  EXPECT_THAT(Check([](Plan& p) {
                p.agenda = std::string(48, 'a');
                p.slot_minutes = 120;
                p.seats = 20;
                p.every_weeks = kEveryWeeksMax;
                p.allocation_pattern.assign(96, Allocation::kSameDay);
                p.effective_end = p.effective_start;
              }),
              IsOk());
  EXPECT_THAT(Check([](Plan& p) { p.slot_minutes = 5; }), IsOk());
  EXPECT_THAT(Check([](Plan& p) { p.every_weeks = 0; }), IsOk());
  EXPECT_THAT(Check([](Plan& p) { p.practitioner.clear(); }), IsOk());
}

TEST(SessionPlanCheck, AllFindingsInOneAnswer) {
  const absl::Status status = Check([](Plan& p) {
    p.seats = 0;
    p.modes = {};
    p.weekdays = {9};
  });
  const auto detail = base::DetailOf(status);
  ASSERT_EQ(detail.violations.size(), 3U);
  EXPECT_EQ(detail.violations[0].field, "territory.session_plans[2].weekdays");
  EXPECT_EQ(detail.violations[1].field, "territory.session_plans[2].seats");
  EXPECT_EQ(detail.violations[1].description.substr(0, 22), "INVALID_SESSION_PLAN: ");
}

TEST(SessionPlanCheck, S0_03_RefusedInsidePdsaHoursNamingTheRule) {
  const auto late = [](Plan& p) { p.end = At(20, 15); };
  const absl::Status status = Check(late);
  EXPECT_THAT(status, StatusIs(StatusCode::kFailedPrecondition, "SESSION_IN_PDSA_HOURS"));
  EXPECT_NE(std::string(status.message()).find("20:00 to 08:00"), std::string::npos);
  EXPECT_EQ(FieldOf(status), "territory.session_plans[2].start_time_of_day");
  EXPECT_THAT(Check([](Plan& p) { p.start = At(7, 45); }), ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_THAT(Check([](Plan& p) { p.weekdays = {7}; }), ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_THAT(Check([](Plan& p) { p.weekdays = {6}; }), ReasonIs("SESSION_IN_PDSA_HOURS"));
  EXPECT_THAT(Check([](Plan& p) {
                p.weekdays = {6};
                p.start = At(9);
                p.end = At(12);
              }),
              IsOk());
  EXPECT_THAT(Check([](Plan& p) { p.public_holidays = true; }), ReasonIs("SESSION_IN_PDSA_HOURS"));
}

TEST(SessionPlanCheck, OnlyAnMmgMaySayPdsaHours) {
  const auto guard = [](Plan& p) {
    p.pdsa_hours = true;
    p.public_holidays = true;
    p.start = At(20);
    p.end = At(23);
  };
  EXPECT_THAT(Check(guard), StatusIs(StatusCode::kFailedPrecondition, "SESSION_IN_PDSA_HOURS"));
  EXPECT_THAT(Check(guard, /*mmg=*/true), IsOk());
}

Plan Other(const Plan& plan) {
  Plan other = plan;
  other.name = "regions/fr-naq/sites/cnsp/plans/autre";
  other.practitioner = "regions/fr-naq/practitioners/b";
  other.agenda = "autre";
  other.room_id = "box-2";
  return other;
}

TEST(SessionOverlap, S0_16_TwoSessionsNeverShareARoom) {
  const Plan first = EveningPlan();
  Plan second = Other(first);
  EXPECT_THAT(CheckOverlap({first, second}), IsOk());
  second.room_id = first.room_id;
  const absl::Status status = CheckOverlap({first, second});
  EXPECT_THAT(status, StatusIs(StatusCode::kFailedPrecondition, "ROOM_TAKEN"));
  const std::string message(status.message());
  EXPECT_NE(message.find(first.name), std::string::npos);
  EXPECT_NE(message.find(second.name), std::string::npos);
  EXPECT_NE(message.find("2025-09-29"), std::string::npos);
  second.start = At(20);  // One after the other is no overlap.
  second.end = At(21);
  EXPECT_THAT(CheckOverlap({first, second}), IsOk());
  second.start = At(19, 59);
  EXPECT_THAT(CheckOverlap({first, second}), ReasonIs("ROOM_TAKEN"));
  second.site = "regions/fr-naq/sites/annexe";  // Another site's box of that name.
  EXPECT_THAT(CheckOverlap({first, second}), IsOk());
}

TEST(SessionOverlap, OnePractitionerIsInOnePlace) {
  const Plan first = EveningPlan();
  Plan second = Other(first);
  second.practitioner = first.practitioner;
  second.site = "regions/fr-naq/sites/annexe";
  EXPECT_THAT(CheckOverlap({first, second}),
              StatusIs(StatusCode::kFailedPrecondition, "PRACTITIONER_TAKEN"));
  second.practitioner.clear();
  Plan third = EveningPlan();
  third.practitioner.clear();
  third.room_id.clear();
  EXPECT_THAT(CheckOverlap({third, second}), IsOk());  // "À pourvoir" is nobody.
}

TEST(SessionOverlap, OneAgendaHasOneSession) {
  const Plan first = EveningPlan();
  Plan second = Other(first);
  second.agenda = first.agenda;
  EXPECT_THAT(CheckOverlap({first, second}),
              StatusIs(StatusCode::kFailedPrecondition, "AGENDA_TAKEN"));
}

TEST(SessionOverlap, WeekAAndWeekBNeverMeet) {
  Plan week_a = EveningPlan();
  week_a.every_weeks = 2;
  Plan week_b = week_a;
  week_b.effective_start = care::AddDays(week_a.effective_start, 7);
  EXPECT_THAT(CheckOverlap({week_a, week_b}), IsOk());
  week_b.every_weeks = 3;  // Every sixth week they do: 27 October, week 4 of A, week 3 of B.
  const absl::Status status = CheckOverlap({week_a, week_b});
  EXPECT_THAT(status, ReasonIs("ROOM_TAKEN"));
  EXPECT_NE(std::string(status.message()).find("2025-10-27"), std::string::npos);
}

TEST(SessionOverlap, VersionsAndWeekdaysApart) {
  Plan old = EveningPlan();
  old.effective_end = care::Date{2025, 11, 30};
  Plan next = EveningPlan();
  next.effective_start = {2025, 12, 1};
  EXPECT_THAT(CheckOverlap({old, next}), IsOk());
  next.effective_start = {2025, 11, 28};
  EXPECT_THAT(CheckOverlap({old, next}), ReasonIs("ROOM_TAKEN"));
  Plan monday = EveningPlan();
  monday.weekdays = {1};
  Plan tuesday = EveningPlan();
  tuesday.weekdays = {2};
  EXPECT_THAT(CheckOverlap({monday, tuesday}), IsOk());
}

// Property: CheckOverlap agrees with the generated sessions, day by day over a year.
TEST(SessionOverlap, EqualsBruteForceOverGeneratedSessions) {
  std::uint32_t state = 7;
  const auto pick = [&](std::uint32_t n) {
    state = state * 1664525U + 1013904223U;
    return static_cast<int>((state >> 16) % n);
  };
  int taken = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<Plan> plans;
    for (int i = 0; i < 2; ++i) {
      Plan plan = EveningPlan();
      plan.name += std::to_string(i);
      plan.agenda += std::to_string(i);
      plan.practitioner += std::to_string(i);
      plan.weekdays = {1 + pick(5), 6};
      plan.start = At(8 + pick(6));
      plan.end = At(plan.start.minutes / 60 + 1 + pick(3));
      plan.every_weeks = pick(4);
      plan.effective_start = care::AddDays({2026, 1, 5}, pick(40));
      if (pick(2) == 0) plan.effective_end = care::AddDays(plan.effective_start, pick(60));
      plan.pdsa_hours = true;
      plan.public_holidays = pick(2) == 0;
      plans.push_back(plan);
    }
    PlanFrame frame = Frame();
    frame.may_use_pdsa_hours = true;
    const auto zone = fixtures::Paris();
    bool brute = false;
    for (const auto& a : Generate(plans[0], frame, zone, {2026, 1, 1}, {2026, 12, 31})) {
      for (const auto& b : Generate(plans[1], frame, zone, a.date, a.date)) {
        brute = brute || (a.start < b.end && b.start < a.end);
      }
    }
    ASSERT_EQ(!CheckOverlap(plans).ok(), brute) << round;
    taken += brute ? 1 : 0;
  }
  EXPECT_GT(taken, 50);
  EXPECT_LT(taken, 350);
}

}  // namespace
}  // namespace sas::slots
