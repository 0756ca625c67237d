#include <map>

#include "services/regulation/domain/protocol_check.h"
#include "tests/rpc/regulation/protocol_fixture.h"

// Questions of a call: what answers come to, and what they stop.
namespace sas::regulation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Triage : public ProtocolTest {
 protected:
  absl::StatusOr<v1::EvaluateTriageResponse> Evaluate(const base::Actor& actor,
                                                      const std::string& name,
                                                      const std::vector<v1::TriageAnswer>& answers,
                                                      int months = 6) {
    v1::EvaluateTriageRequest request;
    request.set_name(name);
    request.mutable_facts()->mutable_age()->set_value(months);
    request.mutable_facts()->mutable_age()->set_unit(sas::type::v1::Age::UNIT_MONTH);
    for (const v1::TriageAnswer& answer : answers) *request.add_answers() = answer;
    return AskProtocols(actor, &ProtocolStub::EvaluateTriage, request);
  }

  absl::StatusOr<v1::RegulationCase> Lower(const base::Actor& actor, const std::string& name,
                                           v1::Priority priority, const std::string& reason) {
    v1::PrioritizeRegulationCaseRequest request;
    request.set_name(name);
    request.set_priority(priority);
    request.set_filiere(sas::type::v1::FILIERE_SNP);
    request.set_reason(reason);
    request.set_etag(RegulationTest::Get(name).etag());
    return Ask(actor, &Stub::PrioritizeRegulationCase, request);
  }

  // R3 ORIENT CABINET under the doctor's claim, then the order.
  absl::StatusOr<v1::CareOrder> Order(
      const std::string& name,
      sas::type::v1::AccessReason access = sas::type::v1::ACCESS_REASON_UNSPECIFIED) {
    EXPECT_THAT(Claim(mrl_, name), IsOk());
    const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "LIBERAL.MG", "CABINET");
    EXPECT_THAT(decision, IsOk());
    v1::CreateCareOrderRequest request = NewOrder(decision.value_or(v1::Decision()));
    request.mutable_care_order()->set_access_reason(access);
    return Ask(mrl_, &Stub::CreateCareOrder, request);
  }
};

TEST_F(Triage, S2_11_QuestionByQuestionToAnExplainedResult) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string protocol = name.substr(0, name.find("/versions/"));
  std::vector<v1::TriageAnswer> answers;
  for (int asked = 0; asked < 20; ++asked) {
    const auto step = Evaluate(arm_, protocol, answers);
    ASSERT_THAT(step, IsOk());
    EXPECT_EQ(step->protocol(), name);
    if (!step->has_next_question()) break;
    const v1::Question& question = step->next_question();
    ASSERT_FALSE(question.text().empty());
    answers.push_back(question.kind() == v1::Question::KIND_NUMBER ? Number(question.id(), 38.5)
                                                                   : No(question.id()));
  }
  const auto end = Evaluate(arm_, protocol, answers);
  EXPECT_THAT(end->result().missing(), IsEmpty());
  EXPECT_EQ(end->result().minimum_priority(), v1::PRIORITY_P1);  // Neither drinks nor urinates.
  EXPECT_TRUE(end->result().booking_blocked());
  EXPECT_THAT(end->result().positive_signs(), ElementsAre("deshydratation"));
  EXPECT_FALSE(end->result().reasons(0).explanation().empty());
}

TEST_F(Triage, ADraftIsAskedOfNobody) {
  Write("a.json", Demo("fievre-nourrisson"));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Evaluate(arm_, Name("fievre-nourrisson"), {}), ReasonIs("PROTOCOL_NOT_IN_FORCE"));
  EXPECT_THAT(Evaluate(doctor_, Name("fievre-nourrisson"), {}), IsOk());
  EXPECT_THAT(Record(arm_, Infant(), Name("fievre-nourrisson"), Mild()),
              ReasonIs("PROTOCOL_NOT_IN_FORCE"));
}

