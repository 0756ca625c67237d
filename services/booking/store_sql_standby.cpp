#include "services/booking/store_sql_standby.h"

#include <soci/soci.h>

#include "common/base/status.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"

namespace sas::booking {

using soci::into;

absl::StatusOr<std::optional<int>> SynchronousStandbys(sql::Database& database,
                                                       const base::Call& call) {
  if (database.dialect() != sql::Dialect::kPostgres) return std::optional<int>();
  long long standbys = 0;
  SAS_RETURN_IF_ERROR(database.Run(call, sql::Access::kRead, [&](sql::Session& session) {
    return sql::Guard([&] {
      sql::FetchOne(session,
                    "SELECT CASE WHEN current_setting('synchronous_standby_names') = '' OR "
                    "current_setting('synchronous_commit') IN ('off', 'local') THEN 0 ELSE "
                    "(SELECT count(*) FROM pg_stat_replication WHERE sync_state IS NULL OR "
                    "sync_state IN ('sync', 'quorum')) END",
                    into(standbys));
    });
  }));
  return std::optional<int>(static_cast<int>(standbys));
}

}  // namespace sas::booking
