#include <optional>
#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/call_return.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation::acts {
namespace {

constexpr char kLostCallName[] = "regions/*/lostCalls/*";

bool PlaceKnown(const sas::type::v1::Place& place) {
  return !place.address_line().empty() ||
         (place.has_point() && place.precision() >= sas::type::v1::GEO_PRECISION_STREET);
}

bool ProposesSending(const v1::RegulationCase& row) {
  return regulation::ProposesSending(ToValue(row.priority()), PlaceKnown(row.patient_place()));
}

absl::StatusOr<v1::LostCall> Shown(RegulationTransaction& transaction, v1::LostCall lost,
                                   base::Instant now) {
  if (!IsLive(ToValue(lost.claim()), now)) lost.clear_claim();
  if (lost.regulation_case().empty()) return lost;
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(lost.regulation_case()));
  lost.set_sending_proposed(lost.state() == v1::LostCall::STATE_TO_CALL && ProposesSending(row));
  return lost;
}

// One entry for a dossier; a call from its number that nobody had answered becomes it. Only another
// caller who hangs up while the first one is not reached has a second one.
absl::StatusOr<v1::LostCall> EntryOf(const Desk& desk, CaseWork& work) {
  v1::RegulationCase& row = work.row();
  const std::string parent = RegionNameOf(row.name());
  const std::string number = CallBackNumber(LatestCall(row));
  if (!row.lost_call().empty()) {
    SAS_ASSIGN_OR_RETURN(v1::LostCall lost, work.transaction().GetLostCall(row.lost_call()));
    if (number.empty() || lost.phone_number() == number) {
      BeginReturn(desk.returns, work.now(), lost);
      return lost;
    }
  }
  std::optional<v1::LostCall> known;
  if (!number.empty()) {
    SAS_ASSIGN_OR_RETURN(
        known, work.transaction().FindLostCall(std::string(base::RegionOf(parent)), number));
  }
  const bool told = known && known->regulation_case() == row.name();
  const bool join = told || (known && known->regulation_case().empty());
  v1::LostCall lost = join ? *known : NewLost(desk, parent, work.now());
  lost.set_phone_number(number);
  lost.set_territory(row.territory());
  lost.set_regulation_case(row.name());
  BeginReturn(desk.returns, work.now(), lost);
  if (row.lost_call().empty()) row.set_lost_call(lost.name());
  if (told) return lost;
  work.AddNote(ProposesSending(row)
                   ? "L'appelant a raccroché : contre-appel à faire, envoi de moyens proposé"
                   : "L'appelant a raccroché : contre-appel à faire",
               true);
  return lost;
}

absl::StatusOr<v1::LostCall> HangUp(const Desk& desk, CaseWork& work) {
  if (work.row().state() != v1::RegulationCase::STATE_ACTIVE) {
    return base::Fail(
        absl::StatusCode::kFailedPrecondition, "CASE_STATE_FORBIDS",
        "the dossier's state does not allow this act",
        {{"state", std::string(CaseStateCode(ToValue(work.row().state())))}, {"act", "hang_up"}});
  }
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, EntryOf(desk, work));
  lost.set_call_count(lost.call_count() + 1);
  const std::string calls = "calls=" + std::to_string(lost.call_count());
  SAS_RETURN_IF_ERROR(
      SaveLost(work.transaction(), lost, {"lost_call.hung_up", ActOf(work.call()), calls}));
  SAS_RETURN_IF_ERROR(work.Save("case.updated", "hung_up=yes " + calls));
  return Shown(work.transaction(), std::move(lost), work.now());
}

// Open, of the caller's territory, and the one on his screen.
absl::StatusOr<v1::LostCall> OpenLost(const Desk& desk, RegulationTransaction& transaction,
                                      const base::Call& call, const std::string& name,
                                      const std::string& etag) {
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, transaction.GetLostCall(name));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, lost.territory()));
  if (lost.state() != v1::LostCall::STATE_TO_CALL) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "LOST_CALL_DONE",
                      "somebody has returned this call already");
  }
  SAS_RETURN_IF_ERROR(CheckSeen(desk, etag, lost.name(), lost.etag()));
  return lost;
}

// Nobody else calls him now.
absl::Status CheckNotTaken(const Desk& desk, const base::Call& call, const v1::LostCall& lost) {
  return regulation::CheckNotTaken(ToValue(lost.claim()), call.actor.subject, desk.clock.Now(),
                                   Claimable::kLostCall);
}

// The dossier forgets the return, too, and says how it ended.
absl::Status End(const Desk& desk, const base::Call& call, RegulationTransaction& transaction,
                 v1::LostCall& lost, v1::LostCall::State state, const std::string& by) {
  SAS_RETURN_IF_ERROR(EndLost(transaction, call, lost, state, by));
  if (lost.regulation_case().empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(CaseWork work,
                       CaseWork::Open(transaction, call, desk.clock.Now(), lost.regulation_case()));
  if (work.row().lost_call() != lost.name()) return absl::OkStatus();
  work.row().clear_lost_call();
  if (!lost.end_reason().empty()) {
    work.AddNote("Contre-appel terminé : " + lost.end_reason(), false);
  }
  return work.Save("case.updated", "call_return=" + by);
}

v1::LostCall::State StateAfter(ReturnEnd end) {
  return end == ReturnEnd::kGivenUp ? v1::LostCall::STATE_GIVEN_UP : v1::LostCall::STATE_DONE;
}

const char* NameOf(ReturnEnd end) {
  switch (end) {
    case ReturnEnd::kMeansSent:
      return "means_sent";
    case ReturnEnd::kGivenUp:
      return "given_up";
    default:
      return "returned";
  }
}

}  // namespace

