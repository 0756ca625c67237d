#include "services/regulation/domain/roster.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::hours;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;

class Roster : public ::testing::Test {
 protected:
  base::Instant At(int year, int month, int day, int hour, int minute = 0) const {
    return zone_.At({year, month, day}, {hour * 60 + minute});
  }

  Attendance Works(const std::string& subject, Role role, base::Instant start, base::Instant end,
                   bool present = true) const {
    return {
        {"regions/fr-pdl/shifts/" + subject, "85", subject, role, start, end, ShiftState::kPlanned},
        present};
  }

  CoverageValue Look(RosterQueue queue, const std::vector<Attendance>& shifts, base::Instant now,
                     minutes ahead = minutes(30)) const {
    return CoverageOf("85", queue, shifts, rules_, zone_, now, ahead);
  }

  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  StaffingRules rules_;
};

TEST_F(Roster, AShiftLastsUntilTheSameHourOfTheNextDay) {
  const base::Instant now = At(2026, 10, 1, 8);

  struct Case {
    base::Instant start;
    base::Instant end;
    bool fine;
  };

  for (const Case& each : {
           Case{now, now + hours(24), true},
           Case{now, now + hours(24) + minutes(1), false},
           Case{now, now, false},
           Case{now - hours(2), now, false},
           Case{now - hours(2), now + minutes(1), true},
           // 25 h from 8 to 8 h over the night that repeats an hour, 23 h over the one that skips
           // one.
           Case{At(2026, 10, 24, 8), At(2026, 10, 25, 8), true},
           Case{At(2026, 10, 24, 8), At(2026, 10, 25, 8, 1), false},
           Case{At(2027, 3, 27, 8), At(2027, 3, 28, 8), true},
           Case{now + hours(24 * 399), now + hours(24 * 399 + 1), true},
           Case{now + hours(24 * 400), now + hours(24 * 400 + 1), false},
       }) {
    const absl::Status status = CheckShiftTimes(each.start, each.end, now, zone_);
    if (each.fine) {
      EXPECT_THAT(status, IsOk());
    } else {
      EXPECT_THAT(status, ReasonIs("SHIFT_TIMES"));
    }
  }
}

TEST_F(Roster, S1_15_NobodyHasTwoShiftsAtOnce) {
  const base::Instant start = At(2026, 11, 24, 8);
  const ShiftValue day = Works("mrg-1", Role::kRegulatorMg, start, start + hours(6)).shift;
  ShiftValue other = day;
  other.name += "-b";
  const auto overlap = [&](hours from, hours to, ShiftState state) {
    other.start = start + from;
    other.end = start + to;
    other.state = state;
    return CheckNoOverlap(other, {day});
  };
  EXPECT_THAT(overlap(hours(6), hours(12), ShiftState::kPlanned), IsOk());
  EXPECT_THAT(overlap(hours(-4), hours(0), ShiftState::kPlanned), IsOk());
  EXPECT_THAT(overlap(hours(5), hours(12), ShiftState::kPlanned), ReasonIs("SHIFT_OVERLAPS"));
  EXPECT_THAT(overlap(hours(-4), hours(1), ShiftState::kPlanned), ReasonIs("SHIFT_OVERLAPS"));
  EXPECT_THAT(CheckNoOverlap(day, {day}), IsOk());  // Itself.
  ShiftValue cancelled = day;
  cancelled.state = ShiftState::kCancelled;
  other.start = start;
  EXPECT_THAT(CheckNoOverlap(other, {cancelled}), IsOk());
}

