#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/sql/database.h"

namespace sas::booking {

/// True when `holder` has the work of `table` (one row: holder, until_us) until `until`: it had it,
/// or nobody has it at `now`.
absl::StatusOr<bool> TakeLease(sql::Session& session, const char* table, const std::string& holder,
                               base::Instant now, base::Instant until);

}  // namespace sas::booking
