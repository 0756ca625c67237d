#include "services/regulation/roster_ledger_sql.h"

#include "common/base/resource_name.h"
#include "services/regulation/store_sql_rows.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::ToMicros;
using sql_rows::Among;
using sql_rows::ByBytes;
using sql_rows::NamedDocuments;
using sql_rows::Parse;

// Region and territory of a new row, with its document.
template <typename Message>
absl::StatusOr<bool> Insert(sql::Session& session, const std::string& table, const Message& row) {
  const std::string name = row.name();
  const std::string region(base::RegionOf(name));
  const std::string territory = row.territory();
  const std::string document = ledger::ToDocument(row);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    changed = Exec(session,
                   "INSERT INTO " + table +
                       " (name, region, territory, version, document) VALUES (:name, :region, "
                       ":territory, 1, :document) ON CONFLICT (name) DO NOTHING",
                   use(name, "name"), use(region, "region"), use(territory, "territory"),
                   use(document, "document"));
  }));
  return changed == 1;
}

}  // namespace

absl::StatusOr<v1::Shift> SqlRosterLedger::GetShift(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found, sql_rows::Find<v1::Shift>(session_, access_, "shifts", name));
  if (!found) return ShiftNotFound(name);
  return *std::move(found);
}

absl::Status SqlRosterLedger::PutShift(const v1::Shift& shift) {
  const std::string name = shift.name();
  const std::string region(base::RegionOf(name));
  const std::string territory = shift.territory();
  const std::string subject = shift.subject();
  const long long start = ToMicros(ToInstant(shift.start_time()));
  const long long end = ToMicros(ToInstant(shift.end_time()));
  const long long version = VersionOf(shift.etag());
  const long long before = version - 1;
  const std::string document = ledger::ToDocument(shift);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    if (before == 0) {
      changed = Exec(session_,
                     "INSERT INTO shifts (name, region, territory, subject, start_us, end_us, "
                     "version, document) VALUES (:name, :region, :territory, :subject, :start, "
                     ":end, :version, :document) ON CONFLICT (name) DO NOTHING",
                     use(name, "name"), use(region, "region"), use(territory, "territory"),
                     use(subject, "subject"), use(start, "start"), use(end, "end"),
                     use(version, "version"), use(document, "document"));
    } else {
      changed = Exec(session_,
                     "UPDATE shifts SET end_us = :end, version = :version, document = :document "
                     "WHERE name = :name AND version = :before",
                     use(end, "end"), use(version, "version"), use(document, "document"),
                     use(name, "name"), use(before, "before"));
    }
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::Shift>> SqlRosterLedger::ListShifts(const ShiftQuery& query) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string territories = sql_rows::ListOf(query.territories);
    const long long start = ToMicros(query.start);
    const long long end = ToMicros(query.end);
    const long long after_start = ToMicros(query.after_start);
    const long long limit = query.limit;
    const std::string key = "start_us, " + ByBytes(session_, "name");
    std::string name;
    std::string document;
    FetchEach(
        session_,
        "SELECT name, document FROM shifts WHERE (:region = '' OR region = :here) AND end_us > "
        ":start AND start_us < :end AND (:subject = '' OR subject = :who) AND (:territories = '' "
        "OR " +
            Among(session_, "among", "territory") + ") AND (:after = '' OR (" + key +
            ") > (:after_start, :after_name)) ORDER BY " + key + " LIMIT :most",
        [&] { rows.emplace_back(name, document); }, use(query.region, "region"),
        use(query.region, "here"), use(start, "start"), use(end, "end"),
        use(query.subject, "subject"), use(query.subject, "who"), use(territories, "territories"),
        use(territories, "among"), use(query.after, "after"), use(after_start, "after_start"),
        use(query.after, "after_name"), use(limit, "most"), into(name), into(document));
  }));
  return Parse<v1::Shift>(rows);
}

