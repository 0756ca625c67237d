#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/room_board.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {

absl::Status MarkReturned(RegulationTransaction& transaction, const base::Call& call,
                          const std::string& parent, const std::string& number) {
  if (number.empty()) return absl::OkStatus();
  const std::string region(base::RegionOf(parent));
  while (true) {
    SAS_ASSIGN_OR_RETURN(auto lost, transaction.FindLostCall(region, number));
    if (!lost) return absl::OkStatus();
    lost->set_state(v1::LostCall::STATE_DONE);
    SAS_RETURN_IF_ERROR(transaction.PutLostCall(*lost));
    SAS_RETURN_IF_ERROR(
        RecordLostCall(transaction, *lost, {"lost_call.resolved", ActOf(call), "by=called_again"}));
  }
}

namespace acts {
namespace {

constexpr std::chrono::minutes kJoinWindow{30};  // Calls of one number are one entry.

bool Joins(const v1::LostCall& earlier, base::Instant arrival) {
  return std::chrono::abs(arrival - ToInstant(earlier.arrival_time())) <= kJoinWindow;
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
        SAS_ASSIGN_OR_RETURN(auto lost,
                             transaction.FindLostCall(std::string(base::RegionOf(request.parent())),
                                                      proto.phone_number()));
        if (!lost || !Joins(*lost, arrival)) {
          lost = proto;
          lost->set_name(request.parent() + "/lostCalls/" + base::MakeId(desk.clock, desk.random));
          lost->set_state(v1::LostCall::STATE_TO_CALL);
          *lost->mutable_arrival_time() = ToTimestamp(arrival);
        }
        lost->set_call_count(lost->call_count() + 1);
        SAS_RETURN_IF_ERROR(transaction.PutLostCall(*lost));
        SAS_RETURN_IF_ERROR(regulation::RecordLostCall(
            transaction, *lost,
            {"lost_call.recorded", ActOf(call), "calls=" + std::to_string(lost->call_count())}));
        return *lost;
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
        for (v1::LostCall& lost : calls) *response.add_lost_calls() = std::move(lost);
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::LostCall> ResolveLostCall(Desk& desk, const base::Call& call,
                                             const v1::ResolveLostCallRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*/lostCalls/*", request.name(), "name"));
  return ledger::WriteOnce<v1::LostCall>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::LostCall> {
        SAS_ASSIGN_OR_RETURN(v1::LostCall lost, transaction.GetLostCall(request.name()));
        SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, lost.territory()));
        if (lost.state() == v1::LostCall::STATE_DONE) {
          return base::Fail(absl::StatusCode::kFailedPrecondition, "LOST_CALL_DONE",
                            "somebody has returned this call already");
        }
        lost.set_state(v1::LostCall::STATE_DONE);
        SAS_RETURN_IF_ERROR(transaction.PutLostCall(lost));
        SAS_RETURN_IF_ERROR(regulation::RecordLostCall(
            transaction, lost, {"lost_call.resolved", ActOf(call), "by=returned"}));
        return lost;
      });
}

absl::StatusOr<v1::Board> GetBoard(Desk& desk, const base::Call& call,
                                   const v1::GetBoardRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const auto territories, TerritoriesOf(call.actor, request.territory()));
  const base::Instant now = desk.clock.Now();
  RoomCount room;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(
            room,
            transaction.CountRoom(std::string(base::RegionOf(request.parent())), territories, now));
        return absl::OkStatus();
      }));
  return ToBoard(room, now);
}

}  // namespace acts
}  // namespace sas::regulation
