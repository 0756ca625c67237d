#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/sql/database.h"

namespace sas::booking {

/// How many standbys of PostgreSQL have each commit before it is answered: 0 means that losing the
/// server's disk loses what was answered last (hazard H-23), because no standby is named
/// (synchronous_standby_names), none is connected, or commits do not wait (synchronous_commit).
/// Where a role may not see which ones are synchronous, all that are connected count while some are
/// named. Nothing on SQLite, whose copies are another matter (LEDGER_BACKUP_FOLDER).
absl::StatusOr<std::optional<int>> SynchronousStandbys(sql::Database& database,
                                                       const base::Call& call);

}  // namespace sas::booking
