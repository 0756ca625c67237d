#include "services/regulation/pickup_ledger_memory.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

bool IsLive(const WaitingRow& row) {
  return row.call.state() == v1::WaitingCall::STATE_RINGING ||
         row.call.state() == v1::WaitingCall::STATE_PICKED_UP;
}

bool Shows(const WaitingQuery& query, const WaitingRow& row) {
  const bool here = query.region.empty() || base::RegionOf(row.call.name()) == query.region;
  const bool wanted =
      query.ringing_only ? row.call.state() == v1::WaitingCall::STATE_RINGING : IsLive(row);
  return here && wanted && InTerritories(query.territories, row.call.territory());
}

// The newest first.
bool IsNewer(const WaitingRow& a, const WaitingRow& b) {
  const base::Instant left = ToInstant(a.call.arrival_time());
  const base::Instant right = ToInstant(b.call.arrival_time());
  return left == right ? b.call.name() < a.call.name() : right < left;
}

}  // namespace

absl::StatusOr<WaitingRow> MemoryPickupLedger::GetWaiting(const std::string& name) {
  const auto found = rows_.find(name);
  if (found == rows_.end()) return WaitingCallNotFound(name);
  return *found->second;
}

absl::StatusOr<std::optional<WaitingRow>> MemoryPickupLedger::FindReference(
    const std::string& region, const std::string& reference) {
  std::optional<WaitingRow> newest;
  for (const auto& [name, row] : rows_) {
    const bool same = base::RegionOf(name) == region && row->call.call_reference() == reference;
    if (same && (!newest || IsNewer(*row, *newest))) newest = *row;
  }
  return newest;
}

absl::Status MemoryPickupLedger::PutWaiting(const WaitingRow& row) {
  const std::string& name = row.call.name();
  const auto found = rows_.find(name);
  const std::int64_t before = found == rows_.end() ? 0 : VersionOf(found->second->call.etag());
  if (VersionOf(row.call.etag()) != before + 1) return ConcurrentChange(name);
  for (const auto& [other, kept] : rows_) {
    const bool same = kept->call.call_reference() == row.call.call_reference();
    const bool here = base::RegionOf(other) == base::RegionOf(name);
    if (before == 0 && same && here && IsLive(*kept)) return ConcurrentChange(name);
  }
  rows_[name] = std::make_shared<const WaitingRow>(row);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WaitingRow>> MemoryPickupLedger::ListOfNumber(const std::string& region,
                                                                         const std::string& number,
                                                                         base::Instant since) {
  std::vector<WaitingRow> calls;
  for (const auto& [name, row] : rows_) {
    if (!number.empty() && base::RegionOf(name) == region && row->call.phone_number() == number &&
        since < ToInstant(row->call.arrival_time())) {
      calls.push_back(*row);
    }
  }
  std::sort(calls.begin(), calls.end(), IsNewer);
  calls.resize(std::min<std::size_t>(calls.size(), kRingsCountedMax));
  return calls;
}

absl::StatusOr<std::vector<WaitingRow>> MemoryPickupLedger::ListWaiting(const WaitingQuery& query) {
  std::vector<std::pair<QueueKey, const WaitingRow*>> shown;
  for (const auto& [name, row] : rows_) {
    if (Shows(query, *row)) shown.emplace_back(KeyOf(ToValue(*row)), row.get());
  }
  std::sort(shown.begin(), shown.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<WaitingRow> page;
  for (const auto& [key, row] : shown) {
    if (static_cast<int>(page.size()) >= query.limit) break;
    if (!query.after || *query.after < key) page.push_back(*row);
  }
  return page;
}

absl::StatusOr<std::string> MemoryPickupLedger::NextRinging(const WaitingQuery& asked) {
  WaitingQuery query = asked;
  query.ringing_only = true;
  query.after.reset();
  query.limit = 1;
  SAS_ASSIGN_OR_RETURN(const auto rows, ListWaiting(query));
  return rows.empty() ? std::string() : rows.front().call.name();
}

absl::StatusOr<int> MemoryPickupLedger::CountRinging(const std::string& region,
                                                     const std::string& territory) {
  WaitingQuery query;
  query.region = region;
  query.territories = {territory};
  query.ringing_only = true;
  query.limit = std::numeric_limits<int>::max();
  SAS_ASSIGN_OR_RETURN(const auto rows, ListWaiting(query));
  return static_cast<int>(rows.size());
}

absl::StatusOr<std::vector<std::string>> MemoryPickupLedger::ListSettled(base::Instant before,
                                                                         int limit) {
  std::vector<std::pair<base::Instant, std::string>> old;
  for (const auto& [name, row] : rows_) {
    const base::Instant arrival = ToInstant(row->call.arrival_time());
    if (!IsLive(*row) && arrival < before) old.emplace_back(arrival, name);
  }
  std::sort(old.begin(), old.end());
  std::vector<std::string> names;
  for (const auto& [arrival, name] : old) {
    if (static_cast<int>(names.size()) < limit) names.push_back(name);
  }
  return names;
}

absl::Status MemoryPickupLedger::Drop(const std::vector<std::string>& names) {
  for (const std::string& name : names) rows_.erase(name);
  return absl::OkStatus();
}

}  // namespace sas::regulation
