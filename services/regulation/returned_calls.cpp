#include "services/regulation/returned_calls.h"

#include <algorithm>
#include <optional>

#include "common/base/bound_etag.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"

namespace sas::regulation {
namespace {

constexpr int kCallsKept = 20;

// The number to call back may be another than that of the line on which he had hung up.
bool IsOfCaller(const v1::LostCall& lost, const v1::RegulationCase& row,
                const v1::CallOrigin& call) {
  const auto hung_up_from = [&](const v1::CallOrigin& each) {
    return CallBackNumber(each) == lost.phone_number() &&
           each.caller_phone_number() == call.caller_phone_number();
  };
  const auto& others = row.further_calls();
  if (lost.phone_number().empty()) return false;
  return lost.phone_number() == call.caller_phone_number() ||
         lost.phone_number() == call.callback_phone_number() ||
         (!call.caller_phone_number().empty() &&
          (hung_up_from(row.origin()) || std::any_of(others.begin(), others.end(), hung_up_from)));
}

}  // namespace

bool NumberKnown(const Calls& calls) {
  for (auto each = calls.rbegin(); each != calls.rend(); ++each) {
    if (each->result() == v1::CallReturn::RESULT_WRONG_NUMBER) return false;
    if (each->result() == v1::CallReturn::RESULT_REACHED) return true;
  }
  return true;
}

ReturnState AddCall(const ReturnRules& rules, const ReturnState& before,
                    v1::CallReturn::Result result, const base::Call& call, base::Instant now,
                    Calls& calls) {
  if (calls.size() >= kCallsKept) calls.DeleteSubrange(0, 1);
  v1::CallReturn& made = *calls.Add();
  made.set_result(result);
  *made.mutable_called_by() = ToProto(call.actor);
  *made.mutable_call_time() = ToTimestamp(now);
  if (result == v1::CallReturn::RESULT_REACHED) return before;
  const ReturnState after = AfterReturn(rules, before, static_cast<ContactResult>(result), now);
  made.set_counted(after.counted > before.counted);
  return after;
}

absl::Status CheckCallResult(v1::CallReturn::Result result) {
  if (result != v1::CallReturn::RESULT_UNSPECIFIED) return absl::OkStatus();
  return base::InvalidField("result", "OUTCOME_REQUIRED",
                            "say what came of the call: reached, no answer, voicemail, busy, "
                            "wrong number");
}

v1::LostCall NewLost(const Desk& desk, const std::string& parent, base::Instant arrival) {
  v1::LostCall lost;
  lost.set_name(parent + "/lostCalls/" + base::MakeId(desk.clock, desk.random));
  lost.set_state(v1::LostCall::STATE_TO_CALL);
  *lost.mutable_arrival_time() = ToTimestamp(arrival);
  return lost;
}

void BeginReturn(const ReturnRules& rules, base::Instant called, v1::LostCall& lost) {
  auto& returns = *lost.mutable_returns();
  returns.erase(std::remove_if(returns.begin(), returns.end(),
                               [](const v1::CallReturn& each) {
                                 return each.result() == v1::CallReturn::RESULT_WRONG_NUMBER;
                               }),
                returns.end());
  ReturnState state = ReturnStateOf(lost);
  state.counted = 0;
  state.due = called + rules.spacing.front();
  KeepReturn(rules, state, lost);
}

absl::StatusOr<v1::LostCall> AddLost(const Desk& desk, RegulationTransaction& transaction,
                                     const base::Call& call, const std::string& parent,
                                     const v1::LostCall& asked, const std::string& event) {
  std::optional<v1::LostCall> lost;
  if (!asked.phone_number().empty()) {
    SAS_ASSIGN_OR_RETURN(
        lost, transaction.FindLostCall(std::string(base::RegionOf(parent)), asked.phone_number()));
  }
  if (!lost) {
    lost = NewLost(desk, parent, ToInstant(asked.arrival_time()));
    lost->MergeFrom(asked);
  }
  BeginReturn(desk.returns, ToInstant(asked.arrival_time()), *lost);
  lost->set_call_count(lost->call_count() + 1);
  SAS_RETURN_IF_ERROR(SaveLost(transaction, *lost,
                               {event, ActOf(call),
                                "calls=" + std::to_string(lost->call_count()) +
                                    " rang=" + std::to_string(asked.ring_seconds())}));
  return *std::move(lost);
}

absl::Status SaveLost(RegulationTransaction& transaction, v1::LostCall& lost, const Fact& fact) {
  lost.clear_sending_proposed();  // Computed when it is read.
  lost.set_etag(base::BoundEtag(lost.name(), VersionOf(lost.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction.PutLostCall(lost));
  return RecordLostCall(transaction, lost, fact);
}

absl::Status EndLost(RegulationTransaction& transaction, const base::Call& call, v1::LostCall& lost,
                     v1::LostCall::State state, const std::string& by) {
  lost.set_state(state);
  lost.clear_next_return_time();
  lost.set_decision_due(false);
  lost.clear_claim();
  *lost.mutable_ended_by() = ToProto(call.actor);
  const bool given_up = state == v1::LostCall::STATE_GIVEN_UP;
  return SaveLost(
      transaction, lost,
      {given_up ? "lost_call.given_up" : "lost_call.resolved", ActOf(call), "by=" + by});
}

absl::Status MarkReturned(RegulationTransaction& transaction, const base::Call& call,
                          const std::string& parent, const std::string& number) {
  if (number.empty()) return absl::OkStatus();
  const std::string region(base::RegionOf(parent));
  while (true) {
    SAS_ASSIGN_OR_RETURN(auto lost, transaction.FindLostCall(region, number));
    if (!lost || !lost->regulation_case().empty()) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(
        EndLost(transaction, call, *lost, v1::LostCall::STATE_DONE, "called_again"));
  }
}

absl::Status EndReturn(CaseWork& work, const v1::CallOrigin& call) {
  const std::string name = work.row().lost_call();
  if (name.empty()) return absl::OkStatus();
  if (!call.waiting_call().empty()) {
    SAS_ASSIGN_OR_RETURN(const WaitingRow waiting,
                         work.transaction().pickups().GetWaiting(call.waiting_call()));
    if (waiting.call.lost_call() == name) return absl::OkStatus();
  }
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(name));
  const bool open = lost.state() == v1::LostCall::STATE_TO_CALL;
  if (open && !IsOfCaller(lost, work.row(), call)) return absl::OkStatus();
  work.row().clear_lost_call();
  if (!open) return absl::OkStatus();
  return EndLost(work.transaction(), work.call(), lost, v1::LostCall::STATE_DONE, "called_again");
}

absl::Status ReopenReturn(CaseWork& work, const ReturnRules& rules, const std::string& name) {
  if (name.empty() || !work.row().lost_call().empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(name));
  if (lost.state() != v1::LostCall::STATE_DONE) return absl::OkStatus();
  // Who must be called back keeps his dossier from being complete, also when it was.
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  work.row().set_lost_call(name);
  lost.set_state(v1::LostCall::STATE_TO_CALL);
  lost.clear_ended_by();
  ReturnState state = ReturnStateOf(lost);
  state.due = work.now();
  KeepReturn(rules, state, lost);
  return SaveLost(work.transaction(), lost,
                  {"lost_call.reopened", ActOf(work.call()), "by=call_detached"});
}

absl::Status HandReturn(CaseWork& work, CaseWork& own, const v1::CallOrigin& call) {
  const std::string name = work.row().lost_call();
  const std::string number = CallBackNumber(call);
  if (name.empty() || number.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(name));
  const auto same = [&](const v1::CallOrigin& each) { return CallBackNumber(each) == number; };
  const auto& others = work.row().further_calls();
  if (lost.phone_number() != number || same(work.row().origin()) ||
      std::any_of(others.begin(), others.end(), same)) {
    return absl::OkStatus();
  }
  work.row().clear_lost_call();
  own.row().set_lost_call(name);
  lost.set_regulation_case(own.row().name());
  return SaveLost(work.transaction(), lost,
                  {"lost_call.moved", ActOf(work.call()), "by=call_detached"});
}

ReturnState ReturnStateOf(const v1::LostCall& lost) {
  ReturnState state;
  state.counted = lost.counted_returns();
  state.due = ToInstant(lost.next_return_time());
  state.number_known = !lost.phone_number().empty() && NumberKnown(lost.returns());
  return state;
}

void KeepReturn(const ReturnRules& rules, const ReturnState& state, v1::LostCall& lost) {
  lost.set_counted_returns(state.counted);
  lost.set_decision_due(IsDecisionDue(rules, state));
  *lost.mutable_next_return_time() = ToTimestamp(state.due);
  if (lost.decision_due()) lost.clear_next_return_time();
}

std::string RegionNameOf(const std::string& case_name) {
  return case_name.substr(0, case_name.find("/cases/"));
}

std::string CallBackNumber(const v1::CallOrigin& call) {
  return call.callback_phone_number().empty() ? call.caller_phone_number()
                                              : call.callback_phone_number();
}

absl::Status MoveReturn(CaseWork& work) {
  if (work.row().lost_call().empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(work.row().lost_call()));
  lost.set_territory(work.row().territory());
  return SaveLost(work.transaction(), lost,
                  {"lost_call.moved", ActOf(work.call()), "territory=" + lost.territory()});
}

v1::CallbackPromise Promised(const ReturnRules& rules, v1::CallbackPromise::Kind kind,
                             const v1::CallbackPromise& asked) {
  v1::CallbackPromise promise;
  promise.set_kind(kind);
  *promise.mutable_window_start_time() = asked.window_start_time();
  *promise.mutable_window_end_time() = asked.window_end_time();
  promise.set_consent(asked.consent());
  *promise.mutable_next_attempt_time() =
      ToTimestamp(ToInstant(asked.window_start_time()) + PromiseRules(rules).spacing.front());
  return promise;
}

CallbackWindow WindowAsked(const v1::CallbackPromise& asked) {
  return {ToInstant(asked.window_start_time()), ToInstant(asked.window_end_time()),
          asked.consent()};
}

}  // namespace sas::regulation
