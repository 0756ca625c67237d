#include <string>

#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/call_return.h"
#include "services/regulation/on_case.h"
#include "services/regulation/returned_calls.h"

// Calls to somebody who was promised one (hazard H-13).
namespace sas::regulation::acts {
namespace {

ReturnState StateOf(const v1::CallbackPromise& promise) {
  ReturnState state;
  state.counted = promise.attempt_count();
  // Promises from before calls were counted are due when their window begins.
  state.due = ToInstant(promise.has_next_attempt_time() ? promise.next_attempt_time()
                                                        : promise.window_start_time());
  state.number_known = NumberKnown(promise.attempts());
  return state;
}

void Keep(const ReturnRules& rules, const ReturnState& state, v1::CallbackPromise& promise) {
  promise.set_attempt_count(state.counted);
  promise.set_decision_due(IsDecisionDue(rules, state));
  *promise.mutable_next_attempt_time() = ToTimestamp(state.due);
  if (promise.decision_due()) promise.clear_next_attempt_time();
}

// Whoever has the dossier goes on with who was reached, and his decision keeps the promise. Once a
// regulator is owed, only a regulator who has spoken to him ends that.
void Reached(const ReturnRules& rules, CaseWork& work) {
  v1::CallbackPromise& promise = *work.row().mutable_callback();
  if (promise.decision_due() && !IsRegulator(work.call().actor.role)) return;
  Keep(rules, AfterReached(rules, work.now()), promise);
}

absl::Status Attempt(const ReturnRules& rules, v1::CallReturn::Result result, CaseWork& work) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kWork));
  if (!WindowOf(work.row())) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_CALLBACK_PROMISED",
                      "nobody was promised a call on this dossier; read it again");
  }
  v1::CallbackPromise& promise = *work.row().mutable_callback();
  const bool owed = promise.decision_due();
  const ReturnState after = AddCall(rules, StateOf(promise), result, work.call(), work.now(),
                                    *promise.mutable_attempts());
  if (result == v1::CallReturn::RESULT_REACHED) {
    Reached(rules, work);
  } else if (!owed) {
    Keep(rules, after, promise);
  }
  if (promise.decision_due() && !owed) {
    SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
    work.Wait();
  } else if (promise.decision_due() != owed) {
    work.SetWaitLimits();
  }
  return work.Save("case.updated", "callback=" + v1::CallReturn::Result_Name(result).substr(7) +
                                       " counted=" + std::to_string(promise.attempt_count()) +
                                       (promise.decision_due() ? " decision_due=yes" : ""));
}

}  // namespace

absl::StatusOr<v1::RegulationCase> RecordCallbackAttempt(
    Desk& desk, const base::Call& call, const v1::RecordCallbackAttemptRequest& request) {
  SAS_RETURN_IF_ERROR(CheckCallResult(request.result()));
  const ReturnRules rules = PromiseRules(desk.returns);
  return OnCase(desk, call, request, request.name(),
                [&](CaseWork& work) { return Attempt(rules, request.result(), work); });
}

}  // namespace sas::regulation::acts
