#include "services/slots/domain/slot_name.h"
#include "services/slots/store_sql_transaction.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;

absl::StatusOr<std::int64_t> SqlTransaction::NextSeatSequence(std::string_view slot) {
  SAS_ASSIGN_OR_RETURN(const auto identity, ParseSlotName(slot, "slot"));
  return Next(identity.region, "seat_sequence");
}

absl::StatusOr<bool> SqlTransaction::PutSeat(const SeatFact& fact) {
  SAS_ASSIGN_OR_RETURN(const auto identity, ParseSlotName(fact.slot, "slot"));
  bool changed = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long seat = fact.seat;
    const long long start = sql::ToMicros(identity.start);
    const long long sequence = fact.sequence;
    changed = Exec(session_,
                   "INSERT INTO seats (slot, seat, region, site, start_us, appointment, sequence) "
                   "VALUES (:slot, :seat, :region, :site, :start_us, :appointment, :sequence) "
                   "ON CONFLICT (slot, seat) DO UPDATE SET appointment = excluded.appointment, "
                   "sequence = excluded.sequence WHERE seats.appointment <> excluded.appointment",
                   use(fact.slot, "slot"), use(seat, "seat"), use(identity.region, "region"),
                   use(identity.site, "site"), use(start, "start_us"),
                   use(fact.appointment, "appointment"), use(sequence, "sequence")) > 0;
  }));
  return changed;
}

absl::StatusOr<bool> SqlTransaction::FreeSeat(std::string_view slot, int seat,
                                              std::string_view appointment) {
  bool freed = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string name(slot);
    const long long number = seat;
    const std::string owner(appointment);
    freed = Exec(session_,
                 "DELETE FROM seats WHERE slot = :slot AND seat = :seat "
                 "AND appointment = :appointment",
                 use(name, "slot"), use(number, "seat"), use(owner, "appointment")) > 0;
  }));
  return freed;
}

absl::StatusOr<std::vector<SeatFact>> SqlTransaction::ListSeats(std::string_view region,
                                                                base::Instant from,
                                                                base::Instant to) {
  return SeatsOf("region", region, from, to);
}

absl::StatusOr<std::vector<SeatFact>> SqlTransaction::ListSiteSeats(std::string_view site,
                                                                    base::Instant from,
                                                                    base::Instant to) {
  return SeatsOf("site", site, from, to);
}

absl::StatusOr<std::vector<SeatFact>> SqlTransaction::SeatsOf(const char* column,
                                                              std::string_view value,
                                                              base::Instant from,
                                                              base::Instant to) {
  std::vector<SeatFact> facts;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(value);
    const long long first = sql::ToMicros(from);
    const long long end = sql::ToMicros(to);
    SeatFact fact;
    long long seat = 0;
    long long sequence = 0;
    const auto add = [&] {
      facts.push_back({fact.slot, static_cast<int>(seat), fact.appointment, true, sequence});
    };
    FetchEach(session_,
              std::string("SELECT slot, seat, appointment, sequence FROM seats WHERE ") + column +
                  " = :value AND start_us >= :first AND start_us < :end ORDER BY start_us, " +
                  Bytewise("slot") + ", seat",
              add, use(key, "value"), use(first, "first"), use(end, "end"), into(fact.slot),
              into(seat), into(fact.appointment), into(sequence));
  }));
  return facts;
}

absl::StatusOr<std::vector<SeatFact>> SqlTransaction::ListSlotSeats(std::string_view slot) {
  std::vector<SeatFact> facts;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string name(slot);
    std::string appointment;
    long long seat = 0;
    long long sequence = 0;
    const auto add = [&] {
      facts.push_back({name, static_cast<int>(seat), appointment, true, sequence});
    };
    FetchEach(session_,
              "SELECT seat, appointment, sequence FROM seats WHERE slot = :slot ORDER BY seat", add,
              use(name, "slot"), into(seat), into(appointment), into(sequence));
  }));
  return facts;
}

absl::StatusOr<std::map<std::string, int>> SqlTransaction::CountSeatsBySite(std::string_view region,
                                                                            base::Instant from,
                                                                            base::Instant to) {
  std::map<std::string, int> counts;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const long long first = sql::ToMicros(from);
    const long long end = sql::ToMicros(to);
    std::string site;
    long long count = 0;
    FetchEach(
        session_,
        "SELECT site, count(*) FROM seats WHERE region = :region AND start_us >= :first "
        "AND start_us < :end GROUP BY site",
        [&] { counts[site] = static_cast<int>(count); }, use(key, "region"), use(first, "first"),
        use(end, "end"), into(site), into(count));
  }));
  return counts;
}

absl::StatusOr<int> SqlTransaction::PurgeSeats(base::Instant before, int limit) {
  long long purged = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long end = sql::ToMicros(before);
    const long long rows = limit;
    purged = Exec(session_,
                  "DELETE FROM seats WHERE (slot, seat) IN (SELECT slot, seat FROM seats "
                  "WHERE start_us < :before ORDER BY start_us LIMIT :rows)",
                  use(end, "before"), use(rows, "rows"));
  }));
  return static_cast<int>(purged);
}

}  // namespace sas::slots
