#include <soci/soci.h>

#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/booking/store_sql_transaction.h"

// What became of appointments: their history, and closed sessions.
namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;

absl::StatusOr<std::vector<ledger::AuditRecord>> SqlTransaction::History(
    const std::string& name, const std::optional<HistoryPosition>& after, int limit) {
  std::vector<ledger::AuditRecord> records;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long after_us = after ? sql::ToMicros(std::get<0>(*after)) : -1;
    const long long after_chain = after ? std::get<1>(*after) : 0;
    const long long after_sequence = after ? std::get<2>(*after) : 0;
    const long long rows = limit;
    ledger::AuditRecord record;
    long long chain = 0;
    long long sequence = 0;
    long long time_us = 0;
    FetchEach(
        session_,
        "SELECT chain, sequence, time_us, actor, role, trace_id, action, detail, hash FROM audit "
        "WHERE subject = :subject AND (time_us, chain, sequence) > (:after_us, :after_chain, "
        ":after_sequence) ORDER BY time_us, chain, sequence LIMIT :rows",
        [&] {
          record.chain = static_cast<int>(chain);
          record.sequence = sequence;
          record.time = sql::FromMicros(time_us);
          record.entry.subject = name;
          records.push_back(record);
        },
        use(name, "subject"), use(after_us, "after_us"), use(after_chain, "after_chain"),
        use(after_sequence, "after_sequence"), use(rows, "rows"), into(chain), into(sequence),
        into(time_us), into(record.actor), into(record.role), into(record.trace_id),
        into(record.entry.action), into(record.entry.detail), into(record.hash));
  }));
  return records;
}

absl::Status SqlTransaction::InsertClosure(const v1::SessionClosure& closure) {
  return sql::Guard([&]() -> absl::Status {
    const std::string site = closure.site();
    const std::string agenda = closure.agenda();
    const long long start_us = sql::ToMicros(ToInstant(closure.start_time()));
    const std::string document = ledger::ToDocument(closure);
    const long long inserted =
        Exec(session_,
             "INSERT INTO session_closures (site, agenda, start_us, document) "
             "VALUES (:site, :agenda, :start_us, :document) ON CONFLICT DO NOTHING",
             use(site, "site"), use(agenda, "agenda"), use(start_us, "start_us"),
             use(document, "document"));
    return inserted > 0 ? absl::OkStatus() : SessionClosed(closure);
  });
}

}  // namespace sas::booking
