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
constexpr int kFoundMax = 200;               // Of each kind, the newest: never the whole room.

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
  return "latitude_e6 <> " + Number(kNowhere) + " AND latitude_e6 BETWEEN " +
         Number(Millionths(point.latitude - high)) + " AND " +
         Number(Millionths(point.latitude + high)) + " AND longitude_e6 BETWEEN " +
         Number(Millionths(point.longitude - wide)) + " AND " +
         Number(Millionths(point.longitude + wide));
}

// The newest of those whose number, point or commune it is, each kind by its index; a dossier that
// two of them find stands there once for each.
class Arms {
 public:
  Arms(const RepeatQuery& asked, const sql::Session& session, Query& query)
      : asked_(asked), query_(query) {
    const RepeatCall& call = asked.call;
    if (!call.number.empty()) {
      const char* contains = sql_rows::OnPostgres(session) ? "strpos" : "instr";
      Bind("listed", "," + call.number + ",");
      Add("case_numbers JOIN cases ON name = case_name",
          "number = " + Bind("number", call.number) + " AND " + std::string(contains) +
              "(numbers, :listed) > 0",
          "case_name DESC");
    }
    if (call.point) AddRecent(Near(*call.point));
    if (!call.insee_code.empty()) AddRecent("insee_code = " + Bind("insee", call.insee_code));
  }

  std::string text() const { return text_; }

 private:
  std::string Bind(const std::string& parameter, const std::string& value) {
    query_.bound.emplace_back(parameter, value);
    return ":" + parameter;
  }

  void AddRecent(const std::string& where) {
    Add("cases", where + " AND last_call_us >= " + Number(ToMicros(asked_.call.now - kNearTime)),
        "last_call_us DESC");
  }

  void Add(const std::string& from, const std::string& where, const std::string& order) {
    const std::string kind = Number(kinds_++);
    text_ += (text_.empty() ? "" : " UNION ALL ");
    text_ += "SELECT * FROM (SELECT name AS found_name, " + kind + " AS kind FROM " + from +
             " WHERE " + where + " AND region = " + Bind("region" + kind, asked_.region) +
             " AND (state IN (1, 2) OR (state IN (3, 4, 5, 6) AND ended_us > " +
             Number(ToMicros(asked_.call.now - kEndedRecently)) + ")) ORDER BY " + order +
             " LIMIT " + Number(kFoundMax) + ") AS arm" + kind;
  }

  const RepeatQuery& asked_;
  Query& query_;
  std::string text_;
  int kinds_ = 0;
};

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
  const std::string found = Arms(asked, session_, query).text();
  if (found.empty()) return std::vector<v1::RegulationCase>();
  query.text =
      "SELECT name, document FROM cases JOIN (SELECT found_name, MIN(kind) AS kind FROM (" + found +
      ") AS found GROUP BY found_name) AS best ON name = found_name WHERE name <> :except";
  query.bound.emplace_back("except", asked.except);
  query.AndTerritories(asked.territories, session_);
  query.text += " ORDER BY kind, last_call_us DESC, " + sql_rows::ByBytes(session_, "name") +
                " LIMIT " + Number(kLookedAt);
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
