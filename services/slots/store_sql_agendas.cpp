#include "common/base/resource_name.h"
#include "common/base/timestamp.h"
#include "services/slots/store_sql_transaction.h"

namespace sas::slots {

using soci::use;
using sql::Exec;

absl::StatusOr<std::optional<v1::Structure>> SqlTransaction::GetStructure(std::string_view name) {
  return FetchMessage<v1::Structure>("structures", name);
}

absl::StatusOr<std::optional<v1::SessionPlan>> SqlTransaction::GetPlan(std::string_view name) {
  return FetchMessage<v1::SessionPlan>("session_plans", name);
}

SqlQuery SqlTransaction::Naming(const char* table, std::string_view practitioner) const {
  return {std::string("SELECT name, document FROM ") + table +
              " WHERE practitioner = :practitioner AND region = :region ORDER BY " +
              Bytewise("name") + " LIMIT :limit",
          {{"practitioner", std::string(practitioner)},
           {"region", std::string(base::RegionOf(practitioner))}},
          kOfPractitionerMax};
}

absl::Status SqlTransaction::NotePractitioner(const char* table, const std::string& name,
                                              const std::string& practitioner) {
  if (session_.dialect == sql::Dialect::kPostgres) return absl::OkStatus();
  return sql::Guard([&] {
    Exec(session_,
         std::string("UPDATE ") + table + " SET practitioner = :practitioner WHERE name = :name",
         use(practitioner, "practitioner"), use(name, "name"));
  });
}

absl::StatusOr<std::vector<v1::SessionPlan>> SqlTransaction::ListPlansOf(
    std::string_view practitioner) {
  return FetchMessages<v1::SessionPlan>(Naming("session_plans", practitioner));
}

absl::StatusOr<std::vector<v1::AgendaException>> SqlTransaction::ListOpeningsOf(
    std::string_view practitioner, base::Instant ending_after) {
  SqlQuery query = Naming("agenda_exceptions", practitioner);
  const std::string condition = " AND end_us > " + std::to_string(sql::ToMicros(ending_after));
  query.text.insert(query.text.find(" ORDER BY"), condition);
  return FetchMessages<v1::AgendaException>(query);
}

absl::Status SqlTransaction::DeletePlan(std::string_view name) {
  return DeleteRow("session_plans", name);
}

absl::Status SqlTransaction::PutException(const v1::AgendaException& exception) {
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string& name = exception.name();
    const std::string region(base::RegionOf(name));
    const std::string site = name.substr(0, name.find("/exceptions/"));
    const long long end = sql::ToMicros(base::ToInstant(exception.end_time()));
    const std::string document = ledger::ToDocument(exception);
    Exec(session_,
         "INSERT INTO agenda_exceptions (name, region, site, end_us, document) "
         "VALUES (:name, :region, :site, :end_us, :document) ON CONFLICT (name) DO UPDATE "
         "SET end_us = excluded.end_us, document = excluded.document",
         use(name, "name"), use(region, "region"), use(site, "site"), use(end, "end_us"),
         use(document, "document"));
  }));
  return NotePractitioner("agenda_exceptions", exception.name(), exception.practitioner());
}

absl::StatusOr<std::optional<v1::AgendaException>> SqlTransaction::GetException(
    std::string_view name) {
  return FetchMessage<v1::AgendaException>("agenda_exceptions", name);
}

absl::Status SqlTransaction::DeleteException(std::string_view name) {
  return DeleteRow("agenda_exceptions", name);
}

absl::StatusOr<std::vector<v1::AgendaException>> SqlTransaction::ListExceptions(
    std::string_view parent, base::Instant ending_after, const Page& page) {
  const bool of_site = parent.find("/sites/") != std::string_view::npos;
  SqlQuery query = PageOf("agenda_exceptions", of_site ? "site" : "region",
                          of_site ? parent : base::RegionOf(parent), page);
  const std::string condition = " AND end_us > " + std::to_string(sql::ToMicros(ending_after));
  query.text.insert(query.text.find(" ORDER BY"), condition);
  return FetchMessages<v1::AgendaException>(query);
}

absl::StatusOr<int> SqlTransaction::PurgeExceptions(base::Instant before, int limit) {
  long long purged = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long end = sql::ToMicros(before);
    const long long rows = limit;
    purged = Exec(session_,
                  "DELETE FROM agenda_exceptions WHERE name IN (SELECT name FROM "
                  "agenda_exceptions WHERE end_us < :before ORDER BY end_us LIMIT :rows)",
                  use(end, "before"), use(rows, "rows"));
  }));
  return static_cast<int>(purged);
}

}  // namespace sas::slots
