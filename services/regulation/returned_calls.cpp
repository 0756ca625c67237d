#include "services/regulation/returned_calls.h"

#include "common/base/bound_etag.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"

namespace sas::regulation {

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

absl::Status EndReturn(CaseWork& work, const std::string& by) {
  const std::string name = work.row().lost_call();
  if (name.empty()) return absl::OkStatus();
  work.row().clear_lost_call();
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(name));
  if (lost.state() != v1::LostCall::STATE_TO_CALL) return absl::OkStatus();
  return EndLost(work.transaction(), work.call(), lost, v1::LostCall::STATE_DONE, by);
}

absl::Status MoveReturn(CaseWork& work) {
  if (work.row().lost_call().empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(work.row().lost_call()));
  lost.set_territory(work.row().territory());
  return SaveLost(work.transaction(), lost,
                  {"lost_call.moved", ActOf(work.call()), "territory=" + lost.territory()});
}

}  // namespace sas::regulation
