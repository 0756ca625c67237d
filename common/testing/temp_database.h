#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/testing/child_process.h"

namespace sas::testing {

/// A folder with room for one SQLite ledger; gone with the object.
class TempSqlite {
 public:
  TempSqlite() : folder_("sqlite") {}

  std::string path() const { return folder_.path() + "/ledger.db"; }

  std::string url() const { return "sqlite:" + path(); }

 private:
  TempFolder folder_;
};

/// A private PostgreSQL server on a unix socket, one per process, and in it one empty database per
/// object. The server dies with the process.
class TempPostgres {
 public:
  /// Nullptr with the `reason` when PostgreSQL is not installed: GTEST_SKIP() << reason.
  static std::unique_ptr<TempPostgres> Start(std::string& reason);

  ~TempPostgres();
  TempPostgres(const TempPostgres&) = delete;
  TempPostgres& operator=(const TempPostgres&) = delete;

  /// Url for sql::Database.
  std::string url() const;

  /// Runs SQL on the server beside the code under test (its output is thrown away); false when
  /// psql failed.
  bool Psql(const std::string& statement) const;

  /// Ends every connection to this database, as a failing network or a restart would.
  void CutConnections() const;

  /// Stops the whole server at once; RestartServer starts it again on the same data.
  void StopServer() const;
  void RestartServer() const;

 private:
  explicit TempPostgres(std::string database) : database_(std::move(database)) {}

  std::string database_;
};

/// Either of them, for suites that run on both engines.
enum class Engine { kSqlite, kPostgres };

class TempLedger {
 public:
  /// Nullptr with the `reason` when the engine is not installed: GTEST_SKIP() << reason.
  static std::unique_ptr<TempLedger> Make(Engine engine, std::string& reason);

  std::string url() const { return postgres_ ? postgres_->url() : sqlite_->url(); }

  /// The parts, nullptr for the other engine.
  const TempSqlite* sqlite() const { return sqlite_.get(); }

  const TempPostgres* postgres() const { return postgres_.get(); }

 private:
  std::unique_ptr<TempSqlite> sqlite_;
  std::unique_ptr<TempPostgres> postgres_;
};

/// For test names: "Sqlite", "Postgres".
std::string EngineName(Engine engine);

}  // namespace sas::testing
