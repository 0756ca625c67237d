#include "services/booking/displaced_ledger_memory.h"

#include <algorithm>

#include "common/base/resource_name.h"

namespace sas::booking {
namespace {

bool Shows(const DisplacedQuery& query, const DisplacedRow& row) {
  const auto& own = query.territories;
  const bool territory =
      own.empty() || std::find(own.begin(), own.end(), row.territory) != own.end();
  return base::RegionOf(row.appointment) == query.region && territory &&
         (query.site.empty() || query.site == row.site) &&
         (query.include_kept || !row.displacement.has_keep_time());
}

}  // namespace

absl::Status MemoryDisplacedLedger::Put(const DisplacedRow& row) {
  rows_.rows[row.appointment] = row;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::Displacement>> MemoryDisplacedLedger::Get(
    const std::string& appointment) {
  const auto found = rows_.rows.find(appointment);
  if (found == rows_.rows.end()) return std::optional<v1::Displacement>();
  return std::optional<v1::Displacement>(found->second.displacement);
}

absl::StatusOr<std::optional<v1::Displacement>> MemoryDisplacedLedger::Remove(
    const std::string& appointment) {
  auto there = Get(appointment);
  rows_.rows.erase(appointment);
  return there;
}

absl::StatusOr<std::vector<DisplacedRow>> MemoryDisplacedLedger::List(const DisplacedQuery& query) {
  std::map<std::pair<base::Instant, std::string>, const DisplacedRow*> shown;
  for (const auto& [appointment, row] : rows_.rows) {
    const std::pair position{row.start, appointment};
    const bool behind = !query.after || *query.after < position;
    if (behind && Shows(query, row)) shown.emplace(position, &row);
  }
  std::vector<DisplacedRow> page;
  for (const auto& [position, row] : shown) {
    if (static_cast<int>(page.size()) >= query.limit) break;
    page.push_back(*row);
  }
  return page;
}

absl::StatusOr<DisplacedFigures> MemoryDisplacedLedger::Figures(base::Instant soon) {
  DisplacedFigures figures;
  for (const auto& [appointment, row] : rows_.rows) {
    if (row.displacement.has_keep_time()) continue;
    ++figures.open;
    figures.soon += row.start <= soon ? 1 : 0;
  }
  return figures;
}

absl::StatusOr<std::optional<base::Instant>> MemoryDisplacedLedger::Checked() {
  return rows_.checked;
}

absl::Status MemoryDisplacedLedger::PutChecked(base::Instant at) {
  rows_.checked = at;
  return absl::OkStatus();
}

}  // namespace sas::booking
