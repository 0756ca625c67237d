#include "common/sql/postgres_connection.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <cstdint>
#include <map>
#include <utility>

#include "common/base/status.h"
#include "common/sql/engines.h"
#include "common/sql/errors.h"
#include "common/sql/statement.h"

namespace sas::sql {
namespace {

/// Audit chains of one schema: more connections than this, over all replicas, are refused.
constexpr int kChainsMax = 1024;

/// Seconds and milliseconds as libpq wants them. A peer that died without a word is noticed within
/// ten seconds instead of the kernel's fifteen minutes.
const std::map<std::string, std::string>& Defaults() {
  static const std::map<std::string, std::string> defaults = {
      {"connect_timeout", "2"},    {"tcp_user_timeout", "5000"},
      {"keepalives_idle", "5"},    {"keepalives_interval", "2"},
      {"keepalives_count", "2"},   {"target_session_attrs", "read-write"},
      {"client_encoding", "UTF8"},
  };
  return defaults;
}

PGconn* Raw(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

std::string Quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// Advisory locks are per database and services may share one: the schema tells them apart. Two
/// schemas of the same number would only share the numbers 0…1023 between them.
int LockClass(const std::string& schema) {
  std::uint32_t hash = 2166136261U;  // FNV-1a: the same in every build and on every machine.
  for (const char c : "sas-audit:" + schema) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return static_cast<int>(hash & 0x7fffffffU);
}

absl::Status NoAnswer(std::string_view cause) {
  ReportCause("LEDGER_UNAVAILABLE", cause);
  return base::FailRetryable(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE",
                             "the ledger's PostgreSQL server does not answer; repeat with the same "
                             "request_id",
                             std::chrono::milliseconds(500));
}

}  // namespace

bool SyncsNothing(Session& session) {
  std::string mode;
  FetchOne(session, "SHOW fsync", soci::into(mode));
  return mode == "off";
}

absl::Status NotDurable() {
  return base::FailRetryable(
      absl::StatusCode::kUnavailable, "LEDGER_NOT_DURABLE",
      "the ledger's PostgreSQL server runs with fsync = off and would forget "
      "at a power cut what it has taken: nothing was saved; switch it on, "
      "then repeat with the same request_id",
      std::chrono::seconds(5));
}

absl::StatusOr<std::string> CompleteConninfo(const std::string& text, const std::string& schema) {
  char* fault = nullptr;
  PQconninfoOption* options = PQconninfoParse(text.c_str(), &fault);
  if (options == nullptr) {
    PQfreemem(fault);  // It may quote the password.
    return InvalidUrl("is not a PostgreSQL connection string");
  }
  std::map<std::string, std::string> values = Defaults();
  values["application_name"] = schema.empty() ? "sas" : "sas-" + schema;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  PQconninfoFree(options);
  std::string out;
  for (const auto& [key, value] : values) {
    out += (out.empty() ? "" : " ") + key + "=" + Quoted(value);
  }
  return out;
}

PostgresConnection::PostgresConnection(const std::string& conninfo, const std::string& schema,
                                       bool needs_fsync)
    : conninfo_(conninfo), schema_(schema), needs_fsync_(needs_fsync) {}

PostgresConnection::~PostgresConnection() = default;

absl::Status PostgresConnection::Connect() {
  session_.reset();
  try {
    session_ = std::make_unique<soci::session>(*soci::factory_postgresql(), conninfo_);
  } catch (const soci::soci_error& error) {
    return NoAnswer(error.get_error_message());
  }
  // Errors without DETAIL, which quotes the row.
  PQsetErrorVerbosity(Raw(*session_), PQERRORS_TERSE);
  absl::Status status = Guard([this]() -> absl::Status {
    Session view = View();
    if (needs_fsync_ && SyncsNothing(view)) return NotDurable();
    Exec(view, "SET client_min_messages = warning");
    // An acknowledged write is on disk, whatever the server's default is.
    std::string mode;
    FetchOne(view, "SHOW synchronous_commit", soci::into(mode));
    if (mode == "off") Exec(view, "SET synchronous_commit = on");
    if (!schema_.empty()) Exec(view, "SET search_path = \"" + schema_ + "\"");
    return absl::OkStatus();
  });
  if (status.ok()) status = ClaimChain();
  if (!status.ok()) session_.reset();
  return status;
}

absl::Status PostgresConnection::MakeSchema() {
  return Guard([this] {
    Session view = View();
    int found = 0;
    FetchOne(view, "SELECT count(*)::int FROM pg_namespace WHERE nspname = :name",
             soci::use(schema_, "name"), soci::into(found));
    if (found == 0) Exec(view, "CREATE SCHEMA IF NOT EXISTS \"" + schema_ + "\"");
  });
}

absl::Status PostgresConnection::ClaimChain() {
  return Guard([this]() -> absl::Status {
    Session view = View();
    const int lock_class = LockClass(schema_);
    for (int chain = 0; chain < kChainsMax; ++chain) {
      int claimed = 0;
      FetchOne(view, "SELECT pg_try_advisory_lock(:class, :chain)::int",
               soci::use(lock_class, "class"), soci::use(chain, "chain"), soci::into(claimed));
      if (claimed == 1) {
        chain_ = chain;
        return absl::OkStatus();
      }
    }
    return base::Fail(absl::StatusCode::kResourceExhausted, "LEDGER_CHAINS_EXHAUSTED",
                      "too many connections share one ledger: lower connections or replicas",
                      {{"chains_max", std::to_string(kChainsMax)}});
  });
}

void PostgresConnection::Drop() {
  session_.reset();
}

bool PostgresConnection::Broken() const {
  return session_ == nullptr || PQstatus(Raw(*session_)) != CONNECTION_OK;
}

bool PostgresConnection::InFailedTransaction() const {
  return PQtransactionStatus(Raw(*session_)) == PQTRANS_INERROR;
}

bool PostgresConnection::InTransaction() const {
  return PQtransactionStatus(Raw(*session_)) == PQTRANS_INTRANS;
}

absl::Status PostgresConnection::Control(const std::string& statements) {
  return Guard([&] {
    Session view = View();
    Exec(view, statements);
  });
}

}  // namespace sas::sql
