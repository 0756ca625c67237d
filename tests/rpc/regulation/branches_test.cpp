#include "tests/rpc/regulation/regulation_fixture.h"

// Seed 001's three branches, from the pick-up to the end, as domain.md §1.3 tells them.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;

class Branches : public RegulationTest {};

// Vital and quick: the means leave before any regulation; no VALIDE without bilan.
TEST_F(Branches, S1_05_H04_Branch1VehicleLeavesFirstAndNoValidationWithoutBilan) {
  const v1::RegulationCase opened = Open("M01.01");
  EXPECT_EQ(opened.reflex_departure().state(), v1::ReflexDeparture::STATE_PROPOSED);
  v1::LaunchReflexDepartureRequest launch;
  launch.set_name(opened.name());
  launch.add_resource_codes("SMUR.ADULT");
  launch.add_resource_codes("SIS.SP");
  const auto launched = Ask(arm_, &Stub::LaunchReflexDeparture, launch);
  ASSERT_THAT(launched, IsOk());
  EXPECT_EQ(launched->priority(), v1::PRIORITY_P0);
  EXPECT_EQ(launched->filiere(), sas::type::v1::FILIERE_AMU);
  EXPECT_TRUE(launched->bilan_awaited());
  EXPECT_EQ(ToInstant(launched->wait_alarm_time()),
            ToInstant(launched->wait_start_time()) + seconds(30));

  ASSERT_THAT(Claim(mru_, opened.name()), IsOk());
  v1::AcknowledgeReflexDepartureRequest seen;
  seen.set_name(opened.name());
  ASSERT_THAT(Ask(mru_, &Stub::AcknowledgeReflexDeparture, seen), IsOk());
  ASSERT_THAT(Decide(mru_, opened.name(), v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT"), IsOk());
  const auto too_early = Complete(mru_, opened.name());
  EXPECT_THAT(too_early, StatusIs(absl::StatusCode::kFailedPrecondition, "CASE_INCOMPLETE"));
  EXPECT_EQ(base::DetailOf(too_early.status()).metadata.front().second, "BILAN");

  EXPECT_THAT(Bilan(opened.name()), ReasonIs("MISSION_REQUIRED"));  // The SMUR, or the pompiers?
  const auto reported = Bilan(opened.name(), {"1", "2"});
  ASSERT_THAT(reported, IsOk());
  EXPECT_TRUE(reported->has_wait_start_time());
  EXPECT_THAT(Complete(mru_, opened.name()), ReasonIs("CASE_INCOMPLETE"));
  ASSERT_THAT(Decide(mru_, opened.name(), v1::CARE_LEVEL_R1, "ORIENT", "", "REA-USI"), IsOk());
  ASSERT_THAT(Complete(mru_, opened.name()), IsOk());
  const auto closed = Close(mru_, opened.name());
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), v1::RegulationCase::STATE_VALIDATED);
  EXPECT_EQ(closed->attribution(), "DRM.MRU.MU");
  EXPECT_THAT(EventTypes(), ElementsAre("case.created", "case.reflex", "case.claimed",
                                        "case.reflex", "case.decided", "case.bilan", "case.decided",
                                        "case.completed", "case.closed"));
}

// Vital with a talk: the regulator orients team and transport.
TEST_F(Branches, S1_06_Branch2RegulatorOrientsTeamAndTransport) {
  const auto row =
      Prioritize(arm_, Open("M03.06").name(), v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU);
  ASSERT_THAT(row, IsOk());
  const auto claimed = Claim(mru_, row->name());
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(ToInstant(claimed->claim().expire_time()) - ToInstant(claimed->claim().claim_time()),
            minutes(2));
  ASSERT_THAT(Decide(mru_, row->name(), v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT"), IsOk());
  ASSERT_THAT(Bilan(row->name()), IsOk());
  ASSERT_THAT(Decide(mru_, row->name(), v1::CARE_LEVEL_R1, "ORIENT", "", "URGENCES"), IsOk());
  v1::ListDecisionsRequest list;
  list.set_parent(row->name());
  const auto decisions = Ask(mru_, &Stub::ListDecisions, list);
  ASSERT_THAT(decisions, IsOk());
  ASSERT_EQ(decisions->decisions_size(), 2);
  EXPECT_EQ(decisions->decisions(0).decision_code(), "INTER");
  EXPECT_EQ(decisions->decisions(1).orientation_code(), "URGENCES");
  EXPECT_EQ(decisions->decisions(0).patient(), Get(row->name()).patients(0).name());
  ASSERT_THAT(Complete(mru_, row->name()), IsOk());
}

// Felt urgency: advice of the libéral regulator, closed as DRM.MRL.MG.
TEST_F(Branches, S1_07_Branch3aAdviceClosesAsDrmMrlMg) {
  const std::string name = Prioritized(v1::PRIORITY_P2, "M03.18").name();
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  const auto taken = Ask(mrl_, &Stub::ClaimNextRegulationCase, next);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->name(), name);
  v1::CreateDecisionRequest request;
  request.set_parent(name);
  request.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
  request.mutable_decision()->set_decision_code("CONSEIL");
  request.mutable_decision()->set_instructions("Repos et surveillance.");
  request.mutable_decision()->set_instructions("Comprimer dix minutes, rappeler si cela reprend.");
  request.mutable_decision()->set_claim_version(taken->claim().version());
  ASSERT_THAT(Ask(mrl_, &Stub::CreateDecision, request), IsOk());
  EXPECT_FALSE(Get(name).has_wait_start_time());
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  const auto closed = Close(mrl_, name);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->attribution(), "DRM.MRL.MG");
}

