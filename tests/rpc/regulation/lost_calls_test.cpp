#include "tests/rpc/regulation/regulation_fixture.h"

// Whoever hung up is called back until a person has decided otherwise (hazard H-08).
namespace sas::regulation {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Ends = v1::ResolveLostCallRequest;
using Came = v1::CallReturn;

class LostCalls : public RegulationTest {
 protected:
  absl::StatusOr<v1::LostCall> HangUp(const std::string& name, const base::Actor& actor) {
    v1::RecordHangUpRequest request;
    request.set_name(name);
    return Ask(actor, &Stub::RecordHangUp, request);
  }

  absl::StatusOr<v1::LostCall> Lose(const std::string& number) {
    v1::RecordLostCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.mutable_lost_call()->set_phone_number(number);
    request.mutable_lost_call()->set_territory("85");
    return Ask(link_, &Stub::RecordLostCall, request);
  }

  absl::StatusOr<v1::LostCall> CallBack(const std::string& name,
                                        Came::Result result = Came::RESULT_NO_ANSWER) {
    v1::RecordCallReturnRequest request;
    request.set_name(name);
    request.set_result(result);
    return Ask(arm_, &Stub::RecordCallReturn, request);
  }

  absl::StatusOr<v1::LostCall> Resolve(const base::Actor& actor, const std::string& name,
                                       Ends::Outcome outcome, const std::string& reason = "") {
    v1::ResolveLostCallRequest request;
    request.set_name(name);
    request.set_outcome(outcome);
    request.set_reason(reason);
    return Ask(actor, &Stub::ResolveLostCall, request);
  }

  // Three calls back, each when it is due.
  v1::LostCall CalledThreeTimes(const std::string& name) {
    v1::LostCall lost = CallBack(name).value_or(v1::LostCall());
    clock_.Advance(minutes(5));
    lost = CallBack(name, Came::RESULT_BUSY).value_or(v1::LostCall());
    clock_.Advance(minutes(10));
    return CallBack(name, Came::RESULT_VOICEMAIL).value_or(v1::LostCall());
  }

  std::vector<v1::LostCall> List() {
    v1::ListLostCallsRequest request;
    request.set_parent("regions/fr-pdl");
    const auto listed = Ask(arm_, &Stub::ListLostCalls, request);
    EXPECT_THAT(listed, IsOk());
    return {listed->lost_calls().begin(), listed->lost_calls().end()};
  }

