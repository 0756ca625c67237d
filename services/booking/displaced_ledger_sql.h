#pragma once

#include "common/sql/database.h"
#include "services/booking/displaced_ledger.h"

namespace sas::booking {

/// Displaced appointments on SQLite or PostgreSQL. Private to the store.
class SqlDisplacedLedger final : public DisplacedLedger {
 public:
  explicit SqlDisplacedLedger(sql::Session& session) : session_(session) {}

  absl::Status Put(const DisplacedRow& row) override;
  absl::StatusOr<std::optional<v1::Displacement>> Get(const std::string& appointment) override;
  absl::StatusOr<std::optional<v1::Displacement>> Remove(const std::string& appointment) override;
  absl::StatusOr<std::vector<DisplacedRow>> List(const DisplacedQuery& query) override;
  absl::StatusOr<DisplacedFigures> Figures(base::Instant soon) override;
  absl::StatusOr<std::optional<base::Instant>> Checked() override;
  absl::Status PutChecked(base::Instant at) override;

 private:
  sql::Session& session_;
};

}  // namespace sas::booking
