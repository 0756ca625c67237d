#include "services/slots/source_questions.h"

#include <utility>
#include <vector>

#include "common/base/crash_point.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "common/rpc/auth.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/partner_refusal.h"
#include "services/slots/seat_failures.h"

namespace sas::slots {
namespace {

v1::SourceQuestion QuestionOf(const v1::AskSourceRequest& request, const std::string& agenda,
                              const std::string& external_id) {
  v1::SourceQuestion question;
  question.set_kind(request.kind());
  question.set_agenda(agenda);
  question.set_slot(request.slot());
  question.set_external_id(external_id);
  question.set_appointment(request.appointment());
  question.set_external_appointment_id(request.external_appointment_id());
  return question;
}

}  // namespace

struct SourceQuestions::Master {
  std::string agenda;
  std::string partner;
  std::string external_id;  ///< Empty when the slot has gone.
};

absl::StatusOr<SourceQuestions::Master> SourceQuestions::Find(const base::Call& call,
                                                              const std::string& slot) const {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(slot, "slot"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, identity.region));
  Master master;
  master.agenda = AgendaName(identity.site, identity.agenda);
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto agenda, transaction.partners().GetAgenda(master.agenda));
    if (!agenda) {
      return base::Fail(absl::StatusCode::kNotFound, "AGENDA_NOT_FOUND",
                        "no platform publishes this agenda", {{"agenda", master.agenda}});
    }
    if (agenda->said.master != AgendaMaster::kSourceStream) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "AGENDA_NOT_ASKED",
                        "the master of this agenda answers no questions over a stream",
                        {{"agenda", master.agenda}});
    }
    master.partner = agenda->partner;
    SAS_ASSIGN_OR_RETURN(const auto rows, transaction.partners().ListSlots(
                                              master.agenda, identity.start,
                                              identity.start + std::chrono::minutes(1)));
    master.external_id = rows.empty() ? std::string() : rows.front().slot.external_id();
    return absl::OkStatus();
  }));
  return master;
}

absl::Status SourceQuestions::Check(const base::Call& call, const std::string& slot) {
  SAS_ASSIGN_OR_RETURN(const Master master, Find(call, slot));
  v1::AskSourceRequest request;
  request.set_slot(slot);
  request.set_kind(v1::SourceQuestion::KIND_CHECK);
  SAS_ASSIGN_OR_RETURN(
      const v1::SourceAnswer answer,
      platforms_.Ask(call, master.partner, QuestionOf(request, master.agenda, master.external_id)));
  if (answer.verdict() == v1::SourceAnswer::VERDICT_YES) return absl::OkStatus();
  if (answer.verdict() == v1::SourceAnswer::VERDICT_LATER) {  // Nobody can wait for that.
    return SourceUnreachable(master.partner, "NO_ANSWER");
  }
  const std::string code = SourceCodeOr(answer.source_code(), "NOT_FREE");
  Withdraw(call, slot, code);
  return SourceRefused(slot, master.partner, code);
}

absl::StatusOr<v1::AskSourceResponse> SourceQuestions::Ask(const base::Call& call,
                                                           const v1::AskSourceRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(
      base::ParseName("regions/*/appointments/*", request.appointment(), "appointment").status());
  const bool known = request.kind() == v1::SourceQuestion::KIND_CONFIRM ||
                     request.kind() == v1::SourceQuestion::KIND_CANCEL;
  if (!known) return base::InvalidField("kind", "INVALID_KIND", "CONFIRM or CANCEL");
  SAS_ASSIGN_OR_RETURN(const Master master, Find(call, request.slot()));
  v1::AskSourceResponse response;
  response.set_partner(master.partner);
  SAS_ASSIGN_OR_RETURN(
      *response.mutable_answer(),
      platforms_.Ask(call, master.partner, QuestionOf(request, master.agenda, master.external_id)));
  base::AtCrashPoint("slots.source.answered");
  v1::SourceAnswer& answer = *response.mutable_answer();
  answer.set_source_code(SourceCodeOr(answer.source_code(), ""));
  if (answer.external_appointment_id().size() > kExternalAppointmentIdMax) {
    answer.clear_external_appointment_id();
  }
  const bool refused = request.kind() == v1::SourceQuestion::KIND_CONFIRM &&
                       answer.verdict() == v1::SourceAnswer::VERDICT_NO;
  if (refused) Withdraw(call, request.slot(), SourceCodeOr(answer.source_code(), "NOT_TAKEN"));
  return response;
}

void SourceQuestions::Withdraw(const base::Call& call, const std::string& slot,
                               const std::string& source_code) {
  v1::ReportSourceRefusalRequest request;
  request.set_slot(slot);
  request.set_source_code(source_code);
  std::string partner;
  const absl::Status status =
      store_.Write(call, [&](SlotsTransaction& transaction) -> absl::Status {
        return WithdrawRefused(transaction, call, request, clock_.Now(), &partner).status();
      });
  if (status.ok()) {
    metrics_.Phantom(partner);
    observe::Log(observe::Level::kInfo, "slot_refused_by_source",
                 {{"slot", std::string_view(slot)},
                  {"partner", std::string_view(partner)},
                  {"source_code", std::string_view(source_code)},
                  {"trace_id", std::string_view(call.trace_id)}});
    return;
  }
  const std::string reason = base::ReasonOf(status);
  observe::Log(observe::Level::kWarn, "phantom_not_withdrawn",
               {{"slot", std::string_view(slot)},
                {"reason", std::string_view(reason)},
                {"trace_id", std::string_view(call.trace_id)}});
}

}  // namespace sas::slots
