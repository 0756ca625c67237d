#include "tests/rpc/regulation/task_fixture.h"

// The checklist of a trained secretary: steps, or a regulator in one act.
namespace sas::regulation {
namespace {

using base::Role;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kChecklist[] = "regions/fr-pdl/scopes/85/protocols/secretariat-premier-appel";

class Checklist : public TaskTest {
 protected:
  void SetUp() override {
    TaskTest::SetUp();
    InForce("secretariat-premier-appel");
  }

  absl::StatusOr<v1::ChecklistOutcome> Evaluate(const std::vector<v1::TriageAnswer>& answers,
                                                const std::string& name = kChecklist) {
    v1::EvaluateChecklistRequest request;
    request.set_name(name);
    for (const v1::TriageAnswer& answer : answers) *request.add_answers() = answer;
    return AskTasks(secretary_, &TaskStub::EvaluateChecklist, request);
  }

  v1::EscalateChecklistRequest Escalate(const std::vector<v1::TriageAnswer>& answers) {
    v1::EscalateChecklistRequest request;
    request.set_parent("regions/fr-pdl");
    *request.mutable_new_case() = SecretaryCase();
    request.mutable_triage()->set_protocol(kChecklist);
    for (const v1::TriageAnswer& answer : answers)
      *request.mutable_triage()->add_answers() = answer;
    request.set_reason("Oppression depuis ce matin");
    return request;
  }

  static std::vector<v1::TriageAnswer> Calm(const std::string& demand) {
    return {No("detresse"), No("conscience"), No("hemorragie"), Choice("demande", demand),
            Yes("suivi")};
  }