TEST_F(Triage, S2_11_AnswersKeepTheVersionThatAsked) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Record(arm_, infant, name.substr(0, name.find("/versions/")), Mild()), IsOk());
  InForce("fievre-nourrisson", "85", "2.0");
  const v1::RegulationCase kept = RegulationTest::Get(infant);
  ASSERT_EQ(kept.triages_size(), 1);
  const v1::TriageRecord& record = kept.triages(0);
  EXPECT_EQ(record.protocol(), name);
  EXPECT_EQ(record.answers_size(), 8);
  EXPECT_EQ(record.patient(), kept.patients(0).name());
  EXPECT_EQ(record.facts().age().value(), 6);
  EXPECT_EQ(record.facts().motif_code(), "M03.14");
  EXPECT_EQ(record.result().minimum_priority(), v1::PRIORITY_P3);
  EXPECT_EQ(record.recorded_by().subject(), "arm-1");
  EXPECT_FALSE(record.deviation());
  EXPECT_THAT(EventTypes(), Contains("case.triaged"));
  EXPECT_EQ(kept.priority(), v1::PRIORITY_UNSPECIFIED);  // A person sets it.
}

TEST_F(Triage, ANewerQuestioningReplacesTheOlderOnTheDossier) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Record(arm_, infant, name, {Yes("purpura")}), IsOk());
  const auto again = Record(arm_, infant, name, Mild());
  ASSERT_THAT(again, IsOk());
  ASSERT_EQ(again->triages_size(), 1);
  EXPECT_FALSE(again->triages(0).result().booking_blocked());
}

TEST_F(Triage, H03_BelowTheMinimumNeedsADoctorWithAReason) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Record(arm_, infant, name, {Yes("convulsion")}), IsOk());
  EXPECT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P2),
              StatusIs(absl::StatusCode::kPermissionDenied, "BELOW_PROTOCOL_MINIMUM"));
  EXPECT_THAT(Prioritize(mrl_, infant, v1::PRIORITY_P2), ReasonIs("REASON_REQUIRED"));
  EXPECT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P0), IsOk());  // The ARM may always raise.
  EXPECT_THAT(Lower(mrl_, infant, v1::PRIORITY_P2, "convulsion ancienne et connue"), IsOk());
}

TEST_F(Triage, H02_APriorityBelowTheAnswersIsLoudAtOnce) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P2), IsOk());
  const auto after = Record(arm_, infant, name, {Yes("gene-respiratoire")});
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->priority(), v1::PRIORITY_P2);  // Software never raises.
  EXPECT_LE(ToInstant(after->wait_alarm_time()), clock_.Now());
}

TEST_F(Triage, H02_ALoudDossierStaysLoudWhenHeCallsAgainUntilSomebodySetsThePriority) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P2), IsOk());
  ASSERT_THAT(Record(arm_, infant, name, {Yes("gene-respiratoire")}), IsOk());
  v1::AttachCallRequest again;
  again.set_name(infant);
  *again.mutable_call() = NewCase().regulation_case().origin();
  const auto called = Ask(arm_, &Stub::AttachCall, again);
  ASSERT_THAT(called, IsOk());
  EXPECT_LE(ToInstant(called->wait_alarm_time()), clock_.Now());
  ASSERT_THAT(Prioritize(mrl_, infant, v1::PRIORITY_P1), IsOk());
  ASSERT_THAT(Lower(mrl_, infant, v1::PRIORITY_P2, "vu en vidéo, respire bien"), IsOk());
  again.clear_request_id();
  const auto later = Ask(arm_, &Stub::AttachCall, again);
  ASSERT_THAT(later, IsOk());
  EXPECT_GT(ToInstant(later->wait_alarm_time()), clock_.Now()) << "a doctor has said so";
}

