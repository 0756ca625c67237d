#include "common/sql/migrate.h"

#include <openssl/evp.h>
#include <soci/soci.h>

#include <algorithm>
#include <map>

#include "common/base/status.h"
#include "common/sql/errors.h"
#include "common/sql/script.h"
#include "common/sql/statement.h"

namespace sas::sql {
namespace {

using Applied = std::map<std::string, std::string>;  // Name to checksum.

std::string Checksum(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  SAS_CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) == 1,
            "SHA-256 is missing from OpenSSL");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

absl::Status MakeTable(Database& database, const base::Call& call) {
  return database.Run(call, Access::kWrite, [](Session& session) {
    Exec(session,
         "CREATE TABLE IF NOT EXISTS schema_migrations ("
         "name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied TEXT NOT NULL)");
    return absl::OkStatus();
  });
}

/// Keeps other replicas out until the transaction ends. SQLite has one process anyway. LOCK comes
/// before any SELECT, so that the snapshot is taken after the wait and shows what others applied.
void Lock(Session& session) {
  if (session.dialect == Dialect::kPostgres) {
    Exec(session, "LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE");
  }
}

Applied ReadApplied(Session& session) {
  Applied applied;
  std::string name;
  std::string checksum;
  FetchEach(
      session, "SELECT name, checksum FROM schema_migrations", [&] { applied[name] = checksum; },
      soci::into(name), soci::into(checksum));
  return applied;
}

absl::Status Check(const Applied& applied, const std::vector<Migration>& migrations) {
  std::map<std::string, std::string> known;
  for (const Migration& step : migrations) known[std::string(step.name)] = Checksum(step.sql);
  for (const auto& [name, checksum] : applied) {
    const auto step = known.find(name);
    if (step == known.end()) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "SCHEMA_TOO_NEW",
                        "the ledger was changed by a newer version of this service; start that "
                        "version or a later one",
                        {{"migration", name}});
    }
    if (step->second != checksum) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "MIGRATION_CHANGED",
                        "a migration was edited after it ran here; restore its text and put the "
                        "change into a new one",
                        {{"migration", name}});
    }
  }
  return absl::OkStatus();
}

absl::Status Apply(Session& session, const Migration& step,
                   const std::vector<Migration>& migrations) {
  Lock(session);
  const Applied applied = ReadApplied(session);
  SAS_RETURN_IF_ERROR(Check(applied, migrations));
  const std::string name(step.name);
  if (applied.count(name) > 0) return absl::OkStatus();
  for (const std::string& statement : SplitScript(step.sql, session.dialect)) {
    Exec(session, statement);
  }
  const std::string checksum = Checksum(step.sql);
  Exec(session,
       "INSERT INTO schema_migrations (name, checksum, applied) "
       "VALUES (:name, :checksum, CAST(CURRENT_TIMESTAMP AS TEXT))",
       soci::use(name, "name"), soci::use(checksum, "checksum"));
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Database& database, const base::Call& call,
                     const std::vector<Migration>& migrations) {
  std::vector<Migration> ordered = migrations;
  std::sort(ordered.begin(), ordered.end(),
            [](const Migration& a, const Migration& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    SAS_CHECK(ordered[i - 1].name != ordered[i].name, "two migrations have the same name");
  }
  // Replicas that start together may both make the table: the loser looks again.
  absl::Status status = MakeTable(database, call);
  if (!status.ok()) status = MakeTable(database, call);
  if (!status.ok()) return status;
  SAS_RETURN_IF_ERROR(database.Run(
      call, Access::kRead, [&](Session& session) { return Check(ReadApplied(session), ordered); }));
  for (const Migration& step : ordered) {
    SAS_RETURN_IF_ERROR(database.Run(
        call, Access::kWrite, [&](Session& session) { return Apply(session, step, ordered); }));
  }
  return absl::OkStatus();
}

}  // namespace sas::sql
