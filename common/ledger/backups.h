#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/sql/database.h"

namespace sas::ledger {

/// Copies of a running SQLite ledger, in a folder: consistent, made beside the service's work, the
/// oldest removed. PostgreSQL has its own ways (pg_dump, WAL archives), and a folder given for it
/// stops the start. `sasctl ledger restore --from FILE` puts a copy back. One thread calls Make.
class Backups {
 public:
  struct Options {
    std::string folder;  ///< Empty: none are made.
    std::string name;    ///< Of the service, the files' first word.
    int keep = 24;       ///< Newest files that stay, 1 to 1000.
  };

  Backups(Options options, sql::Database& database, const base::Clock& clock);

  /// FAILED_PRECONDITION `BACKUP_NEEDS_SQLITE`, `BACKUP_FOLDER` when it cannot be written.
  absl::Status CheckSetup() const;

  /// One more, `NAME-20261129T091500Z.db`, whole or not at all. UNAVAILABLE `BACKUP_FAILED`.
  absl::Status Make();

  /// Seconds since the newest copy of this process was begun, since the start when there is none.
  double AgeSeconds() const;

 private:
  absl::Status RemoveOldest() const;

  const Options options_;
  sql::Database& database_;
  const base::Clock& clock_;
  std::atomic<std::int64_t> newest_us_;
};

}  // namespace sas::ledger
