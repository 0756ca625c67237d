#include "services/regulation/case_ageing.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// What comes back to a regulator waits for his word: no decision about somebody else, no ARM and no
// hour ends that.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class ComesBack : public RegulationTest {
 protected:
  /// P2 with two children, in the hands of the MRL.
  v1::RegulationCase Two() {
    auto request = NewCase();
    *request.mutable_regulation_case()->add_patients() = request.regulation_case().patients(0);
    const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(opened, IsOk());
    EXPECT_THAT(Prioritize(arm_, opened->name(), v1::PRIORITY_P2), IsOk());
    EXPECT_THAT(Claim(mrl_, opened->name()), IsOk());
    return Get(opened->name());
  }

  absl::StatusOr<v1::Decision> DecideOn(const v1::Patient& patient, const std::string& code,
                                        minutes call_in = minutes(0)) {
    v1::CreateDecisionRequest request;
    request.set_parent(CaseOf(patient.name()));
    v1::Decision& decision = *request.mutable_decision();
    decision.set_patient(patient.name());
    decision.set_care_level(code == "CONSEIL" ? v1::CARE_LEVEL_R4 : v1::CARE_LEVEL_R3);
    decision.set_decision_code(code);
    decision.set_instructions("Boire souvent.");
    if (code == "ORIENT") decision.set_resource_code("LIBERAL.MG");
    if (code == "ORIENT") decision.set_orientation_code("CABINET");
    decision.set_claim_version(Get(request.parent()).claim().version());
    if (call_in > minutes(0)) {
      v1::CallbackPromise& callback = *decision.mutable_callback();
      *callback.mutable_window_start_time() = ToTimestamp(clock_.Now() + call_in);
      *callback.mutable_window_end_time() = ToTimestamp(clock_.Now() + call_in + hours(1));
      callback.set_consent(true);
    }
    return Ask(mrl_, &Stub::CreateDecision, request);
  }

  v1::CareOrder OrderFor(const v1::Decision& decision) {
    v1::CreateCareOrderRequest request = NewOrder(decision);
    request.mutable_care_order()->set_patient(decision.patient());
    const auto order = Ask(mrl_, &Stub::CreateCareOrder, request);
    EXPECT_THAT(order, IsOk());
    return order.value_or(v1::CareOrder());
  }

  void NoSlot(const std::string& order) {
    ASSERT_THAT(ClaimOrder(osnp_, order), IsOk());
    ASSERT_THAT(Contact(order, v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
    v1::ReturnCareOrderRequest request;
    request.set_name(order);
    request.set_outcome(v1::CareOrder::STATE_NO_SLOT);
    request.set_reason("quatre cabinets appelés");
    ASSERT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, request), IsOk());
  }

  bool Waits(const std::string& name) { return Get(name).has_wait_start_time(); }

  absl::StatusOr<v1::RegulationCase> Next(const base::Actor& actor) {
    v1::ClaimNextRegulationCaseRequest request;
    request.set_parent("regions/fr-pdl");
    return Ask(actor, &Stub::ClaimNextRegulationCase, request);
  }

  absl::StatusOr<v1::RegulationCase> Edit(const v1::RegulationCase& row, const std::string& path) {
    v1::UpdateRegulationCaseRequest request;
    *request.mutable_regulation_case() = row;
    request.mutable_update_mask()->add_paths(path);
    request.set_etag(Get(row.name()).etag());
    return Ask(arm_, &Stub::UpdateRegulationCase, request);
  }
};

TEST_F(ComesBack, H15_H29_AnOrderThatCameBackWaitsThroughADecisionAboutSomebodyElse) {
  const v1::RegulationCase row = Two();
  ASSERT_THAT(DecideOn(row.patients(0), "CONSEIL"), IsOk());
  const auto second = DecideOn(row.patients(1), "ORIENT");
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(Waits(row.name()));
  NoSlot(OrderFor(*second).name());
  ASSERT_THAT(Claim(mrl_, row.name()), IsOk());
  ASSERT_THAT(DecideOn(row.patients(0), "CONSEIL"), IsOk());
  EXPECT_TRUE(Waits(row.name()));
  ASSERT_THAT(DecideOn(row.patients(1), "CONSEIL"), IsOk());
  EXPECT_FALSE(Waits(row.name()));
  EXPECT_FALSE(Get(row.name()).regulator_awaited());
}

