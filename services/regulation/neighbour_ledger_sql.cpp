#include "common/base/resource_name.h"
#include "services/regulation/roster_ledger_sql.h"
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

}  // namespace

absl::Status SqlNeighbourLedger::PutOffer(const OpenOffer& offer) {
  const std::string region(base::RegionOf(offer.case_name));
  const long long alarm = ToMicros(offer.alarm);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO case_offers (case_name, region, from_territory, to_territory, alarm_us) "
         "VALUES (:name, :region, :origin, :target, :alarm) ON CONFLICT (case_name) DO UPDATE SET "
         "from_territory = excluded.from_territory, to_territory = excluded.to_territory, "
         "alarm_us = excluded.alarm_us",
         use(offer.case_name, "name"), use(region, "region"), use(offer.from, "origin"),
         use(offer.to, "target"), use(alarm, "alarm"));
  });
}

absl::Status SqlNeighbourLedger::DropOffer(const std::string& case_name) {
  return sql::Guard([&] {
    Exec(session_, "DELETE FROM case_offers WHERE case_name = :name", use(case_name, "name"));
  });
}

absl::StatusOr<std::vector<OpenOffer>> SqlNeighbourLedger::ListOffers(const OfferQuery& query) {
  std::vector<OpenOffer> offers;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string territories = sql_rows::ListOf(query.territories);
    const long long after_alarm = ToMicros(query.after_alarm);
    const long long limit = query.limit;
    const std::string key = "alarm_us, " + ByBytes(session_, "case_name");
    OpenOffer row;
    long long alarm = 0;
    FetchEach(
        session_,
        "SELECT case_name, from_territory, to_territory, alarm_us FROM case_offers WHERE (:region "
        "= '' OR region = :here) AND (:territories = '' OR " +
            Among(session_, "givers", "from_territory") + " OR " +
            Among(session_, "takers", "to_territory") + ") AND (:after = '' OR (" + key +
            ") > (:after_alarm, :after_name)) ORDER BY " + key + " LIMIT :most",
        [&] {
          row.alarm = sql::FromMicros(alarm);
          offers.push_back(row);
        },
        use(query.region, "region"), use(query.region, "here"), use(territories, "territories"),
        use(territories, "givers"), use(territories, "takers"), use(query.after, "after"),
        use(after_alarm, "after_alarm"), use(query.after, "after_name"), use(limit, "most"),
        into(row.case_name), into(row.from), into(row.to), into(alarm));
  }));
  return offers;
}

absl::StatusOr<v1::NeighbourConvention> SqlNeighbourLedger::GetConvention(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(
      auto found, sql_rows::Find<v1::NeighbourConvention>(session_, access_, "conventions", name));
  if (!found) return ConventionNotFound(name);
  return *std::move(found);
}

absl::Status SqlNeighbourLedger::PutConvention(const v1::NeighbourConvention& convention) {
  const std::string name = convention.name();
  if (VersionOf(convention.etag()) > 1) {
    SAS_ASSIGN_OR_RETURN(const bool replaced,
                         sql_rows::Replace(session_, "conventions", convention));
    return replaced ? absl::OkStatus() : ConcurrentChange(name);
  }
  const std::string region(base::RegionOf(name));
  const std::string host = convention.host_territory();
  const std::string document = ledger::ToDocument(convention);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    changed = Exec(session_,
                   "INSERT INTO conventions (name, region, host_territory, version, document) "
                   "VALUES (:name, :region, :host, 1, :document) ON CONFLICT (name) DO NOTHING",
                   use(name, "name"), use(region, "region"), use(host, "host"),
                   use(document, "document"));
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::NeighbourConvention>> SqlNeighbourLedger::ListConventions(
    const ConventionQuery& query) {
  NamedDocuments rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long limit = query.limit;
    std::string name;
    std::string document;
    FetchEach(
        session_,
        "SELECT name, document FROM conventions WHERE region = :region AND (:host = '' OR "
        "host_territory = :whose) AND " +
            ByBytes(session_, "name") + " > :after ORDER BY " + ByBytes(session_, "name") +
            " LIMIT :most",
        [&] { rows.emplace_back(name, document); }, use(query.region, "region"),
        use(query.host, "host"), use(query.host, "whose"), use(query.after, "after"),
        use(limit, "most"), into(name), into(document));
  }));
  return sql_rows::Parse<v1::NeighbourConvention>(rows);
}

}  // namespace sas::regulation
