#include "tests/rpc/regulation/regulation_fixture.h"

// A dossier from one hand into another: taken over, handed on, and what a decision takes back.
namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Pair;
using testing::ReasonIs;
using testing::StatusIs;

class Hands : public RegulationTest {
 protected:
  absl::StatusOr<v1::RegulationCase> TakeOver(const base::Actor& actor, const std::string& name,
                                              const std::string& reason) {
    v1::ClaimRegulationCaseRequest request;
    request.set_name(name);
    request.set_take_over_reason(reason);
    return Ask(actor, &Stub::ClaimRegulationCase, request);
  }

  absl::StatusOr<v1::RegulationCase> HandTo(const base::Actor& actor, const std::string& name,
                                            const base::Actor& to) {
    v1::ReleaseRegulationCaseRequest request;
    request.set_name(name);
    request.set_reason("fin de poste");
    request.mutable_to()->set_subject(to.subject);
    request.mutable_to()->set_role(static_cast<sas::type::v1::Role>(to.role));
    return Ask(actor, &Stub::ReleaseRegulationCase, request);
  }

  const base::Actor colleague_ = testing::ActorWith(Role::kRegulatorMg, "mrl-2");
  const base::Actor supervisor_ = testing::ActorWith(Role::kSupervisor, "sup-1");
};

TEST_F(Hands, ADossierIsTakenOverWithAReasonAndItsFormerOwnerIsFenced) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  EXPECT_THAT(Claim(colleague_, name), ReasonIs("CASE_ALREADY_CLAIMED"));
  const auto taken = TakeOver(colleague_, name, "il ne répond plus");
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->claim().owner().subject(), "mrl-2");
  EXPECT_EQ(taken->claim().version(), 2);
  EXPECT_THAT(taken->notes().rbegin()->text(), HasSubstr("Repris à mrl-1 : il ne répond plus"));
  EXPECT_EQ(taken->recent_changes().rbegin()->detail(), "claim_version=2 taken_from=mrl-1");
  // He had decided in the same moment: his text is not lost on him, and he learns who has it.
  v1::CreateDecisionRequest late;
  late.set_parent(name);
  late.mutable_decision()->set_care_level(v1::CARE_LEVEL_R4);
  late.mutable_decision()->set_decision_code("CONSEIL");
  late.mutable_decision()->set_instructions("Repos et surveillance.");
  late.mutable_decision()->set_claim_version(1);
  const auto refused = Ask(mrl_, &Stub::CreateDecision, late);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAborted, "CLAIM_LOST"));
  EXPECT_THAT(base::DetailOf(refused.status()).metadata, Contains(Pair("owner", "mrl-2")));
}

TEST_F(Hands, AnArmTakesNothingFromADoctor) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(arm_, name), IsOk());
  ASSERT_THAT(TakeOver(testing::ActorWith(Role::kArm, "arm-2"), name, "relève"), IsOk());
  ASSERT_THAT(TakeOver(mrl_, name, "régulation"), IsOk());
  EXPECT_THAT(TakeOver(arm_, name, "relève"),
              StatusIs(absl::StatusCode::kPermissionDenied, "TAKE_OVER_FORBIDDEN"));
  EXPECT_EQ(Get(name).claim().owner().subject(), "mrl-1");
  EXPECT_THAT(TakeOver(mru_, name, std::string(201, 'x')), ReasonIs("TEXT_TOO_LONG"));
}

TEST_F(Hands, ADossierGoesFromHandToHandAndNeverThroughTheQueue) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto handed = HandTo(mrl_, name, colleague_);
  ASSERT_THAT(handed, IsOk());
  EXPECT_EQ(handed->claim().owner().subject(), "mrl-2");
  EXPECT_EQ(handed->claim().owner().role(), sas::type::v1::ROLE_REGULATOR_MG);
  EXPECT_THAT(handed->notes().rbegin()->text(), HasSubstr("Confié à mrl-2 : fin de poste"));
  EXPECT_THAT(Claim(mru_, name), ReasonIs("CASE_ALREADY_CLAIMED"));
  // He acts: it is his for as long as if he had taken it.
  clock_.Advance(minutes(1));
  ASSERT_THAT(Decide(colleague_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  clock_.Advance(minutes(9));
  EXPECT_EQ(Get(name).claim().owner().subject(), "mrl-2");
}

TEST_F(Hands, WhoDoesNotActLeavesItToTheQueueAfterTwoMinutes) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(HandTo(mrl_, name, colleague_), IsOk());
  clock_.Advance(minutes(2));
  EXPECT_FALSE(Get(name).has_claim());
  EXPECT_THAT(Claim(mru_, name), IsOk());
}