TEST_F(Triage, H06_AnUrgentMinimumOnAnNrDossierIsHeard) {
  const std::string name = InForce("douleur-abdominale-adulte");
  auto opening = NewCase("M03.05");
  opening.mutable_regulation_case()->mutable_patients(0)->mutable_age()->set_value(38);
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, opening);
  ASSERT_THAT(opened, IsOk());
  const std::string adult = opened->name();
  ASSERT_THAT(Prioritize(arm_, adult, v1::PRIORITY_NR), IsOk());
  const auto after = Record(arm_, adult, name,
                            {No("malaise"), No("ventre-dur"), No("sang"), Number("intensite", 9),
                             No("fievre"), No("vomissements"), No("arret-transit")});
  ASSERT_THAT(after, IsOk());
  ASSERT_EQ(after->triages(0).result().minimum_priority(), v1::PRIORITY_P1);
  ASSERT_FALSE(after->triages(0).result().booking_blocked());
  EXPECT_EQ(after->priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(after->has_wait_start_time());
  EXPECT_TRUE(after->regulator_awaited());
  EXPECT_THAT(Prioritize(arm_, adult, v1::PRIORITY_NR),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Close(arm_, adult, "D.D-MALV.ERR"), ReasonIs("REGULATOR_REQUIRED"));
}

TEST_F(Triage, H06_WhatAnswersDemandOfARegulatorIsNoArmsToClose) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  auto answers = Mild();
  answers[4] = Number("temperature", 40.5);
  const auto after = Record(arm_, infant, name, answers);
  ASSERT_THAT(after, IsOk());
  ASSERT_EQ(after->triages(0).result().minimum_priority(), v1::PRIORITY_P2);
  EXPECT_FALSE(after->regulator_awaited());
  EXPECT_THAT(Close(arm_, infant, "D.D-MALV.ERR"), ReasonIs("REGULATOR_REQUIRED"));
}

TEST_F(Triage, S2_12_APositiveSignStopsTheOrderUntilADoctorLiftsIt) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P1), IsOk());
  ASSERT_THAT(Record(arm_, infant, name, {Yes("purpura")}), IsOk());
  const auto refused = Order(infant);
  ASSERT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN"));
  EXPECT_THAT(base::DetailOf(refused.status()).metadata,
              ElementsAre(std::pair<std::string, std::string>("positive", "purpura"),
                          std::pair<std::string, std::string>("propose", "15")));
  EXPECT_THAT(Record(arm_, infant, name, {Yes("purpura")}, "je crois"),
              ReasonIs("REGULATOR_REQUIRED"));
  const auto lifted = Record(mrl_, infant, name, {Yes("purpura")}, "pétéchies d’effort, vu hier");
  ASSERT_THAT(lifted, IsOk());
  EXPECT_EQ(lifted->triages(0).override_by().subject(), "mrl-1");
  EXPECT_THAT(Order(infant), IsOk());
}

TEST_F(Triage, H06_APositiveSignStopsWhatWasOrderedBefore) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P2), IsOk());
  const auto order = Order(infant);
  ASSERT_THAT(order, IsOk());
  ASSERT_THAT(Record(arm_, infant, name, {Yes("purpura")}), IsOk());
  const v1::CareOrder stopped = GetOrder(order->name());
  EXPECT_EQ(stopped.state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(stopped.end_reason(), "SEVERITY_SIGN");
}

TEST_F(Triage, H06_NotAskedStopsTheOrderToo) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P2), IsOk());
  auto half = Mild();
  half.erase(half.begin());
  ASSERT_THAT(Record(arm_, infant, name, half), IsOk());
  EXPECT_THAT(Order(infant), ReasonIs("TRIAGE_INCOMPLETE"));
  ASSERT_THAT(Record(arm_, infant, name, Mild()), IsOk());
  EXPECT_THAT(Order(infant), IsOk());
}

