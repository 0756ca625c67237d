#include "services/regulation/protocol_ledger_sql.h"

#include <utility>

#include "common/base/resource_name.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;
using sql::ToMicros;

using NamedDocuments = std::vector<std::pair<std::string, std::string>>;

// Names sort by bytes, whatever the collation of the database.
std::string ByName(const sql::Session& session) {
  return session.dialect == sql::Dialect::kPostgres ? "name COLLATE \"C\"" : "name";
}

std::string Position(const sql::Session& session) {
  return session.dialect == sql::Dialect::kPostgres ? "strpos" : "instr";
}

template <typename Message>
absl::StatusOr<std::vector<Message>> Parse(const NamedDocuments& rows) {
  std::vector<Message> messages(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SAS_RETURN_IF_ERROR(ledger::FromDocument(rows[i].second, rows[i].first, &messages[i]));
  }
  return messages;
}

}  // namespace

absl::StatusOr<v1::Protocol> SqlProtocolLedger::GetProtocol(const std::string& name) {
  std::string document;
  bool found = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const bool locks =
        access_ == sql::Access::kWrite && session_.dialect == sql::Dialect::kPostgres;
    found = FetchOne(session_,
                     std::string("SELECT document FROM protocols WHERE name = :name") +
                         (locks ? " FOR UPDATE" : ""),
                     use(name, "name"), into(document));
  }));
  if (!found) return ProtocolNotFound(name);
  v1::Protocol protocol;
  SAS_RETURN_IF_ERROR(ledger::FromDocument(document, name, &protocol));
  return protocol;
}

absl::Status SqlProtocolLedger::PutProtocol(const v1::Protocol& row) {
  const std::string name = row.name();
  const std::string region(base::RegionOf(name));
  const std::string scope = ScopeOf(name);
  const std::string territory = TerritoryOfScope(scope);
  const std::string protocol = ProtocolOfVersion(name);
  const VersionTimes times = TimesOf(row);
  const long long in_force = times.is_signed ? ToMicros(times.effect) : 0;
  const long long version = VersionOf(row.etag());
  const long long before = version - 1;
  const std::string document = ledger::ToDocument(row);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    if (before == 0) {
      changed = Exec(session_,
                     "INSERT INTO protocols (name, region, scope, territory, protocol, "
                     "in_force_us, version, document) VALUES (:name, :region, :scope, :territory, "
                     ":protocol, :in_force, :version, :document) ON CONFLICT (name) DO NOTHING",
                     use(name, "name"), use(region, "region"), use(scope, "scope"),
                     use(territory, "territory"), use(protocol, "protocol"),
                     use(in_force, "in_force"), use(version, "version"), use(document, "document"));
    } else {
      changed = Exec(session_,
                     "UPDATE protocols SET in_force_us = :in_force, version = :version, "
                     "document = :document WHERE name = :name AND version = :before",
                     use(in_force, "in_force"), use(version, "version"), use(document, "document"),
                     use(name, "name"), use(before, "before"));
    }
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::Protocol>> SqlProtocolLedger::ListProtocols(
    const ProtocolQuery& query) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string territories;
    for (const std::string& territory : query.territories) territories += "," + territory;
    if (!territories.empty()) territories += ",";
    const std::string prefix = query.protocol;
    std::string name;
    std::string document;
    const long long limit = query.limit;
    FetchEach(
        session_,
        "SELECT name, document FROM protocols WHERE (:region = '' OR region = :here) AND "
        "(:protocol = '' OR "
        "protocol = :same) AND (:scope = '' OR scope = :its) AND (:territories = '' OR " +
            Position(session_) + "(:among, ',' || territory || ',') > 0) AND " + ByName(session_) +
            " > :after ORDER BY " + ByName(session_) + " LIMIT :most",
        [&] { rows.emplace_back(name, document); }, use(query.region, "region"),
        use(query.region, "here"), use(prefix, "protocol"), use(prefix, "same"),
        use(query.scope, "scope"), use(query.scope, "its"), use(territories, "territories"),
        use(territories, "among"), use(query.after, "after"), use(limit, "most"), into(name),
        into(document));
  }));
  return Parse<v1::Protocol>(rows);
}

absl::Status SqlProtocolLedger::PutAcknowledgement(const std::string& version,
                                                   const v1::ProtocolAcknowledgement& row) {
  const std::string subject = row.actor().subject();
  const long long at = ToMicros(ToInstant(row.acknowledge_time()));
  const std::string document = ledger::ToDocument(row);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO protocol_acknowledgements (protocol_version, subject, acknowledge_us, "
         "document) VALUES (:version, :subject, :at, :document) "
         "ON CONFLICT (protocol_version, subject) DO NOTHING",
         use(version, "version"), use(subject, "subject"), use(at, "at"),
         use(document, "document"));
  });
}

absl::StatusOr<std::vector<v1::ProtocolAcknowledgement>> SqlProtocolLedger::ListAcknowledgements(
    const std::string& version, int limit) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string document;
    const long long most = limit;
    FetchEach(
        session_,
        "SELECT document FROM protocol_acknowledgements WHERE protocol_version = :version "
        "ORDER BY acknowledge_us, subject LIMIT :most",
        [&] { rows.emplace_back(version, document); }, use(version, "version"), use(most, "most"),
        into(document));
  }));
  return Parse<v1::ProtocolAcknowledgement>(rows);
}

absl::Status SqlProtocolLedger::AddTriage(const v1::TriageRecord& record) {
  const std::string name = record.name();
  const std::string case_name = CaseOf(name);
  const std::string protocol = ProtocolOfVersion(record.protocol());
  const long long at = ToMicros(ToInstant(record.record_time()));
  const std::string document = ledger::ToDocument(record);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO triages (name, case_name, protocol, record_us, document) "
         "VALUES (:name, :case_name, :protocol, :at, :document)",
         use(name, "name"), use(case_name, "case_name"), use(protocol, "protocol"), use(at, "at"),
         use(document, "document"));
  });
}

absl::StatusOr<std::vector<v1::TriageRecord>> SqlProtocolLedger::ListTriages(
    const TriageQuery& query) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string name;
    std::string document;
    const long long since = ToMicros(query.since);
    const long long limit = query.limit;
    FetchEach(
        session_,
        "SELECT name, document FROM triages WHERE protocol = :protocol AND record_us >= :since "
        "ORDER BY record_us DESC, " +
            ByName(session_) + " DESC LIMIT :most",
        [&] { rows.emplace_back(name, document); }, use(query.protocol, "protocol"),
        use(since, "since"), use(limit, "most"), into(name), into(document));
  }));
  return Parse<v1::TriageRecord>(rows);
}

}  // namespace sas::regulation
