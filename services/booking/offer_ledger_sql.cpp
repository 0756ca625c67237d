#include "services/booking/offer_ledger_sql.h"

#include <soci/soci.h>

#include "common/base/resource_name.h"
#include "common/base/timestamp.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/booking/store_sql_lease.h"

namespace sas::booking {
namespace {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

constexpr char kFreedColumns[] =
    "SELECT id, region, slot, care_order, cause, start_us, freed_us, rounds, offer, is_open, "
    "end_reason FROM freed_seats ";

// A row of freed_seats as SOCI binds it.
struct FreedRow {
  FreedRow() = default;

  explicit FreedRow(const FreedSeat& freed)
      : seat(freed),
        start_us(sql::ToMicros(freed.start)),
        freed_us(sql::ToMicros(freed.freed)),
        rounds(freed.rounds),
        open(freed.open ? 1 : 0) {}

  FreedSeat Seat() const {
    FreedSeat read = seat;
    read.start = sql::FromMicros(start_us);
    read.freed = sql::FromMicros(freed_us);
    read.rounds = static_cast<int>(rounds);
    read.open = open != 0;
    return read;
  }

  FreedSeat seat;
  long long start_us = 0;
  long long freed_us = 0;
  long long rounds = 0;
  long long open = 0;
};

}  // namespace

absl::Status SqlOfferLedger::AddFreed(const FreedSeat& seat) {
  return sql::Guard([&] {
    const FreedRow row(seat);
    Exec(
        session_,
        "INSERT INTO freed_seats (id, region, slot, care_order, cause, start_us, freed_us, rounds, "
        "offer, is_open, end_reason) VALUES (:id, :region, :slot, :care_order, :cause, :start_us, "
        ":freed_us, :rounds, :offer, :is_open, :end_reason) ON CONFLICT (id) DO NOTHING",
        use(seat.id, "id"), use(seat.region, "region"), use(seat.slot, "slot"),
        use(seat.care_order, "care_order"), use(seat.cause, "cause"), use(row.start_us, "start_us"),
        use(row.freed_us, "freed_us"), use(row.rounds, "rounds"), use(seat.offer, "offer"),
        use(row.open, "is_open"), use(seat.end_reason, "end_reason"));
  });
}

absl::StatusOr<FreedSeat> SqlOfferLedger::GetFreed(const std::string& id) {
  FreedRow row;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    if (!FetchOne(session_, std::string(kFreedColumns) + "WHERE id = :id", use(id, "id"),
                  into(row.seat.id), into(row.seat.region), into(row.seat.slot),
                  into(row.seat.care_order), into(row.seat.cause), into(row.start_us),
                  into(row.freed_us), into(row.rounds), into(row.seat.offer), into(row.open),
                  into(row.seat.end_reason))) {
      return FreedSeatNotFound(id);
    }
    return absl::OkStatus();
  }));
  return row.Seat();
}

absl::Status SqlOfferLedger::PutFreed(const FreedSeat& seat) {
  return sql::Guard([&]() -> absl::Status {
    const FreedRow row(seat);
    const long long changed =
        Exec(session_,
             "UPDATE freed_seats SET rounds = :rounds, offer = :offer, is_open = :is_open, "
             "end_reason = :end_reason WHERE id = :id",
             use(row.rounds, "rounds"), use(seat.offer, "offer"), use(row.open, "is_open"),
             use(seat.end_reason, "end_reason"), use(seat.id, "id"));
    return changed > 0 ? absl::OkStatus() : FreedSeatNotFound(seat.id);
  });
}

absl::StatusOr<std::vector<FreedSeat>> SqlOfferLedger::OpenFreed(int limit) {
  std::vector<FreedSeat> open;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long rows = limit;
    FreedRow row;
    FetchEach(
        session_,
        std::string(kFreedColumns) + "WHERE is_open = 1 ORDER BY freed_us, id LIMIT :rows",
        [&] { open.push_back(row.Seat()); }, use(rows, "rows"), into(row.seat.id),
        into(row.seat.region), into(row.seat.slot), into(row.seat.care_order), into(row.seat.cause),
        into(row.start_us), into(row.freed_us), into(row.rounds), into(row.seat.offer),
        into(row.open), into(row.seat.end_reason));
  }));
  return open;
}

absl::StatusOr<OfferRecord> SqlOfferLedger::GetOffer(const std::string& name) {
  OfferRecord record;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    std::string document;
    if (!FetchOne(session_, "SELECT document, freed_seat FROM seat_offers WHERE name = :name",
                  use(name, "name"), into(document), into(record.freed_seat))) {
      return OfferNotFound(name);
    }
    return ledger::FromDocument(document, name, &record.offer);
  }));
  return record;
}

