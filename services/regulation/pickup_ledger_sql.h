#pragma once

#include "common/sql/database.h"
#include "services/regulation/pickup_ledger.h"

namespace sas::regulation {

/// PickupLedger on SQLite and PostgreSQL, inside a transaction of the store. On PostgreSQL the next
/// call is chosen with SKIP LOCKED: two ARM never wait for one another.
class SqlPickupLedger final : public PickupLedger {
 public:
  SqlPickupLedger(sql::Session& session, sql::Access access) : session_(session), access_(access) {}

  absl::StatusOr<WaitingRow> GetWaiting(const std::string& name) override;
  absl::StatusOr<std::optional<WaitingRow>> FindReference(const std::string& region,
                                                          const std::string& reference) override;
  absl::Status PutWaiting(const WaitingRow& row) override;
  absl::StatusOr<std::vector<WaitingRow>> ListOfNumber(const std::string& region,
                                                       const std::string& number,
                                                       base::Instant since) override;
  absl::StatusOr<std::vector<WaitingRow>> ListWaiting(const WaitingQuery& query) override;
  absl::StatusOr<std::string> NextRinging(const WaitingQuery& query) override;
  absl::StatusOr<int> CountRinging(const std::string& region,
                                   const std::string& territory) override;
  absl::StatusOr<std::vector<std::string>> ListSettled(base::Instant before, int limit) override;
  absl::Status Drop(const std::vector<std::string>& names) override;

 private:
  sql::Session& session_;
  const sql::Access access_;
};

}  // namespace sas::regulation