TEST_F(ComesBack, H29_ABilanWaitsForADecisionAboutItsPatient) {
  const v1::RegulationCase row = Two();
  for (const v1::Patient& each : row.patients()) ASSERT_THAT(DecideOn(each, "CONSEIL"), IsOk());
  v1::RecordBilanRequest bilan;
  bilan.set_name(row.name());
  bilan.mutable_bilan()->set_patient(row.patients(1).name());
  bilan.mutable_bilan()->set_redactor_role_code("MEDECIN");
  bilan.mutable_bilan()->set_text("Bilan : s'aggrave");
  ASSERT_THAT(Ask(arm_, &Stub::RecordBilan, bilan), IsOk());
  ASSERT_THAT(DecideOn(row.patients(0), "CONSEIL"), IsOk());
  EXPECT_TRUE(Waits(row.name()));
  EXPECT_THAT(Complete(mrl_, row.name()), ReasonIs("CASE_INCOMPLETE"));
  // A newer report about the other child does not hide it.
  bilan.clear_request_id();
  bilan.mutable_bilan()->set_patient(row.patients(0).name());
  ASSERT_THAT(Ask(arm_, &Stub::RecordBilan, bilan), IsOk());
  ASSERT_THAT(DecideOn(row.patients(0), "CONSEIL"), IsOk());
  EXPECT_TRUE(Waits(row.name()));
  ASSERT_THAT(DecideOn(row.patients(1), "CONSEIL"), IsOk());
  EXPECT_FALSE(Waits(row.name()));
}

TEST_F(ComesBack, H29_ACallIsNotPromisedWhileSomebodyElseIsUndecided) {
  const v1::RegulationCase row = Two();
  EXPECT_THAT(DecideOn(row.patients(0), "CONSEIL", hours(10)),
              StatusIs(absl::StatusCode::kFailedPrecondition, "DECISION_OWED"));
  EXPECT_EQ(Get(row.name()).priority(), v1::PRIORITY_P2);
  ASSERT_THAT(DecideOn(row.patients(0), "CONSEIL"), IsOk());
  ASSERT_THAT(DecideOn(row.patients(1), "CONSEIL", hours(10)), IsOk());
  EXPECT_EQ(Get(row.name()).priority(), v1::PRIORITY_P3);
}

TEST_F(ComesBack, H13_APromiseDoesNotHideAnOrderThatCameBack) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const v1::Patient patient = Get(name).patients(0);
  const auto oriented = DecideOn(patient, "ORIENT");
  ASSERT_THAT(oriented, IsOk());
  const std::string order = OrderFor(*oriented).name();
  ASSERT_THAT(DecideOn(patient, "CONSEIL", hours(10)), IsOk());
  v1::ReleaseRegulationCaseRequest give;
  give.set_name(name);
  ASSERT_THAT(Ask(mrl_, &Stub::ReleaseRegulationCase, give), IsOk());
  EXPECT_THAT(Next(mrl_), ReasonIs("QUEUE_EMPTY"));  // Not before its hour.
  NoSlot(order);
  const auto next = Next(mrl_);
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->name(), name);
  EXPECT_EQ(next->priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_FALSE(next->has_callback());
  EXPECT_TRUE(next->regulator_awaited());
}

TEST_F(ComesBack, H15_NoArmPutsOffOrClosesWhatCameBack) {
  const std::string order = Ordered().name();
  const std::string name = CaseOf(order);
  NoSlot(order);
  for (const v1::Priority put_off : {v1::PRIORITY_NR, v1::PRIORITY_P3}) {
    EXPECT_THAT(Prioritize(arm_, name, put_off), ReasonIs("REGULATOR_REQUIRED"));
  }
  EXPECT_THAT(Prioritize(arm_, name, v1::PRIORITY_P1), IsOk());
  EXPECT_TRUE(Get(name).regulator_awaited());
}

TEST_F(ComesBack, H15_AnEntryThatCameBackIsNoArmsToEnd) {
  const std::string name = Open().name();  // Nobody has set a priority.
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto decision = DecideOn(Get(name).patients(0), "ORIENT");
  ASSERT_THAT(decision, IsOk());
  NoSlot(OrderFor(*decision).name());
  EXPECT_THAT(Prioritize(arm_, name, v1::PRIORITY_NR), ReasonIs("REGULATOR_REQUIRED"));
  EXPECT_THAT(Prioritize(mrl_, name, v1::PRIORITY_NR), IsOk());
  EXPECT_FALSE(Get(name).regulator_awaited());
}

