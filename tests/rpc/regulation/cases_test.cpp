#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Cases : public RegulationTest {
 protected:
  v1::UpdateRegulationCaseRequest Update(const v1::RegulationCase& row, const char* path) {
    v1::UpdateRegulationCaseRequest request;
    *request.mutable_regulation_case() = row;
    request.mutable_update_mask()->add_paths(path);
    request.set_etag(row.etag());
    return request;
  }

  v1::AttachCallRequest Again(const std::string& name) {
    v1::AttachCallRequest request;
    request.set_name(name);
    request.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
    request.mutable_call()->set_caller_phone_number("+33199000009");
    return request;
  }
};

TEST_F(Cases, S1_04_OneActOpensADossierThatWaits) {
  const v1::RegulationCase row = Open();
  EXPECT_EQ(row.state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(row.case_number(),
            "DRFR1585026328"
            "00001");
  EXPECT_EQ(Open().case_number(),
            "DRFR1585026328"
            "00002");
  EXPECT_EQ(row.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_EQ(ToInstant(row.wait_alarm_time()), ToInstant(row.wait_start_time()) + seconds(60));
  EXPECT_EQ(row.origin().taken_by().subject(), "arm-1");
  EXPECT_EQ(row.patients(0).identity_status(), v1::IDENTITY_STATUS_PROVISIONAL);
  EXPECT_THAT(row.patients(0).name(), HasSubstr(row.name() + "/patients/"));
  EXPECT_THAT(row.missing(), Contains("PRIORITY"));
}

TEST_F(Cases, RepeatGetsTheFirstAnswerAndAnotherBodyIsRefused) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.set_request_id("R-2026-11-24-S07-014");
  const auto first = Ask(arm_, &Stub::CreateRegulationCase, request);
  clock_.Advance(hours(71));
  const auto repeat = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), first->SerializeAsString());
  request.mutable_regulation_case()->set_territory("44");
  request.mutable_regulation_case()->mutable_patient_place()->set_insee_code("44109");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("REQUEST_ID_REUSED"));
  EXPECT_THAT(EventTypes(), ::testing::ElementsAre("case.created"));
}

TEST_F(Cases, H44_PaperFormNeverEntersTheLiveQueue) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.mutable_regulation_case()->mutable_origin()->set_paper_form_number("S07-014");
  *request.mutable_regulation_case()->mutable_origin()->mutable_pickup_time() =
      ToTimestamp(clock_.Now() - hours(2));
  const auto row = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(row, IsOk());
  EXPECT_FALSE(row->has_wait_start_time());
  EXPECT_EQ(ToInstant(row->origin().pickup_time()), ToInstant(row->create_time()) - hours(2));
}

// Typed by two people, or twice by one: one dossier, whatever the request ids.
TEST_F(Cases, H44_APaperFormIsTypedInOnceInItsTerritory) {
  v1::CreateRegulationCaseRequest request = NewCase();
  v1::CallOrigin& origin = *request.mutable_regulation_case()->mutable_origin();
  origin.set_paper_form_number("S07-014");
  const auto row = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(row, IsOk());
  const auto twice = Ask(arm_, &Stub::CreateRegulationCase, request);
  EXPECT_THAT(twice, StatusIs(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS"));
  EXPECT_EQ(  // By key on the wire.
      base::DetailOf(twice.status()).metadata,
      (base::Metadata{{"case_number", row->case_number()}, {"regulation_case", row->name()}}));
  v1::CreateRegulationCaseRequest elsewhere = request;
  elsewhere.mutable_regulation_case()->set_territory("44");
  elsewhere.mutable_regulation_case()->mutable_patient_place()->set_insee_code("44109");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, elsewhere), IsOk());
  // Nor is it a later call of another dossier.
  v1::AttachCallRequest attach;
  attach.set_name(Open().name());
  *attach.mutable_call() = origin;
  EXPECT_THAT(Ask(arm_, &Stub::AttachCall, attach), ReasonIs("PAPER_FORM_EXISTS"));
  EXPECT_EQ(Get(attach.name()).further_calls_size(), 0);
  attach.mutable_call()->set_paper_form_number("S07-015");
  EXPECT_THAT(Ask(arm_, &Stub::AttachCall, attach), IsOk());
  EXPECT_THAT(Ask(arm_, &Stub::AttachCall, attach), ReasonIs("PAPER_FORM_EXISTS"));
  // A number that was misread is free again once it is corrected.
  v1::UpdateRegulationCaseRequest correct;
  *correct.mutable_regulation_case() = *row;
  correct.set_etag(row->etag());
  correct.mutable_update_mask()->add_paths("origin");
  *correct.mutable_regulation_case()->mutable_origin() = origin;
  correct.mutable_regulation_case()->mutable_origin()->set_paper_form_number("S07-015");
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, correct), ReasonIs("PAPER_FORM_EXISTS"));
  correct.mutable_regulation_case()->mutable_origin()->set_paper_form_number("S07-041");
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, correct), IsOk());
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), IsOk());
}

