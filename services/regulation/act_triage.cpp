#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/on_case.h"
#include "services/regulation/protocol_acts.h"
#include "services/regulation/protocol_library.h"
#include "services/regulation/triage_records.h"

namespace sas::regulation::acts {
namespace {

// Drafts are tried out by those who answer for them, never on a caller.
bool MayTryDrafts(base::Role role) {
  return role == base::Role::kReferent || role == base::Role::kSupervisor;
}

}  // namespace

absl::StatusOr<v1::EvaluateTriageResponse> EvaluateTriage(
    ProtocolDesk& desk, const base::Call& call, const v1::EvaluateTriageRequest& request) {
  SAS_ASSIGN_OR_RETURN(
      const v1::Protocol protocol,
      VersionAsked(desk.desk, call, request.name(), request.facts(), request.answers()));
  if (!WasInForce(protocol) && !MayTryDrafts(call.actor.role)) return NotInForce(protocol.name());
  SAS_RETURN_IF_ERROR(CheckAsks(protocol));
  const Protocol value = ToValue(protocol);
  const std::vector<Answer> answers = ToValues(request.answers());
  SAS_RETURN_IF_ERROR(CheckAnswers(value, answers, "answers"));
  const TriageResult result = Evaluate(value, ToValue(request.facts()), answers);
  v1::EvaluateTriageResponse response;
  response.set_protocol(protocol.name());
  *response.mutable_result() = ToProto(result);
  for (const v1::Question& question : protocol.questions()) {
    if (question.id() == result.next_question) *response.mutable_next_question() = question;
  }
  return response;
}

absl::StatusOr<v1::RegulationCase> RecordTriage(ProtocolDesk& desk, const base::Call& call,
                                                const v1::RecordTriageRequest& request) {
  const v1::TriageRecord& asked = request.triage();
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, asked.protocol(), true));
  SAS_RETURN_IF_ERROR(CheckTriage(call.actor, asked));
  std::optional<bool> blocked;
  auto answer =
      OnCase(desk.desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
        SAS_RETURN_IF_ERROR(CheckOwnCase(call.actor, work.row()));
        SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kWork));
        SAS_ASSIGN_OR_RETURN(const v1::TriageRecord record, NewTriage(desk.desk, work, asked));
        SAS_RETURN_IF_ERROR(PutTriage(work.row(), record));
        SAS_RETURN_IF_ERROR(ReactToTriage(work, record));
        SAS_RETURN_IF_ERROR(work.Save("case.triaged", TriageDetail(record)));
        blocked = record.result().booking_blocked();
        return work.transaction().protocols().AddTriage(record);
      });
  if (answer.ok() && blocked) desk.metrics.Triaged(*blocked);
  return answer;
}

}  // namespace sas::regulation::acts
