#pragma once

#include <map>
#include <string>

#include "services/booking/displaced_ledger.h"

namespace sas::booking {

/// What MemoryDisplacedLedger keeps; copied with the rest of the rows.
struct DisplacedRows {
  std::map<std::string, DisplacedRow> rows;  ///< By appointment.
  std::optional<base::Instant> checked;
};

/// Displaced appointments in memory. Private to the store.
class MemoryDisplacedLedger final : public DisplacedLedger {
 public:
  explicit MemoryDisplacedLedger(DisplacedRows& rows) : rows_(rows) {}

  absl::Status Put(const DisplacedRow& row) override;
  absl::StatusOr<std::optional<v1::Displacement>> Get(const std::string& appointment) override;
  absl::StatusOr<std::optional<v1::Displacement>> Remove(const std::string& appointment) override;
  absl::StatusOr<std::vector<DisplacedRow>> List(const DisplacedQuery& query) override;
  absl::StatusOr<DisplacedFigures> Figures(base::Instant soon) override;
  absl::StatusOr<std::optional<base::Instant>> Checked() override;
  absl::Status PutChecked(base::Instant at) override;

 private:
  DisplacedRows& rows_;
};

}  // namespace sas::booking
