#include "services/regulation/board_source.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/cursor.h"
#include "sas/events/v1/event.pb.h"
#include "services/regulation/board_rows.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

bool Later(const std::string& left, const std::string& right) {
  const auto a = ledger::ParseCursor(left);
  const auto b = ledger::ParseCursor(right);
  return a.ok() && b.ok() && *b < *a;
}

// Nothing for what has no line: the feed tells of shifts, protocols and more.
std::optional<BoardKind> KindOf(std::string_view name) {
  if (base::ParseName("regions/*/cases/*", name, "name").ok()) return BoardKind::kCase;
  if (base::ParseName("regions/*/cases/*/orders/*", name, "name").ok()) return BoardKind::kOrder;
  if (base::ParseName("regions/*/lostCalls/*", name, "name").ok()) return BoardKind::kLostCall;
  if (base::ParseName("regions/*/waitingCalls/*", name, "name").ok()) {
    return BoardKind::kWaitingCall;
  }
  return std::nullopt;
}

// All pages of one list: `page` reads what comes after a key and gives the last one.
template <typename Query, typename Page>
absl::Status ReadAll(Query query, Page page) {
  query.limit = BoardSource::kPageMax;
  while (true) {
    SAS_ASSIGN_OR_RETURN(const auto last, page(query));
    if (!last) return absl::OkStatus();
    query.after = *last;
  }
}

template <typename Row, typename KeyOfRow>
std::optional<QueueKey> PutAll(const std::vector<Row>& rows, KeyOfRow key, base::Instant now,
                               BoardBook& book) {
  for (const Row& row : rows) book.Put(ToLine(row), now);
  if (rows.size() < static_cast<std::size_t>(BoardSource::kPageMax)) return std::nullopt;
  return key(rows.back());
}

using LastKey = absl::StatusOr<std::optional<QueueKey>>;

absl::Status LoadRows(RegulationTransaction& transaction, const std::string& region,
                      base::Instant now, BoardBook& book) {
  CaseQuery cases;
  cases.region = region;
  cases.view = v1::CASE_LIST_VIEW_OPEN;
  cases.now = now;
  SAS_RETURN_IF_ERROR(ReadAll(cases, [&](const CaseQuery& query) -> LastKey {
    SAS_ASSIGN_OR_RETURN(const auto rows, transaction.ListCases(query));
    const auto key = [&](const auto& row) { return ListKeyOf(query, IndexOf(row)); };
    return PutAll(rows, key, now, book);
  }));
  OrderQuery orders;
  orders.region = region;
  SAS_RETURN_IF_ERROR(ReadAll(orders, [&](const OrderQuery& query) -> LastKey {
    SAS_ASSIGN_OR_RETURN(const auto rows, transaction.ListOrders(query));
    return PutAll(
        rows, [](const auto& row) { return ListKeyOf(row); }, now, book);
  }));
  LostCallQuery lost_calls;
  lost_calls.region = region;
  SAS_RETURN_IF_ERROR(ReadAll(lost_calls, [&](const LostCallQuery& query) -> LastKey {
    SAS_ASSIGN_OR_RETURN(const auto rows, transaction.ListLostCalls(query));
    return PutAll(
        rows, [](const auto& row) { return ListKeyOf(row); }, now, book);
  }));
  WaitingQuery ringing;
  ringing.region = region;
  ringing.ringing_only = true;
  return ReadAll(ringing, [&](const WaitingQuery& query) -> LastKey {
    SAS_ASSIGN_OR_RETURN(const auto rows, transaction.pickups().ListWaiting(query));
    return PutAll(
        rows, [](const auto& row) { return KeyOf(ToValue(row)); }, now, book);
  });
}

}  // namespace

absl::StatusOr<std::string> BoardSource::Load(const base::Call& call, const std::string& region,
                                              base::Instant now, BoardBook& book) {
  // The head first: what is committed while we read comes again by the feed, and changes nothing.
  SAS_ASSIGN_OR_RETURN(const std::string head, store_.feed().Head(call));
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) {
    book.Clear();  // The work may run more than once.
    return LoadRows(transaction, region, now, book);
  }));
  return head;
}

