#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/sql/database.h"

namespace sas::ledger {

/// What a ledger holds, and what in it does not fit.
struct LedgerCheck {
  std::int64_t audit_records = 0;
  std::int64_t answers = 0;
  std::int64_t events = 0;
  std::int64_t appointments = 0;    ///< Of booking's ledger.
  std::vector<std::string> faults;  ///< One sentence each, without a value of a row.
};

/// Holds a whole ledger against its own rules: the engine's structure, the audit chains, the stored
/// answers, the order of the outbox, and in booking's the seats: one live appointment for each,
/// kept by the unique index, each with its audit record. A status only when the ledger cannot be
/// read.
absl::StatusOr<LedgerCheck> CheckLedger(sql::Database& database, const base::Call& call);

}  // namespace sas::ledger
