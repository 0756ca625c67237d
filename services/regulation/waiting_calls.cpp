#include "services/regulation/waiting_calls.h"

#include <utility>
#include <vector>

#include "common/base/bound_etag.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/marks.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/shape_case.h"

namespace sas::regulation {
namespace {

constexpr int kPage = 200;

// What the request says stays; what it leaves open is the ringing call's.
void Fill(const v1::WaitingCall& waiting, v1::CallOrigin& origin) {
  v1::CallOrigin filled = OriginOf(waiting);
  if (origin.has_arrival_time()) filled.clear_arrival_time();
  if (origin.has_pickup_time()) filled.clear_pickup_time();
  if (origin.has_telephone_point()) {
    filled.clear_telephone_point();
    filled.clear_telephone_accuracy_meters();
  }
  filled.MergeFrom(origin);
  origin.Swap(&filled);
}

// He hung up after somebody had answered, and before there was a dossier. Where another caller is
// to be called back, too, each has his entry.
absl::Status JoinReturn(RegulationTransaction& transaction, const base::Call& call,
                        const v1::WaitingCall& waiting, v1::RegulationCase& row) {
  const bool cut = !waiting.lost_call().empty() && waiting.has_pickup_time();
  if (!cut) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(v1::LostCall lost, transaction.GetLostCall(waiting.lost_call()));
  const bool open = lost.state() == v1::LostCall::STATE_TO_CALL && lost.regulation_case().empty();
  if (!open) return absl::OkStatus();
  lost.set_regulation_case(row.name());
  if (row.lost_call().empty()) row.set_lost_call(lost.name());
  return SaveLost(transaction, lost, {"lost_call.moved", ActOf(call), "by=case_opened"});
}

absl::Status EndOldRing(Desk& desk, const base::Call& call, const std::string& name) {
  return desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(WaitingRow row, transaction.pickups().GetWaiting(name));
    if (!IsForgotten(ToValue(row), desk.clock.Now())) return absl::OkStatus();
    return LoseWaiting(desk, transaction, call, row, desk.clock.Now());
  });
}

}  // namespace

absl::Status SaveWaiting(RegulationTransaction& transaction, const base::Call& call,
                         WaitingRow& row, const std::string& event, const std::string& detail) {
  v1::WaitingCall& waiting = row.call;
  waiting.set_etag(base::BoundEtag(waiting.name(), VersionOf(waiting.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction.pickups().PutWaiting(row));
  return RecordPlain(transaction, waiting.name(), waiting.territory(),
                     {event, ActOf(call), detail});
}

void MarkAnswered(const base::Call& call, base::Instant now, v1::WaitingCall& waiting) {
  *waiting.mutable_picked_up_by() = ToProto(call.actor);
  *waiting.mutable_pickup_time() = ToTimestamp(now);
}

v1::CallOrigin OriginOf(const v1::WaitingCall& waiting) {
  v1::CallOrigin origin;
  origin.set_origine_code(waiting.origine_code());
  origin.set_caller_phone_number(waiting.phone_number());
  origin.set_dialled_number(waiting.dialled_number());
  origin.set_telephone_accuracy_meters(waiting.telephone_accuracy_meters());
  if (waiting.has_arrival_time()) *origin.mutable_arrival_time() = waiting.arrival_time();
  if (waiting.has_pickup_time()) *origin.mutable_pickup_time() = waiting.pickup_time();
  if (waiting.has_telephone_point()) *origin.mutable_telephone_point() = waiting.telephone_point();
  return origin;
}

absl::Status TakeWaiting(const Desk& desk, RegulationTransaction& transaction,
                         const base::Call& call, v1::RegulationCase& row, v1::CallOrigin& origin) {
  const std::string name = origin.waiting_call();
  if (name.empty()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(CheckName(call, kWaitingName, name, "waiting_call"));
  if (!PicksUp(call.actor.role) || base::RegionOf(name) != base::RegionOf(row.name())) {
    return WaitingCallNotFound(name);
  }
  SAS_ASSIGN_OR_RETURN(WaitingRow waiting, transaction.pickups().GetWaiting(name));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, waiting.call.territory()));
  const auto after = After(ToValue(waiting).state, WaitingAct::kOpenCase);
  if (!after) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "WAITING_CALL_USED",
                      "this call has its dossier already: go on with the one that is named",
                      {{"regulation_case", waiting.call.regulation_case()}});
  }
  SAS_RETURN_IF_ERROR(JoinReturn(transaction, call, waiting.call, row));
  if (!waiting.call.has_pickup_time()) MarkAnswered(call, desk.clock.Now(), waiting.call);
  waiting.call.set_state(static_cast<v1::WaitingCall::State>(*after));
  waiting.call.set_regulation_case(row.name());
  Fill(waiting.call, origin);
  SAS_RETURN_IF_ERROR(CheckDialledIsOurs(origin.dialled_number(), row, "dialled_number"));
  return SaveWaiting(transaction, call, waiting, "waiting_call.on_case", "state=ON_CASE");
}

