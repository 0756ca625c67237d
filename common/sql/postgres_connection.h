#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/sql/database.h"

namespace sas::sql {

/// `text` (URI or key=value form) with our defaults for what it leaves open: times after which a
/// dead peer is noticed, and "only a server that takes writes". INVALID_ARGUMENT
/// `INVALID_LEDGER_URL` without repeating the text.
absl::StatusOr<std::string> CompleteConninfo(const std::string& text, const std::string& schema);

/// The server runs with fsync = off.
bool SyncsNothing(Session& session);

/// UNAVAILABLE `LEDGER_NOT_DURABLE`: such a server is not written to. No session can overrule it,
/// as it does synchronous_commit.
absl::Status NotDurable();

/// One connection of the pool. Used by one thread at a time.
class PostgresConnection {
 public:
  /// `needs_fsync` as of Database::Options.
  PostgresConnection(const std::string& conninfo, const std::string& schema, bool needs_fsync);
  ~PostgresConnection();

  bool open() const { return session_ != nullptr; }

  /// UNAVAILABLE `LEDGER_UNAVAILABLE` when the server does not answer, `LEDGER_NOT_DURABLE`
  /// when it syncs nothing.
  absl::Status Connect();

  /// Makes the schema when it is missing. Connected only.
  absl::Status MakeSchema();

  /// The connection is of no more use; the next Connect makes it anew.
  void Drop();

  /// The server or the network ended it.
  bool Broken() const;

  /// A statement failed and the transaction takes nothing but ROLLBACK.
  bool InFailedTransaction() const;
  bool InTransaction() const;

  /// Runs control statements (BEGIN, COMMIT, SET), several at once.
  absl::Status Control(const std::string& statements);

  /// Connected only.
  Session View() { return {*session_, Dialect::kPostgres, chain_, nullptr}; }

 private:
  absl::Status ClaimChain();

  const std::string& conninfo_;
  const std::string& schema_;
  const bool needs_fsync_;
  std::unique_ptr<soci::session> session_;
  int chain_ = 0;
};

}  // namespace sas::sql
