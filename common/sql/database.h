#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace soci {
class session;
}

/// The ledger's engine: SOCI over SQLite or PostgreSQL, chosen by one connection string.
namespace sas::sql {

enum class Dialect { kSqlite, kPostgres };

class StatementCache;

/// What a unit of work sees. Valid only inside the function that received it.
struct Session {
  soci::session& soci;
  Dialect dialect;
  int chain;  ///< Audit chain of this connection: 0 on SQLite, one per connection on PostgreSQL.
  StatementCache* statements = nullptr;  ///< For statement.h; null where nothing is kept.
};

enum class Access { kRead, kWrite };

/// One of several writes that are given together.
struct WriteUnit {
  const base::Call& call;
  std::function<absl::Status(Session&)> work;
  absl::Status status;  ///< What Run would have given.
};

/// One database of one service.
///
/// SQLite: one connection per process (Debian's 3.40.1 can lose commits with several WAL
/// connections), WAL, synchronous=FULL. All work runs on one thread that takes whatever is queued,
/// runs each unit in its own savepoint and commits once: concurrent commits share one fsync
/// (group commit). Nothing is answered before the commit, reads included, so nobody sees a row that
/// a crash could take back. A failed commit or fsync ends the process: it is never retried.
///
/// PostgreSQL: a pool as large as the lanes that use it, one REPEATABLE READ transaction per unit
/// of work: of two that change the same row one runs again, so read, decide, write loses no update.
/// A rule over several rows needs a constraint, or a parent row that every writer updates. Repeated
/// on serialization failure and deadlock (40001, 40P01) at most 64 times while the deadline allows;
/// then `LEDGER_CONFLICT`. A deadlock costs the server's deadlock_timeout (1 s) first: what takes
/// several rows takes them in one order.
///
/// On both engines `work` may therefore run more than once, must not have effects outside the
/// session, and must not start another unit. With kRead, writing is refused by the engine.
class Database {
 public:
  struct Options {
    /// `sqlite:PATH`, `sqlite::memory:` or `postgresql://…` / `postgresql:host=… dbname=…`.
    std::string url;
    std::string schema;            ///< PostgreSQL schema of the service; made when missing.
    std::size_t connections = 16;  ///< PostgreSQL only.
    std::size_t queue_max = 1024;  ///< Units of work waiting; one more is RESOURCE_EXHAUSTED.
    std::size_t batch_max = 128;   ///< SQLite: units per commit.
    std::chrono::milliseconds lease_timeout{2000};
    /// SQLite: room kept on the disk for vital writes; 0: none. While the disk is full every other
    /// write is refused with RESOURCE_EXHAUSTED `LEDGER_VITAL_ONLY`, and reads go on.
    std::int64_t reserve_bytes = 0;
    std::function<bool(const base::Call&)> vital = [](const base::Call&) { return false; };
    /// PostgreSQL: a server with fsync = off, which forgets at a power cut, is not written to.
    bool needs_fsync = true;
  };

  /// UNAVAILABLE `LEDGER_UNAVAILABLE` when the server does not answer, `LEDGER_NOT_DURABLE`
  /// when it syncs nothing (Options::needs_fsync), INVALID_ARGUMENT
  /// `INVALID_LEDGER_URL` for a bad url (passwords are never repeated in messages).
  static absl::StatusOr<std::unique_ptr<Database>> Open(Options options, const base::Clock& clock);

  virtual ~Database() = default;

  /// Runs `work` in a transaction and blocks until it is durable (kWrite) or consistent (kRead).
  /// A status other than OK from `work` rolls its effects back and is returned as it is.
  /// SOCI's exceptions inside `work` become statuses (see errors.h); DEADLINE_EXCEEDED when the
  /// call has no time left before the work starts.
  virtual absl::Status Run(const base::Call& call, Access access,
                           const std::function<absl::Status(Session&)>& work) = 0;

  /// Runs each unit as Run does with kWrite, in their order. Where the engine can they share a
  /// commit; a unit that is refused or fails leaves no trace and takes no other with it.
  /// Where they share a transaction that others may wait for (PostgreSQL), `first` runs before them
  /// in it, to take in one order what they would take as they come; a failure has each run alone.
  void WriteTogether(std::vector<WriteUnit>& units) { WriteTogether(units, nullptr); }

  virtual void WriteTogether(std::vector<WriteUnit>& units,
                             const std::function<absl::Status(Session&)>& first) = 0;

  virtual Dialect dialect() const = 0;

  /// Cheap look: can the ledger answer now? PostgreSQL: from a look that finds fsync = off until
  /// one that finds it on, writes are refused `LEDGER_NOT_DURABLE`, and so is the look.
  virtual absl::Status Ping(const base::Call& call) = 0;

  /// Units of work that wait for their turn, for metrics; Options::queue_max is their bound.
  virtual std::size_t Waiting() const = 0;

  /// SQLite: writes a consistent copy, with all that was committed before its end, into a new file,
  /// a few pages between any two batches of work. Blocks. UNAVAILABLE `BACKUP_FAILED`,
  /// DEADLINE_EXCEEDED; FAILED_PRECONDITION `BACKUP_NEEDS_SQLITE` elsewhere.
  virtual absl::Status Backup(const base::Call& call, const std::string& file);

  /// `LEDGER_VITAL_ONLY` while only vital writes are taken (Options::reserve_bytes). For health.
  virtual absl::Status Room() const { return absl::OkStatus(); }
};

}  // namespace sas::sql