TEST_F(Roster, OneSignsInFromAnHourBeforeToTheEnd) {
  const base::Instant start = At(2026, 11, 24, 8);
  ShiftValue shift = Works("osnp-1", Role::kOsnp, start, start + hours(6)).shift;
  EXPECT_THAT(CheckSignIn(shift, start - minutes(61)), ReasonIs("SHIFT_NOT_NOW"));
  EXPECT_THAT(CheckSignIn(shift, start - minutes(60)), IsOk());
  EXPECT_THAT(CheckSignIn(shift, start + hours(6)), ReasonIs("SHIFT_NOT_NOW"));
  shift.state = ShiftState::kSignedOut;  // He comes back.
  EXPECT_THAT(CheckSignIn(shift, start + hours(1)), IsOk());
  EXPECT_THAT(CheckSignIn(shift, start + hours(6)), ReasonIs("SHIFT_NOT_NOW"));
  EXPECT_THAT(CheckStanding(shift, start + hours(1)), ReasonIs("SHIFT_STATE_FORBIDS"));
  shift.state = ShiftState::kReplaced;
  EXPECT_THAT(CheckSignIn(shift, start), ReasonIs("SHIFT_STATE_FORBIDS"));
}

TEST_F(Roster, S1_15_AQueueWithNobodyOnShiftIsToldNowAndBefore) {
  // Tuesday: the OSNP is needed from 8 to 20 h, regulators always.
  const base::Instant eight = At(2026, 11, 24, 8);
  const std::vector<Attendance> shifts{
      Works("osnp-1", Role::kOsnp, eight, eight + hours(6)),
      Works("osnp-2", Role::kOsnp, eight + hours(6), eight + hours(11)),
      Works("mrg-1", Role::kRegulatorMg, eight - hours(12), eight + hours(12))};
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight - minutes(31)).state,
            CoverageState::kNotRequired);
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight).state, CoverageState::kCovered);
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight + hours(6)).state, CoverageState::kCovered);
  const CoverageValue soon = Look(RosterQueue::kOsnp, shifts, eight + hours(10) + minutes(40));
  EXPECT_EQ(soon.state, CoverageState::kNobodySoon);
  EXPECT_EQ(soon.gap, eight + hours(11));
  const CoverageValue now = Look(RosterQueue::kOsnp, shifts, eight + hours(11));
  EXPECT_EQ(now.state, CoverageState::kNobodyOnShift);
  EXPECT_EQ(now.gap, eight + hours(11));
  // At 20 h the SAS ends: nobody has to be there.
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight + hours(12)).state, CoverageState::kNotRequired);
  EXPECT_EQ(Look(RosterQueue::kRegulation, shifts, eight).state, CoverageState::kCovered);
  EXPECT_EQ(Look(RosterQueue::kRegulation, shifts, eight + hours(12)).state,
            CoverageState::kNobodyOnShift);
  EXPECT_EQ(Look(RosterQueue::kArm, shifts, eight).state, CoverageState::kNotRequired);
  // Somebody of another territory is nobody here.
  auto elsewhere = shifts;
  for (Attendance& each : elsewhere) each.shift.territory = "44";
  EXPECT_EQ(Look(RosterQueue::kOsnp, elsewhere, eight).state, CoverageState::kNobodyOnShift);
}

TEST_F(Roster, S1_15_PlannedIsNotThere) {
  const base::Instant eight = At(2026, 11, 24, 8);
  std::vector<Attendance> shifts{Works("osnp-1", Role::kOsnp, eight, eight + hours(6), false)};
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight + minutes(9)).state, CoverageState::kCovered);
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight + minutes(10)).state,
            CoverageState::kNobodyPresent);
  shifts[0].present = true;
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight + minutes(10)).state, CoverageState::kCovered);
  shifts[0].shift.state = ShiftState::kSignedOut;
  EXPECT_EQ(Look(RosterQueue::kOsnp, shifts, eight + minutes(10)).state,
            CoverageState::kNobodyOnShift);
}

