// Whether somebody holds the slots that appointments have, by the ledger (hazard H-27).

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using Kind = v1::SlotStanding;
using std::chrono::hours;
using std::chrono::minutes;

class Standings : public PlanningTest {
 protected:
  static std::string CsnpSlot(const std::string& start) {
    return std::string(kCsnp) + "/slots/csnp-" + start;
  }

  absl::StatusOr<v1::GetSlotStandingsResponse> AskOf(const std::vector<std::string>& slots,
                                                     const base::Actor& actor = Service(),
                                                     const std::string& parent = "regions/fr-pdl") {
    v1::GetSlotStandingsRequest request;
    request.set_parent(parent);
    for (const std::string& slot : slots) request.add_slots(slot);
    return Invoke<v1::GetSlotStandingsResponse>(
        *seats_stub_, &v1::SeatService::Stub::GetSlotStandings, request, actor);
  }

  v1::SlotStanding::Kind Of(const std::string& slot) {
    const auto told = AskOf({slot});
    EXPECT_THAT(told, IsOk());
    if (!told.ok()) return Kind::KIND_UNSPECIFIED;
    EXPECT_EQ(told->standings(0).slot(), slot);
    return told->standings(0).kind();
  }

  absl::StatusOr<v1::AgendaException> Close(base::Instant start, base::Instant end) {
    v1::CreateAgendaExceptionRequest request;
    request.set_parent(kCsnp);
    v1::AgendaException& closure = *request.mutable_agenda_exception();
    closure.set_kind(v1::AgendaException::KIND_CLOSURE);
    closure.set_agenda("csnp");
    closure.set_reason_code("MALADIE");
    *closure.mutable_start_time() = base::ToTimestamp(start);
    *closure.mutable_end_time() = base::ToTimestamp(end);
    request.set_request_id("R-close");
    return Ask<v1::AgendaException>(&v1::PlanningService::Stub::CreateAgendaException, request);
  }
};

TEST_F(Standings, H27_AClosureWithdrawsAndItsEndBringsBack) {
  const std::string after = CsnpSlot("20261124t1400z");
  EXPECT_EQ(Of(kCsnpSlot), Kind::KIND_SERVED);
  const auto closure = Close(clock_.Now() + hours(3), clock_.Now() + hours(5));
  ASSERT_THAT(closure, IsOk());
  EXPECT_EQ(Of(kCsnpSlot), Kind::KIND_WITHDRAWN);
  EXPECT_EQ(Of(after), Kind::KIND_SERVED);
  v1::DeleteAgendaExceptionRequest request;
  request.set_name(closure->name());
  request.set_request_id("R-open");
  ASSERT_THAT(Ask<v1::DeleteAgendaExceptionResponse>(
                  &v1::PlanningService::Stub::DeleteAgendaException, request),
              IsOk());
  EXPECT_EQ(Of(kCsnpSlot), Kind::KIND_SERVED);
}

TEST_F(Standings, H27_ASessionWithoutADoctorAndAPlanThatIsGone) {
  ASSERT_THAT(Commit(kCsnpSlot, "a1", true, "C-1"), IsOk());
  v1::SessionPlan plan;
  ASSERT_THAT(store_.Read(Internal(),
                          [&](SlotsTransaction& transaction) -> absl::Status {
                            SAS_ASSIGN_OR_RETURN(
                                const auto found,
                                transaction.agendas().GetPlan(std::string(kCsnp) + "/plans/mardi"));
                            plan = found.value_or(v1::SessionPlan());
                            return absl::OkStatus();
                          }),
              IsOk());
  plan.clear_practitioner();
  ASSERT_THAT(Update(plan, "R-1"), IsOk());
  EXPECT_EQ(Of(kCsnpSlot), Kind::KIND_UNSTAFFED);
  v1::DeleteSessionPlanRequest request;
  request.set_name(plan.name());
  request.set_request_id("R-2");
  ASSERT_THAT(
      Ask<v1::DeleteSessionPlanResponse>(&v1::PlanningService::Stub::DeleteSessionPlan, request),
      IsOk());
  EXPECT_EQ(Of(kCsnpSlot), Kind::KIND_GONE);
  // Nor has a site that the directory does not have.
  EXPECT_EQ(Of("regions/fr-pdl/sites/gone/slots/csnp-20261124t1300z"), Kind::KIND_GONE);
}

TEST_F(Standings, H27_WhatHasBegunOrLiesBeyondTheDaysOfSlotsIsNotJudged) {
  const std::string begun = CsnpSlot("20261124t0900z");
  EXPECT_EQ(Of(begun), Kind::KIND_UNSPECIFIED);
  EXPECT_EQ(Of(CsnpSlot("20261124t0901z")), Kind::KIND_GONE);
  // 21 days, today counts: the last one is not judged before it is whole.
  EXPECT_EQ(Of(CsnpSlot("20261214t0859z")), Kind::KIND_GONE);
  EXPECT_EQ(Of(CsnpSlot("20261214t0900z")), Kind::KIND_UNSPECIFIED);
  EXPECT_EQ(Of(CsnpSlot("20270301t0900z")), Kind::KIND_UNSPECIFIED);
}