TEST_F(Cases, H03_RaisingAlwaysWinsAndLoweringNeedsRegulatorEtagReason) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  v1::PrioritizeRegulationCaseRequest raise;
  raise.set_name(row.name());
  raise.set_priority(v1::PRIORITY_P0);
  raise.set_etag("\"0\"");  // A stale screen does not hold a raise back.
  const auto raised = Ask(arm_, &Stub::PrioritizeRegulationCase, raise);
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(ToInstant(raised->wait_alarm_time()), ToInstant(row.wait_start_time()) + seconds(30));

  v1::PrioritizeRegulationCaseRequest lower;
  lower.set_name(row.name());
  lower.set_priority(v1::PRIORITY_P1);
  lower.set_reason("rassurant");
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, lower),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  EXPECT_THAT(Ask(mru_, &Stub::PrioritizeRegulationCase, lower), ReasonIs("ETAG_REQUIRED"));
  lower.set_etag(row.etag());
  EXPECT_THAT(Ask(mru_, &Stub::PrioritizeRegulationCase, lower),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  lower.set_etag(raised->etag());
  const auto lowered = Ask(mru_, &Stub::PrioritizeRegulationCase, lower);
  ASSERT_THAT(lowered, IsOk());
  EXPECT_THAT(lowered->notes(0).text(), HasSubstr("P0>P1"));
}

TEST_F(Cases, H02_VitalMotifNeedsASecondActForALowPriority) {
  const std::string name = Open("M03.06").name();
  v1::PrioritizeRegulationCaseRequest request;
  request.set_name(name);
  request.set_priority(v1::PRIORITY_P2);
  request.set_filiere(sas::type::v1::FILIERE_SNP);
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, request),
              ReasonIs("VITAL_MOTIF_UNCONFIRMED"));
  request.set_vital_motif_confirmed(true);
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, request), ReasonIs("REASON_REQUIRED"));
  request.set_reason("douleur reproduite à la palpation, 19 ans");
  EXPECT_THAT(Ask(arm_, &Stub::PrioritizeRegulationCase, request), IsOk());
}

TEST_F(Cases, H02_VitalMotifCodedAfterALowPriorityIsLoudAtOnce) {
  v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  EXPECT_GT(ToInstant(row.wait_alarm_time()), clock_.Now());
  row.set_motif_code("M03.08");
  const auto updated = Ask(arm_, &Stub::UpdateRegulationCase, Update(row, "motif_code"));
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->priority(), v1::PRIORITY_P2);  // Software never raises it.
  EXPECT_LE(ToInstant(updated->wait_alarm_time()), clock_.Now());
}

