#include "common/sql/errors.h"

#include <gtest/gtest.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <stdexcept>
#include <string>

#include "common/base/status.h"

namespace sas::sql {
namespace {

std::string causes;

class Errors : public ::testing::Test {
 protected:
  void SetUp() override {
    causes.clear();
    SetCauseSink([](std::string_view reason, std::string_view cause) {
      causes += std::string(reason) + "=" + std::string(cause) + ";";
    });
  }

  void TearDown() override { SetCauseSink(nullptr); }
};

struct Expected {
  absl::StatusCode code;
  const char* reason;
};

TEST_F(Errors, SqlStatesOfPostgres) {
  using absl::StatusCode;
  const std::pair<const char*, Expected> cases[] = {
      {"23505", {StatusCode::kAlreadyExists, "UNIQUE_VIOLATION"}},
      {"23503", {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {"23514", {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {"23502", {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {"23P01", {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {"40001", {StatusCode::kAborted, "LEDGER_CONFLICT"}},
      {"40P01", {StatusCode::kAborted, "LEDGER_CONFLICT"}},
      {"57014", {StatusCode::kDeadlineExceeded, "LEDGER_TIMEOUT"}},
      {"55P03", {StatusCode::kDeadlineExceeded, "LEDGER_TIMEOUT"}},
      {"53100", {StatusCode::kResourceExhausted, "LEDGER_FULL"}},
      {"53300", {StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"}},
      {"08006", {StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"}},
      {"57P01", {StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"}},
      {"25006", {StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"}},
      {"42601", {StatusCode::kInternal, "LEDGER_ERROR"}},
      {"     ", {StatusCode::kInternal, "LEDGER_ERROR"}},
  };
  for (const auto& [state, expected] : cases) {
    const absl::Status status = StatusFromException(soci::postgresql_soci_error("a text", state));
    EXPECT_EQ(status.code(), expected.code) << state;
    EXPECT_EQ(base::ReasonOf(status), expected.reason) << state;
  }
}

TEST_F(Errors, ResultCodesOfSqlite) {
  using absl::StatusCode;
  const std::pair<int, Expected> cases[] = {
      {SQLITE_CONSTRAINT_UNIQUE, {StatusCode::kAlreadyExists, "UNIQUE_VIOLATION"}},
      {SQLITE_CONSTRAINT_PRIMARYKEY, {StatusCode::kAlreadyExists, "UNIQUE_VIOLATION"}},
      {SQLITE_CONSTRAINT_CHECK, {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {SQLITE_CONSTRAINT_FOREIGNKEY, {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {SQLITE_CONSTRAINT_NOTNULL, {StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"}},
      {SQLITE_INTERRUPT, {StatusCode::kDeadlineExceeded, "LEDGER_TIMEOUT"}},
      {SQLITE_FULL, {StatusCode::kResourceExhausted, "LEDGER_FULL"}},
      {SQLITE_IOERR_READ, {StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"}},
      {SQLITE_BUSY, {StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"}},
      {SQLITE_CORRUPT, {StatusCode::kInternal, "LEDGER_ERROR"}},
      {SQLITE_ERROR, {StatusCode::kInternal, "LEDGER_ERROR"}},
  };
  for (const auto& [result, expected] : cases) {
    const absl::Status status = StatusFromException(soci::sqlite3_soci_error("a text", result));
    EXPECT_EQ(status.code(), expected.code) << result;
    EXPECT_EQ(base::ReasonOf(status), expected.reason) << result;
  }
}

TEST_F(Errors, ViolationNamesItsConstraint) {
  const absl::Status postgres = StatusFromException(soci::postgresql_soci_error(
      "Cannot execute query. Fatal error. ERROR:  duplicate key value violates unique constraint "
      "\"appointments_live_seat\"\n",
      "23505"));
  EXPECT_TRUE(IsUniqueViolation(postgres, "appointments_live_seat", ""));
  EXPECT_FALSE(IsUniqueViolation(postgres, "answers_pkey", ""));
  const absl::Status sqlite = StatusFromException(soci::sqlite3_soci_error(
      "sqlite3_statement_backend::loadOne: UNIQUE constraint failed: appointments.slot, "
      "appointments.seat",
      SQLITE_CONSTRAINT_UNIQUE));
  EXPECT_TRUE(IsUniqueViolation(sqlite, "", "appointments.slot, appointments.seat"));
  EXPECT_FALSE(IsUniqueViolation(sqlite, "", "appointments.slot"));
  EXPECT_FALSE(IsUniqueViolation(absl::OkStatus(), "", ""));
}

TEST_F(Errors, TextOfADataExceptionIsNotWrittenDown) {
  (void)StatusFromException(
      soci::postgresql_soci_error("invalid input syntax for type bigint: \"Zorglub\"", "22P02"));
  EXPECT_EQ(causes, "LEDGER_ERROR=22P02;");
}

TEST_F(Errors, ConflictsSayWhenToRepeat) {
  const absl::Status status = StatusFromException(soci::postgresql_soci_error("x", "40001"));
  EXPECT_TRUE(IsConflict(status));
  EXPECT_TRUE(base::DetailOf(status).retry_after.has_value());
  EXPECT_FALSE(IsConflict(base::Fail(absl::StatusCode::kAborted, "OTHER", "other")));
}

TEST_F(Errors, GuardLetsNothingThrough) {
  EXPECT_TRUE(Guard([] {}).ok());
  EXPECT_EQ(base::ReasonOf(Guard([]() -> absl::Status {
              return base::Fail(absl::StatusCode::kAborted, "MINE", "mine");
            })),
            "MINE");
  EXPECT_EQ(base::ReasonOf(Guard([] { throw soci::soci_error("text"); })), "LEDGER_ERROR");
  EXPECT_EQ(base::ReasonOf(Guard([] { throw std::runtime_error("Zorglub"); })), "LEDGER_ERROR");
  EXPECT_EQ(causes.find("Zorglub"), std::string::npos);
}

}  // namespace
}  // namespace sas::sql
