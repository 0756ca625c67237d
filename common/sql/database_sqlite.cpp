#include "common/sql/database_sqlite.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/sql/engines.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"

namespace sas::sql {
namespace {

/// Virtual machine steps between two looks at the deadline (some tens of microseconds).
constexpr int kProgressSteps = 10000;
// A page of a list takes tens of milliseconds, and a vital act must not wait for eight of them.
constexpr std::size_t kReadsPerBatch = 1;
// While vital units come and come, reads rest this many times as long as they last took: they have
// a tenth of the connection, and what waits too long for it is given up first (hazard H-41).
constexpr int kReadRest = 9;

sqlite_api::sqlite3* Raw(void* connection) {
  return static_cast<sqlite_api::sqlite3*>(connection);
}

absl::Status TransactionLost() {
  return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR",
                    "the engine undid the change; the cause is in the service's log");
}

absl::Status VitalWritesOnly() {
  return base::Fail(absl::StatusCode::kResourceExhausted, "LEDGER_VITAL_ONLY",
                    "the ledger's disk is full: its reserve is kept for vital acts, nothing was "
                    "saved; free space, then repeat with the same request_id");
}

}  // namespace

SqliteDatabase::SqliteDatabase(const std::string& path, Options options, const base::Clock& clock,
                               std::unique_ptr<soci::session> session)
    : options_(std::move(options)),
      clock_(clock),
      session_(std::move(session)),
      view_{*session_, Dialect::kSqlite, 0, &statements_},
      connection_(static_cast<soci::sqlite3_session_backend*>(session_->get_backend())->conn_),
      control_(connection_),
      reserve_(path, path.empty() ? 0 : options_.reserve_bytes, clock),
      writer_([this] { Work(); }) {}

SqliteDatabase::~SqliteDatabase() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

absl::Status SqliteDatabase::CheckMayWait(const base::Call& call) const {
  SAS_CHECK(std::this_thread::get_id() != writer_.get_id(),
            "a unit of work started another: it would wait for itself");
  return CheckAlive(call, clock_);
}

bool SqliteDatabase::Enqueue(Unit& unit) {
  if (queue_.size() >= options_.queue_max) return false;
  queue_.push_back(&unit);
  return true;
}

absl::Status SqliteDatabase::Run(const base::Call& call, Access access,
                                 const std::function<absl::Status(Session&)>& work) {
  SAS_RETURN_IF_ERROR(CheckMayWait(call));
  Unit unit(call, access, work, options_.vital(call));
  std::unique_lock lock(mutex_);
  if (!Enqueue(unit)) return QueueFull(options_.queue_max);
  wake_.notify_one();
  // No time-out: the writer answers a unit whose time is up, and a unit that runs ends with it.
  unit.wake.wait(lock, [&] { return unit.done; });
  return std::move(unit.status);
}

void SqliteDatabase::WriteTogether(std::vector<WriteUnit>& units,
                                   const std::function<absl::Status(Session&)>& /*first*/) {
  std::deque<Unit> queued;  // Addresses stay.
  std::vector<WriteUnit*> owners;
  std::unique_lock lock(mutex_);
  for (WriteUnit& each : units) {
    each.status = CheckMayWait(each.call);
    if (!each.status.ok()) continue;
    Unit& unit =
        queued.emplace_back(each.call, Access::kWrite, each.work, options_.vital(each.call));
    if (Enqueue(unit)) {
      owners.push_back(&each);
    } else {
      queued.pop_back();
      each.status = QueueFull(options_.queue_max);
    }
  }
  wake_.notify_one();
  // One batch takes them all, as a rule: then they are all done when the first is.
  for (std::size_t i = 0; i < queued.size(); ++i) {
    queued[i].wake.wait(lock, [&] { return queued[i].done; });
    owners[i]->status = std::move(queued[i].status);
  }
}

std::size_t SqliteDatabase::Waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

absl::Status SqliteDatabase::Room() const {
  return reserve_.Spent() ? VitalWritesOnly() : absl::OkStatus();
}

