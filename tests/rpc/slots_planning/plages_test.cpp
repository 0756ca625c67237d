// Openings of a site from end to end: recurring and one-off, exceptions, closures; and who did it.

#include <map>
#include <string>
#include <vector>

#include "common/ledger/journal_memory.h"
#include "services/slots/directory_reads.h"
#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {
namespace {

using std::chrono::hours;

class Plages : public PlanningTest {
 protected:
  static constexpr char kPractice[] = "regions/fr-pdl/sites/msp-soullans";

  /// Sessions of a site on Tuesday 24 November.
  std::vector<v1::Session> Today(const std::string& site) {
    v1::ListSessionsRequest request;
    request.set_parent(site);
    request.set_start_date("2026-11-24");
    request.set_end_date("2026-11-24");
    base::Call call = Internal();
    call.actor = Planner();
    const auto found = ReadSessions(store_, call, request);
    EXPECT_THAT(found, IsOk());
    if (!found.ok()) return {};
    return {found->sessions().begin(), found->sessions().end()};
  }

  absl::StatusOr<v1::OpenSlotsResponse> Open(const std::string& practitioner, int slots,
                                             hours after) {
    v1::OpenSlotsRequest request;
    request.set_parent(kPractice);
    request.set_practitioner(practitioner);
    *request.mutable_start_time() = base::ToTimestamp(clock_.Now() + after);
    request.set_slot_count(slots);
    request.set_request_id("R-open");
    return Ask<v1::OpenSlotsResponse>(&v1::PlanningService::Stub::OpenSlots, request);
  }

  absl::StatusOr<v1::AgendaException> Close(const std::string& site, hours after, hours length,
                                            const std::string& request_id) {
    v1::CreateAgendaExceptionRequest request;
    request.set_parent(site);
    v1::AgendaException& closure = *request.mutable_agenda_exception();
    closure.set_kind(v1::AgendaException::KIND_CLOSURE);
    closure.set_reason_code("CONGE");
    *closure.mutable_start_time() = base::ToTimestamp(clock_.Now() + after);
    *closure.mutable_end_time() = base::ToTimestamp(clock_.Now() + after + length);
    request.set_request_id(request_id);
    return Ask<v1::AgendaException>(&v1::PlanningService::Stub::CreateAgendaException, request);
  }
};

TEST_F(Plages, S2_06_RecurringAndOneOffOpeningsExceptionsAndClosures) {
  const std::vector<v1::Session> before = Today(kPractice);
  ASSERT_FALSE(before.empty());

  // Once: three slots at 15:00 show beside the plans.
  const auto opened = Open(before[0].practitioner(), 3, hours(5));
  ASSERT_THAT(opened, IsOk());
  std::vector<v1::Session> sessions = Today(kPractice);
  ASSERT_EQ(sessions.size(), before.size() + 1);
  const v1::Session& once = sessions.back();
  EXPECT_EQ(once.plan(), opened->agenda_exception().name());
  EXPECT_EQ(once.seat_count(), 3);
  EXPECT_EQ(once.state(), v1::Session::STATE_OPEN);
  EXPECT_EQ(once.practitioner_display_name(), before[0].practitioner_display_name());

  // A closure of one of its hours, then of the day; an end of the closure.
  ASSERT_THAT(Commit(opened->slots(0).name(), "a1", true, "C-1"), IsOk());
  const auto closed = Close(kPractice, hours(5), hours(1), "R-close");
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(Today(kPractice).back().state(), v1::Session::STATE_CLOSED);
  EXPECT_EQ(Today(kPractice).back().seat_count(), 0);
  EXPECT_EQ(Today(kPractice).back().booked_count(), 1);  // Its patient stays (H-27).
  EXPECT_EQ(Today(kPractice).front().state(), before.front().state());
  v1::DeleteAgendaExceptionRequest end;
  end.set_name(closed->name());
  end.set_request_id("R-end");
  ASSERT_THAT(Ask<v1::DeleteAgendaExceptionResponse>(
                  &v1::PlanningService::Stub::DeleteAgendaException, end),
              IsOk());
  EXPECT_EQ(Today(kPractice).back().state(), v1::Session::STATE_OPEN);

  // Recurring: another length from today on, then no more.
  v1::SessionPlan plan = ThePlan(kPractice);
  plan.clear_etag();
  plan.set_seats(2);
  ASSERT_THAT(Update(plan, "R-seats"), IsOk());
  v1::DeleteSessionPlanRequest none;
  none.set_name(plan.name());
  none.set_request_id("R-none");
  ASSERT_THAT(
      Ask<v1::DeleteSessionPlanResponse>(&v1::PlanningService::Stub::DeleteSessionPlan, none),
      IsOk());
  for (const v1::Session& each : Today(kPractice)) EXPECT_NE(each.plan(), plan.name());
}

TEST_F(Plages, S2_05_ACoordinatorSetsVolunteersOpeningsSitesAndCapacityAndEachChangeIsAudited) {
  // A volunteer.
  v1::UpdatePractitionerRequest volunteer;
  volunteer.mutable_practitioner()->set_name("regions/fr-pdl/practitioners/volontaire");
  volunteer.mutable_practitioner()->set_rpps("99700218896");
  volunteer.mutable_practitioner()->set_display_name("Dr V. Olontaire");
  volunteer.mutable_practitioner()->set_profession_code("10");
  volunteer.mutable_practitioner()->set_status(v1::Practitioner::STATUS_TITULAIRE);
  volunteer.set_allow_missing(true);
  volunteer.set_request_id("R-1");
  ASSERT_THAT(Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, volunteer),
              IsOk());
  // Where and how many a day.
  v1::Site site = TheSite(kPractice);
  site.set_daily_appointment_max(12);
  ASSERT_THAT(Update(site, "R-2"), IsOk());
  // When, and how many at once.
  v1::SessionPlan plan = ThePlan(kPractice);
  plan.set_name(std::string(kPractice) + "/plans/volontaire");
  plan.set_agenda("volontaire");
  plan.set_practitioner(volunteer.practitioner().name());
  plan.clear_room_id();
  plan.clear_etag();
  plan.set_start_time_of_day("16:00");
  plan.set_end_time_of_day("18:00");
  plan.set_seats(2);
  ASSERT_THAT(Update(plan, "R-3", Planner(), true), IsOk());
  ASSERT_THAT(Open(volunteer.practitioner().name(), 2, hours(5)), IsOk());
  ASSERT_THAT(Close(kPractice, hours(24), hours(8), "R-5"), IsOk());

  std::map<std::string, std::string> done;  // Who did what.
  for (const auto& record : store_.ledger().audit()) {
    done[record.entry.action] = record.actor;
  }
  for (const char* action : {"UpdatePractitioner", "UpdateSite", "UpdateSessionPlan", "OpenSlots",
                             "CreateAgendaException"}) {
    ASSERT_EQ(done.count(action), 1U) << action;
    EXPECT_EQ(done[action], "cpts") << action;
  }
  // Nobody else does it in passing.
  EXPECT_THAT(Update(site, "R-6", Osnp()), ReasonIs("ROLE_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::slots
