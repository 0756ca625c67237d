#include "services/regulation/pickup_ledger_sql.h"

#include <utility>

#include "common/base/resource_name.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {
namespace {

using soci::use;
using sql::ToMicros;
using sql_rows::ByBytes;

constexpr char kRows[] = "SELECT name, document, rank FROM waiting_calls WHERE ";

std::string Number(long long value) {
  return std::to_string(value);
}

// The rows of a query that begins with kRows.
absl::StatusOr<std::vector<WaitingRow>> Rows(const sql::Session& session, const Query& query) {
  sql_rows::NamedDocuments found;
  std::vector<bool> again;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    sql::Session once = sql_rows::Once(session);
    std::pair<std::string, std::string> row;
    long long rank = 0;
    sql_rows::EachRow(
        once, query.text, query.bound,
        [&] {
          found.push_back(row);
          again.push_back(rank < 0);
        },
        row.first, row.second, rank);
  }));
  SAS_ASSIGN_OR_RETURN(auto calls, sql_rows::Parse<v1::WaitingCall>(found));
  std::vector<WaitingRow> rows;
  for (std::size_t i = 0; i < calls.size(); ++i) rows.push_back({std::move(calls[i]), again[i]});
  return rows;
}

Query Where(const std::string& start, const WaitingQuery& asked, const sql::Session& session) {
  Query query;
  query.text = start + (asked.ringing_only ? "state = 1" : "state IN (1, 2)");
  if (!asked.region.empty()) {
    query.text += " AND region = :region";
    query.bound.emplace_back("region", asked.region);
  }
  query.AndTerritories(asked.territories, session);
  return query;
}

std::string InOrder(const sql::Session& session) {
  return "state, rank, arrival_us, " + ByBytes(session, "name");
}

std::string NewestFirst(const sql::Session& session, int limit) {
  return " ORDER BY arrival_us DESC, " + ByBytes(session, "name") + " DESC LIMIT " + Number(limit);
}

}  // namespace

absl::StatusOr<WaitingRow> SqlPickupLedger::GetWaiting(const std::string& name) {
  Query query;
  query.text = kRows + std::string("name = :name") + sql_rows::ForUpdate(session_, access_);
  query.bound.emplace_back("name", name);
  SAS_ASSIGN_OR_RETURN(auto rows, Rows(session_, query));
  if (rows.empty()) return WaitingCallNotFound(name);
  return std::move(rows.front());
}

absl::StatusOr<std::optional<WaitingRow>> SqlPickupLedger::FindReference(
    const std::string& region, const std::string& reference) {
  Query query;
  query.text = kRows + std::string("region = :region AND call_reference = :reference") +
               NewestFirst(session_, 1) + sql_rows::ForUpdate(session_, access_);
  query.bound = {{"region", region}, {"reference", reference}};
  SAS_ASSIGN_OR_RETURN(auto rows, Rows(session_, query));
  if (rows.empty()) return std::optional<WaitingRow>();
  return std::optional(std::move(rows.front()));
}

absl::Status SqlPickupLedger::PutWaiting(const WaitingRow& row) {
  const std::string name = row.call.name();
  const std::string region(base::RegionOf(name));
  const std::string territory = row.call.territory();
  const std::string reference = row.call.call_reference();
  const std::string number = row.call.phone_number();
  const int state = row.call.state();
  const int rank = KeyOf(ToValue(row)).rank;
  const long long arrival = ToMicros(ToInstant(row.call.arrival_time()));
  const long long version = VersionOf(row.call.etag());
  const long long before = version - 1;
  const std::string document = ledger::ToDocument(row.call);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    if (before == 0) {
      changed = sql::Exec(
          session_,
          "INSERT INTO waiting_calls (name, region, territory, state, rank, arrival_us, "
          "call_reference, phone_number, version, document) VALUES (:name, :region, :territory, "
          ":state, :rank, :arrival, :reference, :number, :version, :document) "
          "ON CONFLICT DO NOTHING",
          use(name, "name"), use(region, "region"), use(territory, "territory"),
          use(state, "state"), use(rank, "rank"), use(arrival, "arrival"),
          use(reference, "reference"), use(number, "number"), use(version, "version"),
          use(document, "document"));
    } else {
      changed = sql::Exec(session_,
                          "UPDATE waiting_calls SET state = :state, version = :version, document = "
                          ":document WHERE name = :name AND version = :before",
                          use(state, "state"), use(version, "version"), use(document, "document"),
                          use(name, "name"), use(before, "before"));
    }
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<WaitingRow>> SqlPickupLedger::ListOfNumber(const std::string& region,
                                                                      const std::string& number,
                                                                      base::Instant since) {
  Query query;
  query.text = kRows +
               std::string(
                   "region = :region AND phone_number = :number AND phone_number <> '' "
                   "AND arrival_us > ") +
               Number(ToMicros(since)) + NewestFirst(session_, kRingsCountedMax);
  query.bound = {{"region", region}, {"number", number}};
  return Rows(session_, query);
}

absl::StatusOr<std::vector<WaitingRow>> SqlPickupLedger::ListWaiting(const WaitingQuery& asked) {
  Query query = Where(kRows, asked, session_);
  if (asked.after) {
    const QueueKey& key = *asked.after;
    query.text += " AND (" + InOrder(session_) + ") > (" + Number(key.band) + ", " +
                  Number(key.rank) + ", " + Number(key.wait_start_us) + ", :after)";
    query.bound.emplace_back("after", key.name);
  }
  query.text += " ORDER BY " + InOrder(session_) + " LIMIT " + Number(asked.limit);
  return Rows(session_, query);
}

absl::StatusOr<std::string> SqlPickupLedger::NextRinging(const WaitingQuery& asked) {
  WaitingQuery ringing = asked;
  ringing.ringing_only = true;
  Query query = Where("SELECT name, '' AS document FROM waiting_calls WHERE ", ringing, session_);
  query.text += " ORDER BY " + InOrder(session_) + " LIMIT 1";
  if (sql_rows::OnPostgres(session_)) query.text += " FOR UPDATE SKIP LOCKED";
  SAS_ASSIGN_OR_RETURN(const auto rows, sql_rows::Fetch(session_, query.text, query.bound));
  return rows.empty() ? std::string() : rows.front().first;
}

absl::StatusOr<int> SqlPickupLedger::CountRinging(const std::string& region,
                                                  const std::string& territory) {
  long long count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    sql::FetchOne(session_,
                  "SELECT COUNT(*) FROM waiting_calls WHERE state = 1 AND region = :region AND "
                  "territory = :territory",
                  use(region, "region"), use(territory, "territory"), soci::into(count));
  }));
  return static_cast<int>(count);
}

absl::StatusOr<std::vector<std::string>> SqlPickupLedger::ListSettled(base::Instant before,
                                                                      int limit) {
  SAS_ASSIGN_OR_RETURN(
      const auto rows,
      sql_rows::Fetch(session_,
                      "SELECT name, '' AS document FROM waiting_calls WHERE state IN (3, 4) AND "
                      "arrival_us < " +
                          Number(ToMicros(before)) + " ORDER BY arrival_us, " +
                          ByBytes(session_, "name") + " LIMIT " + Number(limit),
                      {}));
  std::vector<std::string> names;
  for (const auto& [name, document] : rows) names.push_back(name);
  return names;
}

absl::Status SqlPickupLedger::Drop(const std::vector<std::string>& names) {
  return sql::Guard([&] {
    for (const std::string& name : names) {
      sql::Exec(session_, "DELETE FROM waiting_calls WHERE name = :name", use(name, "name"));
    }
  });
}

}  // namespace sas::regulation