absl::Status SqliteDatabase::Backup(const base::Call& call, const std::string& file) {
  Copy copy{call, SqliteCopy(connection_, file), absl::OkStatus(), false, {}};
  std::unique_lock lock(mutex_);
  if (copy_ != nullptr || stopping_) return SqliteCopy::Failed("another copy is being made");
  copy_ = &copy;
  wake_.notify_one();
  copy.wake.wait(lock, [&] { return copy.done; });
  return std::move(copy.status);
}

absl::Status SqliteDatabase::Ping(const base::Call& call) {
  return Run(call, Access::kRead, [](Session& session) {
    int one = 0;
    FetchOne(session, "SELECT 1", soci::into(one));
    return absl::OkStatus();
  });
}

void SqliteDatabase::Work() {
  sqlite3_progress_handler(Raw(connection_), kProgressSteps, &SqliteDatabase::OnProgress, this);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty() || copy_ != nullptr; });
    if (copy_ != nullptr) CopySome(lock);
    if (queue_.empty() && stopping_) return;
    if (queue_.empty()) continue;
    const Batch batch = TakeBatch();
    lock.unlock();
    reserve_.MakeAgain();
    for (Batch pending = batch; !pending.empty();) pending = Attempt(pending);
    lock.lock();
    for (Unit* unit : batch) {
      unit->done = true;
      unit->wake.notify_one();  // Under the lock: the unit lives on the waiter's stack.
    }
  }
}

// Natural batching: whatever came while the last commit ran shares the next one; no timer. Vital
// units overtake; of reads, which win nothing by sharing a commit, one makes a write wait, so that
// neither starves the other; and a vital unit none that has not rested.
SqliteDatabase::Batch SqliteDatabase::TakeBatch() {
  const bool vital_waits =
      std::any_of(queue_.begin(), queue_.end(), [](const Unit* unit) { return unit->vital; });
  const bool reads_rest = vital_waits && clock_.Steady() < reads_rest_until_;
  Batch batch;
  std::deque<Unit*> later;
  const auto take = [&](bool vital) {
    std::size_t reads = 0;
    later.clear();
    for (Unit* unit : queue_) {
      const bool read = unit->access == Access::kRead;
      const bool rests = read && (reads >= kReadsPerBatch || (reads_rest && !unit->vital));
      if (batch.size() < options_.batch_max && !rests && (!vital || unit->vital)) {
        batch.push_back(unit);
        reads += read ? 1 : 0;
      } else {
        later.push_back(unit);
      }
    }
    queue_.swap(later);
  };
  take(/*vital=*/true);
  take(/*vital=*/false);
  return batch;
}

// SQLite carries every later write of this connection into the copy too.
void SqliteDatabase::CopySome(std::unique_lock<std::mutex>& lock) {
  Copy& copy = *copy_;
  const bool stopping = stopping_;
  lock.unlock();
  absl::Status status =
      stopping ? SqliteCopy::Failed("the service stops") : CheckAlive(copy.call, clock_);
  bool whole = false;
  if (status.ok()) {
    auto stepped = copy.pages.Step();
    status = stepped.status();
    whole = stepped.ok() && *stepped;
  }
  lock.lock();
  if (status.ok() && !whole) return;
  copy.status = std::move(status);
  copy.done = true;
  copy_ = nullptr;
  copy.wake.notify_one();
}

