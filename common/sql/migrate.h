#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/sql/database.h"

namespace sas::sql {

/// One ordered step of a schema. Steps are embedded in the binary from
/// `services/X/migrations/NNNN_name.sql` by sas_embed() (tools/cmake), so that a binary and its
/// schema cannot disagree. A file may hold lines for one dialect only, between
/// `-- sqlite:` / `-- postgres:` and `-- end`.
struct Migration {
  std::string_view name;  ///< For example "0001_cases.sql": order is the order of names.
  std::string_view sql;   ///< Statements separated by ';' at the end of a line.
};

/// Brings the schema up to date: runs what is missing, in order, one transaction each, under a lock
/// that other replicas respect. FAILED_PRECONDITION `MIGRATION_CHANGED` when an applied file has
/// another checksum, `SCHEMA_TOO_NEW` when the database knows steps that this binary does not.
absl::Status Migrate(Database& database, const base::Call& call,
                     const std::vector<Migration>& migrations);

}  // namespace sas::sql
