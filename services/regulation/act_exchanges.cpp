#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/exchange_acts.h"
#include "services/regulation/exchange_work.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/shape_case.h"

namespace sas::regulation::acts {
namespace {

using v1::CaseExchange;

constexpr std::size_t kTextMax = 2000;
constexpr std::size_t kOrganizationMax = 128;

absl::Status CheckAddressee(const CaseExchange& exchange) {
  const std::string field = "exchange.audience";
  if (!exchange.has_audience()) {
    if (exchange.kind() != CaseExchange::KIND_MESSAGE) return absl::OkStatus();
    return base::InvalidField(field, "AUDIENCE_REQUIRED",
                              "say to whom: a role, a structure, or a role of a structure");
  }
  const Addressee audience = ToValue(exchange.audience());
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(exchange.audience(), {"subject"}, field));
  SAS_RETURN_IF_ERROR(
      rpc::CheckText(audience.organization, field + ".organization", kOrganizationMax));
  if (audience.role == base::Role::kUnspecified && audience.organization.empty()) {
    return base::InvalidField(field, "AUDIENCE_REQUIRED",
                              "say to whom: a role, a structure, or a role of a structure");
  }
  return CheckAudience(audience, field);
}

// What only one kind has is left out by the others.
absl::Status CheckKindFields(const CaseExchange& exchange) {
  switch (exchange.kind()) {
    case CaseExchange::KIND_PHONE:
      if (exchange.result() == v1::ContactAttempt::RESULT_UNSPECIFIED) {
        return base::InvalidField("exchange.result", "OUTCOME_REQUIRED",
                                  "say what came of the call: reached, no answer, voicemail, busy, "
                                  "wrong number");
      }
      return rpc::CheckUnset(exchange, {"mssante_reference"}, "exchange");
    case CaseExchange::KIND_MSSANTE:
      SAS_RETURN_IF_ERROR(rpc::CheckUnset(exchange, {"result"}, "exchange"));
      return CheckMssanteReference(exchange.mssante_reference(), "exchange.mssante_reference");
    default:
      return rpc::CheckUnset(exchange, {"result", "mssante_reference", "party"}, "exchange");
  }
}

absl::Status CheckNewExchange(const CaseExchange& exchange, const Moment& moment) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckUnset(exchange,
                      {"name", "expertise", "created_by", "territory", "create_time", "update_time",
                       "etag", "reads", "unread", "unread_time", "read"},
                      "exchange"));
  SAS_RETURN_IF_ERROR(CheckNewState(ToValue(exchange.kind()), ToValue(exchange.state())));
  SAS_RETURN_IF_ERROR(CheckKindFields(exchange));
  const bool message = exchange.kind() == CaseExchange::KIND_MESSAGE;
  if (!message && exchange.party() == CaseExchange::PARTY_UNSPECIFIED) {
    return base::InvalidField("exchange.party", "PARTY_REQUIRED",
                              "say with whom, by function: TREATING_DOCTOR, PHARMACIST…");
  }
  const bool secure = exchange.kind() == CaseExchange::KIND_MSSANTE;
  SAS_RETURN_IF_ERROR(rpc::CheckText(exchange.text(), "exchange.text", kTextMax, secure ? 0 : 1));
  SAS_RETURN_IF_ERROR(CheckPast(exchange.occur_time(), "exchange.occur_time", moment));
  return CheckAddressee(exchange);
}

// An answer is to something of the same dossier that the caller sees.
absl::Status CheckReply(CaseWork& work, const std::string& replied) {
  if (replied.empty()) return absl::OkStatus();
  const std::string field = "exchange.in_reply_to";
  SAS_RETURN_IF_ERROR(base::ParseName(kExchangeName, replied, field).status());
  if (CaseOf(replied) != work.row().name()) return ExchangeNotFound(replied);
  return OpenExchange(work.transaction(), work.call().actor, replied).status();
}

std::string NumberOf(const CaseWork& work, const v1::RegulationCase& row, CaseExchange::Party party,
                     const std::string& patient) {
  if (party == CaseExchange::PARTY_PATIENT) {
    const v1::Patient* found = work.FindPatient(patient);
    return found == nullptr ? "" : found->phone_number();
  }
  const v1::CallOrigin& call =
      row.further_calls().empty() ? row.origin() : row.further_calls(row.further_calls_size() - 1);
  return call.callback_phone_number().empty() ? call.caller_phone_number()
                                              : call.callback_phone_number();
}

// The number to dial as the dossier has it now.
absl::StatusOr<std::string> FindNumber(CaseWork& work, const v1::StartCallRequest& request) {
  SAS_ASSIGN_OR_RETURN(const std::string patient, work.PatientOf(request.patient(), "patient"));
  const std::string number = NumberOf(work, work.row(), request.party(), patient);
  if (!number.empty()) return number;
  return base::Fail(absl::StatusCode::kFailedPrecondition, "NUMBER_UNKNOWN",
                    "the dossier has no number of this person: ask for it and write it down first");
}

