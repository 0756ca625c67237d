#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/sql/control_statements.h"
#include "common/sql/database.h"
#include "common/sql/disk_reserve.h"
#include "common/sql/sqlite_copy.h"
#include "common/sql/statement_cache.h"

namespace sas::sql {

/// SQLite behind one connection and one thread; see Database for the promises.
class SqliteDatabase final : public Database {
 public:
  /// `path` is the file's, for the reserve; empty for a ledger in memory.
  SqliteDatabase(const std::string& path, Options options, const base::Clock& clock,
                 std::unique_ptr<soci::session> session);
  ~SqliteDatabase() override;  ///< Finishes what is queued.

  absl::Status Run(const base::Call& call, Access access,
                   const std::function<absl::Status(Session&)>& work) override;

  void WriteTogether(std::vector<WriteUnit>& units,
                     const std::function<absl::Status(Session&)>& first) override;

  Dialect dialect() const override { return Dialect::kSqlite; }

  absl::Status Ping(const base::Call& call) override;
  std::size_t Waiting() const override;

  absl::Status Room() const override;
  absl::Status Backup(const base::Call& call, const std::string& file) override;

 private:
  struct Unit {
    Unit(const base::Call& for_call, Access how, const std::function<absl::Status(Session&)>& what,
         bool is_vital)
        : call(for_call), access(how), work(what), vital(is_vital) {}

    const base::Call& call;
    const Access access;
    const std::function<absl::Status(Session&)>& work;
    const bool vital;
    absl::Status status;
    bool done = false;
    std::condition_variable wake;
  };

  using Batch = std::vector<Unit*>;

  /// A copy that is being made; lives on the stack of who waits for it.
  struct Copy {
    const base::Call& call;
    SqliteCopy pages;
    absl::Status status;
    bool done = false;
    std::condition_variable wake;
  };

  absl::Status CheckMayWait(const base::Call& call) const;
  /// Queues the unit, unless the queue is full.
  bool Enqueue(Unit& unit);
  void Work();
  /// What runs next, taken from the queue under the lock.
  Batch TakeBatch();
  void CopySome(std::unique_lock<std::mutex>& lock);
  /// Runs a batch in one transaction and commits it. Units whose effects were lost through no fault
  /// of their own come back, to be run again.
  Batch Attempt(const Batch& batch);
  absl::Status RunUnit(Unit& unit, bool savepoint);
  Batch Commit(const Batch& batch);
  /// The unit met a full disk and the reserve has made room since.
  bool WorthAnotherTry(const Unit& unit);
  int Control(const char* text);
  bool InTransaction() const;
  static int OnProgress(void* self);

  const Options options_;
  const base::Clock& clock_;
  std::unique_ptr<soci::session> session_;
  StatementCache statements_;  ///< After the session: goes first.
  Session view_;
  void* connection_;  ///< sqlite3*, whose header SOCI hides in a namespace.
  ControlStatements control_;
  DiskReserve reserve_;
  Unit* current_ = nullptr;  ///< Writer thread only, like the next.
  std::chrono::nanoseconds reads_rest_until_{};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Unit*> queue_;  ///< Guarded by mutex_, like `done` of every unit.
  Copy* copy_ = nullptr;
  bool stopping_ = false;
  std::thread writer_;
};

}  // namespace sas::sql