absl::StatusOr<v1::LostCall> RecordLostCall(Desk& desk, const base::Call& call,
                                            const v1::RecordLostCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  const Moment moment = desk.Now();
  const v1::LostCall& proto = request.lost_call();
  SAS_RETURN_IF_ERROR(CheckLostCall(proto, moment));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, proto.territory()));
  const base::Instant arrival =
      proto.has_arrival_time() ? ToInstant(proto.arrival_time()) : moment.now;
  return ledger::WriteOnce<v1::LostCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::LostCall> {
        v1::LostCall asked = proto;
        *asked.mutable_arrival_time() = ToTimestamp(arrival);
        SAS_ASSIGN_OR_RETURN(v1::LostCall lost, AddLost(desk, transaction, call, request.parent(),
                                                        asked, "lost_call.recorded"));
        return Shown(transaction, std::move(lost), desk.clock.Now());
      });
}

absl::StatusOr<v1::LostCall> RecordHangUp(Desk& desk, const base::Call& call,
                                          const v1::RecordHangUpRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.name(), "name"));
  return ledger::WriteOnce<v1::LostCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::LostCall> {
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, desk.clock.Now(), request.name()));
        return HangUp(desk, work);
      });
}

absl::StatusOr<v1::ListLostCallsResponse> ListLostCalls(Desk& desk, const base::Call& call,
                                                        const v1::ListLostCallsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  LostCallQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  query.territories = call.actor.territories;
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  v1::ListLostCallsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto calls, transaction.ListLostCalls(query));
        const bool more = calls.size() > static_cast<std::size_t>(page.size);
        if (more) calls.pop_back();
        if (more) response.set_next_page_token(WritePage(page, {ListKeyOf(calls.back()), {}}));
        for (v1::LostCall& lost : calls) {
          SAS_ASSIGN_OR_RETURN(*response.add_lost_calls(),
                               Shown(transaction, std::move(lost), desk.clock.Now()));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::LostCall> ClaimLostCall(Desk& desk, const base::Call& call,
                                           const v1::ClaimLostCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kLostCallName, request.name(), "name"));
  return ledger::WriteOnce<v1::LostCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::LostCall> {
        const base::Instant now = desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::LostCall lost,
                             OpenLost(desk, transaction, call, request.name(), request.etag()));
        SAS_ASSIGN_OR_RETURN(
            const ClaimValue claim,
            Take(ToValue(lost.claim()), call.actor, kLostCallLease, now, Claimable::kLostCall));
        *lost.mutable_claim() = ToProto(claim);
        SAS_RETURN_IF_ERROR(
            SaveLost(transaction, lost,
                     {"lost_call.claimed", ActOf(call), "claim=" + std::to_string(claim.version)}));
        return Shown(transaction, std::move(lost), now);
      });
}

absl::StatusOr<v1::LostCall> RecordCallReturn(Desk& desk, const base::Call& call,
                                              const v1::RecordCallReturnRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kLostCallName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckCallResult(request.result()));
  return ledger::WriteOnce<v1::LostCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::LostCall> {
        SAS_ASSIGN_OR_RETURN(v1::LostCall lost,
                             OpenLost(desk, transaction, call, request.name(), request.etag()));
        SAS_RETURN_IF_ERROR(CheckNotTaken(desk, call, lost));
        *lost.mutable_claim() = ToProto(Free(ToValue(lost.claim())));
        const ReturnState after = AddCall(desk.returns, ReturnStateOf(lost), request.result(), call,
                                          desk.clock.Now(), *lost.mutable_returns());
        if (request.result() == v1::CallReturn::RESULT_REACHED) {
          SAS_RETURN_IF_ERROR(
              End(desk, call, transaction, lost, v1::LostCall::STATE_DONE, "returned"));
        } else {
          KeepReturn(desk.returns, after, lost);
          SAS_RETURN_IF_ERROR(
              SaveLost(transaction, lost,
                       {"lost_call.tried", ActOf(call),
                        "counted=" + std::to_string(lost.counted_returns()) +
                            " result=" + v1::CallReturn::Result_Name(request.result()).substr(7)}));
        }
        return Shown(transaction, std::move(lost), desk.clock.Now());
      });
}

absl::StatusOr<v1::LostCall> ResolveLostCall(Desk& desk, const base::Call& call,
                                             const v1::ResolveLostCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kLostCallName, request.name(), "name"));
  if (!request.reason().empty()) SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  const auto end = static_cast<ReturnEnd>(request.outcome());
  return ledger::WriteOnce<v1::LostCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::LostCall> {
        SAS_ASSIGN_OR_RETURN(v1::LostCall lost,
                             OpenLost(desk, transaction, call, request.name(), request.etag()));
        const bool decides =
            IsRegulator(call.actor.role) || call.actor.role == base::Role::kSupervisor;
        if (!decides) SAS_RETURN_IF_ERROR(CheckNotTaken(desk, call, lost));
        SAS_RETURN_IF_ERROR(CheckReturnEnd(desk.returns, ReturnStateOf(lost), end, call.actor.role,
                                           !request.reason().empty()));
        lost.set_end_reason(request.reason());
        SAS_RETURN_IF_ERROR(End(desk, call, transaction, lost, StateAfter(end), NameOf(end)));
        return Shown(transaction, std::move(lost), desk.clock.Now());
      });
}

}  // namespace sas::regulation::acts