TEST_F(Cases, H13_PromiseIsKeptByTheQueueAndEndsWithTheDecision) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P3);
  EXPECT_EQ(row.callback().kind(), v1::CallbackPromise::KIND_DEFERRED_REGULATION);
  EXPECT_EQ(ToInstant(row.wait_target_time()),
            ToInstant(row.callback().window_end_time()) - minutes(10));
  const std::string p2 = Prioritized(v1::PRIORITY_P2).name();
  clock_.Advance(hours(1));
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  EXPECT_EQ(Ask(mrl_, &Stub::ClaimNextRegulationCase, next)->name(), row.name());
  ASSERT_THAT(Decide(mrl_, row.name(), v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_FALSE(Get(row.name()).has_callback());
  EXPECT_EQ(Get(row.name()).priority(), v1::PRIORITY_P3);
}

TEST_F(Cases, UpdateWritesOnlyTheMaskAndNeedsTheVersionOnTheScreen) {
  v1::RegulationCase row = Open();
  v1::RegulationCase changed = row;
  changed.set_motif_code("M03.21");
  changed.set_fait_code("C02.05.01");
  changed.mutable_patients()->Clear();
  const auto updated = Ask(arm_, &Stub::UpdateRegulationCase, Update(changed, "motif_code"));
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->motif_code(), "M03.21");
  EXPECT_EQ(updated->fait_code(), "");
  EXPECT_EQ(updated->patients_size(), 1);
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, Update(row, "motif_code")),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_F(Cases, H04_ReflexProposalFollowsMotifAndFait) {
  v1::RegulationCase row = Open();
  EXPECT_EQ(row.reflex_departure().state(), v1::ReflexDeparture::STATE_UNSPECIFIED);
  row.set_motif_code("M02.10");
  const auto proposed = Ask(arm_, &Stub::UpdateRegulationCase, Update(row, "motif_code"));
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->reflex_departure().state(), v1::ReflexDeparture::STATE_PROPOSED);
  EXPECT_EQ(proposed->reflex_departure().resource_codes_size(), 0);
}

TEST_F(Cases, H04_CancellingNeedsCallerAndResponderTold) {
  const std::string name = Open("M01.01").name();
  v1::LaunchReflexDepartureRequest launch;
  launch.set_name(name);
  launch.add_resource_codes("SMUR.ADULT");
  ASSERT_THAT(Ask(arm_, &Stub::LaunchReflexDeparture, launch), IsOk());
  v1::CancelReflexDepartureRequest cancel;
  cancel.set_name(name);
  cancel.set_reason("le patient parle");
  EXPECT_THAT(Ask(mru_, &Stub::CancelReflexDeparture, cancel), ReasonIs("CALLER_NOT_INFORMED"));
  cancel.set_caller_informed(true);
  EXPECT_THAT(Ask(mru_, &Stub::CancelReflexDeparture, cancel), ReasonIs("RESPONDER_NOT_INFORMED"));
  cancel.set_responder_informed(true);
  const auto cancelled = Ask(mru_, &Stub::CancelReflexDeparture, cancel);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_FALSE(cancelled->bilan_awaited());
  EXPECT_EQ(cancelled->priority(), v1::PRIORITY_P0);
  EXPECT_THAT(Ask(mru_, &Stub::CancelReflexDeparture, cancel), ReasonIs("REFLEX_STATE_FORBIDS"));
}

TEST_F(Cases, H07_RepeatCallReturnsToARegulatorAndCounts) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  const std::string older = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  const auto attached = Ask(arm_, &Stub::AttachCall, Again(name));
  ASSERT_THAT(attached, IsOk());
  EXPECT_EQ(attached->state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(attached->priority(), v1::PRIORITY_P2);
  EXPECT_EQ(attached->further_calls(0).taken_by().subject(), "arm-1");
  EXPECT_FALSE(attached->has_close_time());
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  EXPECT_EQ(Ask(mrl_, &Stub::ClaimNextRegulationCase, next)->name(), name);  // Before the older.
  (void)older;
}