absl::StatusOr<CaseExchange> NewCall(Desk& desk, CaseWork& work,
                                     const v1::StartCallRequest& request) {
  SAS_RETURN_IF_ERROR(FindNumber(work, request).status());
  SAS_ASSIGN_OR_RETURN(const std::string patient, work.PatientOf(request.patient(), "patient"));
  if (work.FindPatient(patient)->protected_contact() && request.reason().empty()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "CONTACT_PROTECTED",
                      "this contact is protected (violence, minor): call with a reason, or not");
  }
  CaseExchange exchange;
  exchange.set_kind(CaseExchange::KIND_CLICK_TO_CALL);
  exchange.set_state(CaseExchange::STATE_NOTED);
  exchange.set_party(request.party());
  exchange.set_patient(patient);
  exchange.set_text(request.reason());
  SAS_RETURN_IF_ERROR(FillExchange(desk, work, exchange));
  return exchange;
}

}  // namespace

absl::StatusOr<CaseExchange> CreateCaseExchange(ExchangeDesk& desk, const base::Call& call,
                                                const v1::CreateCaseExchangeRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckNewExchange(request.exchange(), desk.desk.Now()));
  bool written = false;
  auto answer = ledger::WriteOnce<CaseExchange>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<CaseExchange> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             OpenForExchange(transaction, call, now, request.parent()));
        SAS_RETURN_IF_ERROR(
            CheckSeen(desk.desk, call.actor, request.etag(), work.row(), Stale::kPasses));
        CaseExchange exchange = request.exchange();
        if (!exchange.patient().empty()) {
          SAS_RETURN_IF_ERROR(work.PatientOf(exchange.patient(), "exchange.patient").status());
        }
        SAS_RETURN_IF_ERROR(CheckReply(work, exchange.in_reply_to()));
        if (exchange.kind() == CaseExchange::KIND_PHONE) {
          exchange.set_state(CaseExchange::STATE_NOTED);
        } else if (exchange.kind() == CaseExchange::KIND_MESSAGE) {
          exchange.set_state(CaseExchange::STATE_SENT);
        }
        SAS_RETURN_IF_ERROR(FillExchange(desk.desk, work, exchange));
        SAS_RETURN_IF_ERROR(
            SaveExchange(transaction, exchange, "exchange.created", ActOf(call), now));
        written = true;
        return ShowExchange(transaction, std::move(exchange), call.actor);
      });
  if (answer.ok() && written) desk.metrics.Exchanged(KindName(answer->kind()));
  return answer;
}

absl::StatusOr<v1::StartCallResponse> StartCall(ExchangeDesk& desk, const base::Call& call,
                                                const v1::StartCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckOptionalReason(request.reason()));
  if (request.party() != CaseExchange::PARTY_PATIENT &&
      request.party() != CaseExchange::PARTY_CALLER) {
    return base::InvalidField("party", "PARTY_REQUIRED",
                              "PATIENT or CALLER: the dossier has no other number");
  }
  bool written = false;
  auto kept = ledger::WriteOnce<CaseExchange>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<CaseExchange> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             OpenForExchange(transaction, call, now, request.parent()));
        SAS_RETURN_IF_ERROR(
            CheckSeen(desk.desk, call.actor, request.etag(), work.row(), Stale::kPasses));
        SAS_ASSIGN_OR_RETURN(CaseExchange exchange, NewCall(desk.desk, work, request));
        SAS_RETURN_IF_ERROR(
            SaveExchange(transaction, exchange, "exchange.created", ActOf(call), now));
        written = true;
        return exchange;
      });
  if (!kept.ok()) return kept.status();
  if (written) desk.metrics.Exchanged(KindName(kept->kind()));
  // Apart from what is kept: the number stands on the dossier and nowhere else.
  v1::StartCallResponse response;
  *response.mutable_exchange() = *std::move(kept);
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(CaseWork work, CaseWork::Open(transaction, call, desk.desk.clock.Now(),
                                                           request.parent()));
        SAS_ASSIGN_OR_RETURN(*response.mutable_phone_number(), FindNumber(work, request));
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<CaseExchange> RecordMssanteState(ExchangeDesk& desk, const base::Call& call,
                                                const v1::RecordMssanteStateRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kExchangeName, request.name(), "name"));
  return ledger::WriteOnce<CaseExchange>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<CaseExchange> {
        SAS_ASSIGN_OR_RETURN(CaseExchange exchange,
                             OpenExchange(transaction, call.actor, request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk.desk, request.etag(), exchange.name(), exchange.etag()));
        const ExchangeState from = exchange.kind() == CaseExchange::KIND_MSSANTE
                                       ? ToValue(exchange.state())
                                       : ExchangeState::kUnspecified;
        SAS_RETURN_IF_ERROR(CheckMssanteMove(from, ToValue(request.state())));
        exchange.set_state(request.state());
        SAS_RETURN_IF_ERROR(SaveExchange(transaction, exchange, "exchange.updated", ActOf(call),
                                         desk.desk.clock.Now()));
        return ShowExchange(transaction, std::move(exchange), call.actor);
      });
}

}  // namespace sas::regulation::acts
