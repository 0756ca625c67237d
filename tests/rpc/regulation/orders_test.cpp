#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Orders : public RegulationTest {
 protected:
  absl::StatusOr<v1::CareOrder> Return(const std::string& name, v1::CareOrder::State outcome) {
    v1::ReturnCareOrderRequest request;
    request.set_name(name);
    request.set_outcome(outcome);
    request.set_reason("quatre cabinets appelés");
    return Ask(osnp_, &Stub::ReturnCareOrder, request);
  }

  // An order whose search is open.
  std::string Searching() {
    const std::string name = Ordered().name();
    EXPECT_THAT(ClaimOrder(osnp_, name), IsOk());
    EXPECT_THAT(Contact(name, v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
    return name;
  }
};

// repeat_call_requeues_and_warns_osnp: who works the order hears of the call, and what he confirms
// on what he knew before is refused; the version is what booking asks for.
TEST_F(Orders, H07_ARepeatCallIsToldToTheOsnpAndStopsHisConfirmation) {
  const std::string name = Searching();
  const v1::CareOrder before = GetOrder(name);
  EXPECT_FALSE(before.has_repeat_call_time());
  const auto screen = OpenBoard(*server_, osnp_, BoardOf());
  ASSERT_TRUE(screen->Next());
  EXPECT_EQ(screen->cards[name].call_count(), 1);
  v1::AttachCallRequest again;
  again.set_name(CaseOf(name));
  *again.mutable_call() = NewCase().regulation_case().origin();
  const base::Instant called = clock_.Now();
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, again), IsOk());
  const v1::CareOrder after = GetOrder(name);
  EXPECT_EQ(after.version(), before.version() + 1);
  EXPECT_EQ(after.repeat_call_count(), 1);
  EXPECT_EQ(ToInstant(after.repeat_call_time()), called);
  EXPECT_EQ(after.state(), before.state());
  EXPECT_EQ(after.claim().owner().subject(), osnp_.subject);
  EXPECT_THAT(EventTypes(), Contains("order.updated"));
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(name, v1::BoardCard::ALARM_ORDER_CALLED_AGAIN); }));
  EXPECT_EQ(screen->cards[name].call_count(), 2);
  EXPECT_EQ(ToInstant(screen->cards[name].repeat_call_time()), called);
  v1::RecordContactAttemptRequest call;
  call.set_name(name);
  call.mutable_attempt()->set_result(v1::ContactAttempt::RESULT_REACHED);
  call.set_etag(before.etag());
  EXPECT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, call), ReasonIs("ETAG_MISMATCH"));
  call.set_etag(after.etag());
  ASSERT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, call), IsOk());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return !screen->Alarmed(name, v1::BoardCard::ALARM_ORDER_CALLED_AGAIN); }));
  screen->Leave();
  // An order that has ended stays what it was.
  ASSERT_THAT(Return(name, v1::CareOrder::STATE_NO_SLOT), IsOk());
  const std::int64_t ended = GetOrder(name).version();
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, again), IsOk());
  EXPECT_EQ(GetOrder(name).version(), ended);
}

TEST_F(Orders, H16_RefusalNamesEachMissingField) {
  v1::CreateRegulationCaseRequest request = NewCase("M07.00");
  v1::RegulationCase& row = *request.mutable_regulation_case();
  row.clear_patient_place();
  row.clear_mobility();
  row.mutable_patients(0)->clear_age();
  row.mutable_origin()->clear_caller_phone_number();
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
  ASSERT_THAT(Prioritize(arm_, name, v1::PRIORITY_P2), IsOk());
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET");
  ASSERT_THAT(decision, IsOk());
  const auto refused = Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*decision));
  EXPECT_THAT(refused,
              StatusIs(absl::StatusCode::kFailedPrecondition, "ORDER_PREREQUISITES_MISSING"));
  std::vector<std::string> fields;
  for (const auto& violation : base::DetailOf(refused.status()).violations) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ElementsAre("regulation_case.motif_code", "regulation_case.patient_place",
                                  "regulation_case.mobility", "patient.age",
                                  "regulation_case.origin.callback_phone_number"));
}

TEST_F(Orders, OrderExecutesADecisionThatAsksForAConsultation) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto advice = Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL");
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*advice)),
              ReasonIs("DECISION_WITHOUT_CONSULTATION"));
  v1::Decision unknown = *advice;
  unknown.set_name(name + "/decisions/unknown");
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, NewOrder(unknown)), ReasonIs("DECISION_NOT_FOUND"));
  const auto consult = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET");
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R2, "INTER", "TSU"), IsOk());
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*consult)),
              ReasonIs("DECISION_WITHOUT_CONSULTATION"));  // Overtaken.
}

