#include "common/sql/sqlite_copy.h"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/status.h"

namespace sas::sql {
namespace {

constexpr int kPages = 64;  // Of 4 KiB: what is queued waits for no more than these.

}  // namespace

struct SqliteCopy::State {
  sqlite_api::sqlite3* source = nullptr;
  sqlite_api::sqlite3* target = nullptr;
  sqlite_api::sqlite3_backup* backup = nullptr;
  std::string file;
};

SqliteCopy::SqliteCopy(void* connection, const std::string& file)
    : state_(std::make_unique<State>()) {
  state_->source = static_cast<sqlite_api::sqlite3*>(connection);
  state_->file = file;
}

SqliteCopy::~SqliteCopy() {
  if (state_->backup != nullptr) sqlite3_backup_finish(state_->backup);
  sqlite_api::sqlite3_close(state_->target);
}

absl::Status SqliteCopy::Failed(std::string_view why) {
  return base::Fail(absl::StatusCode::kUnavailable, "BACKUP_FAILED",
                    "no copy of the ledger was made: " + std::string(why));
}

absl::StatusOr<bool> SqliteCopy::Step() {
  if (state_->backup == nullptr) {
    // Made first, and private: it holds what the ledger holds.
    const int made =
        ::open(state_->file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0) return Failed("its file is there already or cannot be made");
    ::close(made);
    if (sqlite_api::sqlite3_open(state_->file.c_str(), &state_->target) != SQLITE_OK) {
      return Failed("its file cannot be opened");
    }
    state_->backup =
        sqlite_api::sqlite3_backup_init(state_->target, "main", state_->source, "main");
    if (state_->backup == nullptr) return Failed(sqlite_api::sqlite3_errmsg(state_->target));
  }
  const int result = sqlite_api::sqlite3_backup_step(state_->backup, kPages);
  if (result == SQLITE_OK) return false;
  if (result != SQLITE_DONE) return Failed(sqlite_api::sqlite3_errstr(result));
  const int finished = sqlite_api::sqlite3_backup_finish(state_->backup);
  state_->backup = nullptr;
  if (finished != SQLITE_OK) return Failed(sqlite_api::sqlite3_errstr(finished));
  return true;
}

}  // namespace sas::sql
