#include "services/slots/partner_ledger_sql.h"

#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/document.h"

namespace sas::slots {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

namespace {

constexpr char kAgendaColumns[] =
    "name, partner, applied_sequence, verify_us, resync, master, booking_url, changed_sequence";
constexpr char kSlotColumns[] =
    "agenda, practitioner, known_seats, refused_us, taken_word, document";

/// A row of partner_agendas on its way.
struct AgendaRow {
  std::string name, partner;
  long long applied = 0;
  long long vouched = 0;
  long long resync = 0;
  long long master = 0;
  long long changed = 0;
  std::string booking_url;

  FedAgenda Get() const {
    return {name,
            partner,
            {applied, static_cast<Resync>(resync)},
            sql::FromMicros(vouched),
            {static_cast<AgendaMaster>(master), booking_url},
            changed};
  }
};

/// Rows of partner_slots on their way; a document that cannot be read ends the reading.
struct SlotRows {
  std::string agenda, practitioner, document;
  long long known = 0;
  long long refused = 0;
  long long word = 0;
  std::vector<FedSlotOf> rows;
  absl::Status status;

  void Add() {
    FedSlot fed{{},
                practitioner,
                static_cast<int>(known),
                sql::FromMicros(refused),
                static_cast<TakenWord>(word)};
    status.Update(ledger::FromDocument(document, agenda, &fed.slot));
    rows.push_back({agenda, std::move(fed)});
  }
};

}  // namespace

std::string SqlPartnerLedger::Bytewise(std::string_view column) const {
  std::string text(column);
  if (session_.dialect == sql::Dialect::kPostgres) text += " COLLATE \"C\"";
  return text;
}

absl::StatusOr<std::optional<FedAgenda>> SqlPartnerLedger::GetAgenda(std::string_view name) {
  std::optional<FedAgenda> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(name);
    AgendaRow row;
    if (FetchOne(
            session_,
            std::string("SELECT ") + kAgendaColumns + " FROM partner_agendas WHERE name = :name",
            use(key, "name"), into(row.name), into(row.partner), into(row.applied),
            into(row.vouched), into(row.resync), into(row.master), into(row.booking_url),
            into(row.changed))) {
      found = row.Get();
    }
  }));
  return found;
}

absl::Status SqlPartnerLedger::PutAgenda(const FedAgenda& agenda) {
  return sql::Guard([&] {
    const std::string region(base::RegionOf(agenda.name));
    const std::string site(SiteOfAgenda(agenda.name));
    const long long applied = agenda.position.applied;
    const long long vouched = sql::ToMicros(agenda.vouched);
    const auto resync = static_cast<long long>(agenda.position.resync);
    const auto master = static_cast<long long>(agenda.said.master);
    const long long changed = agenda.changed;
    Exec(session_,
         "INSERT INTO partner_agendas (name, region, site, partner, applied_sequence, verify_us, "
         "resync, master, booking_url, changed_sequence) VALUES (:name, :region, :site, :partner, "
         ":applied, :vouched, :resync, :master, :url, :changed) ON CONFLICT (name) DO UPDATE SET "
         "partner = excluded.partner, "
         "applied_sequence = excluded.applied_sequence, verify_us = excluded.verify_us, "
         "resync = excluded.resync, master = excluded.master, booking_url = excluded.booking_url, "
         "changed_sequence = excluded.changed_sequence",
         use(agenda.name, "name"), use(region, "region"), use(site, "site"),
         use(agenda.partner, "partner"), use(applied, "applied"), use(vouched, "vouched"),
         use(resync, "resync"), use(master, "master"), use(agenda.said.booking_url, "url"),
         use(changed, "changed"));
  });
}