TEST_F(Orders, AnotherRegulatorsDossierIsNotOrderedOn) {
  const v1::CareOrder order = Ordered();
  v1::Decision decision;
  decision.set_name(order.decision());
  EXPECT_THAT(Ask(mru_, &Stub::CreateCareOrder, NewOrder(decision)),
              StatusIs(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED"));
}

TEST_F(Orders, SecondOperatorIsRefused) {
  const std::string order = Ordered().name();
  ASSERT_THAT(ClaimOrder(osnp_, order), IsOk());
  const auto other = testing::ActorWith(base::Role::kOsnp, "osnp-2");
  EXPECT_THAT(ClaimOrder(other, order),
              StatusIs(absl::StatusCode::kAborted, "ORDER_ALREADY_CLAIMED"));
  clock_.Advance(minutes(10));
  const auto taken = ClaimOrder(other, order);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::CareOrder::STATE_TREATING_DOCTOR);
  EXPECT_THAT(Contact(order, v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE),
              ReasonIs("ORDER_ALREADY_CLAIMED"));
}

// no_confirm_on_superseded_order: an upgrade stops the order in the transaction of the decision.
TEST_F(Orders, H14_UpgradingDecisionSupersedesInTheSameTransaction) {
  const std::string order = Searching();
  const std::int64_t version = GetOrder(order).version();
  ASSERT_THAT(Decide(mrl_, CaseOf(order), v1::CARE_LEVEL_R2, "INTER", "TSU"), IsOk());
  const v1::CareOrder stopped = GetOrder(order);
  EXPECT_EQ(stopped.state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(stopped.end_reason(), "UPGRADE");
  EXPECT_GT(stopped.version(), version);
  EXPECT_FALSE(stopped.has_claim());
  EXPECT_THAT(ClaimOrder(osnp_, order), ReasonIs("ORDER_SUPERSEDED"));
  // One transaction: the order's event stands right before the decision's.
  const std::vector<std::string> types = EventTypes();
  EXPECT_THAT(std::vector<std::string>(types.end() - 2, types.end()),
              ElementsAre("order.updated", "case.decided"));
}

TEST_F(Orders, H14_RaiseToP1Supersedes) {
  const std::string order = Searching();
  ASSERT_THAT(Prioritize(arm_, CaseOf(order), v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_TRUE(Get(CaseOf(order)).has_wait_start_time());
}

TEST_F(Orders, H14_UpgradeAfterABookingFlagsTheAppointmentToAPerson) {
  const std::string order = Searching();
  ASSERT_THAT(Booked(order, "regions/fr-pdl/appointments/a1"), IsOk());
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(order);
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, informed), IsOk());
  ASSERT_THAT(Prioritize(arm_, CaseOf(order), v1::PRIORITY_P0, sas::type::v1::FILIERE_AMU), IsOk());
  const v1::CareOrder stopped = GetOrder(order);
  EXPECT_EQ(stopped.state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(stopped.end_reason(), "APPOINTMENT_ON_STOPPED_ORDER");
  EXPECT_EQ(stopped.appointment(), "regions/fr-pdl/appointments/a1");  // Never cancelled by us.
}

TEST_F(Orders, H14_PastAppointmentIsLeftAlone) {
  const std::string order = Searching();
  ASSERT_THAT(Booked(order, "regions/fr-pdl/appointments/a1"), IsOk());
  v1::ConfirmPatientInformedRequest informed;
  informed.set_name(order);
  ASSERT_THAT(Ask(osnp_, &Stub::ConfirmPatientInformed, informed), IsOk());
  clock_.Advance(hours(4));
  ASSERT_THAT(Prioritize(arm_, CaseOf(order), v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_CONFIRMED_TO_PATIENT);
}

TEST_F(Orders, H15_ReturnedOrderBringsTheDossierBackInTheSameTransaction) {
  for (const auto outcome : {v1::CareOrder::STATE_NO_SLOT, v1::CareOrder::STATE_PATIENT_REFUSED,
                             v1::CareOrder::STATE_PATIENT_UNREACHABLE}) {
    const std::string order = Searching();
    EXPECT_FALSE(Get(CaseOf(order)).has_wait_start_time());
    for (int call = 0; call < 3; ++call) ASSERT_THAT(Called(order), IsOk());
    const auto returned = Return(order, outcome);
    ASSERT_THAT(returned, IsOk());
    EXPECT_EQ(returned->state(), outcome);
    const v1::RegulationCase row = Get(CaseOf(order));
    EXPECT_TRUE(row.has_wait_start_time());
    EXPECT_THAT(row.missing(), Contains("RETURNED_ORDER"));
    EXPECT_THAT(row.notes(row.notes_size() - 1).text(), HasSubstr("quatre cabinets appelés"));
    const std::vector<std::string> types = EventTypes();
    EXPECT_THAT(std::vector<std::string>(types.end() - 2, types.end()),
                ElementsAre("order.updated", "case.updated"));
  }
}

TEST_F(Orders, H15_NobodyIsUnreachableBeforeThreeCalls) {
  const std::string order = Searching();
  EXPECT_THAT(Return(order, v1::CareOrder::STATE_PATIENT_UNREACHABLE),
              StatusIs(absl::StatusCode::kFailedPrecondition, "TOO_FEW_ATTEMPTS"));
  ASSERT_THAT(Called(order), IsOk());
  ASSERT_THAT(Called(order, v1::ContactAttempt::RESULT_VOICEMAIL), IsOk());
  // He was there: the count begins anew.
  const auto reached = Called(order, v1::ContactAttempt::RESULT_REACHED);
  ASSERT_THAT(reached, IsOk());
  EXPECT_EQ(reached->unanswered_count(), 0);
  ASSERT_THAT(Called(order, v1::ContactAttempt::RESULT_BUSY), IsOk());
  ASSERT_THAT(Called(order), IsOk());
  EXPECT_THAT(Return(order, v1::CareOrder::STATE_PATIENT_UNREACHABLE),
              ReasonIs("TOO_FEW_ATTEMPTS"));
  const auto third = Called(order);
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(third->unanswered_count(), 3);
  EXPECT_EQ(third->contact_attempts_size(), 6);
  EXPECT_EQ(third->contact_attempts(0).attempted_by().subject(), osnp_.subject);
  EXPECT_THAT(Return(order, v1::CareOrder::STATE_PATIENT_UNREACHABLE), IsOk());
}

TEST_F(Orders, APromisedCallbackIsKeptUntilTheNextCall) {
  const std::string order = Searching();
  v1::RecordContactAttemptRequest request;
  request.set_name(order);
  request.mutable_attempt()->set_result(v1::ContactAttempt::RESULT_NO_ANSWER);
  *request.mutable_callback_time() = ToTimestamp(clock_.Now() + minutes(20));
  const auto promised = Ask(osnp_, &Stub::RecordContactAttempt, request);
  ASSERT_THAT(promised, IsOk());
  EXPECT_EQ(promised->callback_time().seconds(), request.callback_time().seconds());
  *request.mutable_callback_time() = ToTimestamp(clock_.Now() + hours(24 * 30));
  EXPECT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, request), ReasonIs("INVALID_CALLBACK_TIME"));
  request.clear_attempt();
  EXPECT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, request), ReasonIs("OUTCOME_REQUIRED"));
  const auto called = Called(order);
  ASSERT_THAT(called, IsOk());
  EXPECT_FALSE(called->has_callback_time());
}

