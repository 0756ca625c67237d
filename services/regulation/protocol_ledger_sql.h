#pragma once

#include <string>
#include <vector>

#include "common/sql/database.h"
#include "services/regulation/protocol_ledger.h"

namespace sas::regulation {

/// ProtocolLedger on SQLite and PostgreSQL, inside a transaction of the store.
class SqlProtocolLedger final : public ProtocolLedger {
 public:
  SqlProtocolLedger(sql::Session& session, sql::Access access)
      : session_(session), access_(access) {}

  absl::StatusOr<v1::Protocol> GetProtocol(const std::string& name) override;
  absl::Status PutProtocol(const v1::Protocol& protocol) override;
  absl::StatusOr<std::vector<v1::Protocol>> ListProtocols(const ProtocolQuery& query) override;
  absl::Status PutAcknowledgement(const std::string& version,
                                  const v1::ProtocolAcknowledgement& row) override;
  absl::StatusOr<std::vector<v1::ProtocolAcknowledgement>> ListAcknowledgements(
      const std::string& version, int limit) override;
  absl::Status AddTriage(const v1::TriageRecord& record) override;
  absl::StatusOr<std::vector<v1::TriageRecord>> ListTriages(const TriageQuery& query) override;

 private:
  sql::Session& session_;
  const sql::Access access_;
};

}  // namespace sas::regulation