  static std::vector<std::string> Ids(
      const google::protobuf::RepeatedPtrField<v1::TriageReason>& reasons) {
    std::vector<std::string> ids;
    for (const v1::TriageReason& reason : reasons) ids.push_back(reason.rule());
    return ids;
  }
};

TEST_F(Checklist, S3_09_TellsTheStepsInOrderOnceAllWasAsked) {
  const auto half = Evaluate({No("detresse"), Choice("demande", "ordonnance")});
  ASSERT_THAT(half, IsOk());
  EXPECT_FALSE(half->escalate());
  EXPECT_EQ(half->steps_size(), 0);
  EXPECT_EQ(half->next_question(), "conscience");
  const auto whole = Evaluate(Calm("ordonnance"));
  ASSERT_THAT(whole, IsOk());
  EXPECT_FALSE(whole->escalate());
  EXPECT_THAT(Ids(whole->steps()), ElementsAre("numero", "rappel"));
  EXPECT_THAT(whole->missing(), IsEmpty());
}

TEST_F(Checklist, S3_09_AskingForAnOpinionIsARegulators) {
  const auto outcome = Evaluate(Calm("avis"));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_TRUE(outcome->escalate());
  EXPECT_THAT(Ids(outcome->reasons()), ElementsAre("avis"));
  EXPECT_EQ(outcome->steps_size(), 0);
}

TEST_F(Checklist, S3_09_ASignEscalatesAndOneActOpensTheDossier) {
  const auto outcome = Evaluate({Yes("detresse")});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_TRUE(outcome->escalate());
  EXPECT_EQ(outcome->proposal(), "15");
  EXPECT_THAT(outcome->positive_signs(), ElementsAre("detresse"));
  const auto task = AskTasks(secretary_, &TaskStub::EscalateChecklist, Escalate({Yes("detresse")}));
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(task->kind(), v1::CareTask::KIND_ESCALATION);
  EXPECT_EQ(task->state(), v1::CareTask::STATE_ESCALATED);
  EXPECT_EQ(task->escalation().state(), v1::TaskEscalation::STATE_WAITING);
  EXPECT_NE(task->escalation().case_number(), "");
  const v1::RegulationCase dossier = Get(task->escalation().regulation_case());
  EXPECT_EQ(dossier.origin().entry_point(), sas::type::v1::ENTRY_POINT_SECRETARIAT);
  EXPECT_EQ(dossier.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(dossier.has_wait_start_time());
  ASSERT_EQ(dossier.triages_size(), 1);
  EXPECT_TRUE(dossier.triages(0).result().booking_blocked());
  EXPECT_EQ(dossier.notes(0).text(), "Demande de régulation : Oppression depuis ce matin");
  // Her colleagues of the practice follow it, too.
  v1::ListTasksRequest ended;
  ended.set_include_ended(true);
  EXPECT_THAT(Listed(nurse_, ended), ElementsAre(task->name()));
  ASSERT_THAT(Prioritize(arm_, dossier.name(), v1::PRIORITY_P1), IsOk());
  ASSERT_THAT(Claim(mrl_, dossier.name()), IsOk());
  EXPECT_EQ(Task(secretary_, task->name())->escalation().taken_by().subject(), "mrl-1");
}

TEST_F(Checklist, S3_09_WithoutASignSheMayAskARegulatorAllTheSame) {
  const auto task =
      AskTasks(secretary_, &TaskStub::EscalateChecklist, Escalate(Calm("rendez-vous")));
  ASSERT_THAT(task, IsOk());
  EXPECT_EQ(Get(task->regulation_case()).priority(), v1::PRIORITY_UNSPECIFIED);
}

TEST_F(Checklist, S3_09_OnHerOwnDossierTheAnswersAndTheWaitComeTogether) {
  v1::CreateRegulationCaseRequest create;
  create.set_parent("regions/fr-pdl");
  *create.mutable_regulation_case() = SecretaryCase();
  const auto dossier = Ask(secretary_, &Stub::CreateRegulationCase, create);
  ASSERT_THAT(dossier, IsOk());
  ASSERT_EQ(dossier->priority(), v1::PRIORITY_NR);
  v1::EscalateChecklistRequest request = Escalate({Yes("hemorragie")});
  request.set_regulation_case(dossier->name());
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::EscalateChecklist, request),
              ReasonIs("CASE_REQUIRED"));  // One of the two, never both.
  request.clear_new_case();
  EXPECT_THAT(AskTasks(Of(Role::kSecretariat, "sec-2"), &TaskStub::EscalateChecklist, request),
              ReasonIs("NOT_OWN_CASE"));
  const auto task = AskTasks(secretary_, &TaskStub::EscalateChecklist, request);
  ASSERT_THAT(task, IsOk());
  EXPECT_FALSE(task->escalation().opened());
  EXPECT_EQ(Get(dossier->name()).priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_EQ(Get(dossier->name()).triages_size(), 1);
}

// RecordTriage knows checklists, too: what is a regulator's never stays NR.
TEST_F(Checklist, S3_09_AnswersThatAreKeptMakeAnNrDossierWait) {
  v1::CreateRegulationCaseRequest create;
  create.set_parent("regions/fr-pdl");
  *create.mutable_regulation_case() = SecretaryCase();
  const auto dossier = Ask(secretary_, &Stub::CreateRegulationCase, create);
  ASSERT_THAT(Record(secretary_, dossier->name(), kChecklist, Calm("ordonnance")), IsOk());
  EXPECT_EQ(Get(dossier->name()).priority(), v1::PRIORITY_NR);
  ASSERT_THAT(Record(secretary_, dossier->name(), kChecklist, Calm("avis")), IsOk());
  EXPECT_EQ(Get(dossier->name()).priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(Get(dossier->name()).has_wait_start_time());
}

TEST_F(Checklist, S3_09_ByHerEntryPointAndNeverFromPaper) {
  v1::EscalateChecklistRequest request = Escalate({Yes("detresse")});
  request.mutable_new_case()->mutable_origin()->set_entry_point(
      sas::type::v1::ENTRY_POINT_PHARMACIE);
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::EscalateChecklist, request),
              ReasonIs("ENTRY_POINT_FORBIDDEN"));
  request = Escalate({Yes("detresse")});
  request.mutable_new_case()->mutable_origin()->set_paper_form_number("F-12");
  EXPECT_THAT(AskTasks(secretary_, &TaskStub::EscalateChecklist, request),
              ReasonIs("PAPER_NEVER_WAITS"));
  EXPECT_THAT(EventTypes(), Not(Contains("case.created")));
}

TEST_F(Checklist, S3_09_OnlyAChecklistHasSteps) {
  InForce("fievre-nourrisson");
  InForce("delegation-infirmiere", "85-lvo");
  const std::string fever = "regions/fr-pdl/scopes/85/protocols/fievre-nourrisson";
  const std::string acts = "regions/fr-pdl/scopes/85-lvo/protocols/delegation-infirmiere";
  EXPECT_THAT(Evaluate({}, fever),
              StatusIs(absl::StatusCode::kFailedPrecondition, "NOT_A_CHECKLIST"));
  EXPECT_THAT(Evaluate({}, acts), ReasonIs("NOT_A_CHECKLIST"));
  // And a délégation asks nothing.
  v1::EvaluateTriageRequest request;
  request.set_name(acts);
  EXPECT_THAT(AskProtocols(secretary_, &ProtocolStub::EvaluateTriage, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, "PROTOCOL_WITHOUT_QUESTIONS"));
}

// Nothing is chosen for her: what was not asked is missing, and no answer, priority or step comes
// before the questions (hazard H-54).
TEST_F(Checklist, H54_NothingIsPreselected) {
  const auto outcome = Evaluate({});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_FALSE(outcome->escalate());
  EXPECT_EQ(outcome->steps_size(), 0);
  EXPECT_EQ(outcome->reasons_size(), 0);
  EXPECT_THAT(outcome->missing(),
              ElementsAre("detresse", "conscience", "hemorragie", "demande", "suivi"));
  const auto* fields = v1::ChecklistOutcome::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    EXPECT_THAT(fields->field(i)->name(), Not(::testing::HasSubstr("priority")));
  }
}

}  // namespace
}  // namespace sas::regulation
