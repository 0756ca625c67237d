#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "services/regulation/exchange_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, shared between copies and never changed in place.
struct MemoryExchangeRows {
  std::map<std::string, std::shared_ptr<const v1::CaseExchange>> exchanges;
  /// By exchange, reader and since when it waited.
  std::map<std::tuple<std::string, std::string, base::Instant>, v1::ReadReceipt> receipts;
};

class MemoryExchangeLedger final : public ExchangeLedger {
 public:
  explicit MemoryExchangeLedger(MemoryExchangeRows& rows) : rows_(rows) {}

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
  MemoryExchangeRows& rows_;
};

}  // namespace sas::regulation
