#include "common/base/resource_name.h"
#include "services/regulation/store_sql_repeat.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

namespace sas::regulation {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::ToMicros;
using sql_rows::ByBytes;

std::string Number(long long value) {
  return std::to_string(value);
}

// The conditions below are store_rows.cpp's, in SQL; the contract suite holds the two together.
std::string Claimed(long long now) {
  return "(state = 2 AND owner <> '' AND claim_expire_us > " + Number(now) + ")";
}

std::string Waiting(long long now) {
  return "(state = 2 AND waits = 1 AND (owner = '' OR claim_expire_us <= " + Number(now) + "))";
}

std::string InView(v1::CaseListView view, long long now) {
  switch (view) {
    case v1::CASE_LIST_VIEW_WAITING:
      return Waiting(now);
    case v1::CASE_LIST_VIEW_CLAIMED:
      return Claimed(now);
    case v1::CASE_LIST_VIEW_CALLBACKS:
      return Waiting(now) + " AND priority = 4 AND callback_end_us > " + Number(now);
    case v1::CASE_LIST_VIEW_OPEN:
      return "state IN (1, 2)";
    case v1::CASE_LIST_VIEW_ENDED:
      return "state IN (3, 4, 5, 6)";
    default:
      return "(" + Waiting(now) + " OR " + Claimed(now) + ")";
  }
}

// Columns of QueueKey but the name: a promise that has fallen due ranks with P2.
std::string KeyColumns(v1::CaseListView view, long long now) {
  if (view == v1::CASE_LIST_VIEW_ENDED) return "-ended_us";
  const std::string due =
      "priority = 4 AND callback_end_us > 0 AND callback_end_us <= " + Number(now);
  return "CASE WHEN " + due + " THEN " + Number(kDueCallbackBand) + " ELSE band END, CASE WHEN " +
         due + " THEN 0 ELSE 1 END, rank, since_us";
}

std::string KeyValues(v1::CaseListView view, const QueueKey& key) {
  if (view == v1::CASE_LIST_VIEW_ENDED) return Number(key.wait_start_us);
  return Number(key.band) + ", " + Number(key.not_due) + ", " + Number(key.rank) + ", " +
         Number(key.wait_start_us);
}

Query Where(const CaseQuery& asked, const std::string& condition, const sql::Session& session) {
  Query query;
  query.text = " FROM cases WHERE " + condition;
  if (!asked.region.empty()) {
    query.text += " AND region = :region";
    query.bound.emplace_back("region", asked.region);
  }
  if (asked.filiere != Filiere::kUnspecified) {
    query.text += " AND filiere IN (0, " + Number(static_cast<int>(asked.filiere)) + ")";
  }
  query.AndTerritories(asked.territories, session);
  return query;
}

}  // namespace

absl::StatusOr<v1::RegulationCase> SqlTransaction::GetCase(const std::string& name) {
  SAS_ASSIGN_OR_RETURN(auto found,
                       sql_rows::Find<v1::RegulationCase>(session_, access_, "cases", name));
  if (!found) return CaseNotFound(name);
  return *std::move(found);
}

