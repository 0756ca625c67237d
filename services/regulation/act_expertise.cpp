#include <string>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/exchange_acts.h"
#include "services/regulation/exchange_work.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"

namespace sas::regulation::acts {
namespace {

using v1::CaseExchange;
using Outcome = ExchangeMetrics::Expertise;

constexpr std::size_t kQuestionMax = 2000;
constexpr std::size_t kResultMax = 4000;
constexpr int kResultsMax = 10;

absl::Status NotConfigured() {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "EXPERTISE_NOT_CONFIGURED",
                    "no platform of téléexpertise is set up here: telephone, and keep a note of "
                    "it (PHONE)");
}

absl::Status ExpertiseNotFound(const std::string& case_ref) {
  return base::Fail(absl::StatusCode::kNotFound, "EXPERTISE_NOT_FOUND",
                    "no request of yours has this reference; send it as it was given",
                    {{"case_ref", case_ref.substr(0, 64)}});
}

absl::StatusOr<CaseExchange> NewRequest(ExchangeDesk& desk, CaseWork& work,
                                        const v1::RequestExpertiseRequest& request) {
  CaseExchange exchange;
  SAS_ASSIGN_OR_RETURN(*exchange.mutable_patient(), work.PatientOf(request.patient(), "patient"));
  exchange.set_kind(CaseExchange::KIND_EXPERTISE);
  exchange.set_state(CaseExchange::STATE_REQUESTED);
  exchange.set_party(CaseExchange::PARTY_EXPERT);
  exchange.set_text(request.text());
  v1::Expertise& expertise = *exchange.mutable_expertise();
  expertise.set_specialty(request.specialty());
  expertise.set_case_ref(base::MakeToken(desk.desk.random));
  expertise.set_link(LinkOf(desk.expertise.link, expertise.case_ref(), expertise.specialty()));
  expertise.set_platform(desk.expertise.platform);
  if (desk.expertise.told) *expertise.mutable_next_attempt_time() = ToTimestamp(work.now());
  SAS_RETURN_IF_ERROR(FillExchange(desk.desk, work, exchange));
  // Nothing to read yet: it waits for who asked once there is a result, or a failure.
  exchange.mutable_audience()->set_subject(work.call().actor.subject);
  return exchange;
}

v1::AttachExpertiseResultResponse Attached(const v1::Expertise& expertise,
                                           const v1::ExpertiseResult& result) {
  v1::AttachExpertiseResultResponse response;
  response.set_case_ref(expertise.case_ref());
  response.set_result_count(expertise.results_size());
  *response.mutable_attach_time() = result.attach_time();
  return response;
}

// Adds the result, or finds it there.
absl::StatusOr<v1::AttachExpertiseResultResponse> Attach(
    RegulationTransaction& transaction, const base::Call& call, base::Instant now,
    const v1::AttachExpertiseResultRequest& request, bool& added) {
  SAS_ASSIGN_OR_RETURN(auto found, transaction.exchanges().FindCaseRef(request.case_ref()));
  if (!found || found->expertise().platform() != call.actor.subject ||
      found->name().rfind(request.parent() + "/", 0) != 0) {
    return ExpertiseNotFound(request.case_ref());
  }
  v1::Expertise& expertise = *found->mutable_expertise();
  for (const v1::ExpertiseResult& known : expertise.results()) {
    if (known.result_id() != request.result().result_id()) continue;
    if (known.text() == request.result().text()) return Attached(expertise, known);
    return base::Fail(absl::StatusCode::kFailedPrecondition, "RESULT_CHANGED",
                      "this result is attached with another text: send the correction under a "
                      "number of its own",
                      {{"result_id", known.result_id()}});
  }
  if (expertise.results_size() >= kResultsMax) return LimitReached("results", kResultsMax);
  v1::ExpertiseResult& result = *expertise.add_results();
  result = request.result();
  *result.mutable_attach_time() = ToTimestamp(now);
  expertise.clear_next_attempt_time();
  expertise.clear_fail_reason();
  found->set_state(CaseExchange::STATE_ANSWERED);
  AwaitReaders(*found, now);
  SAS_RETURN_IF_ERROR(SaveExchange(transaction, *found, "exchange.answered", ActOf(call), now));
  added = true;
  return Attached(expertise, result);
}

}  // namespace

absl::StatusOr<CaseExchange> RequestExpertise(ExchangeDesk& desk, const base::Call& call,
                                              const v1::RequestExpertiseRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckSpecialty(request.specialty(), "specialty"));
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.text(), "text", kQuestionMax, 1));
  if (desk.expertise.link.empty()) return NotConfigured();
  bool written = false;
  auto answer = ledger::WriteOnce<CaseExchange>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<CaseExchange> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             OpenForExchange(transaction, call, now, request.parent()));
        SAS_RETURN_IF_ERROR(
            CheckSeen(desk.desk, call.actor, request.etag(), work.row(), Stale::kPasses));
        SAS_ASSIGN_OR_RETURN(CaseExchange exchange, NewRequest(desk, work, request));
        SAS_RETURN_IF_ERROR(
            SaveExchange(transaction, exchange, "exchange.created", ActOf(call), now));
        written = true;
        return exchange;
      });
  if (answer.ok() && written) {
    desk.metrics.Exchanged(KindName(answer->kind()));
    desk.metrics.Expertised(Outcome::kRequested);
  }
  return answer;
}

absl::StatusOr<v1::AttachExpertiseResultResponse> AttachExpertiseResult(
    ExchangeDesk& desk, const base::Call& call, const v1::AttachExpertiseResultRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckUnset(request.result(), {"attach_time"}, "result"));
  SAS_RETURN_IF_ERROR(CheckResultId(request.result().result_id(), "result.result_id"));
  SAS_RETURN_IF_ERROR(rpc::CheckText(request.result().text(), "result.text", kResultMax, 1));
  bool added = false;
  auto answer = ledger::WriteOnce<v1::AttachExpertiseResultResponse>(
      desk.desk.store, call, request, [&](RegulationTransaction& transaction) {
        return Attach(transaction, call, desk.desk.clock.Now(), request, added);
      });
  if (answer.ok() && added) desk.metrics.Expertised(Outcome::kAnswered);
  return answer;
}

}  // namespace sas::regulation::acts
