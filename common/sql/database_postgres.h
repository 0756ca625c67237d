#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/sql/database.h"
#include "common/sql/postgres_connection.h"

namespace sas::sql {

/// PostgreSQL behind a pool of connections; see Database for the promises.
class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::string conninfo, Options options, const base::Clock& clock);
  ~PostgresDatabase() override;

  /// Connects once and makes the schema.
  absl::Status Start();

  absl::Status Run(const base::Call& call, Access access,
                   const std::function<absl::Status(Session&)>& work) override;

  void WriteTogether(std::vector<WriteUnit>& units,
                     const std::function<absl::Status(Session&)>& first) override;

  Dialect dialect() const override { return Dialect::kPostgres; }

  absl::Status Ping(const base::Call& call) override;
  std::size_t Waiting() const override;

 private:
  class Lease;

  absl::StatusOr<PostgresConnection*> Acquire(const base::Call& call);
  void Release(PostgresConnection* connection);
  absl::Status Connect(PostgresConnection& connection);
  absl::Status Begin(PostgresConnection& connection, const base::Call& call, Access access);
  absl::Status Once(PostgresConnection& connection, const base::Call& call, Access access,
                    const std::function<absl::Status(Session&)>& work);
  absl::Status Commit(PostgresConnection& connection, Access access);
  /// Runs `first` and all units in one transaction, or none: then why.
  absl::Status ShareCommit(std::vector<WriteUnit>& units,
                           const std::function<absl::Status(Session&)>& first);

  const std::string conninfo_;
  const Options options_;
  const base::Clock& clock_;
  std::vector<std::unique_ptr<PostgresConnection>> connections_;
  std::atomic<bool> forgets_{false};  ///< The last look found fsync = off.

  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<PostgresConnection*> idle_;  ///< Guarded by mutex_, like what follows.
  std::size_t waiting_ = 0;
  bool down_ = false;     ///< The last attempt to connect failed.
  bool probing_ = false;  ///< One thread tries again; the others fail at once meanwhile.
};

}  // namespace sas::sql
