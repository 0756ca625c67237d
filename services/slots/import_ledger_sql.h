#pragma once

#include <optional>
#include <string_view>

#include "common/sql/statement.h"
#include "services/slots/import_ledger.h"

namespace sas::slots {

/// The tables of migration 0006 over one session. Private to the store.
class SqlImportLedger final : public ImportLedger {
 public:
  explicit SqlImportLedger(sql::Session& session) : session_(session) {}

  absl::StatusOr<std::optional<ImportState>> GetImport(std::string_view region,
                                                       std::string_view import_id,
                                                       int format) override;
  absl::Status PutImport(const ImportState& state, base::Instant now) override;
  absl::StatusOr<int> PurgeImports(base::Instant before, int limit) override;
  absl::StatusOr<std::optional<v1::Site>> FindSite(std::string_view region,
                                                   std::string_view finess) override;

 private:
  sql::Session& session_;
};

}  // namespace sas::slots
