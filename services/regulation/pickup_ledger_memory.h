#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/regulation/pickup_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, shared between copies and never changed in place.
using MemoryPickupRows = std::map<std::string, std::shared_ptr<const WaitingRow>>;

class MemoryPickupLedger final : public PickupLedger {
 public:
  explicit MemoryPickupLedger(MemoryPickupRows& rows) : rows_(rows) {}

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
  MemoryPickupRows& rows_;
};

}  // namespace sas::regulation
