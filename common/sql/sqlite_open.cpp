#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/status.h"
#include "common/sql/database_sqlite.h"
#include "common/sql/engines.h"
#include "common/sql/errors.h"

namespace sas::sql {
namespace {

constexpr std::string_view kMemory = ":memory:";

absl::Status CannotOpen(const std::string& path, std::string_view why) {
  return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE",
                    "the ledger's file cannot be opened: " + std::string(why), {{"path", path}});
}

absl::Status Locked(const std::string& path) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "LEDGER_LOCKED",
                    "another process holds the ledger's file; stop it first: one file belongs to "
                    "one process",
                    {{"path", path}});
}

/// One thread uses a connection at a time here, so the locks that SQLite would take at each call
/// and each allocation only cost. Has an effect before the first use of SQLite in the process.
void WithoutLocks() {
  static const bool done = [] {
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
  (void)done;
}

/// Makes the file before SQLite does: others on the machine must not read it.
absl::Status MakePrivateFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return CannotOpen(path, std::strerror(errno));
  ::close(file);
  return absl::OkStatus();
}

struct Pragma {
  const char* statement;
  const char* expected;  ///< First column of the answer; null when it does not matter.
};

/// Order matters: EXCLUSIVE before the first look at the WAL keeps its index out of shared memory.
constexpr Pragma kPragmas[] = {
    {"PRAGMA locking_mode=EXCLUSIVE", "exclusive"},
    {"PRAGMA busy_timeout=200", nullptr},
    {"PRAGMA journal_mode=WAL", "wal"},
    {"PRAGMA synchronous=FULL", nullptr},
    {"PRAGMA foreign_keys=ON", nullptr},
    // 16 MiB: with SQLite's own 4 a thousand confirmations a second copy the log seventeen times.
    {"PRAGMA wal_autocheckpoint=4000", nullptr},
    // 64 MiB, taken as needed: with SQLite's own 2 MB a room of some thousand dossiers is read from
    // the file again at every list and count.
    {"PRAGMA cache_size=-65536", nullptr},
    {"PRAGMA trusted_schema=OFF", nullptr},
    {"BEGIN IMMEDIATE", nullptr},  // Takes the file's lock, for as long as the process lives.
    {"COMMIT", nullptr},
};

int KeepFirst(void* answer, int columns, char** values, char**) {
  if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(answer) = values[0];
  return 0;
}

absl::Status Prepare(sqlite_api::sqlite3* connection, const std::string& path) {
  for (const Pragma& pragma : kPragmas) {
    std::string answer;
    const int result = sqlite3_exec(connection, pragma.statement, &KeepFirst, &answer, nullptr);
    if ((result & 0xff) == SQLITE_BUSY) return Locked(path);
    if (result != SQLITE_OK) {
      return CannotOpen(path, std::string(pragma.statement) + ": " + sqlite3_errmsg(connection));
    }
    const bool memory_journal = path == kMemory && answer == "memory";
    if (pragma.expected != nullptr && answer != pragma.expected && !memory_journal) {
      return CannotOpen(path, std::string(pragma.statement) + " gave \"" + answer + "\"");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                                     Database::Options options,
                                                     const base::Clock& clock) {
  // SOCI reads the path out of a connection string in which it cannot escape a quote.
  if (path.find('"') != std::string::npos) return InvalidUrl("has a quote in its path");
  if (path != kMemory) SAS_RETURN_IF_ERROR(MakePrivateFile(path));
  WithoutLocks();
  std::unique_ptr<soci::session> session;
  const absl::Status opened = Guard([&] {
    session = std::make_unique<soci::session>(*soci::factory_sqlite3(), "dbname=\"" + path + "\"");
  });
  if (!opened.ok()) return CannotOpen(path, "see the service's log");
  auto* connection = static_cast<soci::sqlite3_session_backend*>(session->get_backend())->conn_;
  sqlite3_extended_result_codes(connection, 1);
  SAS_RETURN_IF_ERROR(Prepare(connection, path));
  return std::make_unique<SqliteDatabase>(path == kMemory ? std::string() : path,
                                          std::move(options), clock, std::move(session));
}

}  // namespace sas::sql
