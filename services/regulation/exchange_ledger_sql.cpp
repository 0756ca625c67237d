#include "services/regulation/exchange_ledger_sql.h"

#include "common/care/identifiers.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/store_sql_rows.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;
using sql::ToMicros;
using sql_rows::Bound;
using sql_rows::ByBytes;
using sql_rows::List;

// IsAddressed in SQL. A parameter is bound once for each place that it stands in. Rows from before
// the column was normal have the structure as somebody wrote it.
std::string Addressed(const ExchangeReader& reader, Bound& bound) {
  bound.emplace_back("to_subject", reader.subject);
  bound.emplace_back("to_organization", care::NormalOrganization(reader.organization));
  bound.emplace_back("to_written", reader.organization);
  return "((to_subject <> '' AND to_subject = :to_subject) OR (to_subject = '' AND (to_role <> 0 "
         "OR "
         "to_organization <> '') AND (to_role = 0 OR to_role = " +
         std::to_string(static_cast<int>(reader.role)) +
         ") AND (to_organization = '' OR to_organization IN (:to_organization, :to_written))))";
}

std::string After(const sql::Session& session, const char* column, base::Instant time,
                  const std::string& name, Bound& bound) {
  if (name.empty()) return "";
  bound.emplace_back("after_name", name);
  return std::string(" AND (") + column + ", " + ByBytes(session, "name") + ") > (" +
         std::to_string(ToMicros(time)) + ", :after_name)";
}

}  // namespace

absl::StatusOr<v1::CaseExchange> SqlExchangeLedger::GetExchange(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::CaseExchange>(session_, access_, "exchanges", name));
  if (!found) return ExchangeNotFound(name);
  return *std::move(found);
}

absl::StatusOr<std::optional<v1::CaseExchange>> SqlExchangeLedger::FindCaseRef(
    const std::string& case_ref) {
  if (case_ref.empty()) return std::optional<v1::CaseExchange>();
  const std::string text = "SELECT name, document FROM exchanges WHERE case_ref = :case_ref" +
                           sql_rows::ForUpdate(session_, access_);
  SAS_ASSIGN_OR_RETURN(auto found,
                       List<v1::CaseExchange>(session_, text, {{"case_ref", case_ref}}));
  if (found.empty()) return std::optional<v1::CaseExchange>();
  return std::optional<v1::CaseExchange>(std::move(found.front()));
}

