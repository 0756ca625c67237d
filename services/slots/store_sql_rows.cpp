#include "services/slots/store_sql_rows.h"

#include "common/base/resource_name.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;

std::string SqlRows::Bytewise(std::string_view column) const {
  std::string text(column);
  if (session_.dialect == sql::Dialect::kPostgres) text += " COLLATE \"C\"";
  return text;
}

absl::StatusOr<std::vector<SqlRows::Document>> SqlRows::Fetch(const SqlQuery& query) {
  std::vector<Document> rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    Document row;
    sql::Query statement(session_, query.text);
    for (const auto& [name, value] : query.bound) statement.Bind(use(value, name));
    statement.Bind(use(query.limit, "limit"));
    statement.Bind(into(row.first));
    statement.Bind(into(row.second));
    statement.Run(false);
    while (statement.Fetch()) rows.push_back(row);
  }));
  return rows;
}

absl::Status SqlRows::PutRow(const char* table, const std::string& name,
                             const std::string& document, const char* column,
                             const std::string& value) {
  return sql::Guard([&] {
    const std::string region(base::RegionOf(name));
    const std::string extra(column == nullptr ? "" : column);
    const bool has_extra = !extra.empty();
    sql::Query query(session_,
                     std::string("INSERT INTO ") + table + " (name, region, document" +
                         (has_extra ? ", " + extra : "") + ") VALUES (:name, :region, :document" +
                         (has_extra ? ", :" + extra : "") +
                         ") ON CONFLICT (name) DO UPDATE SET document = excluded.document" +
                         (has_extra ? ", " + extra + " = excluded." + extra : ""));
    query.Bind(use(name, "name"));
    query.Bind(use(region, "region"));
    query.Bind(use(document, "document"));
    if (has_extra) query.Bind(use(value, extra));
    query.Run(true);
  });
}

SqlQuery SqlRows::PageOf(const char* table, const char* column, std::string_view value,
                         const Page& page) const {
  const std::string key = Bytewise("name");
  return {std::string("SELECT name, document FROM ") + table + " WHERE " + column +
              " = :value AND " + key + " > :after ORDER BY " + key + " LIMIT :limit",
          {{"value", std::string(value)}, {"after", page.after}},
          page.limit};
}

absl::Status SqlRows::DeleteRow(const char* table, std::string_view name) {
  return sql::Guard([&] {
    const std::string key(name);
    Exec(session_, std::string("DELETE FROM ") + table + " WHERE name = :name", use(key, "name"));
  });
}

}  // namespace sas::slots
