#include "tools/sasctl/ledger_commands.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/base/status.h"
#include "common/ledger/ledger_check.h"
#include "common/ledger/ledger_epoch.h"
#include "common/sql/database.h"

// sasctl ledger verify|backup|restore: on a ledger itself, not through its service. PostgreSQL may
// be at work; a file of SQLite belongs to its service while that runs.
namespace sasctl {
namespace {

constexpr std::chrono::hours kBudget{2};
constexpr int kFaultsLeave = 1;  ///< Exit code when the ledger has faults.
constexpr int kBackupPages = 1000;
constexpr std::string_view kSqlite = "sqlite:";

struct Options {
  std::string ledger;
  std::string schema;
  std::string file;
  bool replace = false;
};

bool IsSqlite(const Options& options) {
  return options.ledger.rfind(kSqlite, 0) == 0;
}

std::string PathOf(const Options& options) {
  return options.ledger.substr(kSqlite.size());
}

void Must(const Suite& suite, const absl::Status& status) {
  if (!status.ok()) suite.Refuse(status);
}

std::unique_ptr<sas::sql::Database> Open(const Suite& suite, const Options& options) {
  if (IsSqlite(options) && !std::filesystem::exists(PathOf(options))) {
    Suite::Usage("there is no ledger " + PathOf(options));
  }
  sas::sql::Database::Options asked;
  asked.url = options.ledger;
  asked.schema = options.schema;
  asked.connections = 1;
  asked.needs_fsync = false;  // A copy is looked at wherever it was put.
  auto database = sas::sql::Database::Open(asked, suite.clock());
  Must(suite, database.status());
  return *std::move(database);
}

base::Call NewCall(const Suite& suite) {
  base::Call call = base::InternalCall("sasctl-ledger", suite.clock(), kBudget);
  call.actor.role = base::Role::kOperations;
  return call;
}

int Run(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execvp(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// A conninfo that libpq's programs take.
std::string Conninfo(const Options& options) {
  constexpr std::string_view kWords = "postgresql:";
  const bool words =
      options.ledger.rfind(kWords, 0) == 0 && options.ledger.rfind("postgresql://", 0) != 0;
  return words ? options.ledger.substr(kWords.size()) : options.ledger;
}

/// SQLite's own backup: a consistent copy, page by page, with what lies in the WAL.
std::string CopySqlite(const std::string& from, const std::string& to) {
  sqlite3* source = nullptr;
  sqlite3* target = nullptr;
  std::string fault;
  if (sqlite3_open_v2(from.c_str(), &source, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
      sqlite3_open_v2(to.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
          SQLITE_OK) {
    fault = source == nullptr ? "no memory" : sqlite3_errmsg(target != nullptr ? target : source);
  } else if (sqlite3_backup* copy = sqlite3_backup_init(target, "main", source, "main")) {
    int result = SQLITE_OK;
    while (result == SQLITE_OK) result = sqlite3_backup_step(copy, kBackupPages);
    sqlite3_backup_finish(copy);
    if (result != SQLITE_DONE) fault = sqlite3_errstr(result);
  } else {
    fault = sqlite3_errmsg(target);
  }
  sqlite3_close(target);
  sqlite3_close(source);
  return fault;
}

void Show(const Suite& suite, const nlohmann::json& told) {
  if (suite.json()) {
    std::cout << told.dump() << "\n";
    return;
  }
  for (const auto& [key, value] : told.items()) {
    if (!value.is_array()) std::cout << key << "  " << value << "\n";
  }
  if (!told.contains("faults")) return;
  for (const auto& fault : told["faults"]) std::cout << "  ! " << fault.get<std::string>() << "\n";
}

nlohmann::json Check(const Suite& suite, sas::sql::Database& database) {
  const auto check = sas::ledger::CheckLedger(database, NewCall(suite));
  Must(suite, check.status());
  return {{"ok", check->faults.empty()},         {"audit_records", check->audit_records},
          {"answers", check->answers},           {"events", check->events},
          {"appointments", check->appointments}, {"faults", check->faults}};
}

void Verify(const Suite& suite, const Options& options) {
  const nlohmann::json told = Check(suite, *Open(suite, options));
  Show(suite, told);
  if (!told["ok"].get<bool>()) throw CLI::RuntimeError(kFaultsLeave);
}

void Backup(const Suite& suite, const Options& options) {
  if (std::filesystem::exists(options.file)) Suite::Usage(options.file + " is there already");
  const int made = open(options.file.c_str(), O_CREAT | O_EXCL | O_WRONLY, S_IRUSR | S_IWUSR);
  if (made < 0) Suite::Usage("cannot write " + options.file);
  close(made);
  std::string fault;
  if (IsSqlite(options)) {
    fault = CopySqlite(PathOf(options), options.file);
  } else if (Run({"pg_dump", "--format=custom", "--schema=" + options.schema, "--no-owner",
                  "--file=" + options.file, "--dbname=" + Conninfo(options)}) != 0) {
    fault = "pg_dump failed";
  }
  if (!fault.empty()) {
    std::filesystem::remove(options.file);
    Suite::Usage("no backup was made: " + fault +
                 (IsSqlite(options) ? "; a running service has its file for itself" : ""));
  }
  Show(suite,
       {{"ok", true}, {"file", options.file}, {"bytes", std::filesystem::file_size(options.file)}});
}

/// What stands in the way of a restore is put aside, never removed.
void PutAside(const Suite& suite, const Options& options) {
  const std::string path = PathOf(options);
  if (!std::filesystem::exists(path)) return;
  if (!options.replace) Suite::Usage(path + " is there already: --replace puts it aside");
  Open(suite, options);  // Refused while a service has it.
  const std::string aside =
      path + ".before-restore-" +
      std::to_string(suite.clock().Now().time_since_epoch().count() / 1'000'000);
  for (const char* suffix : {"", "-wal"}) {
    if (std::filesystem::exists(path + suffix))
      std::filesystem::rename(path + suffix, aside + suffix);
  }
}

void Restore(const Suite& suite, const Options& options) {
  if (!std::filesystem::exists(options.file)) Suite::Usage("there is no backup " + options.file);
  if (IsSqlite(options)) {
    PutAside(suite, options);
    const std::string fault = CopySqlite(options.file, PathOf(options));
    if (!fault.empty()) Suite::Usage("nothing was restored: " + fault);
    std::filesystem::permissions(
        PathOf(options), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  } else if (Run({"pg_restore", "--exit-on-error", "--single-transaction", "--no-owner",
                  "--dbname=" + Conninfo(options), options.file}) != 0) {
    Suite::Usage("pg_restore failed: nothing was restored; the schema must not be there yet");
  }
  const auto database = Open(suite, options);
  nlohmann::json told = Check(suite, *database);
  const auto epoch = sas::ledger::RaiseEpoch(*database, NewCall(suite), suite.clock());
  Must(suite, epoch.status());
  told["epoch"] = *epoch;
  Show(suite, told);
  if (!told["ok"].get<bool>()) throw CLI::RuntimeError(kFaultsLeave);
}

void Add(CLI::App& group, Suite& suite, const char* name, const char* what, const char* file_option,
         void (*act)(const Suite&, const Options&)) {
  auto* sub = group.add_subcommand(name, what);
  auto options = std::make_shared<Options>();
  sub->add_option("--ledger", options->ledger, "sqlite:PATH or postgresql:…, as the service has it")
      ->required();
  sub->add_option("--schema", options->schema, "PostgreSQL schema of the service");
  if (file_option != nullptr) sub->add_option(file_option, options->file)->required();
  if (act == &Restore) {
    sub->add_flag("--replace", options->replace, "Put an existing file of SQLite aside");
  }
  sub->callback([&suite, options, act] { act(suite, *options); });
}

}  // namespace

void AddLedgerCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("ledger", "A service's ledger itself: check, copy, put back");
  group->require_subcommand(1);
  Add(*group, suite, "verify", "Holds the ledger against its own rules; leaves with 1 on faults",
      nullptr, &Verify);
  Add(*group, suite, "backup", "A consistent copy (pg_dump for PostgreSQL)", "--to", &Backup);
  Add(*group, suite, "restore", "Puts a copy back under a higher epoch, and verifies it", "--from",
      &Restore);
}

}  // namespace sasctl
