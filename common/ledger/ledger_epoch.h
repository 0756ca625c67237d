#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/sql/database.h"

namespace sas::ledger {

/// The upper bits of an event's number are the ledger's epoch: 0 for a ledger that was never
/// restored, then the second of the last restore, counted from 2020. So numbers that were given out
/// after the backup was taken are never given again, and a cursor of another epoch is known as
/// such, however much has happened since (hazard H-45).
inline constexpr int kEpochShift = 34;

constexpr std::int64_t EpochOf(std::int64_t sequence) {
  return sequence >> kEpochShift;
}

/// For a ledger that has just been restored and that nobody uses yet: gives its events new numbers
/// under a higher epoch, so that every cursor from before is answered with `CURSOR_TRIMMED`, and
/// writes an audit record. Returns the new epoch.
absl::StatusOr<std::int64_t> RaiseEpoch(sql::Database& database, const base::Call& call,
                                        const base::Clock& clock);

}  // namespace sas::ledger