TEST_F(Triage, H06_ASignOfTheFormStopsTheOrder) {
  const std::string infant = Infant();
  ASSERT_THAT(Prioritize(arm_, infant, v1::PRIORITY_P1), IsOk());
  v1::UpdateRegulationCaseRequest request;
  request.mutable_regulation_case()->set_name(infant);
  auto& form = *request.mutable_regulation_case()->mutable_severity_form();
  auto& sign = *form.add_signs();
  sign.set_code("purpura");
  sign.set_answer(sas::type::v1::SIGN_ANSWER_YES);
  request.mutable_update_mask()->add_paths("severity_form");
  request.set_etag(RegulationTest::Get(infant).etag());
  ASSERT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, request), IsOk());
  EXPECT_THAT(Order(infant), ReasonIs("SEVERITY_SIGN"));
  form.set_override_reason("vu par le médecin");
  request.set_etag(RegulationTest::Get(infant).etag());
  ASSERT_THAT(Ask(mrl_, &Stub::UpdateRegulationCase, request), IsOk());
  EXPECT_THAT(Order(infant), IsOk());
}

TEST_F(Triage, ASiteOfUnscheduledCareNeedsTheEntryQuestionnaire) {
  const std::string name = InForce("entree-csnp", "85-lvo");
  const std::string dossier = Infant();
  ASSERT_THAT(Prioritize(arm_, dossier, v1::PRIORITY_P2), IsOk());
  constexpr auto kAccess = sas::type::v1::ACCESS_REASON_SANS_MT;
  EXPECT_THAT(Order(dossier, kAccess), ReasonIs("ENTRY_QUESTIONNAIRE_REQUIRED"));
  std::vector<v1::TriageAnswer> answers{
      Choice("motif", "fievre"), No("anticoagulant"), No("detresse"),   No("conscience"),
      No("hemorragie"),          No("fievre-bebe"),   No("dangerosite")};
  // Motif and severity alone are not enough: what was tried before is asked too.
  ASSERT_THAT(Record(arm_, dossier, name, answers), IsOk());
  const auto half = Order(dossier, kAccess);
  ASSERT_THAT(half, ReasonIs("TRIAGE_INCOMPLETE"));
  EXPECT_EQ(base::DetailOf(half.status()).metadata[0].second, "parcours");
  answers.push_back(Choice("parcours", "mt-indisponible"));
  ASSERT_THAT(Record(arm_, dossier, name, answers), IsOk());
  EXPECT_THAT(Order(dossier, kAccess), ReasonIs("TRIAGE_INCOMPLETE"));  // Whom, when, what.
  v1::TriageAnswer detail;
  detail.set_question("parcours-detail");
  detail.set_text("cabinet du MT à 9 h, rien avant jeudi");
  answers.push_back(detail);
  ASSERT_THAT(Record(arm_, dossier, name, answers), IsOk());
  EXPECT_THAT(Order(dossier, kAccess), IsOk());
}

