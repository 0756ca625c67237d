#include "services/booking/store_sql_lease.h"

#include <soci/soci.h>

#include "common/base/status.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"

namespace sas::booking {

using soci::use;

absl::StatusOr<bool> TakeLease(sql::Session& session, const char* table, const std::string& holder,
                               base::Instant now, base::Instant until) {
  bool leased = false;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    const long long now_us = sql::ToMicros(now);
    const long long until_us = sql::ToMicros(until);
    leased = sql::Exec(session,
                       "UPDATE " + std::string(table) +
                           " SET holder = :holder, until_us = :until_us "
                           "WHERE only_row = 1 AND (holder = :holder OR until_us <= :now_us)",
                       use(holder, "holder"), use(until_us, "until_us"), use(now_us, "now_us")) > 0;
  }));
  return leased;
}

}  // namespace sas::booking
