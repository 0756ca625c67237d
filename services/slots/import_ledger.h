#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/slots/v1/import_service.pb.h"
#include "sas/slots/v1/site.pb.h"

namespace sas::slots {

/// How far the import of a file has come.
struct ImportState {
  std::string region;
  std::string import_id;
  int format = 0;           ///< ImportHeader.Format.
  std::string territories;  ///< As asked for, separated by blanks.
  std::int64_t offset = 0;  ///< Bytes that are done: whole lines.
  bool finished = false;
  std::string header;  ///< The file's line of column names, once it was read.
  /// What the client was told in all: progress, refused lines, totals.
  v1::ImportFileResponse report;
};

/// The table of imports inside one transaction of the store, and what an import looks up besides.
/// Not thread-safe.
class ImportLedger {
 public:
  virtual ~ImportLedger() = default;

  virtual absl::StatusOr<std::optional<ImportState>> GetImport(std::string_view region,
                                                               std::string_view import_id,
                                                               int format) = 0;
  /// Creates or replaces by region, id and format.
  virtual absl::Status PutImport(const ImportState& state, base::Instant now) = 0;
  /// Forgets imports without a change since `before`, at most `limit`; gives their number.
  virtual absl::StatusOr<int> PurgeImports(base::Instant before, int limit) = 0;

  /// The site of an establishment, by its FINESS number; of several the first by name.
  virtual absl::StatusOr<std::optional<v1::Site>> FindSite(std::string_view region,
                                                           std::string_view finess) = 0;
};

}  // namespace sas::slots
