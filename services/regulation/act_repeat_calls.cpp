#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/attached_call.h"
#include "services/regulation/on_case.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/shape_case.h"
#include "services/regulation/waiting_calls.h"

namespace sas::regulation::acts {
namespace {

constexpr char kMotifNotAsked[] = "M07.00";

// Calls from before calls had names get theirs with the next one.
void NameCalls(Desk& desk, v1::RegulationCase& row) {
  const auto name = [&](v1::CallOrigin& call) {
    if (call.call_id().empty()) call.set_call_id(base::MakeId(desk.clock, desk.random));
  };
  name(*row.mutable_origin());
  for (v1::CallOrigin& call : *row.mutable_further_calls()) name(call);
}

BeforeCall Before(const v1::RegulationCase& row) {
  return {ToValue(row.state()),
          ToValue(row.priority()),
          ToInstant(row.wait_start_time()),
          ToInstant(row.wait_target_time()),
          ToInstant(row.wait_alarm_time()),
          ToInstant(row.close_time()),
          row.lost_call()};
}

void Restore(const BeforeCall& before, CaseWork& work) {
  v1::RegulationCase& row = work.row();
  row.set_state(static_cast<v1::RegulationCase::State>(before.state));
  row.set_priority(static_cast<v1::Priority>(before.priority));
  row.clear_close_time();
  if (before.close != base::Instant{}) *row.mutable_close_time() = ToTimestamp(before.close);
  if (before.wait_start == base::Instant{}) return work.EndWait();
  *row.mutable_wait_start_time() = ToTimestamp(before.wait_start);
  *row.mutable_wait_target_time() = ToTimestamp(before.wait_target);
  *row.mutable_wait_alarm_time() = ToTimestamp(before.wait_alarm);
}

std::string Count(const v1::CareOrder& order) {
  return "repeat_calls=" + std::to_string(order.repeat_call_count());
}

// A change of every order that is still worked: who confirms on the version of before is refused,
// and reads it first (hazard H-07).
template <typename Change>
absl::Status ChangeOpenOrders(CaseWork& work, Change change) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  for (v1::CareOrder order : *orders) {
    if (!IsOpen(ToValue(order.state()))) continue;
    change(order);
    SAS_RETURN_IF_ERROR(SaveOrder(work.transaction(), order, work.now(), "order.updated",
                                  ActOf(work.call()), Count(order)));
  }
  work.Reload();
  return absl::OkStatus();
}

absl::Status TellOrders(CaseWork& work) {
  return ChangeOpenOrders(work, [&](v1::CareOrder& order) {
    order.set_repeat_call_count(order.repeat_call_count() + 1);
    *order.mutable_repeat_call_time() = ToTimestamp(work.now());
  });
}

// The order forgets this call; the mark is that of the latest other one that it was told of.
absl::Status UntellOrders(CaseWork& work, base::Instant attached,
                          const std::vector<AttachedCall>& others) {
  return ChangeOpenOrders(work, [&](v1::CareOrder& order) {
    const base::Instant made = ToInstant(order.create_time());
    if (made > attached || order.repeat_call_count() == 0) return;
    order.set_repeat_call_count(order.repeat_call_count() - 1);
    if (order.repeat_call_count() == 0) return order.clear_repeat_call_time();
    for (const AttachedCall& other : others) {  // Oldest first.
      if (other.attached >= made) *order.mutable_repeat_call_time() = ToTimestamp(other.attached);
    }
  });
}

absl::Status Attach(Desk& desk, CaseWork& work, v1::CallOrigin& call) {
  v1::RegulationCase& row = work.row();
  const BeforeCall before = Before(row);
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  SAS_RETURN_IF_ERROR(TakeWaiting(desk, work.transaction(), work.call(), row, call));
  SAS_RETURN_IF_ERROR(EndReturn(work, call));
  SAS_RETURN_IF_ERROR(CheckDialledIsOurs(call.dialled_number(), row, "call.dialled_number"));
  if (row.further_calls_size() >= kFurtherCallsMax) {
    return LimitReached("further_calls", kFurtherCallsMax);
  }
  v1::CallOrigin& added = *row.add_further_calls();
  added = call;
  *added.mutable_taken_by() = ToProto(work.call().actor);
  if (!added.has_pickup_time()) *added.mutable_pickup_time() = ToTimestamp(work.now());
  NameCalls(desk, row);
  // Somebody calls again about a dossier that needed no regulation: an ARM looks at it anew.
  if (row.priority() == v1::PRIORITY_NR) row.set_priority(v1::PRIORITY_UNSPECIFIED);
  work.Wait();
  SAS_RETURN_IF_ERROR(MarkReturned(work.transaction(), work.call(), RegionNameOf(row.name()),
                                   added.caller_phone_number()));
  SAS_RETURN_IF_ERROR(TellOrders(work));
  SAS_RETURN_IF_ERROR(KeepPaperForm(work, added.paper_form_number()));
  const std::string id = added.call_id();
  SAS_RETURN_IF_ERROR(
      work.Save("case.updated", "calls=" + std::to_string(1 + row.further_calls_size())));
  return work.transaction().KeepAttached(
      {row.name(), id, VersionOf(row.etag()), work.now(), before});
}

// The call, which is on the dossier no more. NOT_FOUND `CALL_NOT_FOUND`.
absl::StatusOr<v1::CallOrigin> TakeOff(v1::RegulationCase& row, const std::string& id) {
  auto& calls = *row.mutable_further_calls();
  const auto found = std::find_if(calls.begin(), calls.end(), [&](const v1::CallOrigin& call) {
    return !id.empty() && call.call_id() == id;
  });
  if (found == calls.end()) {
    return base::Fail(absl::StatusCode::kNotFound, "CALL_NOT_FOUND",
                      "no such call beside the first one of this dossier; read it again",
                      {{"call_id", id.substr(0, 64)}});
  }
  v1::CallOrigin call = *found;
  calls.erase(found);
  return call;
}

std::vector<KeptChange> ChangesOf(const v1::RegulationCase& row) {
  std::vector<KeptChange> changes;
  for (const v1::CaseChange& change : row.recent_changes()) {
    changes.push_back({change.version(), change.act()});
  }
  return changes;
}

// What is known of this call, and what of the others, oldest first. A call from before this was
// kept has only its pick-up: the wait that it began goes on.
absl::StatusOr<AttachedCall> KnownOf(CaseWork& work, const v1::CallOrigin& call,
                                     std::vector<AttachedCall>& others) {
  const std::string& name = work.row().name();
  SAS_ASSIGN_OR_RETURN(others, work.transaction().ListAttached(name));
  const auto found = std::find_if(others.begin(), others.end(), [&](const AttachedCall& each) {
    return each.call_id == call.call_id();
  });
  if (found == others.end()) {
    return AttachedCall{name, call.call_id(), 0, ToInstant(call.pickup_time()), {}};
  }
  AttachedCall known = *found;
  others.erase(found);
  SAS_RETURN_IF_ERROR(work.transaction().DropAttached(name, known.call_id));
  return known;
}

// The dossier without the call, as far as nobody has acted on it since.
absl::Status RestoreCase(const Desk& desk, CaseWork& work, const AttachedCall& call,
                         const std::vector<AttachedCall>& others) {
  v1::RegulationCase& row = work.row();
  const auto next = std::find_if(others.begin(), others.end(), [&](const AttachedCall& each) {
    return each.version > call.version;
  });
  const bool last = next == others.end();
  switch (EffectOf(ChangesOf(row), call, last ? 0 : next->version, VersionOf(row.etag()))) {
    case DetachEffect::kRestore:
      Restore(call.before, work);
      break;
    case DetachEffect::kPassOn: {
      AttachedCall later = *next;
      later.before = call.before;
      return work.transaction().KeepAttached(later);
    }
    case DetachEffect::kKeep:
      break;
  }
  return last ? ReopenReturn(work, desk.returns, call.before.lost_call) : absl::OkStatus();
}

// What the call would have opened by itself, had it not been attached; nobody knows yet who needs
// what. It waits since it was attached.
absl::StatusOr<CaseWork> OpenOwn(Desk& desk, CaseWork& first, const v1::CallOrigin& call,
                                 base::Instant attached) {
  v1::RegulationCase row;
  row.set_territory(first.row().territory());
  row.set_motif_code(kMotifNotAsked);
  row.set_filiere(first.row().filiere());
  *row.mutable_origin() = call;
  row.mutable_origin()->clear_waiting_call();  // Taken already, and moved in the end.
  row.add_patients();
  const Moment moment = desk.Now();
  SAS_ASSIGN_OR_RETURN(CaseWork own, OpenCase(desk, first.transaction(), first.call(), moment,
                                              RegionNameOf(first.row().name()), row));
  *own.row().mutable_origin() = call;  // Its own name, and who took it.
  own.row().set_priority(static_cast<v1::Priority>(OwnPriority(ToValue(first.row().priority()))));
  if (call.paper_form_number().empty()) {
    *own.row().mutable_wait_start_time() = ToTimestamp(std::min(attached, moment.now));
  }
  return own;
}

absl::StatusOr<v1::DetachCallResponse> Detach(Desk& desk, CaseWork& work,
                                              const v1::DetachCallRequest& request) {
  v1::RegulationCase& row = work.row();
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kNote));
  SAS_ASSIGN_OR_RETURN(const v1::CallOrigin call, TakeOff(row, request.call_id()));
  std::vector<AttachedCall> others;
  SAS_ASSIGN_OR_RETURN(const AttachedCall known, KnownOf(work, call, others));
  SAS_ASSIGN_OR_RETURN(CaseWork own, OpenOwn(desk, work, call, known.attached));
  SAS_RETURN_IF_ERROR(HandReturn(work, own, call));
  SAS_RETURN_IF_ERROR(RestoreCase(desk, work, known, others));
  SAS_RETURN_IF_ERROR(UntellOrders(work, known.attached, others));
  const auto note = [&](CaseWork& to, const std::string& number) {
    to.AddNote("Appel détaché (" + number + ") : " + request.reason(), true);
  };
  note(work, "a ouvert le dossier " + own.row().case_number());
  note(own, "venait du dossier " + row.case_number());
  if (!call.paper_form_number().empty()) {
    SAS_RETURN_IF_ERROR(
        work.transaction().DropPaperForm({row.territory(), call.paper_form_number(), row.name()}));
  }
  SAS_RETURN_IF_ERROR(
      work.Save("case.updated", "calls=" + std::to_string(1 + row.further_calls_size()) +
                                    " detached_to=" + own.row().name()));
  SAS_RETURN_IF_ERROR(SaveOpened(own));
  SAS_RETURN_IF_ERROR(MoveWaiting(work.transaction(), work.call(), call, own.row().name()));
  v1::DetachCallResponse response;
  SAS_ASSIGN_OR_RETURN(*response.mutable_regulation_case(), work.View());
  SAS_ASSIGN_OR_RETURN(*response.mutable_detached_case(), own.View());
  return response;
}

}  // namespace

absl::StatusOr<v1::RegulationCase> AttachCall(Desk& desk, const base::Call& call,
                                              const v1::AttachCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckOrigin(request.call(), "call", desk.Now()));
  bool attached = false;
  v1::CallOrigin origin;
  auto answer = OnCase(desk, call, request, request.name(), [&](CaseWork& work) -> absl::Status {
    origin = request.call();
    SAS_RETURN_IF_ERROR(Attach(desk, work, origin));
    attached = true;
    return absl::OkStatus();
  });
  if (answer.ok() && attached) {
    desk.metrics.Called(desk.lines.LabelOf(origin.dialled_number()));
    desk.metrics.Attached();
  }
  return answer;
}

absl::StatusOr<v1::DetachCallResponse> DetachCall(Desk& desk, const base::Call& call,
                                                  const v1::DetachCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  bool detached = false;
  auto answer = ledger::WriteOnce<v1::DetachCallResponse>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::DetachCallResponse> {
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, desk.clock.Now(), request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, call.actor, request.etag(), work.row()));
        detached = true;
        return Detach(desk, work, request);
      });
  if (answer.ok() && detached) {
    desk.metrics.Created();
    desk.metrics.Detached();
  }
  return answer;
}

}  // namespace sas::regulation::acts
