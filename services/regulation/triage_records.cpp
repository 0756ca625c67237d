#include "services/regulation/triage_records.h"

#include <algorithm>
#include <vector>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/care/age.h"
#include "common/care/nomenclature.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/domain/checklist.h"
#include "services/regulation/domain/protocol_check.h"
#include "services/regulation/domain/protocol_evaluator.h"
#include "services/regulation/protocol_library.h"
#include "services/regulation/triage_gate.h"

namespace sas::regulation {
namespace {

constexpr int kTriagesMax = 20;  ///< Of a dossier: one for each protocol and patient.
constexpr std::size_t kOverrideMax = 200;

absl::Status CheckOverride(const base::Actor& actor, const v1::TriageRecord& asked) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckText(asked.override_reason(), "triage.override_reason", kOverrideMax));
  if (asked.override_reason().empty() || IsRegulator(actor.role)) return absl::OkStatus();
  return RegulatorRequired();
}

absl::Status CheckEntry(const v1::Protocol& protocol, const v1::RegulationCase& row) {
  const auto& points = protocol.entry_points();
  if (points.empty() ||
      std::find(points.begin(), points.end(), row.origin().entry_point()) != points.end()) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PROTOCOL_FOR_OTHER_ENTRY",
                    "this protocol is for other entry points: take the one of yours",
                    {{"entry_point", sas::type::v1::EntryPoint_Name(row.origin().entry_point())}});
}

// What is not said about the patient is the dossier's.
void FillFacts(v1::TriageRecord& record, const v1::RegulationCase& row,
               const v1::Patient& patient) {
  v1::TriageFacts& facts = *record.mutable_facts();
  if (!facts.has_age() && patient.has_age()) *facts.mutable_age() = patient.age();
  if (facts.motif_code().empty()) facts.set_motif_code(row.motif_code());
}

// A checklist that asks for a regulator.
absl::StatusOr<bool> Escalates(CaseWork& work, const v1::TriageRecord& record) {
  SAS_ASSIGN_OR_RETURN(const v1::Protocol protocol,
                       FindVersion(work.transaction(), record.protocol(), work.now()));
  if (protocol.kind() != v1::Protocol::KIND_CHECKLIST) return false;
  TriageResult result;
  result.minimum = ToValue(record.result().minimum_priority());
  result.booking_blocked = record.result().booking_blocked();
  result.excluded = record.result().excluded();
  return Escalates(result);
}

}  // namespace

absl::Status CheckTriageFacts(const v1::TriageFacts& facts, const std::string& field) {
  if (facts.has_age()) {
    const care::Age age{facts.age().value(), static_cast<care::AgeUnit>(facts.age().unit())};
    SAS_RETURN_IF_ERROR(care::CheckAge(age, field + ".age"));
  }
  if (facts.motif_code().empty()) return absl::OkStatus();
  return care::CheckMotif(facts.motif_code(), field + ".motif_code");
}

absl::Status CheckTriageAnswers(const google::protobuf::RepeatedPtrField<v1::TriageAnswer>& answers,
                                const std::string& field) {
  if (answers.size() > kQuestionsMax) {
    return base::InvalidField(
        field, "TOO_MANY_ITEMS", "has too many entries",
        {{"count", std::to_string(answers.size())}, {"count_max", std::to_string(kQuestionsMax)}});
  }
  for (int i = 0; i < answers.size(); ++i) {
    SAS_RETURN_IF_ERROR(rpc::CheckText(answers[i].text(),
                                       field + "[" + std::to_string(i) + "].text", kAnswerTextMax));
  }
  return absl::OkStatus();
}

absl::Status CheckTriage(const base::Actor& actor, const v1::TriageRecord& asked) {
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(
      asked,
      {"name", "result", "deviation", "override_by", "recorded_by", "record_time", "organization"},
      "triage"));
  SAS_RETURN_IF_ERROR(CheckTriageFacts(asked.facts(), "triage.facts"));
  SAS_RETURN_IF_ERROR(CheckTriageAnswers(asked.answers(), "triage.answers"));
  return CheckOverride(actor, asked);
}

absl::StatusOr<v1::Protocol> VersionAsked(
    Desk& desk, const base::Call& call, const std::string& name, const v1::TriageFacts& facts,
    const google::protobuf::RepeatedPtrField<v1::TriageAnswer>& answers) {
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, name, true));
  SAS_RETURN_IF_ERROR(CheckTriageFacts(facts, "facts"));
  SAS_RETURN_IF_ERROR(CheckTriageAnswers(answers, "answers"));
  v1::Protocol protocol;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(protocol, FindVersion(transaction, name, desk.clock.Now()));
        return absl::OkStatus();
      }));
  return protocol;
}

