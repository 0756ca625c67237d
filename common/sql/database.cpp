#include "common/sql/database.h"

#include <utility>

#include "common/base/status.h"
#include "common/sql/engines.h"

namespace sas::sql {
namespace {

constexpr std::chrono::milliseconds kRetryBusy{100};

bool Consume(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

absl::Status InvalidUrl(std::string_view what) {
  return base::Fail(absl::StatusCode::kInvalidArgument, "INVALID_LEDGER_URL",
                    std::string("the ledger's url ") + std::string(what) +
                        "; use sqlite:PATH, postgresql://USER@HOST/DATABASE or "
                        "postgresql:host=… dbname=…");
}

absl::Status QueueFull(std::size_t queue_max) {
  return base::FailRetryable(absl::StatusCode::kResourceExhausted, "LEDGER_BUSY",
                             "too much work waits for the ledger; repeat with the same request_id",
                             kRetryBusy, {{"queue_max", std::to_string(queue_max)}});
}

absl::Status CheckAlive(const base::Call& call, const base::Clock& clock) {
  if (call.cancelled()) {
    return base::Fail(absl::StatusCode::kCancelled, "CANCELLED",
                      "the caller gave up before the ledger was touched");
  }
  if (call.Left(clock) <= std::chrono::nanoseconds::zero()) {
    return base::Fail(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                      "no time was left before the ledger was touched; repeat with the same "
                      "request_id and a longer deadline");
  }
  return absl::OkStatus();
}

absl::Status Database::Backup(const base::Call&, const std::string&) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "BACKUP_NEEDS_SQLITE",
                    "only SQLite is copied by the service itself; use pg_dump or a WAL archive");
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(Options options,
                                                         const base::Clock& clock) {
  const std::string url = std::move(options.url);
  options.url.clear();  // It may hold a password; nothing below needs it.
  std::string_view rest = url;
  if (Consume(rest, "sqlite:")) {
    if (rest.empty()) return InvalidUrl("names no file");
    return OpenSqlite(std::string(rest), std::move(options), clock);
  }
  if (rest.substr(0, 13) == "postgresql://" || rest.substr(0, 11) == "postgres://") {
    return OpenPostgres(url, std::move(options), clock);
  }
  if (Consume(rest, "postgresql:")) {
    return OpenPostgres(std::string(rest), std::move(options), clock);
  }
  return InvalidUrl("has an unknown scheme");
}

}  // namespace sas::sql
