#pragma once

#include <string>
#include <vector>

#include "common/sql/database.h"
#include "services/regulation/history_ledger.h"

namespace sas::regulation {

/// HistoryLedger on SQLite and PostgreSQL, inside a transaction of the store.
class SqlHistoryLedger final : public HistoryLedger {
 public:
  explicit SqlHistoryLedger(sql::Session& session) : session_(session) {}

  absl::Status AddEntry(const std::string& case_name, const v1::CaseHistoryEntry& entry) override;
  absl::StatusOr<std::vector<PlacedEntry>> ListEntries(const std::string& case_name,
                                                       std::int64_t after, int limit) override;

 private:
  sql::Session& session_;
};

}  // namespace sas::regulation