absl::StatusOr<std::vector<FedAgendaRow>> SqlPartnerLedger::ListAgendas(
    std::string_view region, std::string_view partner, std::string_view after, int limit,
    base::Instant now, base::Instant phantoms_since) {
  std::vector<FedAgendaRow> rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const std::string owner(partner);
    const std::string first(after);
    const long long at = sql::ToMicros(now);
    const long long since = sql::ToMicros(phantoms_since);
    const long long most = limit;
    AgendaRow row;
    long long slots = 0;
    long long phantoms = 0;
    const std::string name = Bytewise("name");
    FetchEach(
        session_,
        std::string("SELECT ") + kAgendaColumns +
            ", (SELECT count(*) FROM partner_slots s WHERE s.agenda = a.name AND "
            "s.start_us > :at AND s.free > 0), "
            "(SELECT count(*) FROM partner_phantoms p WHERE p.agenda = a.name AND "
            "p.at_us >= :since) FROM partner_agendas a WHERE region = :region AND " +
            name + " > :after " +
            (owner.empty() ? "AND :partner = '' " : "AND partner = :partner ") + "ORDER BY " +
            name + " LIMIT :limit",
        [&] {
          rows.push_back({row.Get(), static_cast<int>(slots), static_cast<int>(phantoms)});
        },
        use(at, "at"), use(since, "since"), use(key, "region"), use(first, "after"),
        use(owner, "partner"), use(most, "limit"), into(row.name), into(row.partner),
        into(row.applied), into(row.vouched), into(row.resync), into(row.master),
        into(row.booking_url), into(row.changed), into(slots), into(phantoms));
  }));
  return rows;
}

absl::StatusOr<std::vector<FedSlot>> SqlPartnerLedger::ListSlots(std::string_view agenda,
                                                                 base::Instant from,
                                                                 base::Instant to) {
  SlotRows rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(agenda);
    const long long first = sql::ToMicros(from);
    const long long end = sql::ToMicros(to);
    FetchEach(
        session_,
        std::string("SELECT ") + kSlotColumns +
            " FROM partner_slots WHERE agenda = :agenda AND start_us >= :first AND "
            "start_us < :end ORDER BY start_us",
        [&] { rows.Add(); }, use(key, "agenda"), use(first, "first"), use(end, "end"),
        into(rows.agenda), into(rows.practitioner), into(rows.known), into(rows.refused),
        into(rows.word), into(rows.document));
  }));
  SAS_RETURN_IF_ERROR(rows.status);
  std::vector<FedSlot> slots;
  slots.reserve(rows.rows.size());
  for (FedSlotOf& row : rows.rows) slots.push_back(std::move(row.fed));
  return slots;
}

absl::StatusOr<std::vector<FedTime>> SqlPartnerLedger::ListTimes(std::string_view agenda,
                                                                 base::Instant now) {
  std::vector<FedTime> times;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(agenda);
    const long long at = sql::ToMicros(now);
    long long start = 0;
    long long end = 0;
    std::string practitioner;
    FetchEach(
        session_,
        "SELECT start_us, end_us, practitioner FROM partner_slots WHERE agenda = :agenda AND "
        "start_us > :at AND free > 0 ORDER BY start_us",
        [&] {
          times.push_back({sql::FromMicros(start), sql::FromMicros(end), practitioner});
        },
        use(key, "agenda"), use(at, "at"), into(start), into(end), into(practitioner));
  }));
  return times;
}

absl::StatusOr<std::vector<FedSlotOf>> SqlPartnerLedger::ListSlotsOf(std::string_view parent,
                                                                     base::Instant from) {
  SlotRows rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const bool of_site = parent.find("/sites/") != std::string_view::npos;
    const std::string key(of_site ? parent : base::RegionOf(parent));
    const long long first = sql::ToMicros(from);
    FetchEach(
        session_,
        std::string("SELECT ") + kSlotColumns +
            " FROM partner_slots WHERE start_us >= :first AND agenda IN (SELECT name FROM "
            "partner_agendas WHERE " +
            (of_site ? "site" : "region") + " = :parent) ORDER BY " + Bytewise("agenda") +
            ", start_us",
        [&] { rows.Add(); }, use(first, "first"), use(key, "parent"), into(rows.agenda),
        into(rows.practitioner), into(rows.known), into(rows.refused), into(rows.word),
        into(rows.document));
  }));
  SAS_RETURN_IF_ERROR(rows.status);
  return std::move(rows.rows);
}

absl::StatusOr<std::vector<std::string>> SqlPartnerLedger::ListSitesOf(
    std::string_view practitioner, base::Instant from) {
  std::set<std::string> sites;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(practitioner);
    const long long first = sql::ToMicros(from);
    std::string agenda;
    FetchEach(
        session_,
        "SELECT DISTINCT agenda FROM partner_slots WHERE practitioner = :practitioner AND "
        "start_us >= :first",
        [&] { sites.emplace(SiteOfAgenda(agenda)); }, use(key, "practitioner"), use(first, "first"),
        into(agenda));
  }));
  return std::vector<std::string>(sites.begin(), sites.end());
}

