#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/paging.h"
#include "services/regulation/pickup_acts.h"
#include "services/regulation/shape_case.h"
#include "services/regulation/waiting_calls.h"

namespace sas::regulation::acts {
namespace {

absl::Status CheckReference(const std::string& reference, const std::string& field) {
  if (base::IsRequestId(reference)) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_CODE", "1 to 64 of letters, digits, '.', '_' and '-'");
}

absl::Status CheckAnnounced(const v1::WaitingCall& proto, const Moment& moment) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckUnset(proto,
                      {"name", "state", "call_count", "known_case", "picked_up_by", "pickup_time",
                       "regulation_case", "lost_call", "etag", "end_time"},
                      "waiting_call"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.territory(), "waiting_call.territory"));
  SAS_RETURN_IF_ERROR(CheckReference(proto.call_reference(), "waiting_call.call_reference"));
  SAS_RETURN_IF_ERROR(care::CheckCode(care::Origines(), "origine", proto.origine_code(),
                                      "waiting_call.origine_code"));
  if (!proto.phone_number().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckPhoneNumber(proto.phone_number(), "waiting_call.phone_number"));
  }
  v1::CallOrigin origin = OriginOf(proto);
  origin.set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);  // Which one the dossier says.
  return CheckOrigin(origin, "waiting_call", moment);
}

// The number and where its telephone is are shown to who picked up.
v1::WaitingCall Shown(v1::WaitingCall waiting, const base::Actor& viewer) {
  if (waiting.picked_up_by().subject() == viewer.subject) return waiting;
  waiting.clear_phone_number();
  waiting.clear_telephone_point();
  waiting.clear_telephone_accuracy_meters();
  waiting.clear_known_case();
  return waiting;
}

absl::StatusOr<Ringing> RingingOf(RegulationTransaction& transaction, const std::string& region,
                                  const v1::WaitingCall& waiting) {
  const base::Instant arrival = ToInstant(waiting.arrival_time());
  SAS_ASSIGN_OR_RETURN(const auto rows, transaction.pickups().ListOfNumber(
                                            region, waiting.phone_number(), arrival - kRingsAgain));
  std::vector<WaitingValue> earlier;
  for (const WaitingRow& row : rows) earlier.push_back(ToValue(row));
  return RingingAfter(earlier, arrival);
}

absl::Status CheckRoom(RegulationTransaction& transaction, const std::string& region,
                       const std::string& territory) {
  SAS_ASSIGN_OR_RETURN(const int ringing, transaction.pickups().CountRinging(region, territory));
  if (ringing < kRingingCallsMax) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kResourceExhausted, "TOO_MANY_RINGING",
                    "more calls ring in this territory than the queue holds: answer them by the "
                    "telephone system, and ask neighbours for help",
                    {{"territory", territory}, {"maximum", std::to_string(kRingingCallsMax)}});
}

absl::StatusOr<v1::WaitingCall> Announce(Desk& desk, RegulationTransaction& transaction,
                                         const base::Call& call,
                                         const v1::AnnounceCallRequest& request) {
  const base::Instant now = desk.clock.Now();
  const std::string region(base::RegionOf(request.parent()));
  const v1::WaitingCall& asked = request.waiting_call();
  SAS_ASSIGN_OR_RETURN(auto known,
                       transaction.pickups().FindReference(region, asked.call_reference()));
  if (known && IsSameCall(ToValue(*known), now)) {
    SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, known->call.territory()));
    return Shown(std::move(known->call), call.actor);
  }
  SAS_RETURN_IF_ERROR(CheckRoom(transaction, region, asked.territory()));
  WaitingRow row{asked, false};
  row.call.set_name(request.parent() + "/waitingCalls/" + base::MakeId(desk.clock, desk.random));
  row.call.set_state(v1::WaitingCall::STATE_RINGING);
  if (!asked.has_arrival_time()) *row.call.mutable_arrival_time() = ToTimestamp(now);
  SAS_ASSIGN_OR_RETURN(const Ringing ringing, RingingOf(transaction, region, row.call));
  row.call.set_call_count(ringing.calls);
  row.again = ringing.again;
  SAS_RETURN_IF_ERROR(SaveWaiting(transaction, call, row, "waiting_call.announced",
                                  "state=RINGING calls=" + std::to_string(ringing.calls)));
  return Shown(std::move(row.call), call.actor);
}

// The newest open dossier of the number, where the caller of the RPC works.
absl::StatusOr<std::string> KnownCase(RegulationTransaction& transaction, const base::Call& call,
                                      base::Instant now, const v1::WaitingCall& waiting) {
  if (waiting.phone_number().empty()) return std::string();
  RepeatQuery query;
  query.region = std::string(base::RegionOf(waiting.name()));
  query.territories = call.actor.territories;
  query.call.number = waiting.phone_number();
  query.call.now = now;
  SAS_ASSIGN_OR_RETURN(const auto rows, transaction.FindRepeated(query));
  for (const v1::RegulationCase& row : rows) {
    if (RepeatFactsOf(row).open) return row.name();
  }
  return std::string();
}