absl::Status SqlExchangeLedger::PutExchange(const v1::CaseExchange& exchange) {
  const ExchangeIndex index = IndexOf(exchange);
  const std::string name = exchange.name();
  const std::string territory = exchange.territory();
  const int kind = exchange.kind();
  const int shared = exchange.shared() ? 1 : 0;
  const int to_role = static_cast<int>(index.audience.role);
  const std::string to_organization = care::NormalOrganization(index.audience.organization);
  const long long created = ToMicros(index.created);
  const long long unread = ToMicros(index.unread);
  const int read = exchange.read() ? 1 : 0;
  const long long due = ToMicros(index.due);
  const std::string case_ref = exchange.expertise().case_ref();
  const long long version = VersionOf(exchange.etag());
  const long long before = version - 1;
  const std::string document = ledger::ToDocument(exchange);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    if (before == 0) {
      changed = Exec(
          session_,
          "INSERT INTO exchanges (name, case_name, region, territory, kind, shared, author, "
          "to_role, to_organization, to_subject, create_us, unread_us, is_read, due_us, case_ref, "
          "version, document) VALUES (:name, :case_name, :region, :territory, :kind, :shared, "
          ":author, :to_role, :to_organization, :to_subject, :created, :unread, :is_read, :due, "
          ":case_ref, :version, :document) ON CONFLICT (name) DO NOTHING",
          use(name, "name"), use(index.case_name, "case_name"), use(index.region, "region"),
          use(territory, "territory"), use(kind, "kind"), use(shared, "shared"),
          use(index.author, "author"), use(to_role, "to_role"),
          use(to_organization, "to_organization"), use(index.audience.subject, "to_subject"),
          use(created, "created"), use(unread, "unread"), use(read, "is_read"), use(due, "due"),
          use(case_ref, "case_ref"), use(version, "version"), use(document, "document"));
    } else {
      changed = Exec(session_,
                     "UPDATE exchanges SET unread_us = :unread, is_read = :is_read, due_us = :due, "
                     "version = :version, document = :document "
                     "WHERE name = :name AND version = :before",
                     use(unread, "unread"), use(read, "is_read"), use(due, "due"),
                     use(version, "version"), use(document, "document"), use(name, "name"),
                     use(before, "before"));
    }
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::CaseExchange>> SqlExchangeLedger::ListExchanges(
    const ExchangeQuery& query) {
  Bound bound{{"case_name", query.case_name}};
  std::string text = "SELECT name, document FROM exchanges WHERE case_name = :case_name";
  if (query.sight != ExchangeSight::kAll) {
    bound.emplace_back("author", query.reader.subject);
    text += std::string(" AND (author = :author") +
            (query.sight == ExchangeSight::kShared ? " OR shared = 1" : "") + " OR " +
            Addressed(query.reader, bound) + ")";
  }
  text += After(session_, "create_us", query.after_time, query.after_name, bound);
  text +=
      " ORDER BY create_us, " + ByBytes(session_, "name") + " LIMIT " + std::to_string(query.limit);
  return List<v1::CaseExchange>(session_, text, bound);
}

absl::StatusOr<std::vector<v1::CaseExchange>> SqlExchangeLedger::ListUnread(
    const UnreadQuery& query) {
  Bound bound{
      {"region", query.region}, {"author", query.reader.subject}, {"reader", query.reader.subject}};
  std::string text =
      "SELECT name, document FROM exchanges WHERE region = :region AND unread_us > 0 AND (author "
      "<> "
      ":author OR to_subject <> '') AND (is_read = 0 OR unread_us >= " +
      std::to_string(ToMicros(query.read_since)) + ") AND " + Addressed(query.reader, bound) +
      " AND NOT EXISTS (SELECT 1 FROM exchange_reads WHERE exchange_name = exchanges.name AND "
      "subject = :reader AND exchange_reads.unread_us = exchanges.unread_us)";
  if (!query.territories.empty()) {
    bound.emplace_back("territories", sql_rows::ListOf(query.territories));
    text += " AND " + sql_rows::Among(session_, "territories", "territory");
  }
  text += After(session_, "unread_us", query.after_time, query.after_name, bound);
  text +=
      " ORDER BY unread_us, " + ByBytes(session_, "name") + " LIMIT " + std::to_string(query.limit);
  return List<v1::CaseExchange>(session_, text, bound);
}

absl::StatusOr<bool> SqlExchangeLedger::AddReceipt(const v1::CaseExchange& exchange,
                                                   const v1::ReadReceipt& receipt) {
  const std::string name = exchange.name();
  const std::string subject = receipt.reader().subject();
  const long long unread = ToMicros(IndexOf(exchange).unread);
  const long long at = ToMicros(ToInstant(receipt.read_time()));
  const std::string document = ledger::ToDocument(receipt);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    changed = Exec(session_,
                   "INSERT INTO exchange_reads (exchange_name, subject, unread_us, read_us, "
                   "document) VALUES (:name, :subject, :unread, :at, :document) "
                   "ON CONFLICT (exchange_name, subject, unread_us) DO NOTHING",
                   use(name, "name"), use(subject, "subject"), use(unread, "unread"), use(at, "at"),
                   use(document, "document"));
  }));
  return changed == 1;
}

absl::StatusOr<std::vector<v1::ReadReceipt>> SqlExchangeLedger::ListReceipts(
    const std::string& exchange, int limit) {
  sql_rows::NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string document;
    const long long most = limit;
    FetchEach(
        session_,
        "SELECT document FROM exchange_reads WHERE exchange_name = :name "
        "ORDER BY read_us, subject LIMIT :most",
        [&] { rows.emplace_back(exchange, document); }, use(exchange, "name"), use(most, "most"),
        into(document));
  }));
  return sql_rows::Parse<v1::ReadReceipt>(rows);
}

absl::StatusOr<std::vector<std::string>> SqlExchangeLedger::ListDue(base::Instant now, int limit) {
  std::vector<std::string> names;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string name;
    const long long until = ToMicros(now);
    const long long most = limit;
    FetchEach(
        session_,
        "SELECT name FROM exchanges WHERE due_us > 0 AND due_us <= :until ORDER BY due_us, " +
            ByBytes(session_, "name") + " LIMIT :most",
        [&] { names.push_back(name); }, use(until, "until"), use(most, "most"), into(name));
  }));
  return names;
}

absl::StatusOr<UnreadCount> SqlExchangeLedger::CountUnread() {
  UnreadCount unread;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    long long count = 0;
    long long oldest = 0;
    FetchOne(session_,
             "SELECT COUNT(*), COALESCE(MIN(unread_us), 0) FROM exchanges WHERE unread_us > 0 AND "
             "is_read = 0",
             into(count), into(oldest));
    unread.count = static_cast<int>(count);
    unread.oldest = sql::FromMicros(oldest);
  }));
  return unread;
}

}  // namespace sas::regulation