absl::Status SqlTransaction::PutCase(const v1::RegulationCase& row) {
  const CaseIndex index = IndexOf(row);
  const RepeatColumns repeat = ColumnsOf(RepeatFactsOf(row));
  const QueueKey key = KeyOf(index.queue, base::Instant{});
  const std::string document = ledger::ToDocument(row);
  const int state = static_cast<int>(index.state);
  const int filiere = static_cast<int>(index.filiere);
  const int priority = static_cast<int>(index.queue.priority);
  const int waits = index.waits ? 1 : 0;
  const long long since = key.wait_start_us;
  const long long alarm = ToMicros(index.alarm);
  const long long callback_start = ToMicros(index.queue.callback_start);
  const long long callback_end = ToMicros(index.queue.callback_end);
  const long long expire = ToMicros(index.claim_expire);
  const long long acted = ToMicros(index.claim_acted);
  const long long ended = ToMicros(index.ended);
  const long long opened = ToMicros(index.opened);
  const long long version = index.version;
  const long long before = version - 1;
  const std::string name = row.name();
  long long changed = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string text =
        before == 0
            ? "INSERT INTO cases (state, filiere, priority, waits, band, rank, since_us, alarm_us, "
              "callback_start_us, callback_end_us, owner, claim_expire_us, claim_act_us, ended_us, "
              "opened_us, numbers, insee_code, latitude_e6, longitude_e6, last_call_us, version, "
              "document, territory, name, region) VALUES (:state, :filiere, :priority, :waits, "
              ":band, :rank, :since, :alarm, :callback_start, :callback_end, :owner, :expire, "
              ":acted, :ended, :opened, :numbers, :insee, :latitude, :longitude, :last_call, "
              ":version, "
              ":document, :territory, :name, :region) "
              "ON CONFLICT (name) DO NOTHING"
            : "UPDATE cases SET state = :state, filiere = :filiere, priority = :priority, "
              "waits = :waits, band = :band, rank = :rank, since_us = :since, alarm_us = :alarm, "
              "callback_start_us = :callback_start, callback_end_us = :callback_end, "
              "owner = :owner, claim_expire_us = :expire, claim_act_us = :acted, "
              "ended_us = :ended, opened_us = :opened, numbers = :numbers, insee_code = :insee, "
              "latitude_e6 = :latitude, longitude_e6 = :longitude, last_call_us = :last_call, "
              "version = :version, document = :document, territory = :territory "
              "WHERE name = :name AND region = :region AND version = " +
                  Number(before);
    changed = Exec(
        session_, text, use(state, "state"), use(filiere, "filiere"), use(priority, "priority"),
        use(waits, "waits"), use(key.band, "band"), use(key.rank, "rank"), use(since, "since"),
        use(alarm, "alarm"), use(callback_start, "callback_start"),
        use(callback_end, "callback_end"), use(index.owner, "owner"), use(expire, "expire"),
        use(acted, "acted"), use(ended, "ended"), use(opened, "opened"),
        use(repeat.numbers, "numbers"), use(repeat.insee_code, "insee"),
        use(repeat.latitude, "latitude"), use(repeat.longitude, "longitude"),
        use(repeat.last_call, "last_call"), use(version, "version"), use(document, "document"),
        use(index.territory, "territory"), use(name, "name"), use(index.region, "region"));
  }));
  if (changed != 1) return ConcurrentChange(name);
  sql_rows::Known<v1::RegulationCase>().Keep(document, row);
  return absl::OkStatus();
}

// The index decides between two who type the same form at once.
absl::StatusOr<std::string> SqlTransaction::KeepPaperForm(const PaperForm& form) {
  const std::string region(base::RegionOf(form.case_name));
  std::string known;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long kept =
        Exec(session_,
             "INSERT INTO paper_forms (region, territory, form_number, case_name) VALUES (:region, "
             ":territory, :number, :name) ON CONFLICT (region, territory, form_number) DO NOTHING",
             use(region, "region"), use(form.territory, "territory"), use(form.number, "number"),
             use(form.case_name, "name"));
    if (kept == 1) return;
    sql::FetchOne(session_,
                  "SELECT case_name FROM paper_forms WHERE region = :region AND territory = "
                  ":territory AND form_number = :number",
                  use(region, "region"), use(form.territory, "territory"),
                  use(form.number, "number"), into(known));
  }));
  return known;
}

absl::Status SqlTransaction::DropPaperForm(const PaperForm& form) {
  const std::string region(base::RegionOf(form.case_name));
  return sql::Guard([&] {
    Exec(session_,
         "DELETE FROM paper_forms WHERE region = :region AND territory = :territory AND "
         "form_number = :number AND case_name = :name",
         use(region, "region"), use(form.territory, "territory"), use(form.number, "number"),
         use(form.case_name, "name"));
  });
}

absl::StatusOr<std::vector<v1::RegulationCase>> SqlTransaction::ListCases(const CaseQuery& asked) {
  const long long now = ToMicros(asked.now);
  Query query = Where(asked, InView(asked.view, now), session_);
  const std::string key = KeyColumns(asked.view, now) + ", " + ByBytes(session_, "name");
  query.text.insert(0, "SELECT name, document");
  if (asked.state != CaseState::kUnspecified) {
    query.text += " AND state = " + Number(static_cast<int>(asked.state)) +
                  " AND opened_us <= " + Number(ToMicros(asked.opened_until));
  }
  if (asked.after) {
    query.text += " AND (" + key + ") > (" + KeyValues(asked.view, *asked.after) + ", :after)";
    query.bound.emplace_back("after", asked.after->name);
  }
  query.text += " ORDER BY " + key + " LIMIT " + Number(asked.limit);
  return sql_rows::List<v1::RegulationCase>(session_, query.text, query.bound);
}