absl::StatusOr<v1::WaitingCall> PickUp(Desk& desk, RegulationTransaction& transaction,
                                       const base::Call& call, WaitingRow row) {
  const base::Instant now = desk.clock.Now();
  v1::WaitingCall& waiting = row.call;
  MarkAnswered(call, now, waiting);
  waiting.set_state(v1::WaitingCall::STATE_PICKED_UP);
  SAS_ASSIGN_OR_RETURN(*waiting.mutable_known_case(), KnownCase(transaction, call, now, waiting));
  SAS_RETURN_IF_ERROR(SaveWaiting(transaction, call, row, "waiting_call.picked_up",
                                  "state=PICKED_UP calls=" + std::to_string(waiting.call_count())));
  return waiting;
}

absl::Status NotRinging(const v1::WaitingCall& waiting) {
  if (waiting.state() == v1::WaitingCall::STATE_LOST) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "CALLER_HUNG_UP",
                      "he has hung up: call him back from the list of calls to return",
                      {{"lost_call", waiting.lost_call()}});
  }
  const auto role = static_cast<base::Role>(waiting.picked_up_by().role());
  return base::Fail(absl::StatusCode::kAborted, "CALL_PICKED_UP",
                    "a colleague speaks with this caller; take another call",
                    {{"owner", waiting.picked_up_by().subject()},
                     {"owner_role", std::string(base::RoleName(role))}});
}

absl::StatusOr<WaitingRow> Meant(RegulationTransaction& transaction,
                                 const v1::EndWaitingCallRequest& request) {
  if (base::LastId(request.name()) != "-") return transaction.pickups().GetWaiting(request.name());
  const std::string region(base::RegionOf(request.name()));
  SAS_ASSIGN_OR_RETURN(auto found,
                       transaction.pickups().FindReference(region, request.call_reference()));
  if (!found) return WaitingCallNotFound(request.name());
  return *std::move(found);
}

}  // namespace

absl::StatusOr<v1::WaitingCall> AnnounceCall(Desk& desk, const base::Call& call,
                                             const v1::AnnounceCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckAnnounced(request.waiting_call(), desk.Now()));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, request.waiting_call().territory()));
  return ledger::WriteOnce<v1::WaitingCall>(desk.store, call, request,
                                            [&](RegulationTransaction& transaction) {
                                              return Announce(desk, transaction, call, request);
                                            });
}

absl::StatusOr<v1::WaitingCall> PickUpNextCall(Desk& desk, const base::Call& call,
                                               const v1::PickUpNextCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  WaitingQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  return ledger::WriteOnce<v1::WaitingCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::WaitingCall> {
        SAS_ASSIGN_OR_RETURN(const std::string name, transaction.pickups().NextRinging(query));
        if (name.empty()) {
          return base::Fail(absl::StatusCode::kNotFound, "NOBODY_RINGS",
                            "nobody rings: calls to return are in their own list");
        }
        SAS_ASSIGN_OR_RETURN(WaitingRow row, transaction.pickups().GetWaiting(name));
        return PickUp(desk, transaction, call, std::move(row));
      });
}

absl::StatusOr<v1::WaitingCall> PickUpCall(Desk& desk, const base::Call& call,
                                           const v1::PickUpCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kWaitingName, request.name(), "name"));
  return ledger::WriteOnce<v1::WaitingCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::WaitingCall> {
        SAS_ASSIGN_OR_RETURN(WaitingRow row, transaction.pickups().GetWaiting(request.name()));
        SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.call.territory()));
        const bool own = row.call.state() == v1::WaitingCall::STATE_PICKED_UP &&
                         row.call.picked_up_by().subject() == call.actor.subject;
        if (own) return row.call;  // A second click.
        if (!After(ToValue(row).state, WaitingAct::kPickUp)) return NotRinging(row.call);
        return PickUp(desk, transaction, call, std::move(row));
      });
}

absl::StatusOr<v1::WaitingCall> EndWaitingCall(Desk& desk, const base::Call& call,
                                               const v1::EndWaitingCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*/waitingCalls/*-", request.name(), "name"));
  if (base::LastId(request.name()) == "-") {
    SAS_RETURN_IF_ERROR(CheckReference(request.call_reference(), "call_reference"));
  }
  const Moment moment = desk.Now();
  SAS_RETURN_IF_ERROR(CheckPast(request.end_time(), "end_time", moment));
  const base::Instant end = request.has_end_time() ? ToInstant(request.end_time()) : moment.now;
  return ledger::WriteOnce<v1::WaitingCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::WaitingCall> {
        SAS_ASSIGN_OR_RETURN(WaitingRow row, Meant(transaction, request));
        SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.call.territory()));
        SAS_RETURN_IF_ERROR(After(ToValue(row).state, WaitingAct::kEnd)
                                ? LoseWaiting(desk, transaction, call, row, end)
                                : EndTalk(transaction, call, row, end));
        return Shown(std::move(row.call), call.actor);
      });
}

absl::StatusOr<v1::ListWaitingCallsResponse> ListWaitingCalls(
    Desk& desk, const base::Call& call, const v1::ListWaitingCallsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  WaitingQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  v1::ListWaitingCallsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.pickups().ListWaiting(query));
        if (static_cast<int>(rows.size()) > page.size) {
          rows.pop_back();
          response.set_next_page_token(WritePage(page, {KeyOf(ToValue(rows.back())), {}}));
        }
        for (WaitingRow& row : rows) {
          *response.add_waiting_calls() = Shown(std::move(row.call), call.actor);
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
