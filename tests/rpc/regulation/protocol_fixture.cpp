#include "tests/rpc/regulation/protocol_fixture.h"

#include <fstream>
#include <sstream>

namespace sas::regulation {

using testing::IsOk;

void ProtocolTest::SetUp() {
  desk_->test_identities = care::TestIdentities::kAccept;
  doctor_ = testing::ActorWith(base::Role::kReferent, "referent-1");
  doctor_.rpps = "99704000027";
}

std::string ProtocolTest::Demo(const std::string& id,
                               const std::vector<std::pair<std::string, std::string>>& changes) {
  std::ifstream file(std::string(SAS_DEMO) + "/protocols/" + id + ".json");
  std::stringstream stream;
  stream << file.rdbuf();
  std::string text = stream.str();
  for (const auto& [from, to] : changes) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
  }
  return text;
}

void ProtocolTest::Write(const std::string& file, const std::string& text) {
  std::ofstream(protocols_folder_ + "/" + file) << text;
}

absl::Status ProtocolTest::Look() {
  return loader_->Look(base::InternalCall("protocols", clock_, std::chrono::seconds(5)));
}

std::string ProtocolTest::InForce(const std::string& id, const std::string& scope,
                                  const std::string& version,
                                  const std::vector<std::pair<std::string, std::string>>& changes) {
  auto all = changes;
  if (version != "1.0") all.emplace_back("versions/1.0", "versions/" + version);
  Write(id + "-" + version + ".json", Demo(id, all));
  EXPECT_THAT(Look(), IsOk());
  const std::string name = Name(id, version, scope);
  EXPECT_THAT(Simulate(name), IsOk());
  const auto sealed = Sign(name, doctor_);
  EXPECT_THAT(sealed, IsOk());
  EXPECT_EQ(sealed.value_or(v1::Protocol()).state(), v1::Protocol::STATE_IN_FORCE);
  return name;
}

std::string ProtocolTest::Name(const std::string& id, const std::string& version,
                               const std::string& scope) {
  return "regions/fr-pdl/scopes/" + scope + "/protocols/" + id + "/versions/" + version;
}

absl::StatusOr<v1::Protocol> ProtocolTest::Get(const std::string& name, const base::Actor& actor) {
  v1::GetProtocolRequest request;
  request.set_name(name);
  return AskProtocols(actor, &ProtocolStub::GetProtocol, request);
}

absl::StatusOr<v1::Protocol> ProtocolTest::Simulate(const std::string& name) {
  v1::SimulateProtocolRequest request;
  request.set_name(name);
  return AskProtocols(doctor_, &ProtocolStub::SimulateProtocol, request);
}

absl::StatusOr<v1::Protocol> ProtocolTest::Sign(const std::string& name, const base::Actor& actor) {
  const auto read = Get(name, doctor_);
  if (!read.ok()) return read;
  v1::SignProtocolRequest request;
  request.set_name(name);
  request.set_etag(read->etag());
  return AskProtocols(actor, &ProtocolStub::SignProtocol, request);
}

v1::TriageAnswer ProtocolTest::Yes(const std::string& question) {
  v1::TriageAnswer answer;
  answer.set_question(question);
  answer.set_sign(sas::type::v1::SIGN_ANSWER_YES);
  return answer;
}

v1::TriageAnswer ProtocolTest::No(const std::string& question) {
  v1::TriageAnswer answer;
  answer.set_question(question);
  answer.set_sign(sas::type::v1::SIGN_ANSWER_NO);
  return answer;
}

v1::TriageAnswer ProtocolTest::Number(const std::string& question, double number) {
  v1::TriageAnswer answer;
  answer.set_question(question);
  answer.set_number(number);
  return answer;
}

v1::TriageAnswer ProtocolTest::Choice(const std::string& question, const std::string& code) {
  v1::TriageAnswer answer;
  answer.set_question(question);
  answer.set_choice(code);
  return answer;
}

absl::StatusOr<v1::RegulationCase> ProtocolTest::Record(
    const base::Actor& actor, const std::string& case_name, const std::string& protocol,
    const std::vector<v1::TriageAnswer>& answers, const std::string& lift) {
  v1::RecordTriageRequest request;
  request.set_name(case_name);
  request.mutable_triage()->set_protocol(protocol);
  request.mutable_triage()->set_override_reason(lift);
  for (const v1::TriageAnswer& answer : answers) *request.mutable_triage()->add_answers() = answer;
  return AskProtocols(actor, &ProtocolStub::RecordTriage, request);
}

std::vector<v1::TriageAnswer> ProtocolTest::Mild() {
  return {No("ne-reagit-pas"),
          No("purpura"),
          No("gene-respiratoire"),
          No("convulsion"),
          Number("temperature", 38.5),
          Number("duree", 6),
          Yes("boit"),
          No("premature")};
}

std::string ProtocolTest::Infant() {
  v1::CreateRegulationCaseRequest request = NewCase("M03.14");
  auto& age = *request.mutable_regulation_case()->mutable_patients(0)->mutable_age();
  age.set_value(6);
  age.set_unit(sas::type::v1::Age::UNIT_MONTH);
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  EXPECT_THAT(opened, IsOk());
  return opened.value_or(v1::RegulationCase()).name();
}

}  // namespace sas::regulation