absl::StatusOr<std::string> SqlTransaction::NextCase(const CaseQuery& asked) {
  const long long now = ToMicros(asked.now);
  Query query = Where(asked,
                      Waiting(now) +
                          " AND priority <> 5 AND (priority <> 4 OR rank < 0 OR "
                          "callback_start_us <= " +
                          Number(now) + ")",
                      session_);
  query.text.insert(0, "SELECT name, '' AS document");
  query.text += " ORDER BY " + KeyColumns(v1::CASE_LIST_VIEW_WAITING, now) + ", " +
                ByBytes(session_, "name") + " LIMIT 1";
  if (sql_rows::OnPostgres(session_)) query.text += " FOR UPDATE SKIP LOCKED";
  SAS_ASSIGN_OR_RETURN(const auto rows, sql_rows::Fetch(session_, query.text, query.bound));
  return rows.empty() ? std::string() : rows.front().first;
}

void SqlTransaction::CountWaits(Query where, base::Instant at, RoomCount& room) {
  const long long now = ToMicros(at);
  long long priority = 0;
  long long waiting = 0;
  long long oldest = 0;
  long long alarms = 0;
  long long promised = 0;
  soci::statement statement(session_.soci);
  for (const auto& [name, value] : where.bound) statement.exchange(use(value, name));
  for (long long* column : {&priority, &waiting, &oldest, &alarms, &promised}) {
    statement.exchange(into(*column));
  }
  statement.alloc();
  statement.prepare(
      "SELECT priority, COUNT(*), MIN(since_us), SUM(CASE WHEN alarm_us <= " + Number(now) +
          " THEN 1 ELSE 0 END), COALESCE(MIN(CASE WHEN callback_end_us > 0 THEN "
          "callback_end_us END), 0) FROM cases WHERE " +
          Waiting(now) + where.text + " GROUP BY priority",
      soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute();
  while (statement.fetch()) {
    room.lines.push_back({static_cast<Priority>(priority), static_cast<int>(waiting),
                          static_cast<int>(alarms), sql::FromMicros(oldest),
                          sql::FromMicros(promised)});
  }
}

// Of each territory the one whose owner has not acted for longest. No document is read of the
// others, however many are claimed.
absl::Status SqlTransaction::CountIdle(const Query& where, base::Instant now, RoomCount& room) {
  const std::string name = ByBytes(session_, "name");
  SAS_ASSIGN_OR_RETURN(
      const auto rows,
      sql_rows::List<v1::RegulationCase>(
          session_,
          "SELECT name, document FROM cases WHERE name IN (SELECT name FROM (SELECT name, "
          "ROW_NUMBER() OVER (PARTITION BY territory ORDER BY claim_act_us, " +
              name + ") AS place FROM cases WHERE " + Claimed(ToMicros(now)) + where.text +
              ") AS claimed WHERE place = 1)",
          where.bound));
  for (const v1::RegulationCase& row : rows) room.idle.push_back(IdleOf(row));
  return absl::OkStatus();
}

long long SqlTransaction::Count(Query query) {
  long long count = 0;
  soci::statement statement(session_.soci);
  for (const auto& [name, value] : query.bound) statement.exchange(use(value, name));
  statement.exchange(into(count));
  statement.alloc();
  statement.prepare(query.text, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute(true);
  return count;
}

absl::StatusOr<RoomCount> SqlTransaction::CountRoom(const std::string& region,
                                                    const std::vector<std::string>& territories,
                                                    base::Instant now) {
  Query where;
  if (!region.empty()) {
    where.text = " AND region = :region";
    where.bound.emplace_back("region", region);
  }
  where.AndTerritories(territories, session_);
  RoomCount room;
  const auto count = [&](const std::string& text) {
    return Count({text + where.text, where.bound});
  };
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    CountWaits(where, now, room);
    room.claimed =
        static_cast<int>(count("SELECT COUNT(*) FROM cases WHERE " + Claimed(ToMicros(now))));
    room.lost_calls = static_cast<int>(count("SELECT COUNT(*) FROM lost_calls WHERE state = 1"));
    const std::string open = " FROM orders WHERE is_open = 1 AND is_local = ";
    room.open_orders = static_cast<int>(count("SELECT COUNT(*)" + open + "0"));
    room.open_entries = static_cast<int>(count("SELECT COUNT(*)" + open + "0 AND entry_band > 0"));
    room.local_entries = static_cast<int>(count("SELECT COUNT(*)" + open + "1"));
    room.next_due = sql::FromMicros(count("SELECT COALESCE(MIN(due_us), 0)" + open + "0"));
  }));
  SAS_RETURN_IF_ERROR(CountIdle(where, now, room));
  return room;
}

}  // namespace sas::regulation
