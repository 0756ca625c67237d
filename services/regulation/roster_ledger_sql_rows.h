#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_rows.h"

/// What the ledgers of rosters and of neighbours have in common on SQL: a row of columns and a
/// document, names sorted by bytes, lists of territories.
namespace sas::regulation::roster_sql {

using NamedDocuments = std::vector<std::pair<std::string, std::string>>;

inline bool OnPostgres(const sql::Session& session) {
  return session.dialect == sql::Dialect::kPostgres;
}

/// `column` sorts by bytes, whatever the collation of the database.
inline std::string ByBytes(const sql::Session& session, const std::string& column) {
  return OnPostgres(session) ? column + " COLLATE \"C\"" : column;
}

/// "85,44" for a parameter; empty for all.
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

template <typename Message>
absl::StatusOr<std::vector<Message>> Parse(const NamedDocuments& rows) {
  std::vector<Message> messages(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SAS_RETURN_IF_ERROR(ledger::FromDocument(rows[i].second, rows[i].first, &messages[i]));
  }
  return messages;
}

/// The row of `name`, locked when it may be written; nothing when there is none.
template <typename Message>
absl::StatusOr<std::optional<Message>> Find(sql::Session& session, sql::Access access,
                                            const std::string& table, const std::string& name) {
  std::string document;
  bool found = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const bool locks = access == sql::Access::kWrite && OnPostgres(session);
    found = sql::FetchOne(
        session,
        "SELECT document FROM " + table + " WHERE name = :name" + (locks ? " FOR UPDATE" : ""),
        soci::use(name, "name"), soci::into(document));
  }));
  if (!found) return std::optional<Message>();
  Message message;
  SAS_RETURN_IF_ERROR(ledger::FromDocument(document, name, &message));
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

}  // namespace sas::regulation::roster_sql
