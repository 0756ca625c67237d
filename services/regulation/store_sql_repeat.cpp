#include "services/regulation/store_sql_repeat.h"

#include <cmath>
#include <numbers>

#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FromMicros;
using sql::ToMicros;

constexpr long long kNowhere = 999'000'000;
constexpr double kMillion = 1e6;
constexpr double kMetersOfDegree = 111'000;  // A little less than any: the box is never too small.
constexpr int kLookedAt = 100;               // Rows that are compared; the best kinds come first.

std::string Number(long long value) {
  return std::to_string(value);
}

long long Millionths(double degrees) {
  return std::llround(degrees * kMillion);
}

// A box around the point: what lies nearer than kNearMeters lies in it. Resembles measures.
std::string Near(const care::Point& point) {
  const double high = kNearMeters / kMetersOfDegree;
  const double wide = high / std::cos(point.latitude * std::numbers::pi / 180);
  return "latitude_e6 BETWEEN " + Number(Millionths(point.latitude - high)) + " AND " +
         Number(Millionths(point.latitude + high)) + " AND longitude_e6 BETWEEN " +
         Number(Millionths(point.longitude - wide)) + " AND " +
         Number(Millionths(point.longitude + wide));
}

// The conditions of Resembles, the strongest first; each "0 = 1" when nothing is known to ask for.
struct Conditions {
  std::string number = "0 = 1";
  std::string near = "0 = 1";
  std::string commune = "0 = 1";
};

Conditions ConditionsOf(const RepeatCall& call, const sql::Session& session, Query& query) {
  Conditions conditions;
  const std::string lately = "last_call_us >= " + Number(ToMicros(call.now - kNearTime)) + " AND ";
  if (!call.number.empty()) {
    conditions.number =
        std::string(sql_rows::OnPostgres(session) ? "strpos" : "instr") + "(numbers, :number) > 0";
    query.bound.emplace_back("number", "," + call.number + ",");
  }
  if (call.point) conditions.near = lately + Near(*call.point);
  if (!call.insee_code.empty()) {
    conditions.commune = lately + "insee_code = :insee";
    query.bound.emplace_back("insee", call.insee_code);
  }
  return conditions;
}

}  // namespace

RepeatColumns ColumnsOf(const RepeatFacts& facts) {
  RepeatColumns columns;
  for (const std::string& number : facts.numbers) columns.numbers += "," + number;
  if (!columns.numbers.empty()) columns.numbers += ",";
  columns.insee_code = facts.insee_code;
  columns.latitude = facts.point ? Millionths(facts.point->latitude) : kNowhere;
  columns.longitude = facts.point ? Millionths(facts.point->longitude) : kNowhere;
  columns.last_call = ToMicros(facts.last_call);
  return columns;
}

absl::StatusOr<std::vector<v1::RegulationCase>> SqlTransaction::FindRepeated(
    const RepeatQuery& asked) {
  Query query;
  const Conditions match = ConditionsOf(asked.call, session_, query);
  // Those that are open and those that have ended lately, each by its index: never all that were.
  query.text =
      "SELECT name, document FROM (SELECT name, document, last_call_us, CASE WHEN " + match.number +
      " THEN 0 WHEN " + match.near + " THEN 1 WHEN " + match.commune +
      " THEN 2 ELSE 3 END AS kind FROM cases WHERE name IN (SELECT name FROM cases WHERE "
      "region = :region AND state IN (1, 2) UNION ALL SELECT name FROM cases WHERE region = :here "
      "AND state IN (3, 4, 5, 6) AND ended_us > " +
      Number(ToMicros(asked.call.now - kEndedRecently)) + ") AND name <> :except";
  query.bound.emplace_back("region", asked.region);
  query.bound.emplace_back("here", asked.region);
  query.bound.emplace_back("except", asked.except);
  query.AndTerritories(asked.territories, session_);
  query.text += ") AS found WHERE kind < 3 ORDER BY kind, last_call_us DESC, " +
                sql_rows::ByBytes(session_, "name") + " LIMIT " + Number(kLookedAt);
  SAS_ASSIGN_OR_RETURN(auto rows,
                       sql_rows::List<v1::RegulationCase>(session_, query.text, query.bound));
  return BestOf(asked, std::move(rows));
}

absl::Status SqlTransaction::KeepAttached(const AttachedCall& call) {
  const long long version = call.version;
  const long long attached = ToMicros(call.attached);
  const int state = static_cast<int>(call.before.state);
  const int priority = static_cast<int>(call.before.priority);
  const long long start = ToMicros(call.before.wait_start);
  const long long target = ToMicros(call.before.wait_target);
  const long long alarm = ToMicros(call.before.wait_alarm);
  const long long close = ToMicros(call.before.close);
  return sql::Guard([&] {
    Exec(session_,
         "INSERT INTO attached_calls (case_name, call_id, version, attached_us, state, priority, "
         "wait_start_us, wait_target_us, wait_alarm_us, close_us, lost_call) VALUES (:name, :id, "
         ":version, :attached, :state, :priority, :start, :target, :alarm, :close, :lost) "
         "ON CONFLICT (case_name, call_id) DO UPDATE SET version = excluded.version, "
         "attached_us = excluded.attached_us, state = excluded.state, "
         "priority = excluded.priority, wait_start_us = excluded.wait_start_us, "
         "wait_target_us = excluded.wait_target_us, wait_alarm_us = excluded.wait_alarm_us, "
         "close_us = excluded.close_us, lost_call = excluded.lost_call",
         use(call.case_name, "name"), use(call.call_id, "id"), use(version, "version"),
         use(attached, "attached"), use(state, "state"), use(priority, "priority"),
         use(start, "start"), use(target, "target"), use(alarm, "alarm"), use(close, "close"),
         use(call.before.lost_call, "lost"));
  });
}

absl::StatusOr<std::vector<AttachedCall>> SqlTransaction::ListAttached(
    const std::string& case_name) {
  std::vector<AttachedCall> calls;
  std::string id;
  std::string lost;
  long long version = 0, attached = 0, state = 0, priority = 0;
  long long start = 0, target = 0, alarm = 0, close = 0;
  const auto add = [&] {
    const BeforeCall before{static_cast<CaseState>(state),
                            static_cast<Priority>(priority),
                            FromMicros(start),
                            FromMicros(target),
                            FromMicros(alarm),
                            FromMicros(close),
                            lost};
    calls.push_back({case_name, id, version, FromMicros(attached), before});
  };
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    sql::FetchEach(session_,
                   "SELECT call_id, version, attached_us, state, priority, wait_start_us, "
                   "wait_target_us, wait_alarm_us, close_us, lost_call FROM attached_calls WHERE "
                   "case_name = :name ORDER BY version",
                   add, use(case_name, "name"), into(id), into(version), into(attached),
                   into(state), into(priority), into(start), into(target), into(alarm), into(close),
                   into(lost));
  }));
  return calls;
}

absl::Status SqlTransaction::DropAttached(const std::string& case_name,
                                          const std::string& call_id) {
  return sql::Guard([&] {
    Exec(session_, "DELETE FROM attached_calls WHERE case_name = :name AND call_id = :id",
         use(case_name, "name"), use(call_id, "id"));
  });
}

}  // namespace sas::regulation
