#include "services/regulation/exchange_ledger_memory.h"

#include <algorithm>
#include <utility>

#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

using Key = std::pair<base::Instant, std::string>;
using Rows = std::vector<std::pair<Key, const v1::CaseExchange*>>;

// Keyset pages: what comes after `after`, at most `limit`.
std::vector<v1::CaseExchange> Page(Rows rows, const Key& after, int limit) {
  std::sort(rows.begin(), rows.end());
  std::vector<v1::CaseExchange> page;
  for (const auto& [key, row] : rows) {
    if (static_cast<int>(page.size()) >= limit) break;
    if (after < key) page.push_back(*row);
  }
  return page;
}

bool Shows(const ExchangeQuery& query, const v1::CaseExchange& row, const ExchangeIndex& index) {
  return query.sight == ExchangeSight::kAll ||
         (query.sight == ExchangeSight::kShared && row.shared()) ||
         index.author == query.reader.subject || IsAddressed(index.audience, query.reader);
}

template <typename Row>
void Cut(std::vector<Row>& rows, int limit) {
  if (static_cast<int>(rows.size()) > limit) rows.resize(static_cast<std::size_t>(limit));
}

}  // namespace

absl::StatusOr<v1::CaseExchange> MemoryExchangeLedger::GetExchange(const std::string& name) {
  const auto found = rows_.exchanges.find(name);
  if (found == rows_.exchanges.end()) return ExchangeNotFound(name);
  return *found->second;
}

absl::Status MemoryExchangeLedger::PutExchange(const v1::CaseExchange& exchange) {
  const auto found = rows_.exchanges.find(exchange.name());
  const std::int64_t before = found == rows_.exchanges.end() ? 0 : VersionOf(found->second->etag());
  if (VersionOf(exchange.etag()) != before + 1) return ConcurrentChange(exchange.name());
  rows_.exchanges[exchange.name()] = std::make_shared<const v1::CaseExchange>(exchange);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::CaseExchange>> MemoryExchangeLedger::FindCaseRef(
    const std::string& case_ref) {
  for (const auto& [name, row] : rows_.exchanges) {
    if (!case_ref.empty() && row->expertise().case_ref() == case_ref) {
      return std::optional<v1::CaseExchange>(*row);
    }
  }
  return std::optional<v1::CaseExchange>();
}

absl::StatusOr<std::vector<v1::CaseExchange>> MemoryExchangeLedger::ListExchanges(
    const ExchangeQuery& query) {
  Rows rows;
  for (const auto& [name, row] : rows_.exchanges) {
    const ExchangeIndex index = IndexOf(*row);
    if (index.case_name == query.case_name && Shows(query, *row, index)) {
      rows.push_back({{index.created, name}, row.get()});
    }
  }
  return Page(std::move(rows), {query.after_time, query.after_name}, query.limit);
}

absl::StatusOr<std::vector<v1::CaseExchange>> MemoryExchangeLedger::ListUnread(
    const UnreadQuery& query) {
  Rows rows;
  for (const auto& [name, row] : rows_.exchanges) {
    const ExchangeIndex index = IndexOf(*row);
    if (index.unread == base::Instant{} || index.region != query.region ||
        !InTerritories(query.territories, row->territory()) ||
        !IsAddressed(index.audience, query.reader) ||
        (index.author == query.reader.subject && index.audience.subject.empty()) ||
        (row->read() && index.unread < query.read_since) ||
        rows_.receipts.count({name, query.reader.subject, index.unread}) > 0) {
      continue;
    }
    rows.push_back({{index.unread, name}, row.get()});
  }
  return Page(std::move(rows), {query.after_time, query.after_name}, query.limit);
}

absl::StatusOr<bool> MemoryExchangeLedger::AddReceipt(const v1::CaseExchange& exchange,
                                                      const v1::ReadReceipt& receipt) {
  return rows_.receipts
      .try_emplace({exchange.name(), receipt.reader().subject(), IndexOf(exchange).unread}, receipt)
      .second;
}

absl::StatusOr<std::vector<v1::ReadReceipt>> MemoryExchangeLedger::ListReceipts(
    const std::string& exchange, int limit) {
  std::vector<v1::ReadReceipt> found;
  for (const auto& [key, receipt] : rows_.receipts) {
    if (std::get<0>(key) == exchange) found.push_back(receipt);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return ToInstant(a.read_time()) < ToInstant(b.read_time());
  });
  Cut(found, limit);
  return found;
}

absl::StatusOr<std::vector<std::string>> MemoryExchangeLedger::ListDue(base::Instant now,
                                                                       int limit) {
  std::vector<Key> due;
  for (const auto& [name, row] : rows_.exchanges) {
    const base::Instant at = IndexOf(*row).due;
    if (at != base::Instant{} && at <= now) due.emplace_back(at, name);
  }
  std::sort(due.begin(), due.end());
  Cut(due, limit);
  std::vector<std::string> names;
  for (const Key& key : due) names.push_back(key.second);
  return names;
}

absl::StatusOr<UnreadCount> MemoryExchangeLedger::CountUnread() {
  UnreadCount unread;
  for (const auto& [name, row] : rows_.exchanges) {
    const base::Instant since = IndexOf(*row).unread;
    if (since == base::Instant{} || row->read()) continue;
    if (unread.count++ == 0 || since < unread.oldest) unread.oldest = since;
  }
  return unread;
}

}  // namespace sas::regulation
