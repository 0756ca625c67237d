#pragma once

#include "common/sql/database.h"
#include "services/regulation/presence_ledger.h"

namespace sas::regulation {

/// PresenceLedger on SQLite and PostgreSQL, inside a transaction of the store.
class SqlPresenceLedger final : public PresenceLedger {
 public:
  explicit SqlPresenceLedger(sql::Session& session) : session_(session) {}

  absl::Status PutStream(const BoardStream& stream) override;
  absl::StatusOr<int> RenewStreams(const std::string& replica, base::Instant now) override;
  absl::StatusOr<std::vector<Absence>> ListAbsent(base::Instant until, int limit) override;
  absl::StatusOr<std::optional<base::Instant>> FindEnd(const std::string& region,
                                                       const std::string& subject) override;
  absl::Status DropStreams(const std::string& region, const std::string& subject,
                           base::Instant until) override;
  absl::Status DropEnded(base::Instant until) override;

 private:
  sql::Session& session_;
};

}  // namespace sas::regulation