absl::Status BoardSource::ReadRow(RegulationTransaction& transaction, const std::string& name,
                                  Rows& rows) {
  const std::optional<BoardKind> kind = KindOf(name);
  if (!kind) return absl::OkStatus();
  switch (*kind) {
    case BoardKind::kOrder: {
      SAS_ASSIGN_OR_RETURN(const v1::CareOrder order, transaction.GetOrder(name));
      rows.lines.push_back(ToLine(order));
      return absl::OkStatus();
    }
    case BoardKind::kLostCall: {
      SAS_ASSIGN_OR_RETURN(const v1::LostCall lost_call, transaction.GetLostCall(name));
      if (lost_call.state() == v1::LostCall::STATE_TO_CALL) {
        rows.lines.push_back(ToLine(lost_call));
      } else {
        rows.gone.push_back(name);
      }
      return absl::OkStatus();
    }
    case BoardKind::kWaitingCall: {
      SAS_ASSIGN_OR_RETURN(const WaitingRow row, transaction.pickups().GetWaiting(name));
      if (row.call.state() == v1::WaitingCall::STATE_RINGING) {
        rows.lines.push_back(ToLine(row));
      } else {
        rows.gone.push_back(name);
      }
      return absl::OkStatus();
    }
    case BoardKind::kCase:
      break;
  }
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(name));
  rows.lines.push_back(ToLine(row));
  return absl::OkStatus();
}

absl::Status BoardSource::ReadRows(const base::Call& call, const std::vector<std::string>& names,
                                   base::Instant now, BoardBook& book) {
  if (names.empty()) return absl::OkStatus();
  Rows rows;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    rows = {};  // The work may run more than once.
    for (const std::string& name : names) {
      SAS_RETURN_IF_ERROR(ReadRow(transaction, name, rows));
    }
    return absl::OkStatus();
  }));
  // Only now: a read may share the transaction of a write that is undone in the end.
  for (BoardLine& line : rows.lines) book.Put(std::move(line), now);
  for (const std::string& name : rows.gone) book.Drop(name);
  return absl::OkStatus();
}

absl::StatusOr<BoardSource::Progress> BoardSource::Follow(const base::Call& call,
                                                          const std::string& region,
                                                          const std::string& cursor,
                                                          base::Instant now, BoardBook& book) {
  Progress progress;
  SAS_ASSIGN_OR_RETURN(const std::string head, store_.feed().Head(call));
  progress.cursor = cursor;
  if (head == cursor) return progress;
  SAS_ASSIGN_OR_RETURN(const auto events, store_.feed().Read(call, region, cursor, kPageMax));
  std::set<std::string> seen;
  std::vector<std::string> names;
  for (const ledger::StoredEvent& event : events) {
    if (seen.insert(event.subject).second) names.push_back(event.subject);
  }
  SAS_RETURN_IF_ERROR(ReadRows(call, names, now, book));
  if (!events.empty()) {
    progress.cursor = events.back().cursor;
    progress.oldest = events.front().record_time;
  }
  progress.more = events.size() == static_cast<std::size_t>(kPageMax);
  // A quiet region's cursor must not be trimmed away.
  if (!progress.more && Later(head, progress.cursor)) progress.cursor = head;
  return progress;
}

absl::StatusOr<BoardSource::Counted> BoardSource::Count(const base::Call& call,
                                                        const std::string& region,
                                                        const std::vector<std::string>& territories,
                                                        base::Instant now) {
  Counted counted;
  counted.at = now;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(counted.cursor, transaction.journal().Newest());
    SAS_ASSIGN_OR_RETURN(counted.room, transaction.CountRoom(region, territories, now));
    return absl::OkStatus();
  }));
  return counted;
}

absl::StatusOr<std::optional<std::vector<std::string>>> BoardSource::Touched(
    const base::Call& call, const std::string& region, const std::string& cursor,
    const BoardScope& scope) {
  std::vector<std::string> names;
  std::string at = cursor;
  for (int read = 0; read <= kResumeMax; read += kResumePage) {
    SAS_ASSIGN_OR_RETURN(const auto events,
                         store_.feed().ReadUnsettled(call, region, at, kResumePage));
    if (read == kResumeMax && !events.empty()) break;  // More than one may have missed.
    for (const ledger::StoredEvent& stored : events) {
      sas::events::v1::Event event;
      if (!event.ParseFromString(stored.payload)) continue;  // The line is read all the same.
      const std::optional<BoardKind> kind = KindOf(stored.subject);
      if (!kind) continue;
      BoardShape shape;
      shape.kind = *kind;
      shape.visible = true;
      shape.territory = event.territory();
      shape.offered_to = event.regulation_case().offered_to();
      if (Sees(scope, shape)) names.push_back(stored.subject);
    }
    if (events.size() < static_cast<std::size_t>(kResumePage)) {
      return std::optional(std::move(names));
    }
    at = events.back().cursor;
  }
  return std::optional<std::vector<std::string>>();
}

}  // namespace sas::regulation
