#include "services/slots/import_ledger_sql.h"

#include <string>

#include "common/base/status.h"
#include "common/ledger/document.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchOne;

absl::StatusOr<std::optional<ImportState>> SqlImportLedger::GetImport(std::string_view region,
                                                                      std::string_view import_id,
                                                                      int format) {
  ImportState state;
  state.region = region;
  state.import_id = import_id;
  state.format = format;
  std::string document;
  bool found = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long kind = format;
    long long done = 0;
    long long finished = 0;
    found = FetchOne(session_,
                     "SELECT territories, done_bytes, finished, header, document FROM imports "
                     "WHERE region = :region AND import_id = :id AND format = :format",
                     use(state.region, "region"), use(state.import_id, "id"), use(kind, "format"),
                     into(state.territories), into(done), into(finished), into(state.header),
                     into(document));
    state.offset = done;
    state.finished = finished != 0;
  }));
  if (!found) return std::optional<ImportState>();
  SAS_RETURN_IF_ERROR(ledger::FromDocument(document, state.import_id, &state.report));
  return std::optional<ImportState>(std::move(state));
}

absl::Status SqlImportLedger::PutImport(const ImportState& state, base::Instant now) {
  return sql::Guard([&] {
    const long long format = state.format;
    const long long done = state.offset;
    const long long finished = state.finished ? 1 : 0;
    const long long at = sql::ToMicros(now);
    const std::string document = ledger::ToDocument(state.report);
    Exec(session_,
         "INSERT INTO imports (region, import_id, format, territories, done_bytes, finished, "
         "header, update_us, document) VALUES (:region, :id, :format, :territories, :done, "
         ":finished, :header, :at, :document) ON CONFLICT (region, import_id, format) DO UPDATE "
         "SET territories = excluded.territories, done_bytes = excluded.done_bytes, "
         "finished = excluded.finished, header = excluded.header, "
         "update_us = excluded.update_us, document = excluded.document",
         use(state.region, "region"), use(state.import_id, "id"), use(format, "format"),
         use(state.territories, "territories"), use(done, "done"), use(finished, "finished"),
         use(state.header, "header"), use(at, "at"), use(document, "document"));
  });
}

absl::StatusOr<int> SqlImportLedger::PurgeImports(base::Instant before, int limit) {
  long long purged = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long end = sql::ToMicros(before);
    const long long most = limit;
    purged = Exec(session_,
                  "DELETE FROM imports WHERE (region, import_id, format) IN (SELECT region, "
                  "import_id, format FROM imports WHERE update_us < :before ORDER BY update_us "
                  "LIMIT :most)",
                  use(end, "before"), use(most, "most"));
  }));
  return static_cast<int>(purged);
}

absl::StatusOr<std::optional<v1::Site>> SqlImportLedger::FindSite(std::string_view region,
                                                                  std::string_view finess) {
  std::string name;
  std::string document;
  bool found = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const std::string number(finess);
    const std::string order = session_.dialect == sql::Dialect::kPostgres
                                  ? "ORDER BY name COLLATE \"C\" LIMIT 1"
                                  : "ORDER BY name LIMIT 1";
    found = FetchOne(session_,
                     "SELECT name, document FROM sites WHERE region = :region AND "
                     "finess = :finess " +
                         order,
                     use(key, "region"), use(number, "finess"), into(name), into(document));
  }));
  if (!found) return std::optional<v1::Site>();
  v1::Site site;
  SAS_RETURN_IF_ERROR(ledger::FromDocument(document, name, &site));
  return std::optional<v1::Site>(std::move(site));
}

}  // namespace sas::slots
