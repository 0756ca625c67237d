#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/regulation/history_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, by dossier; shared between copies and never changed in place.
using MemoryHistoryRows =
    std::map<std::string, std::vector<std::shared_ptr<const v1::CaseHistoryEntry>>>;

class MemoryHistoryLedger final : public HistoryLedger {
 public:
  explicit MemoryHistoryLedger(MemoryHistoryRows& rows) : rows_(rows) {}

  absl::Status AddEntry(const std::string& case_name, const v1::CaseHistoryEntry& entry) override {
    rows_[case_name].push_back(std::make_shared<const v1::CaseHistoryEntry>(entry));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<PlacedEntry>> ListEntries(const std::string& case_name,
                                                       std::int64_t after, int limit) override {
    std::vector<PlacedEntry> page;
    const auto& entries = rows_[case_name];
    const auto size = static_cast<std::int64_t>(entries.size());
    for (std::int64_t i = after; i < size && static_cast<int>(page.size()) < limit; ++i) {
      page.push_back({i + 1, *entries[static_cast<std::size_t>(i)]});
    }
    return page;
  }

 private:
  MemoryHistoryRows& rows_;
};

}  // namespace sas::regulation