TEST_F(ComesBack, H14_AReflexDepartureOnAP0StopsWhatWasOrdered) {
  const std::string order = Ordered().name();
  const std::string name = CaseOf(order);
  ASSERT_THAT(Prioritize(mrl_, name, v1::PRIORITY_P0), IsOk());
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto again = DecideOn(Get(name).patients(0), "ORIENT");
  ASSERT_THAT(again, IsOk());
  const std::string placed = OrderFor(*again).name();
  v1::LaunchReflexDepartureRequest launch;
  launch.set_name(name);
  launch.add_resource_codes("SMUR.ADULT");
  ASSERT_THAT(Ask(arm_, &Stub::LaunchReflexDeparture, launch), IsOk());
  EXPECT_EQ(GetOrder(placed).state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(GetOrder(placed).end_reason(), kUpgrade);
}

TEST_F(ComesBack, H29_APatientWhoIsAddedLaterWaitsForADecision) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  v1::RegulationCase row = Get(name);
  row.mutable_patients(0)->mutable_age()->set_value(7);
  ASSERT_THAT(Edit(row, "patients"), IsOk());
  EXPECT_FALSE(Waits(name)) << "nobody is new";
  *row.add_patients() = NewCase().regulation_case().patients(0);
  ASSERT_THAT(Edit(row, "patients"), IsOk());
  const v1::RegulationCase after = Get(name);
  EXPECT_EQ(after.state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_TRUE(after.has_wait_start_time());
  EXPECT_TRUE(after.regulator_awaited());
}

TEST_F(ComesBack, H06_ASignOfTheFormStopsWhatWasOrderedAndWaits) {
  const std::string order = Ordered().name();
  const std::string name = CaseOf(order);
  EXPECT_FALSE(Waits(name));
  v1::RegulationCase row = Get(name);
  sas::type::v1::SeveritySign& sign = *row.mutable_severity_form()->add_signs();
  sign.set_code("PURPURA");
  sign.set_answer(sas::type::v1::SIGN_ANSWER_YES);
  ASSERT_THAT(Edit(row, "severity_form"), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(GetOrder(order).end_reason(), kSeveritySign);
  EXPECT_TRUE(Waits(name));
  EXPECT_THAT(Prioritize(arm_, name, v1::PRIORITY_NR), ReasonIs("REGULATOR_REQUIRED"));
}

TEST_F(ComesBack, H06_NoArmClosesADossierWithASign) {
  v1::RegulationCase row = Open();
  sas::type::v1::SeveritySign& sign = *row.mutable_severity_form()->add_signs();
  sign.set_code("PURPURA");
  sign.set_answer(sas::type::v1::SIGN_ANSWER_YES);
  ASSERT_THAT(Edit(row, "severity_form"), IsOk());
  EXPECT_THAT(Close(arm_, row.name(), "D.D-MALV.ERR"), ReasonIs("REGULATOR_REQUIRED"));
}

// The practice may cancel until the patient has come: his order comes back to a living dossier.
TEST_F(ComesBack, H15_ADossierIsNotClosedForGoodBeforeItsAppointment) {
  const std::string order = Ordered().name();
  const std::string name = CaseOf(order);
  ASSERT_THAT(ClaimOrder(osnp_, order), IsOk());
  ASSERT_THAT(Contact(order, v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
  clock_.Advance(hours(22));
  ASSERT_THAT(Booked(order, "regions/fr-pdl/appointments/a"), IsOk());  // In 3 h.
  v1::ConfirmPatientInformedRequest told;
  told.set_name(order);
  ASSERT_THAT(ClaimOrder(osnp_, order), IsOk());
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, told), IsOk());
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  ASSERT_THAT(Close(mrl_, name), IsOk());
  const auto turn = [&] {
    return AgeCases(*desk_, base::InternalCall(kCaseAgeing, clock_, std::chrono::seconds(5)));
  };
  clock_.Advance(hours(2) + minutes(30));
  ASSERT_THAT(turn(), IsOk());
  EXPECT_EQ(Get(name).state(), v1::RegulationCase::STATE_VALIDATED);
  clock_.Advance(minutes(30));
  ASSERT_THAT(turn(), IsOk());
  EXPECT_EQ(Get(name).state(), v1::RegulationCase::STATE_CLOSED);
}

TEST_F(ComesBack, H09_TheAmuIsGivenPsychiatryAndNeonatalogyToo) {
  for (const auto chain : {sas::type::v1::FILIERE_PSY, sas::type::v1::FILIERE_NEONAT}) {
    const std::string name = Open().name();
    ASSERT_THAT(Prioritize(arm_, name, v1::PRIORITY_P2, chain), IsOk());
    EXPECT_THAT(Next(mrl_), ReasonIs("QUEUE_EMPTY"));
    const auto next = Next(mru_);
    ASSERT_THAT(next, IsOk());
    EXPECT_EQ(next->name(), name);
  }
}

}  // namespace
}  // namespace sas::regulation