TEST_F(Standings, BadRequestsAreNamed) {
  EXPECT_THAT(AskOf({}), StatusIs(StatusCode::kInvalidArgument, "INVALID_SLOT_COUNT"));
  EXPECT_THAT(AskOf(std::vector<std::string>(200, kCsnpSlot)), IsOk());
  EXPECT_THAT(AskOf(std::vector<std::string>(201, kCsnpSlot)), ReasonIs("INVALID_SLOT_COUNT"));
  EXPECT_THAT(AskOf({"regions/fr-pdl/sites/s"}), ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(AskOf({"regions/fr-bre/sites/s/slots/a-20261124t1300z"}),
              ReasonIs("REGION_MISMATCH"));
  EXPECT_THAT(AskOf({kCsnpSlot}, Service(), "fr-pdl"), ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(AskOf({kCsnpSlot}, Planner()),
              StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

// What a platform told stays what it is; the licence of whoever holds it does not.
TEST_F(Standings, H27_AnEndedLicenceLeavesThePlatformsSlotsToo) {
  constexpr char kDoctor[] = "regions/fr-pdl/practitioners/a-marsaudin";
  v1::Practitioner doctor;
  ASSERT_THAT(
      store_.Write(Internal(),
                   [&](SlotsTransaction& transaction) -> absl::Status {
                     SAS_ASSIGN_OR_RETURN(const auto found, transaction.GetPractitioner(kDoctor));
                     doctor = *found;
                     FedSlot fed;
                     *fed.slot.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(1));
                     *fed.slot.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(2));
                     fed.slot.set_free_seats(1);
                     fed.practitioner = kDoctor;
                     const std::string agenda = std::string(kCsnp) + "/agendas/doctoplan";
                     SAS_RETURN_IF_ERROR(transaction.partners().PutAgenda(
                         {agenda, "doctoplan", {1, Resync::kNone}, clock_.Now()}));
                     SAS_RETURN_IF_ERROR(transaction.partners().PutSlot(agenda, fed));
                     return transaction.TouchSite("fr-pdl", kCsnp);
                   }),
      IsOk());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  Follow();
  const std::string slot = std::string(kCsnp) + "/slots/doctoplan-20261124t1000z";
  ASSERT_EQ(Slot(slot)->state(), v1::Slot::STATE_FREE);
  v1::UpdatePractitionerRequest request;
  *request.mutable_practitioner() = doctor;
  request.mutable_practitioner()->set_licence_end_date("2026-11-23");
  request.set_request_id("R-licence");
  ASSERT_THAT(Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, request),
              IsOk());
  EXPECT_EQ(Slot(slot)->state(), v1::Slot::STATE_WITHDRAWN);
  EXPECT_EQ(Of(slot), Kind::KIND_UNSTAFFED);
}

// Remplaçant in the CSNP until today, titulaire in his own practice.
TEST_F(Standings, H27_ALicenceThatEndsAtOneSiteLeavesTheSlotsThereAlone) {
  const std::string csnp = CsnpSlot("20261125t1230z");
  const std::string practice = "regions/fr-pdl/sites/msp-palluau/slots/fauvel-20261126t1000z";
  EXPECT_EQ(Of(csnp), Kind::KIND_SERVED);
  EXPECT_EQ(Of(practice), Kind::KIND_SERVED);
  v1::UpdatePractitionerRequest request;
  *request.mutable_practitioner() = ThePractitioner("regions/fr-pdl/practitioners/b-fauvel");
  v1::Practitioner::Activity& activity = *request.mutable_practitioner()->add_activities();
  activity.set_site(kCsnp);
  activity.set_status(v1::Practitioner::STATUS_REMPLACANT);
  activity.set_licence_end_date("2026-11-24");
  request.set_request_id("R-activity");
  const auto updated =
      Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, request);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->activities(0).licence_end_date(), "2026-11-24");
  EXPECT_EQ(Of(csnp), Kind::KIND_UNSTAFFED);
  EXPECT_EQ(Of(practice), Kind::KIND_SERVED);
  EXPECT_EQ(Slot(csnp)->state(), v1::Slot::STATE_WITHDRAWN);
  EXPECT_EQ(Slot(practice)->state(), v1::Slot::STATE_FREE);
  // A site where he has no session is one of the directory all the same.
  activity.set_site("regions/fr-pdl/sites/mmg-challans");
  request.set_request_id("R-elsewhere");
  EXPECT_THAT(Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, request),
              IsOk());
  EXPECT_EQ(Of(csnp), Kind::KIND_SERVED);
}

}  // namespace
}  // namespace sas::slots
