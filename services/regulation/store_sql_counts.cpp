#include "services/regulation/store_sql_conditions.h"
#include "services/regulation/store_sql_rows.h"
#include "services/regulation/store_sql_transaction.h"

// Head counts. They are taken each second while somebody watches, and look at indexes alone.
namespace sas::regulation {

using sql::ToMicros;
using sql_rows::ByBytes;
using sql_rows::Claimed;
using sql_rows::EachRow;
using sql_rows::Number;
using sql_rows::Once;
using sql_rows::Waiting;

void SqlTransaction::CountWaits(const Query& where, base::Instant at, RoomCount& room) {
  const long long now = ToMicros(at);
  long long priority = 0;
  long long waiting = 0;
  long long oldest = 0;
  long long alarms = 0;
  long long promised = 0;
  sql::Session once = Once(session_);
  EachRow(
      once,
      "SELECT priority, COUNT(*), MIN(since_us), SUM(CASE WHEN alarm_us <= " + Number(now) +
          " THEN 1 ELSE 0 END), COALESCE(MIN(CASE WHEN callback_end_us > 0 THEN "
          "callback_end_us END), 0) FROM cases WHERE " +
          Waiting(now) + where.text + " GROUP BY priority",
      where.bound,
      [&] {
        room.lines.push_back({static_cast<Priority>(priority), static_cast<int>(waiting),
                              static_cast<int>(alarms), sql::FromMicros(oldest),
                              sql::FromMicros(promised)});
      },
      priority, waiting, oldest, alarms, promised);
}

std::vector<std::string> SqlTransaction::CountClaims(const Query& where, base::Instant now,
                                                     RoomCount& room) {
  std::vector<std::string> territories;
  std::string territory;
  long long claimed = 0;
  sql::Session once = Once(session_);
  EachRow(
      once,
      "SELECT territory, COUNT(*) FROM cases WHERE " + Claimed(ToMicros(now)) + where.text +
          " GROUP BY territory",
      where.bound,
      [&] {
        territories.push_back(territory);
        room.claimed += static_cast<int>(claimed);
      },
      territory, claimed);
  return territories;
}

// The one whose owner has not acted for longest. No document is read of the others, however many
// are claimed.
absl::Status SqlTransaction::FindIdle(const Query& where, const std::string& territory,
                                      base::Instant now, RoomCount& room) {
  Query query = where;
  query.text = "SELECT name, document FROM cases WHERE " + Claimed(ToMicros(now)) + where.text +
               " AND territory = :idle_territory ORDER BY claim_act_us, " +
               ByBytes(session_, "name") + " LIMIT 1";
  query.bound.emplace_back("idle_territory", territory);
  SAS_ASSIGN_OR_RETURN(const auto rows,
                       sql_rows::List<v1::RegulationCase>(session_, query.text, query.bound));
  for (const v1::RegulationCase& row : rows) room.idle.push_back(IdleOf(row));
  return absl::OkStatus();
}

long long SqlTransaction::Count(const Query& query) {
  long long count = 0;
  EachRow(
      session_, query.text, query.bound, [] {}, count);
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
  std::vector<std::string> with_claims;
  const auto count = [&](const std::string& text) {
    return Count({text + where.text, where.bound});
  };
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    CountWaits(where, now, room);
    with_claims = CountClaims(where, now, room);
    room.lost_calls = static_cast<int>(count("SELECT COUNT(*) FROM lost_calls WHERE state = 1"));
    const std::string rings = " FROM waiting_calls WHERE state = 1";
    room.ringing = static_cast<int>(count("SELECT COUNT(*)" + rings));
    room.oldest_ringing = sql::FromMicros(count("SELECT COALESCE(MIN(arrival_us), 0)" + rings));
    const std::string open = " FROM orders WHERE is_open = 1 AND is_local = ";
    room.open_orders = static_cast<int>(count("SELECT COUNT(*)" + open + "0"));
    room.open_entries = static_cast<int>(count("SELECT COUNT(*)" + open + "0 AND entry_band > 0"));
    room.local_entries = static_cast<int>(count("SELECT COUNT(*)" + open + "1"));
    room.next_due = sql::FromMicros(count("SELECT COALESCE(MIN(due_us), 0)" + open + "0"));
  }));
  for (const std::string& territory : with_claims) {
    SAS_RETURN_IF_ERROR(FindIdle(where, territory, now, room));
  }
  return room;
}

}  // namespace sas::regulation
