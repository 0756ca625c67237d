#include "common/testing/texts.h"

#include "tests/rpc/regulation/regulation_fixture.h"

// text_roundtrip_every_hop: what somebody writes is read by everybody as he wrote it, up to the
// last character that fits; one more is refused and not cut. The ledgers have a test of their own
// (tests/contract/regulation/texts_contract_test.cpp).
namespace sas::regulation {
namespace {

using testing::HardTexts;
using testing::IsOk;
using testing::ReasonIs;

constexpr int kRounds = 12;

class Texts : public RegulationTest {
 protected:
  // Sends the request with a text of exactly `most` characters, then with one more.
  template <typename Send, typename Read>
  void ComesBack(std::size_t most, Send send, Read read) {
    const std::string text = texts_.Of(most);
    const auto answer = send(text);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(read(*answer), text);
    EXPECT_THAT(send(texts_.Of(most + 1)), ReasonIs("TEXT_TOO_LONG"));
  }

  HardTexts texts_{16};
};

TEST_F(Texts, H16_TextRoundtripEveryHop) {
  for (int round = 0; round < kRounds; ++round) {
    auto request = NewCase();
    v1::RegulationCase& row = *request.mutable_regulation_case();
    v1::Patient& patient = *row.mutable_patients(0);
    patient.set_family_name(texts_.Of(80));
    patient.set_given_names(texts_.Of(80));
    patient.set_medical_history(texts_.Of(500));
    patient.set_current_treatment(texts_.Of(500));
    patient.set_allergies(texts_.Of(500));
    row.mutable_patient_place()->set_address_line(texts_.Of(200));
    row.mutable_patient_place()->set_access_hint(texts_.Of(200));
    auto& attempt = *row.add_previous_attempts();
    attempt.set_target(texts_.Of(80));
    attempt.set_outcome(texts_.Of(120));
    auto& sign = *row.mutable_severity_form()->add_signs();
    sign.set_code(texts_.Of(40));
    sign.set_label(texts_.Of(120));
    sign.set_answer(sas::type::v1::SIGN_ANSWER_NO);
    request.set_request_id("T-" + std::to_string(round));
    const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
    ASSERT_THAT(opened, IsOk());
    const auto repeated = Ask(arm_, &Stub::CreateRegulationCase, request);
    ASSERT_THAT(repeated, IsOk());
    EXPECT_EQ(repeated->SerializeAsString(), opened->SerializeAsString());
    const v1::RegulationCase seen = Get(opened->name());
    patient.set_name(seen.patients(0).name());
    patient.set_identity_status(seen.patients(0).identity_status());
    EXPECT_EQ(seen.patients(0).SerializeAsString(), patient.SerializeAsString());
    EXPECT_EQ(seen.patient_place().SerializeAsString(), row.patient_place().SerializeAsString());
    EXPECT_EQ(seen.previous_attempts(0).SerializeAsString(), attempt.SerializeAsString());
    EXPECT_EQ(seen.severity_form().SerializeAsString(), row.severity_form().SerializeAsString());
  }
  auto longer = NewCase();
  longer.mutable_regulation_case()->mutable_patients(0)->set_allergies(texts_.Of(501));
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, longer), ReasonIs("TEXT_TOO_LONG"));
}

TEST_F(Texts, H16_NotesAndReportsComeBack) {
  const std::string name = Open().name();
  v1::AddCaseNoteRequest note;
  note.set_name(name);
  note.mutable_note()->set_shared(true);
  v1::RecordBilanRequest bilan;
  bilan.set_name(name);
  bilan.mutable_bilan()->set_redactor_role_code("MEDECIN");
  for (int round = 0; round < kRounds; ++round) {
    ComesBack(
        2000,
        [&](const std::string& text) {
          note.mutable_note()->set_text(text);
          return Ask(mrl_, &Stub::AddCaseNote, note);
        },
        [&](const v1::RegulationCase&) { return Get(name).notes().rbegin()->text(); });
    ComesBack(
        2000,
        [&](const std::string& text) {
          bilan.mutable_bilan()->set_text(text);
          return Ask(arm_, &Stub::RecordBilan, bilan);
        },
        [&](const v1::RegulationCase&) { return Get(name).bilan().text(); });
  }
}

// "Pas de pénicilline" must not lose a word on its way to who receives the patient.
TEST_F(Texts, H16_TheClinicalLineReachesTheOsnp) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  const auto decision = Decide(mrl_, name, v1::CARE_LEVEL_R3, "ORIENT", "LIBERAL.MG", "CABINET");
  ASSERT_THAT(decision, IsOk());
  for (int round = 0; round < kRounds; ++round) {
    ComesBack(
        300,
        [&](const std::string& text) {
          auto order = NewOrder(*decision);
          order.mutable_care_order()->set_clinical_line(text);
          return Ask(mrl_, &Stub::CreateCareOrder, order);
        },
        [&](const v1::CareOrder& order) { return GetOrder(order.name()).clinical_line(); });
  }
}

TEST_F(Texts, H16_ExchangesAndTasksComeBack) {
  const std::string name = Open().name();
  v1::CreateCaseExchangeRequest exchange;
  exchange.set_parent(name);
  exchange.mutable_exchange()->set_kind(v1::CaseExchange::KIND_PHONE);
  exchange.mutable_exchange()->set_party(v1::CaseExchange::PARTY_PHARMACIST);
  exchange.mutable_exchange()->set_result(v1::ContactAttempt::RESULT_REACHED);
  v1::CreateTaskRequest task;
  task.set_parent("regions/fr-pdl");
  task.mutable_task()->set_kind(v1::CareTask::KIND_CALL_BACK);
  task.mutable_task()->set_territory("85");
  task.mutable_task()->set_role(sas::type::v1::ROLE_REGULATOR_MG);
  for (int round = 0; round < kRounds; ++round) {
    ComesBack(
        2000,
        [&](const std::string& text) {
          exchange.mutable_exchange()->set_text(text);
          return AskExchanges(mrl_, &v1::ExchangeService::Stub::CreateCaseExchange, exchange);
        },
        [&](const v1::CaseExchange& kept) {
          v1::GetCaseExchangeRequest get;
          get.set_name(kept.name());
          return AskExchanges(mrl_, &v1::ExchangeService::Stub::GetCaseExchange, get)->text();
        });
    *task.mutable_task()->mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(1));
    ComesBack(
        300,
        [&](const std::string& text) {
          task.mutable_task()->set_instruction(text);
          return AskTasks(mrl_, &v1::TaskService::Stub::CreateTask, task);
        },
        [&](const v1::CareTask& kept) {
          v1::GetTaskRequest get;
          get.set_name(kept.name());
          return AskTasks(mrl_, &v1::TaskService::Stub::GetTask, get)->instruction();
        });
  }
}

// gRPC's parser refuses them before our code runs (tests/rpc/common/encoding_test.cpp): nothing is
// kept, so nothing is read back that was never said.
TEST_F(Texts, H16_BytesThatAreNoTextKeepNothing) {
  auto request = NewCase();
  request.mutable_regulation_case()->mutable_patients(0)->set_allergies("p\xe9nicilline");
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, request), ReasonIs("PEER_UNIMPLEMENTED"));
  EXPECT_TRUE(EventTypes().empty());
}

}  // namespace
}  // namespace sas::regulation
