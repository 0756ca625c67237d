#include "common/ledger/ledger_epoch.h"

#include <soci/soci.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "common/base/status.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/statement.h"

namespace sas::ledger {
namespace {

using soci::into;
using soci::use;

constexpr std::chrono::seconds k2020{1'577'836'800};  // With it the numbers fit for 60 years.

struct Numbers {
  long long last = 0;     ///< The newest number that was given out.
  long long trimmed = 0;  ///< The past up to this one is gone.
};

Numbers ReadNumbers(sql::Session& session) {
  Numbers numbers;
  long long counted = 0;
  if (session.dialect == sql::Dialect::kPostgres) {
    sql::FetchOne(session, "SELECT last_value FROM outbox_sequence_seq", into(counted));
  } else {
    sql::FetchOne(session, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'", into(counted));
  }
  sql::FetchOne(session, "SELECT sequence FROM outbox_trimmed", into(numbers.trimmed));
  numbers.last = std::max(counted, numbers.trimmed);
  return numbers;
}

void SetLast(sql::Session& session, long long last) {
  if (session.dialect == sql::Dialect::kPostgres) {
    long long set = 0;
    sql::FetchOne(session, "SELECT setval('outbox_sequence_seq', :last)", use(last, "last"),
                  into(set));
  } else if (sql::Exec(session, "UPDATE sqlite_sequence SET seq = :last WHERE name = 'outbox'",
                       use(last, "last")) == 0) {
    sql::Exec(session, "INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', :last)",
              use(last, "last"));
  }
}

}  // namespace

absl::StatusOr<std::int64_t> RaiseEpoch(sql::Database& database, const base::Call& call,
                                        const base::Clock& clock) {
  std::int64_t epoch = 0;
  SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kWrite, [&](sql::Session& session) {
    const Numbers numbers = ReadNumbers(session);
    const std::int64_t before = EpochOf(numbers.last);
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(clock.Now().time_since_epoch()) - k2020;
    epoch = std::max<std::int64_t>(before + 1, now.count());
    const long long step = (epoch - before) << kEpochShift;
    // Transactions of the cluster that the copy comes from say nothing in this one.
    sql::Exec(session, "UPDATE outbox SET sequence = sequence + :step, tx = 0", use(step, "step"));
    const long long trimmed = numbers.trimmed + step;
    sql::Exec(session, "UPDATE outbox_trimmed SET tx = 0, sequence = :trimmed",
              use(trimmed, "trimmed"));
    SetLast(session, numbers.last + step);
    SqlJournal journal(session, sql::Access::kWrite, call, clock);
    return journal.Audit({"RestoreLedger", "ledger", "", "epoch=" + std::to_string(epoch)});
  }));
  return epoch;
}

}  // namespace sas::ledger
