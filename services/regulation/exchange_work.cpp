#include "services/regulation/exchange_work.h"

#include <utility>

#include "common/base/bound_etag.h"
#include "common/base/ids.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/facts.h"

namespace sas::regulation {
namespace {

bool IsOwn(const base::Actor& actor, const v1::RegulationCase& row) {
  return row.origin().taken_by().subject() == actor.subject;
}

bool IsAddressedTo(const v1::CaseExchange& exchange, const base::Actor& actor) {
  return IsAddressed(ToValue(exchange.audience()), ReaderOf(actor));
}

bool Sees(const v1::CaseExchange& exchange, ExchangeSight sight, const base::Actor& actor) {
  return sight == ExchangeSight::kAll || (sight == ExchangeSight::kShared && exchange.shared()) ||
         exchange.created_by().subject() == actor.subject || IsAddressedTo(exchange, actor);
}

}  // namespace

ExchangeSight SightOn(const base::Actor& actor, const v1::RegulationCase& row) {
  return SightOf(actor.role, IsOwn(actor, row));
}

absl::Status CheckMayExchange(RegulationTransaction& transaction, const base::Actor& actor,
                              const v1::RegulationCase& row) {
  if (SightOn(actor, row) != ExchangeSight::kAddressed) return absl::OkStatus();
  ExchangeQuery query;
  query.case_name = row.name();
  query.reader = ReaderOf(actor);
  query.limit = 1;
  SAS_ASSIGN_OR_RETURN(const auto found, transaction.exchanges().ListExchanges(query));
  if (!found.empty()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE",
                    "you may write on the dossiers that you have entered, and where something is "
                    "addressed to you");
}

absl::StatusOr<v1::CaseExchange> OpenExchange(RegulationTransaction& transaction,
                                              const base::Actor& actor, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(v1::CaseExchange exchange, transaction.exchanges().GetExchange(name));
  SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(CaseOf(name)));
  if (!Sees(exchange, SightOn(actor, row), actor)) return ExchangeNotFound(name);
  // Where the dossier is now; who was written to may read it after the dossier has moved.
  const bool stays =
      IsAddressedTo(exchange, actor) && CheckTerritoryRight(actor, exchange.territory()).ok();
  if (!stays) SAS_RETURN_IF_ERROR(CheckTerritoryRight(actor, row.territory()));
  return exchange;
}

absl::StatusOr<CaseWork> OpenForExchange(RegulationTransaction& transaction, const base::Call& call,
                                         base::Instant now, const std::string& case_name) {
  SAS_ASSIGN_OR_RETURN(CaseWork work, CaseWork::Open(transaction, call, now, case_name));
  SAS_RETURN_IF_ERROR(CheckMayExchange(transaction, call.actor, work.row()));
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kNote));
  return work;
}

absl::Status FillExchange(Desk& desk, CaseWork& work, v1::CaseExchange& exchange) {
  const std::string& case_name = work.row().name();
  SAS_ASSIGN_OR_RETURN(const std::int64_t count,
                       work.transaction().NextCount(case_name + "/exchanges"));
  if (count > kExchangesMax) return LimitReached("exchanges", kExchangesMax);
  exchange.set_name(case_name + "/exchanges/" + base::MakeId(desk.clock, desk.random));
  exchange.set_territory(work.row().territory());
  *exchange.mutable_created_by() = ToProto(work.call().actor);
  *exchange.mutable_create_time() = ToTimestamp(work.now());
  if (!exchange.has_occur_time()) *exchange.mutable_occur_time() = ToTimestamp(work.now());
  if (exchange.has_audience()) AwaitReaders(exchange, work.now());
  return absl::OkStatus();
}

void AwaitReaders(v1::CaseExchange& exchange, base::Instant now) {
  *exchange.mutable_unread_time() = ToTimestamp(now);
  exchange.set_read(false);
}

absl::Status SaveExchange(RegulationTransaction& transaction, v1::CaseExchange& exchange,
                          const std::string& event, const std::string& act, base::Instant now) {
  exchange.clear_reads();  // Read with it, like all that depends on the viewer.
  exchange.clear_unread();
  *exchange.mutable_update_time() = ToTimestamp(now);
  exchange.set_etag(base::BoundEtag(exchange.name(), VersionOf(exchange.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction.exchanges().PutExchange(exchange));
  return RecordExchange(
      transaction, exchange,
      {event, act, "kind=" + KindName(exchange.kind()) + " state=" + StateName(exchange.state())});
}

absl::StatusOr<v1::CaseExchange> ShowExchange(RegulationTransaction& transaction,
                                              v1::CaseExchange exchange,
                                              const base::Actor& viewer) {
  SAS_ASSIGN_OR_RETURN(const auto receipts,
                       transaction.exchanges().ListReceipts(exchange.name(), kReceiptsMax));
  bool has_read = false;
  const base::Instant since = IndexOf(exchange).unread;
  for (const v1::ReadReceipt& receipt : receipts) {
    *exchange.add_reads() = receipt;
    has_read = has_read || (receipt.reader().subject() == viewer.subject &&
                            ToInstant(receipt.read_time()) >= since);
  }
  const bool own =
      exchange.created_by().subject() == viewer.subject && exchange.audience().subject().empty();
  exchange.set_unread(exchange.has_unread_time() && !own && !has_read &&
                      IsAddressedTo(exchange, viewer));
  return exchange;
}

}  // namespace sas::regulation
