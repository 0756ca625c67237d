#include "common/base/resource_name.h"
#include "common/care/identifiers.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {
namespace {

using soci::use;
using sql::Exec;
using sql::ToMicros;
using sql_rows::ByBytes;
using sql_rows::FetchKept;
using sql_rows::List;

std::string After(const std::optional<QueueKey>& after, const std::string& column,
                  const std::string& name_column) {
  if (!after) return "";
  return " AND (" + column + ", " + name_column + ") > (" + std::to_string(after->wait_start_us) +
         ", :after)";
}

std::string AfterEntry(const std::optional<QueueKey>& after, const std::string& name_column) {
  if (!after) return "";
  return " AND (entry_band, created_us, " + name_column + ") > (" + std::to_string(after->band) +
         ", " + std::to_string(after->wait_start_us) + ", :after)";
}

}  // namespace

absl::Status SqlTransaction::AddDecision(const v1::Decision& decision) {
  const std::string name = decision.name();
  const std::string case_name = CaseOf(name);
  const long long created = ToMicros(ToInstant(decision.create_time()));
  const std::string document = ledger::ToDocument(decision);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO decisions (name, case_name, create_us, document) "
         "VALUES (:name, :case_name, :created, :document)",
         use(name, "name"), use(case_name, "case_name"), use(created, "created"),
         use(document, "document"));
  });
}

absl::StatusOr<std::vector<v1::Decision>> SqlTransaction::ListDecisions(
    const std::string& case_name, const std::string& after, int limit) {
  Query query;
  query.text = "SELECT name, document FROM decisions WHERE case_name = :case_name AND " +
               ByBytes(session_, "name") + " > :after ORDER BY " + ByBytes(session_, "name") +
               " LIMIT " + std::to_string(limit);
  query.bound = {{"case_name", case_name}, {"after", after}};
  SAS_ASSIGN_OR_RETURN(const auto rows, FetchKept(session_, query.text, query.bound));
  return sql_rows::Parse<v1::Decision>(rows);
}

absl::StatusOr<v1::CareOrder> SqlTransaction::GetOrder(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::CareOrder>(session_, access_, "orders", name));
  if (!found) return OrderNotFound(name);
  return *std::move(found);
}

absl::Status SqlTransaction::PutOrder(const v1::CareOrder& order) {
  const std::string name = order.name();
  const std::string case_name = CaseOf(name);
  const std::string region(base::RegionOf(name));
  const std::string territory = order.territory();
  const int state = order.state();
  const int open = IsOpen(ToValue(order.state())) ? 1 : 0;
  const long long due = ToMicros(ToInstant(order.due_time()));
  const std::string appointment = order.appointment();
  const long long version = order.version();
  const long long before = version - 1;
  const QueueKey entry = EntryKeyOf(order);
  const int band = order.has_entry() ? entry.band : 0;  // Bands of entries are above 0.
  const long long created = entry.wait_start_us;
  const int local = order.entry().local() ? 1 : 0;
  const std::string organization = care::NormalOrganization(order.entry().organization());
  const std::string submitter = order.has_entry() ? order.ordered_by().subject() : "";
  const std::string asked = AskedCommunity(order);
  const std::string community = care::NormalOrganization(asked);
  const long long answer_due =
      asked.empty() ? 0 : ToMicros(ToInstant(order.community_request().answer_due_time()));
  const std::string document = ledger::ToDocument(order);
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    if (before == 0) {
      changed =
          Exec(session_,
               "INSERT INTO orders (name, case_name, region, territory, state, is_open, "
               "due_us, appointment, entry_band, created_us, is_local, organization, submitter, "
               "community, answer_due_us, version, document) VALUES (:name, :case_name, :region, "
               ":territory, :state, :open, :due, :appointment, :band, :created, :local, "
               ":organization, :submitter, :community, :answer_due, :version, :document) ON "
               "CONFLICT (name) DO NOTHING",
               use(name, "name"), use(case_name, "case_name"), use(region, "region"),
               use(territory, "territory"), use(state, "state"), use(open, "open"), use(due, "due"),
               use(appointment, "appointment"), use(band, "band"), use(created, "created"),
               use(local, "local"), use(organization, "organization"), use(submitter, "submitter"),
               use(community, "community"), use(answer_due, "answer_due"), use(version, "version"),
               use(document, "document"));
    } else {
      changed = Exec(session_,
                     "UPDATE orders SET territory = :territory, state = :state, is_open = :open, "
                     "due_us = :due, appointment = :appointment, community = :community, "
                     "answer_due_us = :answer_due, version = :version, document = :document "
                     "WHERE name = :name AND version = :before",
                     use(territory, "territory"), use(state, "state"), use(open, "open"),
                     use(due, "due"), use(appointment, "appointment"), use(community, "community"),
                     use(answer_due, "answer_due"), use(version, "version"),
                     use(document, "document"), use(name, "name"), use(before, "before"));
    }
  }));
  return changed == 1 ? absl::OkStatus() : ConcurrentChange(name);
}

