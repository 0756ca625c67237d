#include <chrono>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/exchange_acts.h"
#include "services/regulation/exchange_work.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/paging.h"

namespace sas::regulation {
namespace {

// What a colleague has read leaves the lists of the others after this.
constexpr std::chrono::hours kReadByOthers{7 * 24};

// One row more than the page was read: is there a next page, and where does it begin?
template <typename Time>
void CutPage(std::vector<v1::CaseExchange>& rows, const PageRequest& page, base::Instant now,
             Time time_of, std::string* next_page_token) {
  if (static_cast<int>(rows.size()) <= page.size) return;
  rows.resize(static_cast<std::size_t>(page.size));
  ListPosition next;
  next.now = now;
  next.key.wait_start_us = time_of(rows.back()).time_since_epoch().count();
  next.key.name = rows.back().name();
  *next_page_token = WritePage(page, next);
}

// Sets where the query goes on.
template <typename Query>
void GoOn(const PageRequest& page, Query& query) {
  query.limit = page.size + 1;
  if (!page.position) return;
  query.after_time = base::Instant(std::chrono::microseconds(page.position->key.wait_start_us));
  query.after_name = page.position->key.name;
}

// What `reader` sees of a page of exchanges.
absl::Status ShowAll(RegulationTransaction& transaction, std::vector<v1::CaseExchange> rows,
                     const base::Actor& reader,
                     google::protobuf::RepeatedPtrField<v1::CaseExchange>* shown) {
  for (v1::CaseExchange& row : rows) {
    SAS_ASSIGN_OR_RETURN(*shown->Add(), ShowExchange(transaction, std::move(row), reader));
  }
  return absl::OkStatus();
}

// The reader's own answer: state of a message, receipt of him.
absl::Status Receive(RegulationTransaction& transaction, const base::Call& call, base::Instant now,
                     v1::CaseExchange& exchange) {
  v1::ReadReceipt receipt;
  *receipt.mutable_reader() = ToProto(call.actor);
  *receipt.mutable_read_time() = ToTimestamp(now);
  SAS_ASSIGN_OR_RETURN(const bool first, transaction.exchanges().AddReceipt(exchange, receipt));
  if (!first) return absl::OkStatus();
  const bool message = exchange.kind() == v1::CaseExchange::KIND_MESSAGE;
  if (message || exchange.state() == v1::CaseExchange::STATE_RECEIVED) {
    exchange.set_state(v1::CaseExchange::STATE_READ);
  }
  exchange.set_read(true);
  return SaveExchange(transaction, exchange, "exchange.read", ActOf(call), now);
}

}  // namespace

absl::Status CountUnread(ExchangeDesk& desk, const base::Call& call) {
  UnreadCount unread;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(unread, transaction.exchanges().CountUnread());
        return absl::OkStatus();
      }));
  const std::chrono::duration<double> age = desk.desk.clock.Now() - unread.oldest;
  desk.metrics.Unread(unread.count, unread.count == 0 ? 0 : age.count());
  return absl::OkStatus();
}

}  // namespace sas::regulation

namespace sas::regulation::acts {

using v1::CaseExchange;

absl::StatusOr<CaseExchange> GetCaseExchange(ExchangeDesk& desk, const base::Call& call,
                                             const v1::GetCaseExchangeRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kExchangeName, request.name(), "name"));
  CaseExchange shown;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(CaseExchange exchange,
                             OpenExchange(transaction, call.actor, request.name()));
        SAS_ASSIGN_OR_RETURN(shown, ShowExchange(transaction, std::move(exchange), call.actor));
        return absl::OkStatus();
      }));
  return shown;
}

absl::StatusOr<v1::ListCaseExchangesResponse> ListCaseExchanges(
    ExchangeDesk& desk, const base::Call& call, const v1::ListCaseExchangesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  ExchangeQuery query;
  query.case_name = request.parent();
  query.reader = ReaderOf(call.actor);
  GoOn(page, query);
  const base::Instant now = desk.desk.clock.Now();
  v1::ListCaseExchangesResponse response;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, now, request.parent()));
        query.sight = SightOn(call.actor, work.row());
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.exchanges().ListExchanges(query));
        CutPage(
            rows, page, now, [](const CaseExchange& row) { return ToInstant(row.create_time()); },
            response.mutable_next_page_token());
        return ShowAll(transaction, std::move(rows), call.actor, response.mutable_exchanges());
      }));
  return response;
}

absl::StatusOr<v1::ListUnreadExchangesResponse> ListUnreadExchanges(
    ExchangeDesk& desk, const base::Call& call, const v1::ListUnreadExchangesRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  const base::Instant now = page.position ? page.position->now : desk.desk.clock.Now();
  UnreadQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  query.territories = call.actor.territories;
  query.reader = ReaderOf(call.actor);
  query.read_since = now - kReadByOthers;
  GoOn(page, query);
  v1::ListUnreadExchangesResponse response;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.exchanges().ListUnread(query));
        CutPage(
            rows, page, now, [](const CaseExchange& row) { return ToInstant(row.unread_time()); },
            response.mutable_next_page_token());
        return ShowAll(transaction, std::move(rows), call.actor, response.mutable_exchanges());
      }));
  return response;
}

absl::StatusOr<CaseExchange> MarkExchangeRead(ExchangeDesk& desk, const base::Call& call,
                                              const v1::MarkExchangeReadRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kExchangeName, request.name(), "name"));
  return ledger::WriteOnce<CaseExchange>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<CaseExchange> {
        SAS_ASSIGN_OR_RETURN(CaseExchange exchange,
                             OpenExchange(transaction, call.actor, request.name()));
        const bool own = exchange.created_by().subject() == call.actor.subject &&
                         exchange.audience().subject().empty();
        if (own || !exchange.has_unread_time() ||
            !IsAddressed(ToValue(exchange.audience()), ReaderOf(call.actor))) {
          return base::Fail(absl::StatusCode::kFailedPrecondition, "NOT_ADDRESSED",
                            "it is addressed to others: reading it leaves no receipt");
        }
        SAS_RETURN_IF_ERROR(Receive(transaction, call, desk.desk.clock.Now(), exchange));
        return ShowExchange(transaction, std::move(exchange), call.actor);
      });
}

}  // namespace sas::regulation::acts
