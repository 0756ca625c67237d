#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "sas/regulation/v1/protocol_service.pb.h"
#include "services/regulation/desk.h"
#include "services/regulation/protocol_metrics.h"

namespace sas::regulation {

inline constexpr int kProtocolFilesMax = 200;

/// Reads the protocols of a directory into the ledger, at start and again when a file changes.
/// Owned by main; Look runs on the thread of periodic works, the rest on any. A file with a fault
/// is refused, logged and counted, and nothing else changes: what is in force is in the ledger and
/// stays (hazard H-49).
class ProtocolLoader {
 public:
  /// `directory` empty: nothing is read. `desk` and `metrics` outlive it.
  ProtocolLoader(std::string directory, Desk& desk, ProtocolMetrics& metrics);

  /// Reads what is new. An error is about the directory or the ledger, and is tried again.
  absl::Status Look(const base::Call& call);

  /// The first fault of each file that was refused, by file.
  std::vector<v1::ProtocolFault> Refused() const;

  /// For the health: FAILED_PRECONDITION `PROTOCOL_FILES_REFUSED` while a file is refused.
  absl::Status Health() const;

 private:
  absl::Status Take(const base::Call& call, const std::string& file, const std::string& text);
  void Keep(std::map<std::string, v1::ProtocolFault> refused);

  const std::string directory_;
  Desk& desk_;
  ProtocolMetrics& metrics_;
  std::map<std::string, std::string> seen_;           ///< Text of each file that was looked at.
  std::map<std::string, v1::ProtocolFault> pending_;  ///< Refused, as Look goes on.
  mutable std::mutex mutex_;
  std::map<std::string, v1::ProtocolFault> refused_;  ///< Guarded by mutex_.
};

}  // namespace sas::regulation