TEST_F(Orders, S1_09_ACallToAPracticeIsKeptAndSaysNothingOfThePatient) {
  const std::string order = Searching();
  v1::RecordContactAttemptRequest request;
  request.set_name(order);
  request.mutable_attempt()->set_result(v1::ContactAttempt::RESULT_NO_ANSWER);
  *request.mutable_callback_time() = ToTimestamp(clock_.Now() + minutes(20));
  ASSERT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, request), IsOk());
  request.clear_callback_time();
  request.mutable_attempt()->set_practice("Cabinet de l'Essai");
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, request), IsOk());
  const v1::CareOrder tried = GetOrder(order);
  EXPECT_EQ(tried.contact_attempts(1).practice(), "Cabinet de l'Essai");
  EXPECT_EQ(tried.unanswered_count(), 1);
  EXPECT_TRUE(tried.has_callback_time());
  EXPECT_THAT(Return(order, v1::CareOrder::STATE_PATIENT_UNREACHABLE),
              ReasonIs("TOO_FEW_ATTEMPTS"));
  request.mutable_attempt()->set_practice(std::string(121, 'x'));
  EXPECT_THAT(Ask(osnp_, &Stub::RecordContactAttempt, request), ReasonIs("TEXT_TOO_LONG"));
}

TEST_F(Orders, H15_OnlyARegulatorsDecisionEndsAReturnedOrder) {
  const std::string order = Searching();
  ASSERT_THAT(Return(order, v1::CareOrder::STATE_NO_SLOT), IsOk());
  EXPECT_THAT(Complete(mrl_, CaseOf(order)), ReasonIs("CASE_INCOMPLETE"));
  ASSERT_THAT(Decide(mrl_, CaseOf(order), v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_EQ(GetOrder(order).state(), v1::CareOrder::STATE_CLOSED);
  EXPECT_EQ(GetOrder(order).end_reason(), "NO_SLOT");
  EXPECT_THAT(Complete(mrl_, CaseOf(order)), IsOk());
}

TEST_F(Orders, H36_ReCreatedOrderKeepsTheFirstOrigin) {
  const v1::CareOrder first = Ordered();
  ASSERT_THAT(ClaimOrder(osnp_, first.name()), IsOk());
  ASSERT_THAT(Contact(first.name(), v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE), IsOk());
  clock_.Advance(hours(30));
  ASSERT_THAT(Return(first.name(), v1::CareOrder::STATE_NO_SLOT), IsOk());
  const std::string name = CaseOf(first.name());
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET");
  ASSERT_THAT(decision, IsOk());
  const auto second = Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*decision));
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(ToInstant(second->origin_time()), ToInstant(first.origin_time()));
  EXPECT_EQ(ToInstant(second->due_time()), ToInstant(first.due_time()));
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*decision, 24)),
              StatusIs(absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED"));
}

