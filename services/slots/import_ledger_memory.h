#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "services/slots/import_ledger.h"

namespace sas::slots {

/// What the store in memory keeps of imports. Rows are shared between copies and never changed in
/// place.
struct ImportRows {
  using Key = std::tuple<std::string, std::string, int>;  ///< Region, id, format.

  struct Row {
    ImportState state;
    base::Instant updated;
  };

  std::map<Key, std::shared_ptr<const Row>> imports;
};

/// The same contract over maps. Private to the store.
class MemoryImportLedger final : public ImportLedger {
 public:
  using Sites = std::map<std::string, std::shared_ptr<const v1::Site>, std::less<>>;

  MemoryImportLedger(ImportRows& rows, const Sites& sites, bool writes)
      : rows_(rows), sites_(sites), writes_(writes) {}

  absl::StatusOr<std::optional<ImportState>> GetImport(std::string_view region,
                                                       std::string_view import_id,
                                                       int format) override;
  absl::Status PutImport(const ImportState& state, base::Instant now) override;
  absl::StatusOr<int> PurgeImports(base::Instant before, int limit) override;
  absl::StatusOr<std::optional<v1::Site>> FindSite(std::string_view region,
                                                   std::string_view finess) override;

 private:
  absl::Status MayWrite() const;

  ImportRows& rows_;
  const Sites& sites_;
  const bool writes_;
};

}  // namespace sas::slots