TEST_F(Hands, OnlyWhoTakesDossiersAndIsThereIsHandedOne) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  EXPECT_THAT(HandTo(mrl_, name, colleague_), ReasonIs("NOT_CLAIM_OWNER"));
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  EXPECT_THAT(HandTo(mrl_, name, osnp_),
              StatusIs(absl::StatusCode::kInvalidArgument, "COLLEAGUE_REQUIRED"));
  v1::PlanShiftRequest plan;
  plan.set_parent("regions/fr-pdl");
  plan.mutable_shift()->set_territory("85");
  plan.mutable_shift()->set_subject(mru_.subject);
  plan.mutable_shift()->set_role(sas::type::v1::ROLE_REGULATOR_AMU);
  plan.mutable_shift()->set_place(v1::Shift::PLACE_CRRA);
  *plan.mutable_shift()->mutable_start_time() = ToTimestamp(clock_.Now());
  *plan.mutable_shift()->mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(8));
  ASSERT_THAT(AskOn(rosters_, supervisor_, &v1::RosterService::Stub::PlanShift, plan), IsOk());
  EXPECT_THAT(HandTo(mrl_, name, colleague_),
              StatusIs(absl::StatusCode::kFailedPrecondition, "COLLEAGUE_ABSENT"));
  EXPECT_EQ(Get(name).claim().owner().subject(), "mrl-1");
  // The supervisor does it for who has left.
  EXPECT_THAT(HandTo(supervisor_, name, mru_), IsOk());
}

class Replaced : public RegulationTest {
 protected:
  v1::CreateDecisionRequest Instead(const v1::Decision& of, v1::CareLevel level,
                                    const std::string& code, const std::string& resource = "") {
    const std::string name = of.name().substr(0, of.name().find("/decisions/"));
    v1::CreateDecisionRequest request;
    request.set_parent(name);
    v1::Decision& decision = *request.mutable_decision();
    decision.set_care_level(level);
    decision.set_decision_code(code);
    decision.set_resource_code(resource);
    if (code == "CONSEIL") decision.set_instructions("Repos et surveillance.");
    decision.set_claim_version(Get(name).claim().version());
    decision.set_replaces(of.name());
    decision.set_replace_reason("le patient va mieux");
    return request;
  }
};

TEST_F(Replaced, TheOrderOfADecisionThatIsTakenBackStops) {
  const v1::CareOrder order = Ordered();
  v1::ListDecisionsRequest list;
  list.set_parent(CaseOf(order.name()));
  const auto before = Ask(mrl_, &Stub::ListDecisions, list);
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->decisions(0).replaced_by(), "");
  auto advice = Instead(before->decisions(0), v1::CARE_LEVEL_R4, "CONSEIL");
  advice.mutable_decision()->clear_replace_reason();
  EXPECT_THAT(Ask(mrl_, &Stub::CreateDecision, advice),
              StatusIs(absl::StatusCode::kInvalidArgument));
  advice.mutable_decision()->set_replace_reason("le patient va mieux");
  const auto decided = Ask(mrl_, &Stub::CreateDecision, advice);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(GetOrder(order.name()).state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(GetOrder(order.name()).end_reason(), "DECISION_REPLACED");
  const auto after = Ask(mrl_, &Stub::ListDecisions, list);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->decisions(0).replaced_by(), decided->name());
  // It is no ground for another order, and is not replaced twice.
  v1::CreateCareOrderRequest again = NewOrder(before->decisions(0));
  EXPECT_THAT(Ask(mrl_, &Stub::CreateCareOrder, again), ReasonIs("DECISION_REPLACED"));
  EXPECT_THAT(
      Ask(mrl_, &Stub::CreateDecision, Instead(before->decisions(0), v1::CARE_LEVEL_R4, "CONSEIL")),
      ReasonIs("DECISION_REPLACED"));
}

TEST_F(Replaced, NoBilanIsAwaitedOfAMissionThatIsTakenBack) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  ASSERT_THAT(Claim(mru_, name), IsOk());
  const auto sent = Decide(mru_, name, v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT");
  ASSERT_THAT(sent, IsOk());
  EXPECT_TRUE(Get(name).bilan_awaited());
  ASSERT_THAT(Ask(mru_, &Stub::CreateDecision, Instead(*sent, v1::CARE_LEVEL_R4, "CONSEIL")),
              IsOk());
  EXPECT_FALSE(Get(name).bilan_awaited());
}

TEST_F(Replaced, AnotherMissionGoesOnBeingAwaited) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  ASSERT_THAT(Claim(mru_, name), IsOk());
  ASSERT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT"), IsOk());
  const auto second = Decide(mru_, name, v1::CARE_LEVEL_R2, "INTER", "TSU");
  ASSERT_THAT(second, IsOk());
  ASSERT_THAT(Ask(mru_, &Stub::CreateDecision, Instead(*second, v1::CARE_LEVEL_R4, "CONSEIL")),
              IsOk());
  EXPECT_TRUE(Get(name).bilan_awaited());
  // The other team was called back: this one's bilan needs no number.
  v1::RecordBilanRequest bilan;
  bilan.set_name(name);
  bilan.mutable_bilan()->set_redactor_role_code("MEDECIN");
  bilan.mutable_bilan()->set_text("stable");
  ASSERT_THAT(Ask(arm_, &Stub::RecordBilan, bilan), IsOk());
  EXPECT_FALSE(Get(name).bilan_awaited());
}

TEST_F(Replaced, OnlyWhatIsThereIsReplaced) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  v1::Decision other;
  other.set_name(name + "/decisions/no");
  EXPECT_THAT(Ask(mrl_, &Stub::CreateDecision, Instead(other, v1::CARE_LEVEL_R4, "CONSEIL")),
              StatusIs(absl::StatusCode::kFailedPrecondition, "DECISION_NOT_FOUND"));
}

}  // namespace
}  // namespace sas::regulation
