#include "common/testing/temp_database.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace sas::testing {
namespace {

constexpr char kBin[] = "/usr/lib/postgresql/15/bin/";
constexpr char kUser[] = "postgres";  // PostgreSQL refuses to run as root.

/// The one server of this process.
class Server {
 public:
  Server() : folder_("pg") {
    folder_.GiveTo(kUser);
    const int code = Run({Bin("initdb"), "-D", Data(), "-A", "trust", "-U", kUser, "--no-sync",
                          "--no-instructions", "--locale=C.UTF-8", "-E", "UTF8"});
    SAS_CHECK(code == 0, "initdb failed: see " + Log());
    Start();
  }

  ~Server() { Stop(); }

  static Server& Instance() {
    static Server server;
    return server;
  }

  void Start() {
    // Without fsync: no test pulls the plug. Many connections: several pools may be open.
    server_ = std::make_unique<ChildProcess>(
        Options({Bin("postgres"), "-D", Data(), "-c", "listen_addresses=", "-c",
                 "unix_socket_directories=" + folder_.path(), "-c", "fsync=off", "-c",
                 "max_connections=200", "-c", "shared_buffers=32MB", "-c", "autovacuum=off"}));
    SAS_CHECK(PollUntil([this] {
                return Run({Bin("pg_isready"), "-q", "-h", folder_.path()}) == 0;
              }),
              "postgres did not start: see " + Log());
  }

  /// "Immediate" shutdown; postgres's own children end with it.
  void Stop() {
    if (server_) server_->Stop(SIGQUIT);
    server_.reset();
  }

  int Run(std::vector<std::string> command) {
    return ChildProcess(Options(std::move(command))).Wait();
  }

  bool Psql(const std::string& database, const std::string& statement) {
    return Run({Bin("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder_.path(), "-U", kUser,
                "-d", database, "-c", statement}) == 0;
  }

  const std::string& socket_folder() const { return folder_.path(); }

 private:
  static std::string Bin(const std::string& name) { return kBin + name; }

  std::string Data() const { return folder_.path() + "/data"; }

  std::string Log() const { return folder_.path() + "/log"; }

  ChildProcess::Options Options(std::vector<std::string> command) const {
    return {std::move(command), Log(), kUser};
  }

  TempFolder folder_;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace

std::unique_ptr<TempPostgres> TempPostgres::Start(std::string& reason) {
  if (::access((std::string(kBin) + "postgres").c_str(), X_OK) != 0) {
    reason = "PostgreSQL 15 is not installed (apt-get install postgresql-15)";
    return nullptr;
  }
  static std::atomic<int> last{0};
  const std::string database = "test" + std::to_string(++last);
  SAS_CHECK(Server::Instance().Psql(kUser, "CREATE DATABASE " + database),
            "CREATE DATABASE failed");
  return std::unique_ptr<TempPostgres>(new TempPostgres(database));
}

TempPostgres::~TempPostgres() {
  Server::Instance().Psql(kUser, "DROP DATABASE " + database_ + " WITH (FORCE)");
}

std::string TempPostgres::url() const {
  return "postgresql:host=" + Server::Instance().socket_folder() + " user=" + kUser +
         " dbname=" + database_;
}

bool TempPostgres::Psql(const std::string& statement) const {
  return Server::Instance().Psql(database_, statement);
}

void TempPostgres::CutConnections() const {
  Server::Instance().Psql(kUser,
                          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
                          "datname = '" +
                              database_ + "'");
}

void TempPostgres::StopServer() const {
  Server::Instance().Stop();
}

void TempPostgres::RestartServer() const {
  Server::Instance().Stop();
  Server::Instance().Start();
}

std::unique_ptr<TempLedger> TempLedger::Make(Engine engine, std::string& reason) {
  auto ledger = std::make_unique<TempLedger>();
  if (engine == Engine::kSqlite) {
    ledger->sqlite_ = std::make_unique<TempSqlite>();
    return ledger;
  }
  ledger->postgres_ = TempPostgres::Start(reason);
  return ledger->postgres_ ? std::move(ledger) : nullptr;
}

std::string EngineName(Engine engine) {
  return engine == Engine::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace sas::testing
