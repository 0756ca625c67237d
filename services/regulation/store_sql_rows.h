#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/ledger/document.h"
#include "common/ledger/document_cache.h"
#include "common/sql/statement.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_rows.h"

/// What the ledgers of regulation have in common on SQL: rows of columns and a document, and locks.
namespace sas::regulation::sql_rows {

using NamedDocuments = std::vector<std::pair<std::string, std::string>>;
using Bound = std::vector<std::pair<std::string, std::string>>;  ///< Parameter, value.

inline bool OnPostgres(const sql::Session& session) {
  return session.dialect == sql::Dialect::kPostgres;
}

/// Locks the rows against other writers, where the engine knows row locks.
inline std::string ForUpdate(const sql::Session& session, sql::Access access) {
  return access == sql::Access::kWrite && OnPostgres(session) ? " FOR UPDATE" : "";
}

/// `column` sorts by bytes, whatever the collation of the database.
inline std::string ByBytes(const sql::Session& session, const std::string& column) {
  return OnPostgres(session) ? column + " COLLATE \"C\"" : column;
}

/// ",85,44," for a parameter; empty for all.
inline std::string ListOf(const std::vector<std::string>& territories) {
  std::string list;
  for (const std::string& territory : territories) list += "," + territory;
  return list.empty() ? list : list + ",";
}

/// Is `column` in the list that the parameter holds?
inline std::string Among(const sql::Session& session, const std::string& parameter,
                         const std::string& column) {
  return std::string(OnPostgres(session) ? "strpos(:" : "instr(:") + parameter + ", ',' || " +
         column + " || ',') > 0";
}

/// Calls `each` after every row of a query, which then stands in `columns`.
template <typename Each, typename... Columns>
void EachRow(sql::Session& session, const std::string& text, const Bound& bound, Each each,
             Columns&... columns) {
  sql::Query query(session, text);
  for (const auto& [name, value] : bound) query.Bind(soci::use(value, name));
  (query.Bind(soci::into(columns)), ...);
  query.Run(false);
  while (query.Fetch()) each();
}

/// The session for a text with values in it: it is parsed for one run, and nothing of it is kept.
inline sql::Session Once(const sql::Session& session) {
  sql::Session once = session;
  once.statements = nullptr;
  return once;
}

/// The rows of a `SELECT name, document …` without values, which is parsed once and kept.
inline absl::StatusOr<NamedDocuments> FetchKept(sql::Session& session, const std::string& text,
                                                const Bound& bound) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::pair<std::string, std::string> row;
    EachRow(
        session, text, bound, [&] { rows.push_back(row); }, row.first, row.second);
  }));
  return rows;
}

/// The same of one that was put together from parts.
inline absl::StatusOr<NamedDocuments> Fetch(const sql::Session& session, const std::string& text,
                                            const Bound& bound) {
  sql::Session once = Once(session);
  return FetchKept(once, text, bound);
}

/// What was read or written of late, of dossiers a large region's day: what acts, lists and boards
/// read over and over on the ledger's one thread, where a vital act waits behind (hazard H-41).
template <typename Message>
ledger::DocumentCache<Message>& Known() {
  constexpr bool kDossiers = std::is_same_v<Message, v1::RegulationCase>;
  static ledger::DocumentCache<Message> known(kDossiers ? 8192 : 2048);
  return known;
}

template <typename Message>
absl::StatusOr<std::vector<Message>> Parse(const NamedDocuments& rows) {
  std::vector<Message> messages;
  messages.reserve(rows.size());
  for (const auto& [name, document] : rows) {
    SAS_ASSIGN_OR_RETURN(messages.emplace_back(), Known<Message>().Read(document, name));
  }
  return messages;
}

/// What Fetch reads, parsed.
template <typename Message>
absl::StatusOr<std::vector<Message>> List(sql::Session& session, const std::string& text,
                                          const Bound& bound) {
  SAS_ASSIGN_OR_RETURN(const NamedDocuments rows, Fetch(session, text, bound));
  return Parse<Message>(rows);
}

/// The row of `name`, locked when it may be written; nothing when there is none.
template <typename Message>
absl::StatusOr<std::optional<Message>> Find(sql::Session& session, sql::Access access,
                                            const std::string& table, const std::string& name) {
  std::string document;
  bool found = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    found = sql::FetchOne(
        session,
        "SELECT document FROM " + table + " WHERE name = :name" + ForUpdate(session, access),
        soci::use(name, "name"), soci::into(document));
  }));
  if (!found) return std::optional<Message>();
  SAS_ASSIGN_OR_RETURN(Message message, Known<Message>().Read(document, name));
  return std::optional(std::move(message));
}

/// Replaces the predecessor of a versioned row; nothing else.
template <typename Message>
absl::StatusOr<bool> Replace(sql::Session& session, const std::string& table, const Message& row) {
  const std::string name = row.name();
  const long long version = VersionOf(row.etag());
  const long long before = version - 1;
  const std::string document = ledger::ToDocument(row);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    changed = sql::Exec(session,
                        "UPDATE " + table +
                            " SET version = :version, document = :document WHERE name = :name "
                            "AND version = :before",
                        soci::use(version, "version"), soci::use(document, "document"),
                        soci::use(name, "name"), soci::use(before, "before"));
  }));
  return changed == 1;
}

}  // namespace sas::regulation::sql_rows
