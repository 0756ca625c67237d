#include <soci/soci.h>

#include "common/base/resource_name.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"
#include "services/booking/store_sql_transaction.h"

// What became of appointments, and where they come from: history, closed sessions, paper forms.
namespace sas::booking {

using soci::into;
using soci::use;
using sql::Exec;
using sql::FetchEach;
using sql::FetchOne;

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

// The index decides between two who type the same form at once.
absl::StatusOr<std::string> SqlTransaction::KeepPaperForm(const PaperForm& form) {
  const std::string region(base::RegionOf(form.appointment));
  std::string known;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    known.clear();
    const long long kept = Exec(session_,
                                "INSERT INTO paper_forms (region, owner, form_number, appointment) "
                                "VALUES (:region, :owner, :number, :appointment) "
                                "ON CONFLICT (region, owner, form_number) DO NOTHING",
                                use(region, "region"), use(form.owner, "owner"),
                                use(form.number, "number"), use(form.appointment, "appointment"));
    if (kept == 1) return;
    FetchOne(session_,
             "SELECT appointment FROM paper_forms WHERE region = :region AND owner = :owner AND "
             "form_number = :number",
             use(region, "region"), use(form.owner, "owner"), use(form.number, "number"),
             into(known));
  }));
  if (known.empty()) return known;
  SAS_ASSIGN_OR_RETURN(known, StandingOfForm(*this, known, form.number));
  if (!known.empty()) return known;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    Exec(session_,
         "UPDATE paper_forms SET appointment = :appointment WHERE region = :region AND "
         "owner = :owner AND form_number = :number",
         use(form.appointment, "appointment"), use(region, "region"), use(form.owner, "owner"),
         use(form.number, "number"));
  }));
  return known;
}

}  // namespace sas::booking