absl::Status SqlOfferLedger::PutOffer(const OfferRecord& record) {
  return sql::Guard([&] {
    const v1::SeatOffer& offer = record.offer;
    const std::string region(base::RegionOf(offer.name()));
    const std::string document = ledger::ToDocument(offer);
    const long long state = offer.state();
    const long long create_us = sql::ToMicros(base::ToInstant(offer.create_time()));
    const std::string name = offer.name();
    const std::string territory = offer.territory();
    const std::string care_order = offer.care_order();
    Exec(session_,
         "INSERT INTO seat_offers (name, region, territory, freed_seat, care_order, state, "
         "create_us, document) VALUES (:name, :region, :territory, :freed_seat, :care_order, "
         ":state, :create_us, :document) ON CONFLICT (name) DO UPDATE SET "
         "state = excluded.state, document = excluded.document",
         use(name, "name"), use(region, "region"), use(territory, "territory"),
         use(record.freed_seat, "freed_seat"), use(care_order, "care_order"), use(state, "state"),
         use(create_us, "create_us"), use(document, "document"));
  });
}

absl::StatusOr<std::vector<OfferRecord>> SqlOfferLedger::ListOffers(const OfferQuery& query) {
  std::vector<OfferRecord> page;
  SAS_RETURN_IF_ERROR(sql::Guard([&]() -> absl::Status {
    const bool postgres = session_.dialect == sql::Dialect::kPostgres;
    const std::string name = postgres ? "name COLLATE \"C\"" : "name";
    const long long after_us = query.after ? sql::ToMicros(query.after->first) : 0;
    const std::string after_name = query.after ? query.after->second : "";
    const long long limit = query.limit;
    std::string territories = ",";
    for (const std::string& territory : query.territories) territories += territory + ",";
    std::string text = "SELECT name, document, freed_seat FROM seat_offers WHERE region = :region";
    if (!query.territories.empty()) {
      text += std::string(" AND ") + (postgres ? "strpos" : "instr") +
              "(:territories, ',' || territory || ',') > 0";
    }
    if (!query.include_ended) text += " AND state = 1";
    if (query.after) text += " AND (create_us, " + name + ") < (:after_us, :after_name)";
    text += " ORDER BY create_us DESC, " + name + " DESC LIMIT :limit";
    std::string row_name;
    std::string document;
    std::string freed_seat;
    sql::Query statement(session_, text);
    statement.Bind(use(query.region, "region"));
    if (!query.territories.empty()) statement.Bind(use(territories, "territories"));
    if (query.after) {
      statement.Bind(use(after_us, "after_us"));
      statement.Bind(use(after_name, "after_name"));
    }
    statement.Bind(use(limit, "limit"));
    statement.Bind(into(row_name));
    statement.Bind(into(document));
    statement.Bind(into(freed_seat));
    statement.Run(false);
    while (statement.Fetch()) {
      OfferRecord& record = page.emplace_back();
      SAS_RETURN_IF_ERROR(ledger::FromDocument(document, row_name, &record.offer));
      record.freed_seat = freed_seat;
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<std::string>> SqlOfferLedger::AskedOrders(const FreedSeat& seat) {
  std::vector<std::string> asked;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::string care_order;
    FetchEach(
        session_,
        "SELECT care_order FROM seat_offers WHERE freed_seat = :freed_seat "
        "OR (region = :region AND state = 1)",
        [&] { asked.push_back(care_order); }, use(seat.id, "freed_seat"),
        use(seat.region, "region"), into(care_order));
  }));
  return asked;
}

absl::StatusOr<std::optional<std::pair<std::string, std::string>>> SqlOfferLedger::LiveOfOrder(
    const std::string& care_order) {
  std::optional<std::pair<std::string, std::string>> live;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::pair<std::string, std::string> row;
    if (FetchOne(session_,
                 "SELECT name, slot FROM appointments WHERE care_order = :care_order AND "
                 "care_order <> '' AND state <> 5",
                 use(care_order, "care_order"), into(row.first), into(row.second))) {
      live = row;
    }
  }));
  return live;
}

absl::StatusOr<std::int64_t> SqlOfferLedger::CountMade() {
  long long count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    FetchOne(session_, "SELECT count(*) FROM seat_offers WHERE state = 1", into(count));
  }));
  return count;
}

absl::Status SqlOfferLedger::PurgeFreed(base::Instant before, int limit) {
  return sql::Guard([&] {
    const long long before_us = sql::ToMicros(before);
    const long long rows = limit;
    const std::string old =
        "(SELECT id FROM freed_seats WHERE is_open = 0 AND freed_us < :before_us "
        "ORDER BY freed_us, id LIMIT :rows)";
    Exec(session_, "DELETE FROM seat_offers WHERE freed_seat IN " + old,
         use(before_us, "before_us"), use(rows, "rows"));
    Exec(session_, "DELETE FROM freed_seats WHERE id IN " + old, use(before_us, "before_us"),
         use(rows, "rows"));
  });
}

absl::StatusOr<bool> SqlOfferLedger::LeaseRefill(const std::string& holder, base::Instant now,
                                                 base::Instant until) {
  return TakeLease(session_, "refill_lease", holder, now, until);
}

}  // namespace sas::booking