TEST_F(Roster, S1_15_TwentyRegulatorsCoverBothNightsOfChange) {
  // 20 regulators in turn, 12 h each by the clock on the wall, over the week of each change.
  for (const auto& [year, month, day] : {std::tuple(2026, 10, 22), std::tuple(2027, 3, 25)}) {
    const care::Date first{year, month, day};
    std::vector<Attendance> shifts;
    for (int i = 0; i < 14; ++i) {
      const care::Date date = care::AddDays(first, i / 2);
      const care::TimeOfDay from{i % 2 == 0 ? 8 * 60 : 20 * 60};
      const base::Instant start = zone_.At(date, from);
      const base::Instant end =
          i % 2 == 0 ? zone_.At(date, {20 * 60}) : zone_.At(care::AddDays(date, 1), {8 * 60});
      for (int person = 0; person < 3; ++person) {
        const std::string subject = "mr-" + std::to_string((3 * i + person) % 20);
        shifts.push_back(Works(subject, Role::kRegulatorMg, start, end));
      }
    }
    const base::Instant begin = zone_.At(first, {8 * 60});
    const base::Instant end = zone_.At(care::AddDays(first, 7), {8 * 60});
    for (base::Instant at = begin; at < end - minutes(30); at += minutes(15)) {
      ASSERT_EQ(Look(RosterQueue::kRegulation, shifts, at).state, CoverageState::kCovered);
    }
    EXPECT_EQ(Look(RosterQueue::kRegulation, shifts, end).state, CoverageState::kNobodyOnShift);
  }
}

TEST_F(Roster, S1_15_ANightPlannedByTwelveHoursLeavesTheRepeatedHourToNobody) {
  const base::Instant evening = At(2026, 10, 24, 20);
  const std::vector<Attendance> shifts{
      Works("mr-1", Role::kRegulatorMg, evening, evening + hours(12)),
      Works("mr-2", Role::kRegulatorMg, At(2026, 10, 25, 8), At(2026, 10, 25, 20))};
  // 12 h after 20 h it is 7 h: the wall was put back.
  const CoverageValue soon = Look(RosterQueue::kRegulation, shifts, At(2026, 10, 25, 6, 45));
  EXPECT_EQ(soon.state, CoverageState::kNobodySoon);
  EXPECT_EQ(soon.gap, At(2026, 10, 25, 7));
  EXPECT_EQ(Look(RosterQueue::kRegulation, shifts, At(2026, 10, 25, 7, 30)).state,
            CoverageState::kNobodyOnShift);
  EXPECT_EQ(Look(RosterQueue::kRegulation, shifts, At(2026, 10, 25, 8)).state,
            CoverageState::kCovered);
}

TEST_F(Roster, WhenSomebodyMustBeThereIsData) {
  const auto rules = StaffingRules::Parse({"85:OSNP:ALWAYS", "85:ARM:PDSA", "44:REGULATION:NEVER"});
  ASSERT_THAT(rules, IsOk());
  const base::Instant noon = At(2026, 11, 24, 12);
  const base::Instant night = At(2026, 11, 24, 23);
  EXPECT_TRUE(rules->Requires("85", RosterQueue::kOsnp, night, zone_));
  EXPECT_FALSE(rules->Requires("85", RosterQueue::kArm, noon, zone_));
  EXPECT_TRUE(rules->Requires("85", RosterQueue::kArm, night, zone_));
  EXPECT_FALSE(rules->Requires("44", RosterQueue::kRegulation, noon, zone_));
  EXPECT_TRUE(rules->Requires("44", RosterQueue::kOsnp, noon, zone_));
  EXPECT_FALSE(rules->Requires("44", RosterQueue::kOsnp, night, zone_));
  // Saturday 12 h, a holiday of Alsace-Moselle, and the day after.
  EXPECT_TRUE(rules->Requires("44", RosterQueue::kOsnp, At(2026, 11, 28, 11, 59), zone_));
  EXPECT_FALSE(rules->Requires("44", RosterQueue::kOsnp, At(2026, 11, 28, 12), zone_));
  EXPECT_FALSE(rules->Requires("67", RosterQueue::kOsnp, At(2026, 4, 3, 10), zone_));
  EXPECT_TRUE(rules->Requires("44", RosterQueue::kOsnp, At(2026, 4, 3, 10), zone_));
  for (const char* wrong : {"85:OSNP", "85:OSNP:SOMETIMES", "85:PILOT:SAS", "99:OSNP:SAS", ""}) {
    EXPECT_THAT(StaffingRules::Parse({wrong}), ReasonIs("INVALID_STAFFING")) << wrong;
  }
  EXPECT_THAT(StaffingRules::Parse({"85:ARM:SAS", "85:ARM:PDSA"}), ReasonIs("INVALID_STAFFING"));
}

}  // namespace
}  // namespace sas::regulation
