#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/slots/store_rows.h"
#include "services/slots/store_sql_query.h"

namespace sas::slots {

/// Rows of {name, region, document}, read and written the same way whichever table. Private to the
/// store.
class SqlRows {
 protected:
  using Document = std::pair<std::string, std::string>;  ///< Key and text.

  explicit SqlRows(sql::Session& session) : session_(session) {}

  /// Inserts or replaces a row of {name, region, document} and perhaps one more column.
  absl::Status PutRow(const char* table, const std::string& name, const std::string& document,
                      const char* column = nullptr, const std::string& value = {});
  absl::Status DeleteRow(const char* table, std::string_view name);
  absl::StatusOr<std::vector<Document>> Fetch(const SqlQuery& query);
  /// Rows of `table` where `column` is `value`, a page of them by name.
  SqlQuery PageOf(const char* table, const char* column, std::string_view value,
                  const Page& page) const;
  /// The column in the order of its bytes: PostgreSQL would sort by language.
  std::string Bytewise(std::string_view column) const;

  template <typename Message>
  absl::StatusOr<std::vector<Message>> FetchMessages(const SqlQuery& query) {
    SAS_ASSIGN_OR_RETURN(const std::vector<Document> rows, Fetch(query));
    std::vector<Message> messages(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      SAS_RETURN_IF_ERROR(ledger::FromDocument(rows[i].second, rows[i].first, &messages[i]));
    }
    return messages;
  }

  template <typename Message>
  absl::StatusOr<std::optional<Message>> FetchMessage(const char* table, std::string_view name) {
    SqlQuery query{
        std::string("SELECT name, document FROM ") + table + " WHERE name = :name LIMIT :limit",
        {{"name", std::string(name)}},
        1};
    SAS_ASSIGN_OR_RETURN(std::vector<Message> found, FetchMessages<Message>(query));
    if (found.empty()) return std::optional<Message>();
    return std::optional<Message>(std::move(found.front()));
  }

  sql::Session& session_;
};

}  // namespace sas::slots