TEST_F(Triage, ShortFormsAreOfTheirEntryAndOfTheirOwnDossier) {
  const std::string name = InForce("court-pharmacie");
  base::Actor pharmacist = testing::ActorWith(base::Role::kProfessional, "pharma-1");
  pharmacist.entry_point = "pharmacie";
  v1::CreateRegulationCaseRequest request = NewCase("M03.05");
  request.mutable_regulation_case()->mutable_origin()->set_entry_point(
      sas::type::v1::ENTRY_POINT_PHARMACIE);
  const auto opened = Ask(pharmacist, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  ASSERT_EQ(opened->priority(), v1::PRIORITY_NR);
  base::Actor other = pharmacist;
  other.subject = "pharma-2";
  EXPECT_THAT(Record(other, opened->name(), name, {No("detresse")}), ReasonIs("NOT_OWN_CASE"));
  EXPECT_THAT(Record(arm_, Infant(), name, {No("detresse")}), ReasonIs("PROTOCOL_FOR_OTHER_ENTRY"));
  // A red flag at the pharmacy: the dossier waits for an ARM at once.
  const auto flagged = Record(pharmacist, opened->name(), name, {Yes("detresse")});
  ASSERT_THAT(flagged, IsOk());
  EXPECT_EQ(flagged->triages(0).result().proposal(), "15");
  const v1::RegulationCase waits = RegulationTest::Get(opened->name());
  EXPECT_EQ(waits.priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(waits.has_wait_start_time());
}

TEST_F(Triage, TheOsnpSeesNoAnswers) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  ASSERT_THAT(Record(arm_, infant, name, Mild()), IsOk());
  v1::GetRegulationCaseRequest request;
  request.set_name(infant);
  EXPECT_EQ(Ask(osnp_, &Stub::GetRegulationCase, request)->triages_size(), 0);
  EXPECT_EQ(Ask(arm_, &Stub::GetRegulationCase, request)->triages_size(), 1);
}

TEST_F(Triage, S2_54_WorkByAnotherVersionIsListed) {
  const std::string old = InForce("fievre-nourrisson");
  const std::string now = InForce("fievre-nourrisson", "85", "2.0");
  base::Actor cabinet = arm_;
  cabinet.organization = "regions/fr-pdl/sites/cabinet";
  const auto record = Record(cabinet, Infant(), old, Mild());
  ASSERT_THAT(record, IsOk());
  EXPECT_TRUE(record->triages(0).deviation());
  ASSERT_THAT(Record(arm_, Infant(), now, Mild()), IsOk());
  const auto protocol = ProtocolTest::Get(now, doctor_);
  ASSERT_EQ(protocol->deviations_size(), 1);
  EXPECT_EQ(protocol->deviations(0).organization(), "regions/fr-pdl/sites/cabinet");
  EXPECT_EQ(protocol->deviations(0).protocol(), old);
  EXPECT_EQ(protocol->deviations(0).case_count(), 1);
  EXPECT_EQ(ProtocolTest::Get(now, arm_)->deviations_size(), 0);
}

TEST_F(Triage, S2_54_AStructureIsOneDeviationHoweverItsCredentialsSpellIt) {
  const std::string old = InForce("fievre-nourrisson");
  const std::string now = InForce("fievre-nourrisson", "85", "2.0");
  const auto work_of = [&](const std::string& organization, const std::string& infant) {
    base::Actor actor = arm_;
    actor.organization = organization;
    EXPECT_THAT(Record(actor, infant, old, Mild()), IsOk());
  };
  const std::string shared = Infant();
  work_of("850000019", shared);
  work_of("1 850000019", shared);  // Its dossier again: no second one.
  work_of("", Infant());
  work_of("MSP-Ouest", shared);  // And one of another structure's.
  work_of(" ", Infant());
  work_of("850 000 019", Infant());
  const auto protocol = ProtocolTest::Get(now, doctor_);
  ASSERT_THAT(protocol, IsOk());
  std::map<std::string, int> counts;
  for (const auto& row : protocol->deviations()) {
    EXPECT_TRUE(counts.emplace(row.organization(), row.case_count()).second) << row.organization();
  }
  // As it was written last; nothing, or a blank, is the CRRA.
  EXPECT_THAT(counts, ElementsAre(::testing::Pair("", 2), ::testing::Pair("850 000 019", 2),
                                  ::testing::Pair("MSP-Ouest", 1)));
}

TEST_F(Triage, H49_TheSimulationSaysWhatTheSignedVersionDoes) {
  const std::string old = InForce("fievre-nourrisson");
  std::vector<std::string> infants;
  for (double temperature : {38.2, 39.5, 39.6, 40.5}) {
    infants.push_back(Infant());
    auto answers = Mild();
    answers[4] = Number("temperature", temperature);
    ASSERT_THAT(Record(arm_, infants.back(), old, answers), IsOk());
  }
  ASSERT_THAT(Record(arm_, Infant(), old, {Yes("purpura")}), IsOk());
  // 39.5 counts as very high from now on: two of five would be P2 instead of P3.
  Write("next.json", Demo("fievre-nourrisson", {{"versions/1.0", "versions/2.0"},
                                                {"\"at_least\": 40", "\"at_least\": 39.5"}}));
  ASSERT_THAT(Look(), IsOk());
  const std::string next = Name("fievre-nourrisson", "2.0");
  const auto simulated = Simulate(next);
  ASSERT_THAT(simulated, IsOk());
  EXPECT_EQ(simulated->simulation().case_count(), 5);
  EXPECT_EQ(simulated->simulation().changed_count(), 2);
  EXPECT_EQ(simulated->simulation().raised_count(), 2);
  EXPECT_EQ(simulated->simulation().lowered_count(), 0);
  ASSERT_THAT(Sign(next, doctor_), IsOk());
  int changed = 0;
  for (const std::string& infant : infants) {
    const v1::TriageRecord record = RegulationTest::Get(infant).triages(0);
    const auto live = Evaluate(arm_, next, {record.answers().begin(), record.answers().end()});
    ASSERT_THAT(live, IsOk());
    if (live->result().minimum_priority() != record.result().minimum_priority()) ++changed;
  }
  EXPECT_EQ(changed, 2);
}

TEST_F(Triage, H49_WhatWouldBeLoweredIsNamed) {
  const std::string old = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  auto answers = Mild();
  answers[4] = Number("temperature", 40.5);
  ASSERT_THAT(Record(arm_, infant, old, answers), IsOk());
  Write("next.json", Demo("fievre-nourrisson", {{"versions/1.0", "versions/2.0"},
                                                {"\"at_least\": 40", "\"at_least\": 42"}}));
  ASSERT_THAT(Look(), IsOk());
  const auto simulated = Simulate(Name("fievre-nourrisson", "2.0"));
  ASSERT_THAT(simulated, IsOk());
  EXPECT_EQ(simulated->simulation().lowered_count(), 1);
  EXPECT_THAT(simulated->simulation().lowered_cases(), ElementsAre(infant));
  // Answers older than the days looked at do not count.
  clock_.Advance(std::chrono::hours(24 * 8));
  EXPECT_EQ(Simulate(Name("fievre-nourrisson", "2.0"))->simulation().case_count(), 0);
}

TEST_F(Triage, ARepeatedRequestIsOneRecord) {
  const std::string name = InForce("fievre-nourrisson");
  v1::RecordTriageRequest request;
  request.set_name(Infant());
  request.set_request_id("same");
  request.mutable_triage()->set_protocol(name);
  *request.mutable_triage()->add_answers() = Yes("purpura");
  const auto first = AskProtocols(arm_, &ProtocolStub::RecordTriage, request);
  const auto again = AskProtocols(arm_, &ProtocolStub::RecordTriage, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  std::size_t kept = 0;
  ASSERT_THAT(store_.Read(base::InternalCall("test", clock_, std::chrono::seconds(5)),
                          [&](RegulationTransaction& transaction) -> absl::Status {
                            TriageQuery query;
                            query.protocol = name.substr(0, name.find("/versions/"));
                            query.limit = 10;
                            SAS_ASSIGN_OR_RETURN(const auto rows,
                                                 transaction.protocols().ListTriages(query));
                            kept = rows.size();
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_EQ(kept, 1u);
  *request.mutable_triage()->add_answers() = Yes("convulsion");
  EXPECT_THAT(AskProtocols(arm_, &ProtocolStub::RecordTriage, request),
              ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(Triage, BadAnswersAreRefusedByTheirPath) {
  const std::string name = InForce("fievre-nourrisson");
  const std::string infant = Infant();
  EXPECT_THAT(Record(arm_, infant, name, {Yes("x")}), ReasonIs("UNKNOWN_QUESTION"));
  EXPECT_THAT(Record(arm_, infant, name, {Yes("temperature")}), ReasonIs("ANSWER_NOT_ACCEPTED"));
  EXPECT_THAT(Record(arm_, infant, name, {Number("temperature", 50)}), ReasonIs("OUT_OF_RANGE"));
  EXPECT_THAT(Record(arm_, infant, name, {No("boit"), No("boit")}), ReasonIs("ANSWER_TWICE"));
  EXPECT_THAT(
      Record(arm_, infant, name, std::vector<v1::TriageAnswer>(kQuestionsMax + 1, No("boit"))),
      ReasonIs("TOO_MANY_ITEMS"));
  EXPECT_THAT(Evaluate(arm_, name, {}, -1), ReasonIs("INVALID_AGE"));
}

}  // namespace
}  // namespace sas::regulation
