#include "common/sql/database_postgres.h"

#include <soci/soci.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/sql/engines.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"

namespace sas::sql {
namespace {

using std::chrono::milliseconds;

/// Times that one unit of work runs when others keep coming first; usually the deadline is the
/// limit. Whoever waited for a row's lock always loses that attempt, so with three writers on one
/// dossier eight in a row are lost once in thirty times, and a raise to P0 must not be among them.
constexpr int kAttemptsMax = 64;
constexpr milliseconds kRetryAfter{500};

absl::Status Unavailable() {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE",
                             "the connection to the ledger broke and nothing was saved; repeat "
                             "with the same request_id",
                             kRetryAfter);
}

/// What is left of the call, at least one millisecond: 0 means "no limit" to PostgreSQL.
long long StatementTimeout(const base::Call& call, const base::Clock& clock) {
  const auto left = std::chrono::duration_cast<milliseconds>(call.Left(clock)).count();
  return std::clamp<long long>(left, 1, std::numeric_limits<int>::max());
}

bool IsSchemaName(const std::string& name) {
  if (name.size() > 63) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

/// Gives the connection back, whatever happens.
class PostgresDatabase::Lease {
 public:
  Lease(PostgresDatabase& database, PostgresConnection* connection)
      : database_(database), connection_(connection) {}

  ~Lease() { database_.Release(connection_); }

  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  PostgresConnection& operator*() const { return *connection_; }

 private:
  PostgresDatabase& database_;
  PostgresConnection* connection_;
};

PostgresDatabase::PostgresDatabase(std::string conninfo, Options options, const base::Clock& clock)
    : conninfo_(std::move(conninfo)), options_(std::move(options)), clock_(clock) {
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.connections, 1); ++i) {
    connections_.push_back(
        std::make_unique<PostgresConnection>(conninfo_, options_.schema, options_.needs_fsync));
    idle_.push_back(connections_.back().get());
  }
}

PostgresDatabase::~PostgresDatabase() = default;

absl::Status PostgresDatabase::Start() {
  PostgresConnection& first = *connections_.back();
  SAS_RETURN_IF_ERROR(first.Connect());
  if (options_.schema.empty()) return absl::OkStatus();
  // Two replicas that start together may both try: the loser finds it made.
  const absl::Status made = first.MakeSchema();
  return made.ok() ? made : first.MakeSchema();
}

absl::StatusOr<PostgresConnection*> PostgresDatabase::Acquire(const base::Call& call) {
  std::unique_lock lock(mutex_);
  if (idle_.empty()) {
    if (waiting_ >= options_.queue_max) return QueueFull(options_.queue_max);
    const std::chrono::nanoseconds wait =
        std::min<std::chrono::nanoseconds>(options_.lease_timeout, call.Left(clock_));
    ++waiting_;
    const bool freed = freed_.wait_for(lock, wait, [this] { return !idle_.empty(); });
    --waiting_;
    if (!freed) return QueueFull(options_.queue_max);
  }
  PostgresConnection* connection = idle_.back();  // The one used last: its caches are warm.
  idle_.pop_back();
  return connection;
}

void PostgresDatabase::Release(PostgresConnection* connection) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(connection);
  }
  freed_.notify_one();
}

absl::Status PostgresDatabase::Connect(PostgresConnection& connection) {
  bool probe = false;
  {
    const std::lock_guard lock(mutex_);
    if (down_ && probing_) return Unavailable();
    probe = down_;
    probing_ = probing_ || probe;
  }
  const absl::Status status = connection.Connect();
  const std::lock_guard lock(mutex_);
  if (probe) probing_ = false;
  down_ = status.code() == absl::StatusCode::kUnavailable;
  return status;
}

absl::Status PostgresDatabase::Run(const base::Call& call, Access access,
                                   const std::function<absl::Status(Session&)>& work) {
  SAS_RETURN_IF_ERROR(CheckAlive(call, clock_));
  SAS_ASSIGN_OR_RETURN(PostgresConnection* const acquired, Acquire(call));
  const Lease lease(*this, acquired);
  absl::Status status = CheckAlive(call, clock_);
  for (int attempt = 0; status.ok() && attempt < kAttemptsMax; ++attempt) {
    status = Once(*lease, call, access, work);
    if (!IsConflict(status)) return status;
    if (attempt + 1 < kAttemptsMax && CheckAlive(call, clock_).ok()) status = absl::OkStatus();
  }
  return status;
}

void PostgresDatabase::WriteTogether(std::vector<WriteUnit>& units,
                                     const std::function<absl::Status(Session&)>& first) {
  if (units.size() > 1 && ShareCommit(units, first).ok()) return;
  for (WriteUnit& unit : units) unit.status = Run(unit.call, Access::kWrite, unit.work);
}

