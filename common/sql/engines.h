#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "common/sql/database.h"

/// The two engines behind Database::Open. Nobody else includes this.
namespace sas::sql {

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                                     Database::Options options,
                                                     const base::Clock& clock);

/// `conninfo` is a libpq connection string or URI.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo,
                                                       Database::Options options,
                                                       const base::Clock& clock);

absl::Status InvalidUrl(std::string_view what);
absl::Status QueueFull(std::size_t queue_max);

/// DEADLINE_EXCEEDED or CANCELLED when nobody waits for `call` any more.
absl::Status CheckAlive(const base::Call& call, const base::Clock& clock);

}  // namespace sas::sql