  const base::Actor link_ = testing::ActorWith(base::Role::kService, "telephony");
  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

TEST_F(LostCalls, H08_AHangUpNeverCloses) {
  const v1::RegulationCase before = Prioritized(v1::PRIORITY_P2);
  const auto lost = HangUp(before.name(), link_);
  ASSERT_THAT(lost, IsOk());
  const v1::RegulationCase after = Get(before.name());
  EXPECT_EQ(after.state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(after.priority(), before.priority());
  EXPECT_EQ(ToInstant(after.wait_start_time()), ToInstant(before.wait_start_time()));
  EXPECT_EQ(after.lost_call(), lost->name());
  EXPECT_EQ(lost->state(), v1::LostCall::STATE_TO_CALL);
  EXPECT_EQ(lost->regulation_case(), before.name());
  EXPECT_EQ(lost->phone_number(), "+33199000001");
  ASSERT_EQ(List().size(), 1U);
  // And nobody closes it by the way.
  ASSERT_THAT(Claim(mrl_, before.name()), IsOk());
  ASSERT_THAT(Decide(mrl_, before.name(), v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  EXPECT_THAT(Get(before.name()).missing(), ::testing::Contains("CALL_RETURN"));
  EXPECT_THAT(Complete(mrl_, before.name()), ReasonIs("CASE_INCOMPLETE"));
  EXPECT_THAT(Close(arm_, Open("M07.00").name(), "D.D-MALV.ERR"), IsOk());
  const std::string hoax = Open("M07.00").name();
  ASSERT_THAT(HangUp(hoax, link_), IsOk());
  EXPECT_THAT(Close(arm_, hoax, "D.D-MALV.ERR"),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CALL_RETURN_OPEN"));
}

TEST_F(LostCalls, H08_ARepeatedHangUpIsOneEntryAndARepeatedRequestOneAct) {
  const std::string name = Open().name();
  v1::RecordHangUpRequest request;
  request.set_name(name);
  request.set_request_id("hang-up-1");
  const auto first = Ask(link_, &Stub::RecordHangUp, request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Ask(link_, &Stub::RecordHangUp, request)->SerializeAsString(),
            first->SerializeAsString());
  const auto again = HangUp(name, arm_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(again->call_count(), 2);
  EXPECT_EQ(List().size(), 1U);
  EXPECT_EQ(Get(name).notes_size(), 1);
}

TEST_F(LostCalls, H08_ThreeSpacedCallsThenAPersonDecidesWithAReason) {
  const std::string name = Open().name();
  const std::string lost = HangUp(name, link_)->name();
  const auto first = CallBack(lost);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->counted_returns(), 1);
  EXPECT_GE(ToInstant(first->next_return_time()) - clock_.Now(), minutes(4));
  EXPECT_EQ(CallBack(lost)->counted_returns(), 1);  // Too soon: kept, not counted.
  EXPECT_THAT(Resolve(supervisor_, lost, Ends::OUTCOME_GIVEN_UP, "personne ne répond"),
              StatusIs(absl::StatusCode::kFailedPrecondition, "RETURN_NOT_TRIED"));
  clock_.Advance(minutes(5));
  ASSERT_THAT(CallBack(lost), IsOk());
  clock_.Advance(minutes(10));
  const auto third = CallBack(lost);
  ASSERT_THAT(third, IsOk());
  EXPECT_TRUE(third->decision_due());
  EXPECT_FALSE(third->has_next_return_time());
  EXPECT_EQ(third->returns_size(), 4);
  EXPECT_EQ(third->state(), v1::LostCall::STATE_TO_CALL);  // It does not end by itself.
  EXPECT_THAT(Resolve(arm_, lost, Ends::OUTCOME_GIVEN_UP, "personne ne répond"),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  EXPECT_THAT(Resolve(supervisor_, lost, Ends::OUTCOME_GIVEN_UP), ReasonIs("REASON_REQUIRED"));
  const auto given_up =
      Resolve(supervisor_, lost, Ends::OUTCOME_GIVEN_UP, "police passée, personne");
  ASSERT_THAT(given_up, IsOk());
  EXPECT_EQ(given_up->state(), v1::LostCall::STATE_GIVEN_UP);
  EXPECT_EQ(given_up->ended_by().subject(), "sup-1");
  EXPECT_TRUE(List().empty());
  const v1::RegulationCase row = Get(name);
  EXPECT_EQ(row.lost_call(), "");
  EXPECT_EQ(row.state(), v1::RegulationCase::STATE_ACTIVE);  // The dossier is another matter.
  EXPECT_THAT(CallBack(lost), ReasonIs("LOST_CALL_DONE"));
}

TEST_F(LostCalls, H08_ReachingTheCallerEndsItForAnybody) {
  const std::string name = Open().name();
  const std::string lost = HangUp(name, link_)->name();
  EXPECT_THAT(CallBack(lost, Came::RESULT_UNSPECIFIED), ReasonIs("OUTCOME_REQUIRED"));
  const auto reached = CallBack(lost, Came::RESULT_REACHED);
  ASSERT_THAT(reached, IsOk());
  EXPECT_EQ(reached->state(), v1::LostCall::STATE_DONE);
  EXPECT_EQ(Get(name).lost_call(), "");
  EXPECT_TRUE(List().empty());
}

TEST_F(LostCalls, H08_AVitalPriorityWithAnAddressProposesSendingAndSendsNothing) {
  v1::CreateRegulationCaseRequest request = NewCase("M03.08");
  request.mutable_regulation_case()->mutable_patient_place()->set_address_line("2 rue du Port");
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
  ASSERT_THAT(HangUp(name, link_), IsOk());
  EXPECT_FALSE(List().front().sending_proposed());
  ASSERT_THAT(Prioritize(arm_, name, v1::PRIORITY_P1, sas::type::v1::FILIERE_AMU), IsOk());
  EXPECT_TRUE(List().front().sending_proposed());  // As the dossier is now.
  EXPECT_LT(Get(name).reflex_departure().state(), v1::ReflexDeparture::STATE_LAUNCHED);
  const std::string lost = List().front().name();
  EXPECT_THAT(Resolve(supervisor_, lost, Ends::OUTCOME_MEANS_SENT, "VSAV"),
              ReasonIs("REGULATOR_REQUIRED"));
  EXPECT_THAT(Resolve(mru_, lost, Ends::OUTCOME_MEANS_SENT, "VSAV parti"), IsOk());
  // The centre of a commune is no address.
  const std::string vague = Prioritized(v1::PRIORITY_P1, "M03.08").name();
  EXPECT_FALSE(HangUp(vague, link_)->sending_proposed());
}

TEST_F(LostCalls, H08_ADossierWithoutANumberIsDecidedByAPerson) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.mutable_regulation_case()->mutable_origin()->clear_caller_phone_number();
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
  const auto lost = HangUp(name, link_);
  ASSERT_THAT(lost, IsOk());
  EXPECT_TRUE(lost->decision_due());
  EXPECT_THAT(Resolve(mrl_, lost->name(), Ends::OUTCOME_GIVEN_UP, "aucun numéro"), IsOk());
  const std::string wrong = HangUp(Open().name(), link_)->name();
  EXPECT_TRUE(CallBack(wrong, Came::RESULT_WRONG_NUMBER)->decision_due());
}

TEST_F(LostCalls, H08_OneEntryForANumberUntilItIsReturned) {
  const auto first = Lose("+33199000007");
  ASSERT_THAT(first, IsOk());
  clock_.Advance(std::chrono::hours(2));
  const auto second = Lose("+33199000007");
  EXPECT_EQ(second->name(), first->name());
  EXPECT_EQ(second->call_count(), 2);
  EXPECT_EQ(ToInstant(second->arrival_time()), ToInstant(first->arrival_time()));
  EXPECT_EQ(List().size(), 1U);
  ASSERT_THAT(Resolve(arm_, first->name(), Ends::OUTCOME_REACHED), IsOk());
  EXPECT_NE(Lose("+33199000007")->name(), first->name());
  // Nobody answers while his dossier is open, and then he hangs up: one entry, which is the
  // dossier's.
  const std::string name = Open().name();
  const std::string unanswered = Lose("+33199000001")->name();
  const auto joined = HangUp(name, link_);
  ASSERT_THAT(joined, IsOk());
  EXPECT_EQ(joined->name(), unanswered);
  EXPECT_EQ(joined->call_count(), 2);
  EXPECT_EQ(joined->regulation_case(), name);
}

// Three vain calls back are no reason to give up somebody who rings after them.
TEST_F(LostCalls, H08_WhoRingsAgainIsCalledBackAnew) {
  const std::string lost = Lose("+33199000008")->name();
  ASSERT_TRUE(CalledThreeTimes(lost).decision_due());
  const base::Instant rings = clock_.Now();
  const auto again = Lose("+33199000008");
  ASSERT_EQ(again->name(), lost);
  EXPECT_FALSE(again->decision_due());
  EXPECT_EQ(again->counted_returns(), 0);
  EXPECT_EQ(again->returns_size(), 3);
  EXPECT_EQ(ToInstant(again->next_return_time()), rings);
  EXPECT_THAT(Resolve(supervisor_, lost, Ends::OUTCOME_GIVEN_UP, "personne ne répond"),
              ReasonIs("RETURN_NOT_TRIED"));
  EXPECT_EQ(CallBack(lost)->counted_returns(), 1);

  const std::string wrong = Lose("+33199000009")->name();
  ASSERT_TRUE(CallBack(wrong, Came::RESULT_WRONG_NUMBER)->decision_due());
  EXPECT_FALSE(Lose("+33199000009")->decision_due());
  EXPECT_FALSE(CallBack(wrong)->decision_due());  // It stays his.

  // The same where he had got through before.
  const std::string name = Open().name();
  const std::string unanswered = Lose("+33199000001")->name();
  ASSERT_TRUE(CalledThreeTimes(unanswered).decision_due());
  const auto hung_up = HangUp(name, link_);
  ASSERT_EQ(hung_up->name(), unanswered);
  EXPECT_FALSE(hung_up->decision_due());
  ASSERT_TRUE(CalledThreeTimes(unanswered).decision_due());
  EXPECT_EQ(HangUp(name, link_)->counted_returns(), 0);
}

TEST_F(LostCalls, H08_TheBoardTellsThatAPersonMustDecide) {
  const std::string lost = HangUp(Open().name(), link_)->name();
  CalledThreeTimes(lost);
  const v1::LostCall row = List().front();
  BoardLine line;
  line.arrival = ToInstant(row.arrival_time());
  line.return_undecided = row.decision_due();
  EXPECT_THAT(LostCallAlarms(line, AlarmRules{}, clock_.Now()).List(),
              ElementsAre(BoardAlarm::kLostCallLate, BoardAlarm::kReturnUndecided));
}

TEST_F(LostCalls, H31_ANumberNeverEndsTheReturnOfAnotherDossier) {
  const std::string first = Open().name();  // From the home's one line.
  const std::string lost = HangUp(first, link_)->name();
  const std::string second = Open().name();  // Somebody else of the home calls.
  ASSERT_EQ(List().size(), 1U);
  EXPECT_EQ(List().front().name(), lost);
  EXPECT_NE(HangUp(second, link_)->name(), lost);
  EXPECT_EQ(List().size(), 2U);
  // A person who attaches the call to the dossier has said who it is.
  v1::AttachCallRequest attach;
  attach.set_name(first);
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  attach.mutable_call()->set_caller_phone_number("+33199000001");
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, attach), IsOk());
  ASSERT_EQ(List().size(), 1U);
  EXPECT_EQ(List().front().regulation_case(), second);
}

// A neighbour calls about the same patient: nobody has heard the one who hung up.
TEST_F(LostCalls, H08_AnotherCallerEndsNoReturn) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.mutable_regulation_case()->mutable_origin()->set_callback_phone_number("+33199000005");
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
  const std::string lost = HangUp(name, link_)->name();
  const auto attach = [&](const std::string& from, const std::string& at = "") {
    v1::AttachCallRequest again;
    again.set_name(name);
    again.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
    again.mutable_call()->set_caller_phone_number(from);
    again.mutable_call()->set_callback_phone_number(at);
    const auto attached = Ask(arm_, &Stub::AttachCall, again);
    EXPECT_THAT(attached, IsOk());
    return attached->lost_call();
  };
  EXPECT_EQ(attach("+33199000007"), lost);
  EXPECT_EQ(attach(""), lost);
  // He hangs up as well, and his number is another's.
  EXPECT_EQ(attach("+33199000007"), lost);
  const auto other = HangUp(name, link_);
  ASSERT_THAT(other, IsOk());
  EXPECT_NE(other->name(), lost);
  EXPECT_EQ(other->phone_number(), "+33199000007");
  EXPECT_EQ(HangUp(name, link_)->name(), other->name());
  EXPECT_EQ(List().size(), 2U);
  EXPECT_EQ(Get(name).lost_call(), lost);
  // The first one, on the line on which he had called; and at the number that he had left.
  EXPECT_EQ(attach("+33199000001"), "");
  const auto again = HangUp(name, link_);
  EXPECT_EQ(again->phone_number(), "+33199000001");
  EXPECT_EQ(attach("+33199000006", "+33199000001"), "");
  EXPECT_EQ(List().size(), 1U);
}

TEST_F(LostCalls, H08_OnlyAnActiveDossierHasACallerOnTheLine) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  ASSERT_THAT(Complete(mrl_, name), IsOk());
  EXPECT_THAT(HangUp(name, link_), ReasonIs("CASE_STATE_FORBIDS"));
  EXPECT_THAT(HangUp("regions/fr-pdl/cases/unknown", link_), ReasonIs("CASE_NOT_FOUND"));
  EXPECT_THAT(HangUp(Open().name(), osnp_), ReasonIs("ROLE_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::regulation
