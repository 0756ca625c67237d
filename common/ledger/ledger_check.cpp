#include "common/ledger/ledger_check.h"

#include <soci/soci.h>

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/statement.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;

long long Count(sql::Session& session, const std::string& query) {
  long long count = 0;
  sql::FetchOne(session, query, into(count));
  return count;
}

void Expect(LedgerCheck& check, long long wrong, const std::string& what) {
  if (wrong > 0) check.faults.push_back(std::to_string(wrong) + " " + what);
}

bool HasTable(sql::Session& session, const std::string& name) {
  long long count = 0;
  const char* const query = session.dialect == sql::Dialect::kSqlite
                                ? "SELECT count(*) FROM sqlite_master WHERE name = :name"
                                : "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = "
                                  "c.relnamespace WHERE n.nspname = current_schema() AND "
                                  "c.relname = :name";
  sql::FetchOne(session, query, use(name, "name"), into(count));
  return count > 0;
}

// PostgreSQL has page checksums and tools of its own for this.
void CheckStructure(sql::Session& session, LedgerCheck& check) {
  if (session.dialect != sql::Dialect::kSqlite) return;
  std::string told;
  sql::FetchOne(session, "PRAGMA integrity_check(1)", into(told));
  if (told != "ok") check.faults.push_back("the file's structure is damaged: " + told);
}

void CheckAnswers(sql::Session& session, LedgerCheck& check) {
  check.answers = Count(session, "SELECT count(*) FROM answers");
  Expect(check, Count(session, "SELECT count(*) FROM answers WHERE expires = 0"),
         "keys of requests are taken and have no answer");
  std::string fingerprint;
  std::string encoded;
  std::string decoded;
  long long unreadable = 0;
  sql::FetchEach(
      session, "SELECT fingerprint, response FROM answers WHERE expires <> 0",
      [&] {
        const bool readable = fingerprint.size() == 64 && absl::Base64Unescape(encoded, &decoded);
        unreadable += readable ? 0 : 1;
      },
      into(fingerprint), into(encoded));
  Expect(check, unreadable, "stored answers cannot be read");
}

void CheckEvents(sql::Session& session, LedgerCheck& check) {
  check.events = Count(session, "SELECT count(*) FROM outbox");
  Expect(check,
         Count(session,
               "SELECT count(*) FROM outbox o, outbox_trimmed t "
               "WHERE (o.tx, o.sequence) <= (t.tx, t.sequence)"),
         "events lie before the end of the trimmed past");
  const std::string given = session.dialect == sql::Dialect::kSqlite
                                ? "coalesce((SELECT seq FROM sqlite_sequence "
                                  "WHERE name = 'outbox'), 0)"
                                : "(SELECT last_value FROM outbox_sequence_seq)";
  Expect(check, Count(session, "SELECT count(*) FROM outbox WHERE sequence > " + given),
         "events have numbers that will be given again");
  std::string encoded;
  std::string decoded;
  long long unreadable = 0;
  sql::FetchEach(
      session, "SELECT payload FROM outbox",
      [&] { unreadable += absl::Base64Unescape(encoded, &decoded) ? 0 : 1; }, into(encoded));
  Expect(check, unreadable, "events cannot be read");
}

void CheckSeats(sql::Session& session, LedgerCheck& check) {
  if (!HasTable(session, "appointments")) return;
  check.appointments = Count(session, "SELECT count(*) FROM appointments");
  for (const char* index : {"appointments_live_seat", "appointments_live_order"}) {
    if (!HasTable(session, index)) {
      check.faults.push_back("the unique index " + std::string(index) +
                             " is missing: nothing keeps two patients from one seat");
    }
  }
  Expect(check,
         Count(session,
               "SELECT count(*) FROM (SELECT 1 FROM appointments WHERE state <> 5 "
               "GROUP BY slot, seat HAVING count(*) > 1) doubled"),
         "seats have more than one live appointment");
  Expect(check,
         Count(session,
               "SELECT count(*) FROM (SELECT 1 FROM appointments WHERE state <> 5 AND "
               "care_order <> '' GROUP BY care_order HAVING count(*) > 1) doubled"),
         "orders have more than one live appointment");
  Expect(check,
         Count(session,
               "SELECT count(*) FROM appointments a WHERE NOT EXISTS "
               "(SELECT 1 FROM audit WHERE audit.subject = a.name)"),
         "appointments have no audit record");
}

}  // namespace

absl::StatusOr<LedgerCheck> CheckLedger(sql::Database& database, const base::Call& call) {
  LedgerCheck check;
  SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kRead, [&](sql::Session& session) {
    check = {};
    CheckStructure(session, check);
    CheckAnswers(session, check);
    CheckEvents(session, check);
    CheckSeats(session, check);
    return absl::OkStatus();
  }));
  const absl::StatusOr<std::int64_t> audit = VerifyAudit(database, call);
  if (audit.ok()) {
    check.audit_records = *audit;
  } else if (base::ReasonOf(audit.status()) == "AUDIT_CHAIN_BROKEN") {
    check.faults.emplace_back(base::FromAbsl(audit.status().message()));
  } else {
    return audit.status();
  }
  return check;
}

}  // namespace sas::ledger