absl::StatusOr<std::vector<v1::CareOrder>> SqlTransaction::ListOrders(const OrderQuery& asked) {
  Query query;
  query.text = "SELECT name, document FROM orders WHERE ";
  if (asked.unanswered_until) {
    query.text += "answer_due_us > 0 AND answer_due_us <= CAST(:until AS BIGINT)";
    query.bound.emplace_back("until", std::to_string(ToMicros(*asked.unanswered_until)));
  } else {
    query.text += "region = :region";
    query.bound.emplace_back("region", asked.region);
  }
  if (!asked.case_name.empty()) {
    query.text += " AND case_name = :case_name";
    query.bound.emplace_back("case_name", asked.case_name);
  }
  // Whoever is asked about an order is asked about an open one.
  const bool demands = !asked.community.empty() || asked.unanswered_until;
  if (!asked.include_ended && !demands) query.text += " AND is_open = 1";
  if (!asked.community.empty()) {
    // Rows from before the column was normal have the community as it was asked.
    const std::string community = care::NormalOrganization(asked.community);
    const bool normal = community == asked.community;
    query.text += " AND community <> '' AND community ";
    query.text += normal ? "= :community" : "IN (:community, :asked_community)";
    query.bound.emplace_back("community", community);
    if (!normal) query.bound.emplace_back("asked_community", asked.community);
  }
  if (asked.without_local) query.text += " AND is_local = 0";
  if (asked.entries_only) query.text += " AND entry_band > 0";
  if (asked.owner) {
    // As care::IsOwnEntry. Rows from before the column was normal have what the credentials wrote.
    const std::string& written = asked.owner->organization;
    const std::string organization = care::NormalOrganization(written);
    query.text += organization.empty()
                      ? " AND entry_band > 0 AND submitter = :submitter"
                      : " AND entry_band > 0 AND ((organization = '' AND submitter = :submitter) "
                        "OR (organization <> '' AND organization IN (:organization, :written)))";
    query.bound.emplace_back("submitter", asked.owner->subject);
    if (!organization.empty()) {
      query.bound.emplace_back("organization", organization);
      query.bound.emplace_back("written", written);
    }
  }
  query.AndTerritories(asked.territories, session_);
  query.text += asked.entries_only ? AfterEntry(asked.after, ByBytes(session_, "name"))
                                   : After(asked.after, "due_us", ByBytes(session_, "name"));
  if (asked.after) query.bound.emplace_back("after", asked.after->name);
  query.text += asked.entries_only ? " ORDER BY entry_band, created_us, " : " ORDER BY due_us, ";
  query.text += ByBytes(session_, "name") + " LIMIT " + std::to_string(asked.limit);
  if (asked.after) return List<v1::CareOrder>(session_, query.text, query.bound);
  SAS_ASSIGN_OR_RETURN(const auto rows, FetchKept(session_, query.text, query.bound));
  return sql_rows::Parse<v1::CareOrder>(rows);
}

absl::StatusOr<v1::LostCall> SqlTransaction::GetLostCall(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::LostCall>(session_, access_, "lost_calls", name));
  if (!found) return LostCallNotFound(name);
  return *std::move(found);
}

absl::StatusOr<std::optional<v1::LostCall>> SqlTransaction::FindLostCall(
    const std::string& region, const std::string& number) {
  Query query;
  query.text =
      "SELECT name, document FROM lost_calls WHERE region = :region AND state = 1 "
      "AND phone_number = :number ORDER BY arrival_us DESC, " +
      ByBytes(session_, "name") + " DESC LIMIT 1" + sql_rows::ForUpdate(session_, access_);
  query.bound = {{"region", region}, {"number", number}};
  SAS_ASSIGN_OR_RETURN(auto found, List<v1::LostCall>(session_, query.text, query.bound));
  if (found.empty()) return std::optional<v1::LostCall>();
  return std::optional<v1::LostCall>(std::move(found.front()));
}

absl::Status SqlTransaction::PutLostCall(const v1::LostCall& lost_call) {
  const std::string name = lost_call.name();
  const std::string region(base::RegionOf(name));
  const std::string territory = lost_call.territory();
  const int state = lost_call.state();
  const std::string number = lost_call.phone_number();
  const long long arrival = ToMicros(ToInstant(lost_call.arrival_time()));
  const std::string document = ledger::ToDocument(lost_call);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO lost_calls (name, region, territory, state, phone_number, arrival_us, "
         "document) VALUES (:name, :region, :territory, :state, :number, :arrival, :document) "
         "ON CONFLICT (name) DO UPDATE SET state = excluded.state, "
         "territory = excluded.territory, phone_number = excluded.phone_number, "
         "arrival_us = excluded.arrival_us, document = excluded.document",
         use(name, "name"), use(region, "region"), use(territory, "territory"), use(state, "state"),
         use(number, "number"), use(arrival, "arrival"), use(document, "document"));
  });
}

absl::StatusOr<std::vector<v1::LostCall>> SqlTransaction::ListLostCalls(
    const LostCallQuery& asked) {
  Query query;
  query.text = "SELECT name, document FROM lost_calls WHERE region = :region AND state = 1";
  query.bound.emplace_back("region", asked.region);
  query.AndTerritories(asked.territories, session_);
  query.text += After(asked.after, "arrival_us", ByBytes(session_, "name"));
  if (asked.after) query.bound.emplace_back("after", asked.after->name);
  query.text += " ORDER BY arrival_us, " + ByBytes(session_, "name") + " LIMIT " +
                std::to_string(asked.limit);
  return List<v1::LostCall>(session_, query.text, query.bound);
}

}  // namespace sas::regulation
