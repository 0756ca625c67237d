#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sas/regulation/v1/case_history.pb.h"

namespace sas::regulation {

/// An entry and its place among those of its dossier, from 1 without gaps.
struct PlacedEntry {
  std::int64_t position = 0;
  v1::CaseHistoryEntry entry;
};

/// What was done on dossiers; only grows. Part of a RegulationTransaction and of its rules.
class HistoryLedger {
 public:
  virtual ~HistoryLedger() = default;

  /// The next entry of a dossier that the transaction has read to write, or put.
  virtual absl::Status AddEntry(const std::string& case_name,
                                const v1::CaseHistoryEntry& entry) = 0;
  /// Oldest first, behind position `after`.
  virtual absl::StatusOr<std::vector<PlacedEntry>> ListEntries(const std::string& case_name,
                                                               std::int64_t after, int limit) = 0;
};

}  // namespace sas::regulation
