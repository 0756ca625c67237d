#include "common/ledger/backups.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/time/time.h"
#include "common/base/status.h"

namespace sas::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kBudget{30};

absl::Status Failed(const std::string& why) {
  return base::Fail(absl::StatusCode::kUnavailable, "BACKUP_FAILED",
                    "no copy of the ledger was made: " + why);
}

std::int64_t Micros(base::Instant time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

}  // namespace

Backups::Backups(Options options, sql::Database& database, const base::Clock& clock)
    : options_(std::move(options)),
      database_(database),
      clock_(clock),
      newest_us_(Micros(clock.Now())) {}

absl::Status Backups::CheckSetup() const {
  if (options_.folder.empty()) return absl::OkStatus();
  if (database_.dialect() != sql::Dialect::kSqlite) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "BACKUP_NEEDS_SQLITE",
                      "LEDGER_BACKUP_FOLDER is for SQLite; back PostgreSQL up with pg_dump or a "
                      "WAL archive");
  }
  if (::access(options_.folder.c_str(), W_OK | X_OK) != 0) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER",
                      "LEDGER_BACKUP_FOLDER is no folder that this service may write");
  }
  return absl::OkStatus();
}

absl::Status Backups::Make() {
  const base::Instant begun = clock_.Now();
  const std::string stamp =
      absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromUnixMicros(Micros(begun)), absl::UTCTimeZone());
  const std::string file = options_.folder + "/" + options_.name + "-" + stamp + ".db";
  const std::string unfinished = file + ".unfinished";
  std::error_code fault;
  fs::remove(unfinished, fault);
  const absl::Status copied =
      database_.Backup(base::InternalCall("backup", clock_, kBudget), unfinished);
  if (!copied.ok()) {
    fs::remove(unfinished, fault);
    return copied;
  }
  fs::rename(unfinished, file, fault);
  if (fault) return Failed(fault.message());
  newest_us_ = Micros(begun);
  return RemoveOldest();
}

absl::Status Backups::RemoveOldest() const {
  std::vector<std::string> files;
  std::error_code fault;
  for (const fs::directory_entry& each : fs::directory_iterator(options_.folder, fault)) {
    const std::string name = each.path().filename();
    const bool ours = name.rfind(options_.name + "-", 0) == 0 && each.path().extension() == ".db";
    if (ours) files.push_back(each.path());
  }
  if (fault) return Failed(fault.message());
  std::sort(files.begin(), files.end());  // Their names are their times.
  const auto keep = static_cast<std::size_t>(options_.keep);
  for (std::size_t i = 0; i + keep < files.size(); ++i) fs::remove(files[i], fault);
  return absl::OkStatus();
}

double Backups::AgeSeconds() const {
  return static_cast<double>(Micros(clock_.Now()) - newest_us_.load()) / 1e6;
}

}  // namespace sas::ledger
