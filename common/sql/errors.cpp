#include "common/sql/errors.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>

#include "common/base/status.h"

namespace sas::sql {
namespace {

using absl::StatusCode;

constexpr std::chrono::milliseconds kRetryConflict{20};
constexpr std::chrono::milliseconds kRetryUnavailable{500};

void ToStandardError(std::string_view reason, std::string_view cause) {
  std::fprintf(stderr, "ledger: %.*s: %.*s\n", static_cast<int>(reason.size()), reason.data(),
               static_cast<int>(cause.size()), cause.data());
}

std::atomic<CauseSink> cause_sink{&ToStandardError};

absl::Status Unique(base::Metadata metadata) {
  return base::Fail(StatusCode::kAlreadyExists, "UNIQUE_VIOLATION",
                    "a record with this key exists already", std::move(metadata));
}

absl::Status Constraint(base::Metadata metadata) {
  return base::Fail(StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION",
                    "the change breaks a rule of the ledger", std::move(metadata));
}

absl::Status Conflict(std::string_view code) {
  return base::FailRetryable(StatusCode::kAborted, "LEDGER_CONFLICT",
                             "another change came first; repeat with the same request_id",
                             kRetryConflict, {{"engine_code", std::string(code)}});
}

absl::Status TimedOut() {
  return base::Fail(StatusCode::kDeadlineExceeded, "LEDGER_TIMEOUT",
                    "the ledger did not finish in time and undid the change; repeat with the same "
                    "request_id and a longer deadline");
}

absl::Status Full() {
  return base::Fail(StatusCode::kResourceExhausted, "LEDGER_FULL",
                    "the ledger's disk is full and nothing was saved; free space, then repeat with "
                    "the same request_id");
}

absl::Status Unavailable() {
  return base::FailRetryable(StatusCode::kUnavailable, "LEDGER_UNAVAILABLE",
                             "the ledger does not answer and nothing was saved; repeat with the "
                             "same request_id",
                             kRetryUnavailable);
}

absl::Status Other(std::string_view code) {
  return base::Fail(StatusCode::kInternal, "LEDGER_ERROR",
                    "the ledger refused a statement; the cause is in the service's log",
                    {{"engine_code", std::string(code)}});
}

// "UNIQUE constraint failed: t.a, t.b" names columns, "CHECK constraint failed: x" a rule.
std::string AfterFailed(const std::string& message) {
  constexpr std::string_view kMark = "constraint failed: ";
  const std::size_t at = message.find(kMark);
  return at == std::string::npos ? std::string() : message.substr(at + kMark.size());
}

absl::Status FromSqlite(const soci::sqlite3_soci_error& error) {
  const int code = error.result();
  const std::string text = error.get_error_message();
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
      code == SQLITE_CONSTRAINT_ROWID) {
    return Unique({{"columns", AfterFailed(text)}});
  }
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Constraint({{"constraint", AfterFailed(text)}});
    case SQLITE_INTERRUPT:
      return TimedOut();
    case SQLITE_FULL:
      ReportCause("LEDGER_FULL", text);
      return Full();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      ReportCause("LEDGER_UNAVAILABLE", text + " (" + std::to_string(code) + ")");
      return Unavailable();
    default:
      ReportCause("LEDGER_ERROR", text + " (" + std::to_string(code) + ")");
      return Other("sqlite " + std::to_string(code));
  }
}

// PostgreSQL quotes the constraint's name last: … violates unique constraint "answers_pkey".
std::string LastQuoted(const std::string& message) {
  const std::size_t end = message.rfind('"');
  if (end == std::string::npos || end == 0) return {};
  const std::size_t begin = message.rfind('"', end - 1);
  return begin == std::string::npos ? std::string() : message.substr(begin + 1, end - begin - 1);
}

absl::Status FromPostgres(const soci::postgresql_soci_error& error) {
  const std::string state = error.sqlstate();
  const std::string family = state.substr(0, 2);
  const std::string text = error.get_error_message();
  if (state == "23505") return Unique({{"constraint", LastQuoted(text)}});
  if (family == "23") return Constraint({{"constraint", LastQuoted(text)}});
  if (state == "40001" || state == "40P01") return Conflict(state);
  if (state == "57014" || state == "55P03") return TimedOut();
  if (state == "53100") {
    ReportCause("LEDGER_FULL", text);
    return Full();
  }
  // 25006: the server became a standby; 57P0x: it stops or starts.
  if (family == "08" || family == "53" || family == "57" || state == "25006") {
    ReportCause("LEDGER_UNAVAILABLE", state + " " + text);
    return Unavailable();
  }
  // Data exceptions (class 22) quote the value: only their code may be written down.
  ReportCause("LEDGER_ERROR", family == "22" ? state : state + " " + text);
  return Other("sqlstate " + state);
}

}  // namespace

absl::Status StatusFromException(const std::exception& error) {
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
    return FromSqlite(*sqlite);
  }
  if (const auto* postgres = dynamic_cast<const soci::postgresql_soci_error*>(&error)) {
    return FromPostgres(*postgres);
  }
  if (const auto* soci = dynamic_cast<const soci::soci_error*>(&error)) {
    // Without the context that SOCI adds: it quotes the bound values.
    ReportCause("LEDGER_ERROR", soci->get_error_message());
    return Other("soci");
  }
  ReportCause("LEDGER_ERROR", "an exception that is none of the engine's");
  return Other("exception");
}

bool IsUniqueViolation(const absl::Status& status, std::string_view constraint,
                       std::string_view columns) {
  if (status.code() != StatusCode::kAlreadyExists) return false;
  const base::ErrorDetail detail = base::DetailOf(status);
  if (detail.reason != "UNIQUE_VIOLATION") return false;
  for (const auto& [key, value] : detail.metadata) {
    if (key == "constraint" && value == constraint) return true;
    if (key == "columns" && value == columns) return true;
  }
  return false;
}

bool IsConflict(const absl::Status& status) {
  return status.code() == StatusCode::kAborted && base::ReasonOf(status) == "LEDGER_CONFLICT";
}

void SetCauseSink(CauseSink sink) {
  cause_sink.store(sink == nullptr ? &ToStandardError : sink);
}

void ReportCause(std::string_view reason, std::string_view cause) {
  cause_sink.load()(reason, cause);
}

}  // namespace sas::sql
