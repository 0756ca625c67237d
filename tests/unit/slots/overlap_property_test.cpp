#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "common/testing/status_matchers.h"
#include "services/slots/domain/session_plan.h"
#include "tests/unit/slots/fixtures.h"

// Hazard H-22: one doctor is in one place at a time, whatever plans, sites and changes say.
namespace sas::slots {
namespace {

using fixtures::At;
using fixtures::EveningPlan;
using fixtures::Frame;

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : state_(seed) {}

  int Below(std::uint32_t n) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<int>((state_ >> 16) % n);
  }

 private:
  std::uint32_t state_;
};

Plan RandomPlan(Chance& chance, int number) {
  Plan plan = EveningPlan();
  plan.name += std::to_string(number);
  plan.site = number % 2 == 0 ? plan.site : "regions/fr-naq/sites/annexe";
  plan.agenda += std::to_string(number);
  plan.room_id = "box-" + std::to_string(number);
  plan.weekdays = {1 + chance.Below(5), 6};
  plan.start = At(8 + chance.Below(6), 15 * chance.Below(4));
  plan.end = At(plan.start.minutes / 60 + 1 + chance.Below(3), plan.start.minutes % 60);
  plan.slot_minutes = 10 + 5 * chance.Below(3);
  plan.every_weeks = chance.Below(4);
  plan.effective_start = care::AddDays({2026, 1, 5}, chance.Below(40));
  if (chance.Below(2) == 0) {
    plan.effective_end = care::AddDays(plan.effective_start, chance.Below(60));
  }
  plan.pdsa_hours = true;
  plan.public_holidays = chance.Below(2) == 0;
  return plan;
}

std::vector<PlannedSession> SessionsOf(const Plan& plan, const care::Date& last) {
  PlanFrame frame = Frame();
  frame.may_use_pdsa_hours = true;
  return Generate(plan, frame, fixtures::Paris(), {2026, 1, 1}, last);
}

std::vector<PlannedSlot> SlotsOf(const Plan& plan) {
  std::vector<PlannedSlot> slots;
  for (const PlannedSession& session : SessionsOf(plan, {2026, 3, 31})) {
    slots.insert(slots.end(), session.slots.begin(), session.slots.end());
  }
  return slots;
}

bool Meet(const std::vector<PlannedSession>& a, const std::vector<PlannedSession>& b) {
  return std::any_of(a.begin(), a.end(), [&](const PlannedSession& x) {
    return std::any_of(b.begin(), b.end(),
                       [&](const PlannedSession& y) { return x.start < y.end && y.start < x.end; });
  });
}

// overlap_exclusion: plans that are accepted never make two slots of one doctor at once, at one
// site or at two, and those that would are refused.
TEST(OverlapProperty, H22_OneDoctorNeverHasTwoSlotsAtOnce) {
  Chance chance(22);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<Plan> plans{RandomPlan(chance, 0), RandomPlan(chance, 1)};
    ASSERT_EQ(plans[0].practitioner, plans[1].practitioner);
    const absl::Status verdict = CheckOverlap(plans);
    const care::Date last{2026, 12, 31};
    ASSERT_EQ(!verdict.ok(), Meet(SessionsOf(plans[0], last), SessionsOf(plans[1], last))) << round;
    if (verdict.ok()) continue;
    EXPECT_THAT(verdict, testing::ReasonIs("PRACTITIONER_TAKEN"));
    ++refused;
  }
  EXPECT_GT(refused, 40);
  EXPECT_LT(refused, 260);
}

// A plan that changes under its patients: no slot of the new one takes the time of an appointment
// whose own slot is gone, and none that is clear of them is lost.
TEST(OverlapProperty, H22_AChangedPlanLeavesTheTimeOfWhatIsBooked) {
  Chance chance(23);
  int excluded = 0;
  int kept = 0;
  for (int round = 0; round < 60; ++round) {
    const Plan before = RandomPlan(chance, 0);
    Plan after = before;
    after.slot_minutes = 10 + 5 * chance.Below(3);
    after.start.minutes += 5 * chance.Below(4);
    const std::vector<PlannedSlot> old = SlotsOf(before);
    if (old.empty()) continue;
    const PlannedSlot& booked = old[static_cast<std::size_t>(chance.Below(40)) % old.size()];
    const auto orphan = ParseSlotName(booked.name, "slot");
    ASSERT_TRUE(orphan.ok());
    for (const PlannedSlot& slot : SlotsOf(after)) {
      // Its own length is not known any more: that of the new slots stands for it.
      const auto end = booked.start + (slot.end - slot.start);
      const bool meets = booked.start < slot.end && slot.start < end;
      ASSERT_EQ(OverlapsBooked(slot, {*orphan}), meets) << round << " " << slot.name;
      ++(meets ? excluded : kept);
    }
  }
  EXPECT_GT(excluded, 40);
  EXPECT_GT(kept, 1000);
}

}  // namespace
}  // namespace sas::slots