// One transaction for all, without savepoints, which would cost two exchanges each: if any unit is
// refused, or met another transaction, all run again, each alone. A commit whose outcome is unknown
// is everybody's, and nothing runs again: the same request asked once more will tell.
absl::Status PostgresDatabase::ShareCommit(std::vector<WriteUnit>& units,
                                           const std::function<absl::Status(Session&)>& first) {
  const auto longest = std::max_element(
      units.begin(), units.end(),
      [](const auto& a, const auto& b) { return a.call.deadline < b.call.deadline; });
  SAS_ASSIGN_OR_RETURN(PostgresConnection* const acquired, Acquire(longest->call));
  const Lease lease(*this, acquired);
  const absl::Status status = Once(*lease, longest->call, Access::kWrite, [&](Session& session) {
    if (first) SAS_RETURN_IF_ERROR(Guard([&] { return first(session); }));
    for (WriteUnit& unit : units) {
      SAS_RETURN_IF_ERROR(CheckAlive(unit.call, clock_));
      SAS_RETURN_IF_ERROR(Guard([&] { return unit.work(session); }));
    }
    return absl::OkStatus();
  });
  if (!status.ok() && base::ReasonOf(status) != "LEDGER_OUTCOME_UNKNOWN") return status;
  for (WriteUnit& unit : units) unit.status = status;
  return absl::OkStatus();
}

absl::Status PostgresDatabase::Begin(PostgresConnection& connection, const base::Call& call,
                                     Access access) {
  if (access == Access::kWrite && forgets_) return NotDurable();
  // REPEATABLE READ: a change to a row that another transaction changed meanwhile is refused
  // (40001) and the work runs again on what is there now, so read, decide, write loses no update.
  const std::string statements =
      std::string("BEGIN ISOLATION LEVEL REPEATABLE READ ") +
      (access == Access::kRead ? "READ ONLY" : "READ WRITE") +
      "; SET LOCAL statement_timeout = " + std::to_string(StatementTimeout(call, clock_));
  if (connection.open()) {
    const absl::Status status = connection.Control(statements);
    if (status.ok()) return status;
    // An idle connection that the server closed: nothing was sent yet, so a new one will do.
    connection.Drop();
  }
  SAS_RETURN_IF_ERROR(Connect(connection));
  const absl::Status status = connection.Control(statements);
  if (!status.ok()) connection.Drop();
  return status;
}

absl::Status PostgresDatabase::Once(PostgresConnection& connection, const base::Call& call,
                                    Access access,
                                    const std::function<absl::Status(Session&)>& work) {
  SAS_RETURN_IF_ERROR(Begin(connection, call, access));
  Session view = connection.View();
  absl::Status status = Guard([&] { return work(view); });
  if (connection.Broken()) {
    connection.Drop();
    return Unavailable();
  }
  if (status.ok() && connection.InTransaction()) return Commit(connection, access);
  if (status.ok()) {
    // The work went on after a failed statement, or ended the transaction itself. COMMIT would then
    // roll back and report success.
    status = base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR",
                        "a failed statement was passed over; nothing was saved");
  }
  if (!connection.Control("ROLLBACK").ok()) connection.Drop();
  // A server that became a standby takes reads only: look for the new primary next time.
  if (base::ReasonOf(status) == "LEDGER_UNAVAILABLE") connection.Drop();
  return status;
}

absl::Status PostgresDatabase::Commit(PostgresConnection& connection, Access access) {
  if (access == Access::kWrite) base::AtCrashPoint("ledger.before_fsync");
  const absl::Status status = connection.Control("COMMIT");
  if (access == Access::kWrite) base::AtCrashPoint("ledger.committed");
  if (!connection.Broken()) return status;
  connection.Drop();
  if (status.ok() || access == Access::kRead) return status;
  return base::FailRetryable(absl::StatusCode::kUnavailable, "LEDGER_OUTCOME_UNKNOWN",
                             "the connection to the ledger broke while it saved: the change may or "
                             "may not be there; repeat with the same request_id to find out",
                             kRetryAfter);
}

std::size_t PostgresDatabase::Waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

absl::Status PostgresDatabase::Ping(const base::Call& call) {
  bool forgets = false;
  SAS_RETURN_IF_ERROR(Run(call, Access::kRead, [&](Session& session) {
    forgets = SyncsNothing(session) && options_.needs_fsync;
    return absl::OkStatus();
  }));
  forgets_ = forgets;
  return forgets ? NotDurable() : absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo,
                                                       Database::Options options,
                                                       const base::Clock& clock) {
  if (!IsSchemaName(options.schema)) {
    return base::Fail(absl::StatusCode::kInvalidArgument, "INVALID_LEDGER_URL",
                      "the ledger's schema may hold a-z, 0-9 and _, at most 63",
                      {{"schema", options.schema}});
  }
  SAS_ASSIGN_OR_RETURN(std::string complete, CompleteConninfo(conninfo, options.schema));
  auto database =
      std::make_unique<PostgresDatabase>(std::move(complete), std::move(options), clock);
  SAS_RETURN_IF_ERROR(database->Start());
  return database;
}

}  // namespace sas::sql