SqliteDatabase::Batch SqliteDatabase::Attempt(const Batch& batch) {
  const bool writes = std::any_of(batch.begin(), batch.end(),
                                  [](const Unit* unit) { return unit->access == Access::kWrite; });
  if (Control(writes ? "BEGIN IMMEDIATE" : "BEGIN") != SQLITE_OK) {
    for (Unit* unit : batch) unit->status = TransactionLost();
    return {};
  }
  Batch live;
  Batch again;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Unit& unit = *batch[i];
    unit.status = CheckAlive(unit.call, clock_);
    if (!unit.status.ok()) continue;
    if (unit.access == Access::kWrite && reserve_.Spent() && !unit.vital) {
      unit.status = VitalWritesOnly();
      continue;
    }
    current_ = &unit;
    const std::chrono::nanoseconds started = clock_.Steady();
    unit.status = RunUnit(unit, batch.size() > 1 && unit.access == Access::kWrite);
    current_ = nullptr;
    if (unit.access == Access::kRead && !unit.vital) {
      const std::chrono::nanoseconds ended = clock_.Steady();
      reads_rest_until_ = ended + kReadRest * (ended - started);
    }
    if (!InTransaction()) {
      // Disk full, interrupt or I/O fault: SQLite undid the whole batch. The culprit has its
      // status; the others did nothing wrong and run again.
      if (unit.status.ok()) unit.status = TransactionLost();
      if (WorthAnotherTry(unit)) live.push_back(&unit);
      live.insert(live.end(), again.begin(), again.end());
      live.insert(live.end(), std::next(batch.begin(), static_cast<std::ptrdiff_t>(i) + 1),
                  batch.end());
      return live;
    }
    if (unit.status.ok()) {
      live.push_back(&unit);
    } else if (WorthAnotherTry(unit)) {
      again.push_back(&unit);
    }
  }
  if (writes) base::AtCrashPoint("ledger.before_fsync");
  const Batch uncommitted = Commit(live);
  again.insert(again.end(), uncommitted.begin(), uncommitted.end());
  if (writes) base::AtCrashPoint("ledger.committed");
  return again;
}

absl::Status SqliteDatabase::RunUnit(Unit& unit, bool savepoint) {
  const bool read = unit.access == Access::kRead;
  if (savepoint && Control("SAVEPOINT sas_unit") != SQLITE_OK) return TransactionLost();
  const int changes = sqlite3_total_changes(Raw(connection_));
  statements_.SetReadOnly(read);
  absl::Status status = Guard([&] { return unit.work(view_); });
  statements_.SetReadOnly(false);
  if (!InTransaction()) return status;
  if (read && sqlite3_total_changes(Raw(connection_)) != changes) {
    // By a statement that went past Query.
    ReportCause("LEDGER_ERROR", "a unit of work that only reads has written");
    Control("ROLLBACK");  // The others of the batch run again.
    return TransactionLost();
  }
  if (status.ok()) {
    if (savepoint && Control("RELEASE sas_unit") != SQLITE_OK) status = TransactionLost();
    return status;
  }
  if (savepoint) {
    const bool undone =
        Control("ROLLBACK TO sas_unit") == SQLITE_OK && Control("RELEASE sas_unit") == SQLITE_OK;
    if (!undone) Control("ROLLBACK");  // The batch runs again without this unit.
  } else if (!read) {
    // Alone in its transaction, which thus ends without it.
    Control("ROLLBACK");
  }
  return status;
}

SqliteDatabase::Batch SqliteDatabase::Commit(const Batch& batch) {
  const int result = Control("COMMIT");
  if (result == SQLITE_OK) return {};
  if ((result & 0xff) != SQLITE_FULL) {
    // Whether the pages reached the disk is unknown and asking again proves nothing: stop, and let
    // the next start read what is really there.
    ReportCause("LEDGER_COMMIT_FAILED", sqlite3_errmsg(Raw(connection_)));
    std::abort();
  }
  if (InTransaction()) Control("ROLLBACK");
  if (reserve_.GiveBack()) return batch;
  Batch reads;
  for (Unit* unit : batch) {
    if (unit->access == Access::kRead) {
      reads.push_back(unit);
    } else {
      unit->status = StatusFromException(soci::sqlite3_soci_error("commit: disk full", result));
    }
  }
  return reads;
}

bool SqliteDatabase::WorthAnotherTry(const Unit& unit) {
  return base::ReasonOf(unit.status) == "LEDGER_FULL" && reserve_.GiveBack();
}

int SqliteDatabase::Control(const char* text) {
  const int result = control_.Run(text);
  if (result != SQLITE_OK) {
    ReportCause("LEDGER_ERROR", std::string(text) + ": " + sqlite3_errmsg(Raw(connection_)));
  }
  return result;
}

bool SqliteDatabase::InTransaction() const {
  return sqlite3_get_autocommit(Raw(connection_)) == 0;
}

int SqliteDatabase::OnProgress(void* self) {
  auto* database = static_cast<SqliteDatabase*>(self);
  const Unit* unit = database->current_;
  return unit != nullptr && unit->call.Left(database->clock_) <= std::chrono::nanoseconds::zero();
}

}  // namespace sas::sql