bool WasInForce(const v1::Protocol& protocol) {
  return protocol.state() == v1::Protocol::STATE_IN_FORCE ||
         protocol.state() == v1::Protocol::STATE_SUPERSEDED;
}

absl::Status CheckAsks(const v1::Protocol& protocol) {
  if (protocol.kind() != v1::Protocol::KIND_DELEGATION) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PROTOCOL_WITHOUT_QUESTIONS",
                    "a protocol of délégation names acts and asks nothing: take one with questions",
                    {{"protocol", protocol.name()}});
}

absl::StatusOr<v1::TriageRecord> NewTriage(Desk& desk, CaseWork& work,
                                           const v1::TriageRecord& asked) {
  v1::TriageRecord record = asked;
  SAS_ASSIGN_OR_RETURN(const v1::Protocol protocol,
                       FindVersion(work.transaction(), asked.protocol(), work.now()));
  if (!WasInForce(protocol)) return NotInForce(protocol.name());
  SAS_RETURN_IF_ERROR(CheckAsks(protocol));
  SAS_RETURN_IF_ERROR(CheckEntry(protocol, work.row()));
  SAS_ASSIGN_OR_RETURN(*record.mutable_patient(),
                       work.PatientOf(asked.patient(), "triage.patient"));
  FillFacts(record, work.row(), *work.FindPatient(record.patient()));
  const Protocol value = ToValue(protocol);
  const std::vector<Answer> answers = ToValues(asked.answers());
  SAS_RETURN_IF_ERROR(CheckAnswers(value, answers, "triage.answers"));
  record.set_name(work.row().name() + "/triages/" + base::MakeId(desk.clock, desk.random));
  record.set_protocol(protocol.name());
  record.set_deviation(protocol.state() != v1::Protocol::STATE_IN_FORCE);
  record.set_organization(work.call().actor.organization);
  *record.mutable_result() = ToProto(Evaluate(value, ToValue(record.facts()), answers));
  *record.mutable_recorded_by() = ToProto(work.call().actor);
  *record.mutable_record_time() = ToTimestamp(work.now());
  if (!record.override_reason().empty()) *record.mutable_override_by() = record.recorded_by();
  return record;
}

absl::Status PutTriage(v1::RegulationCase& row, const v1::TriageRecord& record) {
  auto& triages = *row.mutable_triages();
  const std::string protocol = ProtocolOfVersion(record.protocol());
  for (int i = triages.size() - 1; i >= 0; --i) {
    if (triages[i].patient() == record.patient() &&
        ProtocolOfVersion(triages[i].protocol()) == protocol) {
      triages.DeleteSubrange(i, 1);
    }
  }
  if (triages.size() >= kTriagesMax) return LimitReached("triages", kTriagesMax);
  *triages.Add() = record;
  return absl::OkStatus();
}

// The priority itself is a person's.
absl::Status ReactToTriage(CaseWork& work, const v1::TriageRecord& record) {
  SAS_ASSIGN_OR_RETURN(const bool escalates, Escalates(work, record));
  const bool signs = SignStands(record);
  if (signs) SAS_RETURN_IF_ERROR(work.SupersedeOrders(record.patient(), kSeveritySign));
  const int band = RuleOf(ToValue(work.row().priority())).band;
  const Priority minimum = ToValue(record.result().minimum_priority());
  const bool demands = (signs && band > RuleOf(Priority::kP1).band) ||
                       (DemandsUrgency(record) && band > RuleOf(minimum).band) || escalates;
  const bool prepared = work.row().state() == v1::RegulationCase::STATE_PROGRAMMED;
  if (demands && !prepared) {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
    work.ComeBack();
  }
  work.SetWaitLimits();
  return absl::OkStatus();
}

std::string TriageDetail(const v1::TriageRecord& record) {
  const v1::TriageResult& result = record.result();
  return "protocol=" + record.protocol() +
         " minimum=" + std::string(RuleOf(ToValue(result.minimum_priority())).code) +
         " blocked=" + (result.booking_blocked() ? "1" : "0") +
         " lifted=" + (record.has_override_by() ? "1" : "0");
}

}  // namespace sas::regulation
