#pragma once

#include <string>
#include <vector>

#include "common/sql/database.h"
#include "services/regulation/exchange_ledger.h"

namespace sas::regulation {

/// ExchangeLedger on SQLite and PostgreSQL, inside a transaction of the store.
class SqlExchangeLedger final : public ExchangeLedger {
 public:
  SqlExchangeLedger(sql::Session& session, sql::Access access)
      : session_(session), access_(access) {}

  absl::StatusOr<v1::CaseExchange> GetExchange(const std::string& name) override;
  absl::Status PutExchange(const v1::CaseExchange& exchange) override;
  absl::StatusOr<std::optional<v1::CaseExchange>> FindCaseRef(const std::string& case_ref) override;
  absl::StatusOr<std::vector<v1::CaseExchange>> ListExchanges(const ExchangeQuery& query) override;
  absl::StatusOr<std::vector<v1::CaseExchange>> ListUnread(const UnreadQuery& query) override;
  absl::StatusOr<bool> AddReceipt(const v1::CaseExchange& exchange,
                                  const v1::ReadReceipt& receipt) override;
  absl::StatusOr<std::vector<v1::ReadReceipt>> ListReceipts(const std::string& exchange,
                                                            int limit) override;
  absl::StatusOr<std::vector<std::string>> ListDue(base::Instant now, int limit) override;
  absl::StatusOr<UnreadCount> CountUnread() override;

 private:
  sql::Session& session_;
  const sql::Access access_;
};

}  // namespace sas::regulation