absl::Status SqlPartnerLedger::PutSlot(std::string_view agenda, const FedSlot& fed) {
  return sql::Guard([&] {
    const std::string key(agenda);
    const long long start = sql::ToMicros(base::ToInstant(fed.slot.start_time()));
    const long long end = sql::ToMicros(base::ToInstant(fed.slot.end_time()));
    const long long free = fed.slot.free_seats();
    const long long known = fed.known;
    const long long refused = sql::ToMicros(fed.refused);
    const auto word = static_cast<long long>(fed.word);
    const std::string document = ledger::ToDocument(fed.slot);
    Exec(session_,
         "INSERT INTO partner_slots (agenda, start_us, end_us, free, practitioner, known_seats, "
         "refused_us, taken_word, document) VALUES (:agenda, :start, :end, :free, :practitioner, "
         ":known, :refused, :word, :document) ON CONFLICT (agenda, start_us) DO UPDATE SET "
         "end_us = excluded.end_us, free = excluded.free, practitioner = excluded.practitioner, "
         "known_seats = excluded.known_seats, refused_us = excluded.refused_us, "
         "taken_word = excluded.taken_word, document = excluded.document",
         use(key, "agenda"), use(start, "start"), use(end, "end"), use(free, "free"),
         use(fed.practitioner, "practitioner"), use(known, "known"), use(refused, "refused"),
         use(word, "word"), use(document, "document"));
  });
}

absl::Status SqlPartnerLedger::DeleteSlot(std::string_view agenda, base::Instant start) {
  return sql::Guard([&] {
    const std::string key(agenda);
    const long long at = sql::ToMicros(start);
    Exec(session_, "DELETE FROM partner_slots WHERE agenda = :agenda AND start_us = :start",
         use(key, "agenda"), use(at, "start"));
  });
}

absl::StatusOr<int> SqlPartnerLedger::PurgeSlots(base::Instant before, int limit) {
  long long purged = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long end = sql::ToMicros(before);
    const long long most = limit;
    purged = Exec(session_,
                  "DELETE FROM partner_slots WHERE (agenda, start_us) IN (SELECT agenda, start_us "
                  "FROM partner_slots WHERE start_us < :before ORDER BY start_us LIMIT :most)",
                  use(end, "before"), use(most, "most"));
  }));
  return static_cast<int>(purged);
}

absl::Status SqlPartnerLedger::AddPhantom(std::string_view agenda, base::Instant start,
                                          base::Instant at, std::string_view source_code) {
  return sql::Guard([&] {
    const std::string key(agenda);
    const std::string region(base::RegionOf(agenda));
    const std::string code(source_code);
    const long long slot = sql::ToMicros(start);
    const long long when = sql::ToMicros(at);
    Exec(session_,
         "INSERT INTO partner_phantoms (agenda, start_us, at_us, region, partner, source_code) "
         "SELECT name, CAST(:start AS BIGINT), CAST(:at AS BIGINT), :region, partner, :code "
         "FROM partner_agendas "
         "WHERE name = :agenda ON CONFLICT (agenda, start_us, at_us) DO NOTHING",
         use(slot, "start"), use(when, "at"), use(region, "region"), use(code, "code"),
         use(key, "agenda"));
  });
}

absl::StatusOr<std::int64_t> SqlPartnerLedger::CountPhantoms(std::string_view region,
                                                             std::string_view partner,
                                                             base::Instant since) {
  long long count = 0;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    const std::string owner(partner);
    const long long first = sql::ToMicros(since);
    FetchOne(session_,
             "SELECT count(*) FROM partner_phantoms WHERE region = :region AND "
             "partner = :partner AND at_us >= :since",
             use(key, "region"), use(owner, "partner"), use(first, "since"), into(count));
  }));
  return count;
}

absl::StatusOr<std::map<std::string, std::string>> SqlPartnerLedger::FindPractitioners(
    std::string_view region, const std::vector<std::string>& rpps) {
  std::map<std::string, std::string> found;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const std::string key(region);
    for (const std::string& number : rpps) {
      std::string name;
      if (number.empty() || found.count(number) != 0) continue;
      if (FetchOne(session_,
                   "SELECT name FROM practitioners WHERE region = :region AND rpps = :rpps "
                   "ORDER BY " +
                       Bytewise("name") + " LIMIT 1",
                   use(key, "region"), use(number, "rpps"), into(name))) {
        found.emplace(number, name);
      }
    }
  }));
  return found;
}

}  // namespace sas::slots
