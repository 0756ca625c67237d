#include <soci/soci.h>

#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/booking/store_sql_lease.h"
#include "services/booking/store_sql_transaction.h"

// Seats that the slots have to hear of, and lists.
namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

absl::StatusOr<std::vector<v1::Appointment>> SqlTransaction::List(const AppointmentQuery& query) {
  std::vector<v1::Appointment> page;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    const bool postgres = session_.dialect == sql::Dialect::kPostgres;
    // Names sort by bytes, whatever the collation of the database.
    const std::string name = postgres ? "name COLLATE \"C\"" : "name";
    const long long after_us = query.after ? sql::ToMicros(query.after->first) : 0;
    const std::string after_name = query.after ? query.after->second : "";
    const long long start_us = query.start ? sql::ToMicros(*query.start) : 0;
    const long long end_us = query.end ? sql::ToMicros(*query.end) : 0;
    const long long limit = query.limit;
    std::string territories = ",";
    for (const std::string& territory : query.territories) territories += territory + ",";

    std::string text = "SELECT name, document FROM appointments WHERE region = :region";
    if (!query.territories.empty()) {
      text += std::string(" AND ") + (postgres ? "strpos" : "instr") +
              "(:territories, ',' || territory || ',') > 0";
    }
    if (!query.regulation_case.empty()) text += " AND regulation_case = :regulation_case";
    if (!query.site.empty()) text += " AND site = :site";
    if (!query.booker.empty()) text += " AND booker = :booker";
    if (query.start) text += " AND start_us >= :start_us";
    if (query.end) text += " AND start_us < :end_us";
    if (!query.include_cancelled) text += " AND state <> 5";
    if (query.after) text += " AND (start_us, " + name + ") > (:after_us, :after_name)";
    text += " ORDER BY start_us, " + name + " LIMIT :limit";

    std::string row_name;
    std::string document;
    sql::Query statement(session_, text);
    statement.Bind(use(query.region, "region"));
    if (!query.territories.empty()) statement.Bind(use(territories, "territories"));
    if (!query.regulation_case.empty()) {
      statement.Bind(use(query.regulation_case, "regulation_case"));
    }
    if (!query.site.empty()) statement.Bind(use(query.site, "site"));
    if (!query.booker.empty()) statement.Bind(use(query.booker, "booker"));
    if (query.start) statement.Bind(use(start_us, "start_us"));
    if (query.end) statement.Bind(use(end_us, "end_us"));
    if (query.after) {
      statement.Bind(use(after_us, "after_us"));
      statement.Bind(use(after_name, "after_name"));
    }
    statement.Bind(use(limit, "limit"));
    statement.Bind(into(row_name));
    statement.Bind(into(document));
    statement.Run(false);
    while (statement.Fetch()) {
      SAS_RETURN_IF_ERROR(ledger::FromDocument(document, row_name, &page.emplace_back()));
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::Status SqlTransaction::MarkSeat(const SeatMark& mark) {
  return sql::Guard([&] {
    const long long seat = mark.seat;
    const long long taken = mark.taken ? 1 : 0;
    const long long time_us = sql::ToMicros(mark.time);
    Exec(session_,
         "INSERT INTO seat_outbox (slot, seat, appointment, taken, time_us, parked) "
         "VALUES (:slot, :seat, :appointment, :taken, :time_us, 0)",
         use(mark.slot, "slot"), use(seat, "seat"), use(mark.appointment, "appointment"),
         use(taken, "taken"), use(time_us, "time_us"));
  });
}

absl::StatusOr<std::vector<SeatMark>> SqlTransaction::SeatMarks(int limit) {
  std::vector<SeatMark> marks;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long rows = limit;
    SeatMark mark;
    long long sequence = 0;
    long long seat = 0;
    long long taken = 0;
    long long time_us = 0;
    FetchEach(
        session_,
        "SELECT o.sequence, o.slot, o.seat, coalesce(a.name, o.appointment), o.time_us, "
        "CASE WHEN a.name IS NULL THEN 0 ELSE 1 END FROM seat_outbox o "
        "LEFT JOIN appointments a ON a.slot = o.slot AND a.seat = o.seat AND a.state <> 5 "
        "WHERE o.parked = 0 ORDER BY o.sequence LIMIT :rows",
        [&] {
          mark.sequence = sequence;
          mark.seat = static_cast<std::int32_t>(seat);
          mark.taken = taken != 0;
          mark.time = sql::FromMicros(time_us);
          marks.push_back(mark);
        },
        use(rows, "rows"), into(sequence), into(mark.slot), into(seat), into(mark.appointment),
        into(time_us), into(taken));
  }));
  return marks;
}

absl::Status SqlTransaction::RemoveSeatMarks(const std::vector<std::int64_t>& sequences) {
  if (sequences.empty()) return absl::OkStatus();
  return sql::Guard([&] {
    std::string list;
    for (const std::int64_t sequence : sequences) {
      if (!list.empty()) list += ',';
      list += std::to_string(sequence);
    }
    session_.soci << "DELETE FROM seat_outbox WHERE sequence IN (" + list + ")";
  });
}

absl::Status SqlTransaction::ParkSeatMark(std::int64_t sequence) {
  return sql::Guard([&] {
    const long long row = sequence;
    Exec(session_, "UPDATE seat_outbox SET parked = 1 WHERE sequence = :sequence",
         use(row, "sequence"));
  });
}

absl::StatusOr<SeatBacklog> SqlTransaction::Backlog() {
  SeatBacklog backlog;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    long long count = 0;
    long long parked = 0;
    long long oldest_us = 0;
    FetchOne(session_,
             "SELECT count(*), coalesce(min(time_us), 0) FROM seat_outbox WHERE parked = 0",
             into(count), into(oldest_us));
    FetchOne(session_, "SELECT count(*) FROM seat_outbox WHERE parked = 1", into(parked));
    backlog.count = count;
    backlog.parked = parked;
    if (count > 0) backlog.oldest = sql::FromMicros(oldest_us);
  }));
  return backlog;
}

absl::StatusOr<bool> SqlTransaction::LeaseRelay(const std::string& holder, base::Instant now,
                                                base::Instant until) {
  return TakeLease(session_, "seat_relay", holder, now, until);
}

}  // namespace sas::booking