// Felt urgency, consultation needed: the order reaches the OSNP with motif, zone and deadline, and
// the search waits for the treating doctor's step.
TEST_F(Branches, S1_08_Branch3bOrderReachesTheOsnpWithMotifZoneAndDeadline) {
  const v1::CareOrder order = Ordered();
  v1::ListCareOrdersRequest list;
  list.set_parent("regions/fr-pdl/cases/-");
  const auto listed = Ask(osnp_, &Stub::ListCareOrders, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->care_orders_size(), 1);
  const v1::CareOrder& shown = listed->care_orders(0);
  EXPECT_EQ(shown.name(), order.name());
  EXPECT_EQ(shown.motif_code(), "M03.14");
  EXPECT_EQ(shown.place().insee_code(), "85047");
  EXPECT_EQ(shown.age().value(), 6);
  EXPECT_TRUE(shown.callback_number_known());
  EXPECT_EQ(ToInstant(shown.due_time()), ToInstant(shown.origin_time()) + hours(48));
  EXPECT_LT(ToInstant(shown.origin_time()), ToInstant(shown.create_time()));
  EXPECT_THAT(Get(CaseOf(order.name())).missing(), Contains("OPEN_ORDER"));

  ASSERT_THAT(ClaimOrder(osnp_, order.name()), IsOk());
  ASSERT_THAT(Contact(order.name(), v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE), IsOk());
  ASSERT_THAT(Booked(order.name(), "regions/fr-pdl/appointments/a1"), IsOk());
  const v1::CareOrder booked = GetOrder(order.name());
  EXPECT_EQ(booked.state(), v1::CareOrder::STATE_BOOKED);
  EXPECT_EQ(booked.appointment_site(), "CSNP de l'Essai");
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(order.name());
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, informed), IsOk());
  EXPECT_THAT(Get(CaseOf(order.name())).missing(), IsEmpty());
  ASSERT_THAT(Complete(mrl_, CaseOf(order.name())), IsOk());
}

TEST_F(Branches, S1_09_SearchIsBlockedUntilTheTreatingDoctorStepIsRecorded) {
  const std::string order = Ordered().name();
  const auto claimed = ClaimOrder(osnp_, order);
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(claimed->state(), v1::CareOrder::STATE_TREATING_DOCTOR);
  v1::RecordRefusedProposalRequest refused;
  refused.set_name(order);
  refused.mutable_proposal()->set_slot("regions/fr-pdl/sites/s/slots/x");
  refused.mutable_proposal()->set_reason_code("HOUR");
  EXPECT_THAT(Ask(osnp_, &Stub::RecordRefusedProposal, refused), ReasonIs("TREATING_DOCTOR_FIRST"));
  for (const auto outcome : {v1::TreatingDoctorContact::OUTCOME_NOT_REACHED,
                             v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE,
                             v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED}) {
    const auto searching = Contact(order, outcome);
    ASSERT_THAT(searching, IsOk());
    EXPECT_EQ(searching->state(), v1::CareOrder::STATE_SEARCHING);
    EXPECT_EQ(searching->treating_doctor_contact().contacted_by().subject(), "osnp-1");
  }
  ASSERT_THAT(Ask(osnp_, &Stub::RecordRefusedProposal, refused), IsOk());
  const auto taken = Contact(order, v1::TreatingDoctorContact::OUTCOME_HAS_SLOT);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::CareOrder::STATE_TAKEN_BY_TREATING_DOCTOR);
  EXPECT_THAT(Get(CaseOf(order)).missing(), Not(Contains("OPEN_ORDER")));
}

}  // namespace
}  // namespace sas::regulation
