#include "tests/rpc/regulation/regulation_fixture.h"

// What a regulator says or prescribes by telephone, and the call to hear how it went.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Advice : public RegulationTest {
 protected:
  std::string InHand() {
    const std::string name = Prioritized(v1::PRIORITY_P2).name();
    EXPECT_THAT(Claim(mrl_, name), IsOk());
    return name;
  }

  v1::CreateDecisionRequest Of(const std::string& name, const std::string& code) {
    v1::CreateDecisionRequest request;
    request.set_parent(name);
    request.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
    request.mutable_decision()->set_decision_code(code);
    request.mutable_decision()->set_instructions("Boire souvent.");
    request.mutable_decision()->set_claim_version(Get(name).claim().version());
    return request;
  }

  v1::CreateDecisionRequest Prescribing(const std::string& name) {
    auto request = Of(name, "PMT");
    v1::Prescription& prescription = *request.mutable_decision()->mutable_prescription();
    v1::PrescribedProduct& product = *prescription.add_products();
    product.set_product("paracétamol 1 g, comprimé");
    product.set_dose("1 toutes les 6 heures, 3 par jour au plus");
    product.set_duration_days(2);
    prescription.set_recipient(v1::Prescription::RECIPIENT_PATIENT);
    prescription.set_allergies_asked(true);
    return request;
  }

  v1::CreateDecisionRequest CallingBack(const std::string& name, minutes from, minutes until) {
    auto request = Of(name, "CONSEIL");
    v1::CallbackPromise& callback = *request.mutable_decision()->mutable_callback();
    *callback.mutable_window_start_time() = ToTimestamp(clock_.Now() + from);
    *callback.mutable_window_end_time() = ToTimestamp(clock_.Now() + until);
    callback.set_consent(true);
    return request;
  }

  absl::StatusOr<v1::Decision> Send(const v1::CreateDecisionRequest& request) {
    return Ask(mrl_, &Stub::CreateDecision, request);
  }
};

TEST_F(Advice, AdviceHasItsText) {
  auto request = Of(InHand(), "CONSEIL");
  request.mutable_decision()->clear_instructions();
  EXPECT_THAT(Send(request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(Advice, APrescriptionSaysWhatHowMuchHowLongAndToWhom) {
  const std::string name = InHand();
  EXPECT_THAT(Send(Of(name, "PMT")), ReasonIs("PRESCRIPTION_REQUIRED"));
  auto request = Prescribing(name);
  v1::Prescription& prescription = *request.mutable_decision()->mutable_prescription();
  const v1::Prescription whole = prescription;
  prescription.clear_products();
  EXPECT_THAT(Send(request), ReasonIs("PRESCRIPTION_REQUIRED"));
  prescription = whole;
  prescription.mutable_products(0)->clear_dose();
  EXPECT_THAT(Send(request), StatusIs(absl::StatusCode::kInvalidArgument));
  prescription = whole;
  prescription.mutable_products(0)->set_duration_days(8);  // Limited in time: décret 2024-541.
  EXPECT_THAT(Send(request), ReasonIs("INVALID_PRESCRIPTION_DAYS"));
  prescription = whole;
  prescription.clear_recipient();
  EXPECT_THAT(Send(request), ReasonIs("RECIPIENT_REQUIRED"));
  prescription = whole;
  prescription.set_recipient(v1::Prescription::RECIPIENT_PHARMACY);
  EXPECT_THAT(Send(request), StatusIs(absl::StatusCode::kInvalidArgument));
  prescription = whole;
  prescription.set_allergies_asked(false);
  EXPECT_THAT(Send(request), ReasonIs("ALLERGIES_NOT_ASKED"));
  prescription = whole;
  const auto decided = Send(request);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->prescription().products(0).duration_days(), 2);
  auto advice = Of(name, "CONSEIL");
  *advice.mutable_decision()->mutable_prescription() = whole;
  EXPECT_THAT(Send(advice), ReasonIs("PRESCRIPTION_FORBIDDEN"));
}

TEST_F(Advice, H13_WhoWasAdvisedIsCalledAgainAsPromised) {
  const std::string name = InHand();
  ASSERT_THAT(Send(CallingBack(name, minutes(60), minutes(90))), IsOk());
  auto row = Get(name);
  EXPECT_EQ(row.priority(), v1::PRIORITY_P3);
  EXPECT_EQ(row.callback().kind(), v1::CallbackPromise::KIND_REASSESSMENT);
  EXPECT_TRUE(row.has_wait_start_time());
  v1::ReleaseRegulationCaseRequest release;
  release.set_name(name);
  ASSERT_THAT(Ask(mrl_, &Stub::ReleaseRegulationCase, release), IsOk());
  v1::ClaimNextRegulationCaseRequest next;
  next.set_parent("regions/fr-pdl");
  EXPECT_THAT(Ask(mrl_, &Stub::ClaimNextRegulationCase, next), ReasonIs("QUEUE_EMPTY"));
  clock_.Advance(minutes(61));
  const auto due = Ask(mrl_, &Stub::ClaimNextRegulationCase, next);
  ASSERT_THAT(due, IsOk());
  EXPECT_EQ(due->name(), name);
  v1::RecordCallbackAttemptRequest reached;
  reached.set_name(name);
  reached.set_result(v1::CallReturn::RESULT_REACHED);
  ASSERT_THAT(Ask(mrl_, &Stub::RecordCallbackAttempt, reached), IsOk());
  ASSERT_THAT(Send(Of(name, "CONSEIL")), IsOk());
  EXPECT_FALSE(Get(name).has_callback());
  EXPECT_THAT(Complete(mrl_, name), IsOk());
}

TEST_F(Advice, H13_ThreeCallsToSilenceAreARegulatorsMatter) {
  const std::string name = InHand();
  ASSERT_THAT(Send(CallingBack(name, minutes(10), minutes(40))), IsOk());
  v1::RecordCallbackAttemptRequest silence;
  silence.set_name(name);
  silence.set_result(v1::CallReturn::RESULT_NO_ANSWER);
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(minutes(11));
    ASSERT_THAT(Ask(arm_, &Stub::RecordCallbackAttempt, silence), IsOk());
  }
  EXPECT_TRUE(Get(name).callback().decision_due());
}

TEST_F(Advice, APromiseHasItsWindowItsConsentAndItsNumber) {
  const std::string name = InHand();
  EXPECT_THAT(Send(CallingBack(name, minutes(60), minutes(24 * 60 + 1))),
              ReasonIs("INVALID_CALLBACK_WINDOW"));
  auto request = CallingBack(name, minutes(60), minutes(90));
  request.mutable_decision()->mutable_callback()->set_consent(false);
  EXPECT_THAT(Send(request), ReasonIs("CALLBACK_CONSENT_REQUIRED"));
  request = CallingBack(name, minutes(60), minutes(90));
  request.mutable_decision()->set_decision_code("PASPLUS");
  EXPECT_THAT(Send(request), ReasonIs("CALLBACK_NOT_FOR_THIS"));
  EXPECT_EQ(Get(name).priority(), v1::PRIORITY_P2);
}

}  // namespace
}  // namespace sas::regulation
