// A pilot opens two or three sessions a week: whatever adds a fourth says so, and is done (S0-07).

#include <string>
#include <vector>

#include "tests/rpc/slots_planning/templates_fixture.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The new CSNP in its pilot phase.
class PilotWeeks : public Templates {
 protected:
  void SetUp() override {
    Templates::SetUp();
    Enter(v1::Site::PHASE_PILOT);
  }

  void Enter(v1::Site::Phase phase) {
    v1::Site site = TheSite(kNew);
    site.clear_etag();
    site.set_phase(phase);
    ASSERT_THAT(Update(site, "R-phase-" + std::to_string(phase)), IsOk());
  }

  /// Three hours in the morning of each of the weekdays.
  absl::StatusOr<v1::SessionPlan> Plan(const std::string& id, const std::vector<int>& weekdays,
                                       const std::string& first_day = "2026-11-23") {
    v1::SessionPlan plan;
    plan.set_name(std::string(kNew) + "/plans/" + id);
    plan.set_agenda(id);
    plan.set_practitioner(kDoctor);
    for (const int day : weekdays) plan.add_weekdays(day);
    plan.set_start_time_of_day("09:00");
    plan.set_end_time_of_day("12:00");
    plan.set_slot_minutes(15);
    plan.set_seats(1);
    plan.add_modes(type::v1::CONSULTATION_MODE_AMB);
    plan.add_classes(type::v1::SLOT_CLASS_SNP);
    plan.set_effective_start_date(first_day);
    return Update(plan, "R-" + id, Planner(), true);
  }

  /// A time of the site, from so many hours after Tuesday, 10:00.
  absl::StatusOr<v1::AgendaException> Except(v1::AgendaException::Kind kind, int after, int hours,
                                             const std::string& request_id) {
    v1::CreateAgendaExceptionRequest request;
    request.set_parent(kNew);
    v1::AgendaException& asked = *request.mutable_agenda_exception();
    asked.set_kind(kind);
    asked.set_reason_code("RENFORT");
    const base::Instant start = clock_.Now() + std::chrono::hours(after);
    *asked.mutable_start_time() = base::ToTimestamp(start);
    *asked.mutable_end_time() = base::ToTimestamp(start + std::chrono::hours(hours));
    if (kind == v1::AgendaException::KIND_OPENING) {
      asked.set_agenda("renfort");
      asked.set_practitioner(kDoctor);
      asked.set_slot_minutes(15);
      asked.set_seats(1);
      asked.add_modes(type::v1::CONSULTATION_MODE_AMB);
      asked.add_classes(type::v1::SLOT_CLASS_SNP);
    }
    asked.add_full_pilot_weeks()->set_explanation("output only");
    request.set_request_id(request_id);
    return Ask<v1::AgendaException>(&v1::PlanningService::Stub::CreateAgendaException, request);
  }

  template <typename Answer>
  static std::vector<std::string> Weeks(const Answer& answer) {
    std::vector<std::string> told;
    for (const v1::PilotWeek& week : answer.full_pilot_weeks()) {
      told.push_back(week.monday_date() + " " + std::to_string(week.session_count()) + "/" +
                     std::to_string(week.session_max()));
    }
    return told;
  }

  static constexpr auto kOpening = v1::AgendaException::KIND_OPENING;
  static constexpr auto kClosure = v1::AgendaException::KIND_CLOSURE;
};

TEST_F(PilotWeeks, S0_07_APlanThatAddsAFourthSessionIsFlaggedAndWritten) {
  const auto three = Plan("trois", {1, 2, 4});
  ASSERT_THAT(three, IsOk());
  EXPECT_THAT(Weeks(*three), IsEmpty());
  const auto fourth = Plan("quatrieme", {5});
  ASSERT_THAT(fourth, IsOk());
  EXPECT_THAT(Weeks(*fourth),
              ElementsAre("2026-11-23 4/3", "2026-11-30 4/3", "2026-12-07 4/3", "2026-12-14 4/3"));
  EXPECT_EQ(fourth->full_pilot_weeks(0).explanation(),
            "4 séances dans la semaine du 2026-11-23, la phase pilote en prévoit 3 au plus");
  EXPECT_THAT(PlanIds(), ElementsAre("quatrieme", "trois"));
  EXPECT_THAT(Weeks(ThePlan(kNew)), IsEmpty());  // Kept nowhere: the next change makes it stale.
}

