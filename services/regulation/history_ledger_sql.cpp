#include "services/regulation/history_ledger_sql.h"

#include <utility>

#include "common/base/status.h"
#include "common/ledger/document.h"
#include "common/sql/statement.h"

namespace sas::regulation {

using soci::into;
using soci::use;

// The dossier's row is locked: nobody else takes the same position.
absl::Status SqlHistoryLedger::AddEntry(const std::string& case_name,
                                        const v1::CaseHistoryEntry& entry) {
  const std::string document = ledger::ToDocument(entry);
  return sql::Guard([&] {
    sql::Exec(session_,
              "INSERT INTO case_history (case_name, position, document) SELECT :case_name, "
              "COALESCE(MAX(position), 0) + 1, :document FROM case_history WHERE case_name = :of",
              use(case_name, "case_name"), use(document, "document"), use(case_name, "of"));
  });
}

absl::StatusOr<std::vector<PlacedEntry>> SqlHistoryLedger::ListEntries(const std::string& case_name,
                                                                       std::int64_t after,
                                                                       int limit) {
  std::vector<std::pair<long long, std::string>> rows;
  SAS_RETURN_IF_ERROR(sql::Guard([&] {
    std::pair<long long, std::string> row;
    const long long behind = after;
    const long long most = limit;
    sql::FetchEach(
        session_,
        "SELECT position, document FROM case_history WHERE case_name = :case_name AND "
        "position > :behind ORDER BY position LIMIT :most",
        [&] { rows.push_back(row); }, use(case_name, "case_name"), use(behind, "behind"),
        use(most, "most"), into(row.first), into(row.second));
  }));
  std::vector<PlacedEntry> page;
  for (const auto& [position, document] : rows) {
    PlacedEntry& placed = page.emplace_back();
    placed.position = position;
    SAS_RETURN_IF_ERROR(ledger::FromDocument(document, case_name, &placed.entry));
  }
  return page;
}

}  // namespace sas::regulation
