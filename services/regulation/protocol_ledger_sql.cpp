#include "services/regulation/protocol_ledger_sql.h"

#include "common/base/resource_name.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/store_sql_rows.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::ToMicros;
using sql_rows::ByBytes;
using sql_rows::NamedDocuments;
using sql_rows::Parse;

}  // namespace

absl::StatusOr<v1::Protocol> SqlProtocolLedger::GetProtocol(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::Protocol>(session_, access_, "protocols", name));
  if (!found) return ProtocolNotFound(name);
  return *std::move(found);
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
    const std::string territories = sql_rows::ListOf(query.territories);
    const std::string prefix = query.protocol;
    std::string name;
    std::string document;
    const long long limit = query.limit;
    FetchEach(
        session_,
        "SELECT name, document FROM protocols WHERE (:region = '' OR region = :here) AND "
        "(:protocol = '' OR "
        "protocol = :same) AND (:scope = '' OR scope = :its) AND (:territories = '' OR " +
            sql_rows::Among(session_, "among", "territory") + ") AND " + ByBytes(session_, "name") +
            " > :after ORDER BY " + ByBytes(session_, "name") + " LIMIT :most",
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
            ByBytes(session_, "name") + " DESC LIMIT :most",
        [&] { rows.emplace_back(name, document); }, use(query.protocol, "protocol"),
        use(since, "since"), use(limit, "most"), into(name), into(document));
  }));
  return Parse<v1::TriageRecord>(rows);
}

}  // namespace sas::regulation