// What is completed is in no queue: a raise that left it there would be heard by nobody.
TEST_F(Cases, H03_ARaiseAfterCompletionWaitsAgain) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  const auto raised = Prioritize(arm_, name, v1::PRIORITY_P0, sas::type::v1::FILIERE_AMU);
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_TRUE(raised->has_wait_start_time());
  EXPECT_FALSE(raised->has_close_time());
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  EXPECT_EQ(Ask(mru_, &Stub::ClaimNextRegulationCase, next)->name(), name);
}

TEST_F(Cases, DirectClosingByTheArm) {
  const std::string name = Open("M06.04").name();
  EXPECT_THAT(Close(arm_, name), ReasonIs("ATTRIBUTION_REQUIRED"));
  EXPECT_THAT(Close(arm_, name, "D.D-MALV.X"), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(Close(arm_, name, "DRM.MRL.MG"), ReasonIs("ATTRIBUTION_NOT_DIRECT"));
  const auto closed = Close(arm_, name, "D.D-MALV.ERR");
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), v1::RegulationCase::STATE_VALIDATED);
  EXPECT_THAT(Close(arm_, Prioritized(v1::PRIORITY_P2).name(), "D.D-MALV.ERR"),
              ReasonIs("PRIORITY_FORBIDS_CLOSING"));
}

TEST_F(Cases, ArmDoesNotCloseAMedicalDossier) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_THAT(Close(arm_, name, "DR"), ReasonIs("MEDICAL_ACT_EXISTS"));
  ASSERT_THAT(Complete(arm_, name), IsOk());
  EXPECT_THAT(Close(arm_, name),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  EXPECT_THAT(Close(mrl_, name), IsOk());
}

TEST_F(Cases, H29_TwoPatientsRequireAReferenceAndADecisionEach) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.mutable_regulation_case()->add_patients();
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  ASSERT_THAT(Prioritize(arm_, opened->name(), v1::PRIORITY_P2), IsOk());
  ASSERT_THAT(Claim(mrl_, opened->name()), IsOk());
  EXPECT_THAT(Decide(mrl_, opened->name(), v1::CARE_LEVEL_R4, "CONSEIL"),
              ReasonIs("PATIENT_REQUIRED"));
  v1::CreateDecisionRequest decide;
  decide.set_parent(opened->name());
  decide.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
  decide.mutable_decision()->set_decision_code("CONSEIL");
  decide.mutable_decision()->set_instructions("Repos et surveillance.");
  decide.mutable_decision()->set_claim_version(1);
  decide.mutable_decision()->set_patient(opened->patients(0).name());
  ASSERT_THAT(Ask(mrl_, &Stub::CreateDecision, decide), IsOk());
  EXPECT_THAT(Complete(mrl_, opened->name()), ReasonIs("CASE_INCOMPLETE"));
  EXPECT_TRUE(Get(opened->name()).has_wait_start_time());  // The second child is not forgotten.
  decide.mutable_decision()->set_patient("regions/fr-pdl/cases/x/patients/y");
  EXPECT_THAT(Ask(mrl_, &Stub::CreateDecision, decide), ReasonIs("PATIENT_NOT_IN_CASE"));
  decide.mutable_decision()->set_patient(opened->patients(1).name());
  ASSERT_THAT(Ask(mrl_, &Stub::CreateDecision, decide), IsOk());
  EXPECT_THAT(Complete(mrl_, opened->name()), IsOk());
}

TEST_F(Cases, PatientWithADecisionStaysOnTheDossier) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  v1::RegulationCase row = Get(name);
  const v1::Patient kept = row.patients(0);
  row.mutable_patients()->Clear();
  row.add_patients();
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, Update(row, "patients")),
              ReasonIs("PATIENT_REFERRED_TO"));
  *row.add_patients() = kept;
  const auto updated = Ask(arm_, &Stub::UpdateRegulationCase, Update(row, "patients"));
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->patients(1).name(), kept.name());
  EXPECT_NE(updated->patients(0).name(), "");
}

}  // namespace
}  // namespace sas::regulation
