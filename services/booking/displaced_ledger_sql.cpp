#include "services/booking/displaced_ledger_sql.h"

#include <soci/soci.h>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"

namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchOne;

absl::Status SqlDisplacedLedger::Put(const DisplacedRow& row) {
  return sql::Guard([&] {
    const std::string region(base::RegionOf(row.appointment));
    const long long start_us = sql::ToMicros(row.start);
    const long long kept = row.displacement.has_keep_time() ? 1 : 0;
    const std::string document = ledger::ToDocument(row.displacement);
    Exec(session_,
         "INSERT INTO displaced_appointments (appointment, region, territory, site, start_us, "
         "kept, document) VALUES (:appointment, :region, :territory, :site, :start_us, :kept, "
         ":document) ON CONFLICT (appointment) DO UPDATE SET territory = excluded.territory, "
         "site = excluded.site, start_us = excluded.start_us, kept = excluded.kept, "
         "document = excluded.document",
         use(row.appointment, "appointment"), use(region, "region"),
         use(row.territory, "territory"), use(row.site, "site"), use(start_us, "start_us"),
         use(kept, "kept"), use(document, "document"));
  });
}

absl::StatusOr<std::optional<v1::Displacement>> SqlDisplacedLedger::Get(
    const std::string& appointment) {
  std::optional<v1::Displacement> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    std::string document;
    if (!FetchOne(session_,
                  "SELECT document FROM displaced_appointments WHERE appointment = :appointment",
                  use(appointment, "appointment"), into(document))) {
      return absl::OkStatus();
    }
    return ledger::FromDocument(document, appointment, &found.emplace());
  }));
  return found;
}

absl::StatusOr<std::optional<v1::Displacement>> SqlDisplacedLedger::Remove(
    const std::string& appointment) {
  SAS_ASSIGN_OR_RETURN(auto there, Get(appointment));
  if (!there) return there;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    Exec(session_, "DELETE FROM displaced_appointments WHERE appointment = :appointment",
         use(appointment, "appointment"));
  }));
  return there;
}

absl::StatusOr<std::vector<DisplacedRow>> SqlDisplacedLedger::List(const DisplacedQuery& query) {
  std::vector<DisplacedRow> page;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    const bool postgres = session_.dialect == sql::Dialect::kPostgres;
    // Names sort by bytes, whatever the collation of the database.
    const std::string name = postgres ? "appointment COLLATE \"C\"" : "appointment";
    const long long after_us = query.after ? sql::ToMicros(query.after->first) : 0;
    const std::string after_name = query.after ? query.after->second : "";
    const long long limit = query.limit;
    std::string territories = ",";
    for (const std::string& territory : query.territories) territories += territory + ",";

    std::string text =
        "SELECT appointment, territory, site, start_us, document FROM displaced_appointments "
        "WHERE region = :region";
    if (!query.territories.empty()) {
      text += std::string(" AND ") + (postgres ? "strpos" : "instr") +
              "(:territories, ',' || territory || ',') > 0";
    }
    if (!query.site.empty()) text += " AND site = :site";
    if (!query.include_kept) text += " AND kept = 0";
    if (query.after) text += " AND (start_us, " + name + ") > (:after_us, :after_name)";
    text += " ORDER BY start_us, " + name + " LIMIT :limit";

    DisplacedRow row;
    long long start_us = 0;
    std::string document;
    sql::Query statement(session_, text);
    statement.Bind(use(query.region, "region"));
    if (!query.territories.empty()) statement.Bind(use(territories, "territories"));
    if (!query.site.empty()) statement.Bind(use(query.site, "site"));
    if (query.after) {
      statement.Bind(use(after_us, "after_us"));
      statement.Bind(use(after_name, "after_name"));
    }
    statement.Bind(use(limit, "limit"));
    statement.Bind(into(row.appointment));
    statement.Bind(into(row.territory));
    statement.Bind(into(row.site));
    statement.Bind(into(start_us));
    statement.Bind(into(document));
    statement.Run(false);
    while (statement.Fetch()) {
      row.start = sql::FromMicros(start_us);
      page.push_back(row);
      SAS_RETURN_IF_ERROR(
          ledger::FromDocument(document, row.appointment, &page.back().displacement));
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<DisplacedFigures> SqlDisplacedLedger::Figures(base::Instant soon) {
  DisplacedFigures figures;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long soon_us = sql::ToMicros(soon);
    long long open = 0;
    long long near = 0;
    FetchOne(session_,
             "SELECT count(*), coalesce(sum(CASE WHEN start_us <= :soon_us THEN 1 ELSE 0 END), 0) "
             "FROM displaced_appointments WHERE kept = 0",
             use(soon_us, "soon_us"), into(open), into(near));
    figures.open = open;
    figures.soon = near;
  }));
  return figures;
}

absl::StatusOr<std::optional<base::Instant>> SqlDisplacedLedger::Checked() {
  long long checked_us = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    FetchOne(session_, "SELECT checked_us FROM displaced_check WHERE only_row = 1",
             into(checked_us));
  }));
  if (checked_us == 0) return std::optional<base::Instant>();
  return std::optional<base::Instant>(sql::FromMicros(checked_us));
}

absl::Status SqlDisplacedLedger::PutChecked(base::Instant at) {
  return sql::Guard([&] {
    const long long checked_us = sql::ToMicros(at);
    Exec(session_, "UPDATE displaced_check SET checked_us = :checked_us WHERE only_row = 1",
         use(checked_us, "checked_us"));
  });
}

}  // namespace sas::booking