TEST_F(Orders, NewOrderReplacesWhatIsNotBookedAndRefusesWhatIs) {
  const v1::CareOrder first = Ordered();
  v1::Decision decision;
  decision.set_name(first.decision());
  const auto second = Ask(mrl_, &Stub::CreateCareOrder, NewOrder(decision, 12));
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(GetOrder(first.name()).state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(GetOrder(first.name()).end_reason(), "NEW_ORDER");
  ASSERT_THAT(Booked(second->name(), "regions/fr-pdl/appointments/a1"), IsOk());
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, NewOrder(decision, 12)),
              ReasonIs("PATIENT_ALREADY_BOOKED"));
}

TEST_F(Orders, VersionGrowsWithEachChange) {
  const std::string order = Ordered().name();
  EXPECT_EQ(GetOrder(order).version(), 1);
  EXPECT_EQ(ClaimOrder(osnp_, order)->version(), 2);
  EXPECT_EQ(Contact(order, v1::TreatingDoctorContact::OUTCOME_UNAVAILABLE)->version(), 3);
  ASSERT_THAT(Booked(order, "regions/fr-pdl/appointments/a1"), IsOk());
  EXPECT_EQ(GetOrder(order).version(), 4);
  EXPECT_EQ(VersionOf(GetOrder(order).etag()), 4);
}

TEST_F(Orders, H36_AgreeingToALateStartNeverMovesTheDeadline) {
  const std::string name = Searching();
  const v1::CareOrder order = GetOrder(name);
  v1::AgreeLateAppointmentRequest request;
  request.set_name(name);
  *request.mutable_latest_start_time() = ToTimestamp(ToInstant(order.due_time()) + hours(6));
  request.set_reason("pas de transport avant, surveillance par l'IDEL");
  request.set_request_id("late-1");
  EXPECT_THAT(Ask(mrl_, &Stub::AgreeLateAppointment, request), ReasonIs("ETAG_REQUIRED"));
  request.set_etag("\"1\"");
  EXPECT_THAT(Ask(mrl_, &Stub::AgreeLateAppointment, request),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  request.set_etag(order.etag());
  for (const base::Actor& actor : {osnp_, arm_}) {
    EXPECT_THAT(Ask(actor, &Stub::AgreeLateAppointment, request),
                StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  }
  const auto agreed = Ask(mrl_, &Stub::AgreeLateAppointment, request);
  ASSERT_THAT(agreed, IsOk());
  EXPECT_EQ(agreed->due_time().seconds(), order.due_time().seconds());
  EXPECT_EQ(agreed->origin_time().seconds(), order.origin_time().seconds());
  EXPECT_EQ(agreed->state(), order.state());
  EXPECT_EQ(agreed->version(), order.version() + 1);
  EXPECT_EQ(agreed->late_agreement().agreed_by().subject(), "mrl-1");
  EXPECT_EQ(agreed->claim().owner().subject(), "osnp-1");  // It stays in the OSNP's hands.
  const auto again = Ask(mrl_, &Stub::AgreeLateAppointment, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), agreed->SerializeAsString());
  request.set_request_id("late-2");
  request.set_etag(agreed->etag());
  *request.mutable_latest_start_time() = order.due_time();
  EXPECT_THAT(Ask(mrl_, &Stub::AgreeLateAppointment, request), ReasonIs("INVALID_LATE_START"));
  request.clear_reason();
  EXPECT_THAT(Ask(mrl_, &Stub::AgreeLateAppointment, request), ReasonIs("TEXT_REQUIRED"));
}

}  // namespace
}  // namespace sas::regulation
