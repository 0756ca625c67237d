#include "services/slots/import_ledger_memory.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::slots {

absl::Status MemoryImportLedger::MayWrite() const {
  if (writes_) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR",
                    "a reading transaction may not write");
}

absl::StatusOr<std::optional<ImportState>> MemoryImportLedger::GetImport(std::string_view region,
                                                                         std::string_view import_id,
                                                                         int format) {
  const auto found = rows_.imports.find({std::string(region), std::string(import_id), format});
  return found == rows_.imports.end() ? std::optional<ImportState>() : found->second->state;
}

absl::Status MemoryImportLedger::PutImport(const ImportState& state, base::Instant now) {
  SAS_RETURN_IF_ERROR(MayWrite());
  rows_.imports[{state.region, state.import_id, state.format}] =
      std::make_shared<const ImportRows::Row>(ImportRows::Row{state, now});
  return absl::OkStatus();
}

absl::StatusOr<int> MemoryImportLedger::PurgeImports(base::Instant before, int limit) {
  SAS_RETURN_IF_ERROR(MayWrite());
  int purged = 0;
  for (auto row = rows_.imports.begin(); row != rows_.imports.end() && purged < limit;) {
    const bool old = row->second->updated < before;
    row = old ? rows_.imports.erase(row) : std::next(row);
    purged += old ? 1 : 0;
  }
  return purged;
}

absl::StatusOr<std::optional<v1::Site>> MemoryImportLedger::FindSite(std::string_view region,
                                                                     std::string_view finess) {
  for (const auto& [name, site] : sites_) {
    if (site->finess() == finess && base::RegionOf(name) == region) {
      return std::optional<v1::Site>(*site);
    }
  }
  return std::optional<v1::Site>();
}

}  // namespace sas::slots