absl::Status MoveWaiting(RegulationTransaction& transaction, const base::Call& call,
                         const v1::CallOrigin& origin, const std::string& own_case) {
  if (origin.waiting_call().empty()) return absl::OkStatus();
  auto row = transaction.pickups().GetWaiting(origin.waiting_call());
  if (absl::IsNotFound(row.status())) return absl::OkStatus();  // Forgotten since (kSettledKept).
  SAS_RETURN_IF_ERROR(row.status());
  row->call.set_regulation_case(own_case);
  return SaveWaiting(transaction, call, *row, "waiting_call.on_case", "state=ON_CASE");
}

absl::Status LoseWaiting(const Desk& desk, RegulationTransaction& transaction,
                         const base::Call& call, WaitingRow& row, base::Instant end) {
  v1::WaitingCall& waiting = row.call;
  const bool answered = waiting.has_pickup_time();
  const base::Instant until = answered ? ToInstant(waiting.pickup_time()) : end;
  v1::LostCall asked;
  asked.set_phone_number(waiting.phone_number());
  asked.set_territory(waiting.territory());
  asked.set_origine_code(waiting.origine_code());
  *asked.mutable_arrival_time() = waiting.arrival_time();
  asked.set_ring_seconds(RingSeconds(ToInstant(waiting.arrival_time()), until));
  const std::string parent = "regions/" + std::string(base::RegionOf(waiting.name()));
  SAS_ASSIGN_OR_RETURN(
      const v1::LostCall lost,
      AddLost(desk, transaction, call, parent, asked,
              answered ? "lost_call.hung_up" : "lost_call.recorded"));  // No lost call of figures.
  waiting.set_state(v1::WaitingCall::STATE_LOST);
  waiting.set_lost_call(lost.name());
  return SaveWaiting(transaction, call, row, "waiting_call.lost",
                     "state=LOST rang=" + std::to_string(asked.ring_seconds()));
}

absl::Status EndTalk(RegulationTransaction& transaction, const base::Call& call, WaitingRow& row,
                     base::Instant end) {
  v1::WaitingCall& waiting = row.call;
  const bool talks = waiting.state() == v1::WaitingCall::STATE_ON_CASE && !waiting.has_end_time();
  if (!talks || end < ToInstant(waiting.pickup_time())) return absl::OkStatus();
  *waiting.mutable_end_time() = ToTimestamp(end);
  SAS_RETURN_IF_ERROR(
      SaveWaiting(transaction, call, row, "waiting_call.ended", "state=ON_CASE ended=yes"));
  return MarkTalk(transaction, waiting);
}

absl::Status EndOldRings(Desk& desk, const base::Call& call) {
  std::vector<std::string> old;
  WaitingQuery query;
  query.limit = kPage;
  std::vector<WaitingRow> rows;
  do {
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(rows, transaction.pickups().ListWaiting(query));
          return absl::OkStatus();
        }));
    for (const WaitingRow& row : rows) {
      if (IsForgotten(ToValue(row), desk.clock.Now())) old.push_back(row.call.name());
    }
    if (!rows.empty()) query.after = KeyOf(ToValue(rows.back()));
  } while (rows.size() == static_cast<std::size_t>(kPage));
  for (const std::string& name : old) SAS_RETURN_IF_ERROR(EndOldRing(desk, call, name));
  return absl::OkStatus();
}

absl::Status ForgetSettled(Desk& desk, const base::Call& call) {
  std::vector<std::string> names;
  do {
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(
              names, transaction.pickups().ListSettled(desk.clock.Now() - kSettledKept, kPage));
          return absl::OkStatus();
        }));
    if (names.empty()) break;
    SAS_RETURN_IF_ERROR(desk.store.Write(call, [&](RegulationTransaction& transaction) {
      return transaction.pickups().Drop(names);
    }));
  } while (names.size() == static_cast<std::size_t>(kPage));
  return absl::OkStatus();
}

}  // namespace sas::regulation
