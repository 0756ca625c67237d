#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/ledger/cursor.h"
#include "common/sql/database.h"

namespace sas::ledger {

/// For a ledger that has just been restored and that nobody uses yet: gives its events new numbers
/// under a higher epoch, so that every cursor from before is answered with `CURSOR_TRIMMED`, and
/// writes an audit record. Returns the new epoch.
absl::StatusOr<std::int64_t> RaiseEpoch(sql::Database& database, const base::Call& call,
                                        const base::Clock& clock);

}  // namespace sas::ledger