TEST_F(PilotWeeks, S0_07_APlanOfTheSpringIsJudgedByItsOwnWeeks) {
  ASSERT_THAT(Plan("trois", {1, 2, 4}), IsOk());
  const auto spring = Plan("printemps", {3}, "2027-03-01");
  ASSERT_THAT(spring, IsOk());
  ASSERT_FALSE(spring->full_pilot_weeks().empty());
  EXPECT_EQ(spring->full_pilot_weeks(0).monday_date(), "2027-03-01");
}

TEST_F(PilotWeeks, S0_07_APermanentSiteOpensAsItLikes) {
  Enter(v1::Site::PHASE_PERMANENT);
  const auto five = Plan("cinq", {1, 2, 3, 4, 5});
  ASSERT_THAT(five, IsOk());
  EXPECT_THAT(Weeks(*five), IsEmpty());
}

TEST_F(PilotWeeks, S0_07_AnOpeningIsFlaggedInItsWeekAlone) {
  ASSERT_THAT(Plan("trois", {1, 2, 4}), IsOk());
  // Wednesday at 14:00: Monday is over and was a session of the week all the same.
  const auto opened = Except(kOpening, 28, 2, "R-open");
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(Weeks(*opened), ElementsAre("2026-11-23 4/3"));
  // Beyond the horizon of the searches, too: Wednesday, 24 February.
  const auto later = Except(kOpening, 92 * 24 + 4, 2, "R-later");
  ASSERT_THAT(later, IsOk());
  EXPECT_THAT(Weeks(*later), ElementsAre("2027-02-22 4/3"));

  v1::ListAgendaExceptionsRequest list;
  list.set_parent(kNew);
  const auto kept =
      Ask<v1::ListAgendaExceptionsResponse>(&v1::PlanningService::Stub::ListAgendaExceptions, list);
  ASSERT_THAT(kept, IsOk());
  for (const auto& each : kept->agenda_exceptions()) EXPECT_THAT(Weeks(each), IsEmpty());
}

TEST_F(PilotWeeks, S0_07_SlotsOfOneDayAreFlagged) {
  ASSERT_THAT(Plan("trois", {1, 2, 4}), IsOk());
  v1::OpenSlotsRequest request;
  request.set_parent(kNew);
  request.set_practitioner(kDoctor);
  *request.mutable_start_time() = base::ToTimestamp(clock_.Now() + std::chrono::hours(28));
  request.set_slot_count(3);
  request.set_request_id("R-open");
  const auto opened = Ask<v1::OpenSlotsResponse>(&v1::PlanningService::Stub::OpenSlots, request);
  ASSERT_THAT(opened, IsOk());
  EXPECT_THAT(Weeks(opened->agenda_exception()), ElementsAre("2026-11-23 4/3"));
}

TEST_F(PilotWeeks, S0_07_AClosedSessionMakesRoomUntilItsClosureEnds) {
  ASSERT_THAT(Plan("trois", {1, 2, 4}), IsOk());
  // Thursday is closed as a whole, Wednesday opened in its stead.
  const auto closed = Except(kClosure, 46, 6, "R-close");
  ASSERT_THAT(closed, IsOk());
  EXPECT_THAT(Weeks(*closed), IsEmpty());
  const auto instead = Except(kOpening, 28, 2, "R-open");
  ASSERT_THAT(instead, IsOk());
  EXPECT_THAT(Weeks(*instead), IsEmpty());
  v1::DeleteAgendaExceptionRequest end;
  end.set_name(closed->name());
  end.set_request_id("R-end");
  const auto ended = Ask<v1::DeleteAgendaExceptionResponse>(
      &v1::PlanningService::Stub::DeleteAgendaException, end);
  ASSERT_THAT(ended, IsOk());
  EXPECT_THAT(Weeks(*ended), ElementsAre("2026-11-23 4/3"));
}

TEST_F(PilotWeeks, S0_07_ATemplateOfAWholeWeekIsFlagged) {
  const auto made = Apply(Wanted());  // Five mornings, five afternoons, Saturday.
  ASSERT_THAT(made, IsOk());
  ASSERT_FALSE(made->full_pilot_weeks().empty());
  EXPECT_EQ(Weeks(*made)[1], "2026-11-30 11/3");
}

}  // namespace
}  // namespace sas::slots