absl::Status SqlRosterLedger::LockPerson(const std::string& region, const std::string& subject) {
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO roster_people (region, subject, version) VALUES (:region, :subject, 1) "
         "ON CONFLICT (region, subject) DO UPDATE SET version = roster_people.version + 1",
         use(region, "region"), use(subject, "subject"));
  });
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> SqlRosterLedger::ListRosters() {
  std::vector<std::pair<std::string, std::string>> rosters;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string region;
    std::string territory;
    FetchEach(
        session_,
        "SELECT region, territory FROM (SELECT DISTINCT region, territory FROM shifts) rosters "
        "ORDER BY " +
            ByBytes(session_, "region") + ", " + ByBytes(session_, "territory"),
        [&] { rosters.emplace_back(region, territory); }, into(region), into(territory));
  }));
  return rosters;
}

absl::StatusOr<std::optional<v1::Surge>> SqlRosterLedger::FindSurge(const std::string& name) {
  return sql_rows::Find<v1::Surge>(session_, access_, "surges", name);
}

absl::Status SqlRosterLedger::PutSurge(const v1::Surge& surge) {
  if (VersionOf(surge.etag()) > 1) {
    SAS_ASSIGN_OR_RETURN(const bool replaced, sql_rows::Replace(session_, "surges", surge));
    return replaced ? absl::OkStatus() : ConcurrentChange(surge.name());
  }
  const std::string name = surge.name();
  const std::string region(base::RegionOf(name));
  const std::string document = ledger::ToDocument(surge);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    changed = Exec(session_,
                   "INSERT INTO surges (name, region, version, document) VALUES (:name, :region, "
                   "1, :document) ON CONFLICT (name) DO NOTHING",
                   use(name, "name"), use(region, "region"), use(document, "document"));
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::Surge>> SqlRosterLedger::ListSurges(const std::string& region) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string name;
    std::string document;
    FetchEach(
        session_,
        "SELECT name, document FROM surges WHERE (:region = '' OR region = :here) ORDER BY " +
            ByBytes(session_, "name"),
        [&] { rows.emplace_back(name, document); }, use(region, "region"), use(region, "here"),
        into(name), into(document));
  }));
  return Parse<v1::Surge>(rows);
}

absl::StatusOr<v1::Coordinator> SqlRosterLedger::GetCoordinator(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::Coordinator>(session_, access_, "coordinators", name));
  if (!found) return CoordinatorNotFound(name);
  return *std::move(found);
}

absl::Status SqlRosterLedger::PutCoordinator(const v1::Coordinator& coordinator) {
  const bool fresh = VersionOf(coordinator.etag()) == 1;
  SAS_ASSIGN_OR_RETURN(const bool written,
                       fresh ? Insert(session_, "coordinators", coordinator)
                             : sql_rows::Replace(session_, "coordinators", coordinator));
  return written ? absl::OkStatus() : ConcurrentChange(coordinator.name());
}

absl::Status SqlRosterLedger::DropCoordinator(const std::string& name) {
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    changed = Exec(session_, "DELETE FROM coordinators WHERE name = :name", use(name, "name"));
  }));
  return changed == 1 ? absl::OkStatus() : CoordinatorNotFound(name);
}

absl::StatusOr<std::vector<v1::Coordinator>> SqlRosterLedger::ListCoordinators(
    const CoordinatorQuery& query) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string territories = sql_rows::ListOf(query.territories);
    const long long limit = query.limit;
    std::string name;
    std::string document;
    FetchEach(
        session_,
        "SELECT name, document FROM coordinators WHERE region = :region AND (:territories = '' "
        "OR " +
            Among(session_, "among", "territory") + ") AND " + ByBytes(session_, "name") +
            " > :after ORDER BY " + ByBytes(session_, "name") + " LIMIT :most",
        [&] { rows.emplace_back(name, document); }, use(query.region, "region"),
        use(territories, "territories"), use(territories, "among"), use(query.after, "after"),
        use(limit, "most"), into(name), into(document));
  }));
  return Parse<v1::Coordinator>(rows);
}

}  // namespace sas::regulation
