#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/import_service.pb.h"
#include "services/slots/domain/csv.h"
#include "services/slots/import_line.h"
#include "services/slots/import_metrics.h"
#include "services/slots/store.h"

namespace sas::slots {

inline constexpr std::size_t kChunkBytesMax = 256 * 1024;
inline constexpr std::size_t kImportIdMax = 64;
inline constexpr int kImportTerritoriesMax = 20;
inline constexpr int kReportedLinesMax = 1000;  ///< Refused lines that an import tells.
/// Lines of one transaction: other writers wait for no more.
inline constexpr std::size_t kBatchLines = 500;

/// The import of one file by one stream. What it keeps is one chunk, one line and the report; what
/// it has done is in the ledger, with how far it came, in one transaction for each batch. Not
/// thread-safe.
class ImportRun {
 public:
  /// All outlive the run. `on_change` is called when searches should look; may be empty.
  ImportRun(SlotsStore& store, ImportMetrics& metrics, const base::Clock& clock, int horizon_days,
            std::function<void(const base::Call& call, const std::string& region)> on_change);

  /// One message. A status ends the stream; what was answered before stays. Shape:
  /// INVALID_ARGUMENT `IMPORT_PIECE_ORDER`, `CHUNK_TOO_LARGE`, `INVALID_IMPORT_ID`,
  /// `UNKNOWN_ENUM_VALUE`, `INVALID_TERRITORY`, `INVALID_ENCODING` and those of a line of columns.
  /// PERMISSION_DENIED `REGION_FORBIDDEN`, `TERRITORY_FORBIDDEN`. ABORTED `IMPORT_SUPERSEDED` when
  /// another stream goes on with the same import. FAILED_PRECONDITION `IMPORT_FINISHED`,
  /// `IMPORT_ID_REUSED`.
  absl::StatusOr<v1::ImportFileResponse> Take(const base::Call& call,
                                              const v1::ImportFileRequest& request);

 private:
  struct Batch;

  absl::StatusOr<v1::ImportFileResponse> Begin(const base::Call& call,
                                               const v1::ImportHeader& header);
  absl::StatusOr<v1::ImportFileResponse> Read(const base::Call& call, std::string_view bytes);
  absl::StatusOr<v1::ImportFileResponse> End(const base::Call& call);

  absl::Status Commit(const base::Call& call, const std::vector<FileLine>& lines, bool last,
                      v1::ImportFileResponse& answer);
  absl::Status Work(SlotsTransaction& transaction, const std::vector<FileLine>& lines, bool last,
                    Batch& batch);
  absl::StatusOr<LineResult> ApplyLine(SlotsTransaction& transaction, const FileLine& line,
                                       Batch& batch);
  absl::Status CheckStillOurs(SlotsTransaction& transaction) const;
  absl::Status Note(SlotsTransaction& transaction, const Batch& batch, bool last) const;

  SlotsStore& store_;
  ImportMetrics& metrics_;
  const base::Clock& clock_;
  const int horizon_days_;
  const std::function<void(const base::Call& call, const std::string& region)> on_change_;
  bool begun_ = false;
  bool ended_ = false;
  bool validate_only_ = false;
  ImportState state_;  ///< As the ledger has it, or would.
  std::unique_ptr<LineImporter> importer_;
  LineReader reader_;
};

}  // namespace sas::slots
