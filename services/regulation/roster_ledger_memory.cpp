#include "services/regulation/roster_ledger_memory.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "common/base/resource_name.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

// A new version replaces its predecessor and nothing else.
template <typename Message>
absl::Status PutRow(MemoryRosterRows::Table<Message>& table, const Message& row) {
  const auto found = table.find(row.name());
  const std::int64_t before = found == table.end() ? 0 : VersionOf(found->second->etag());
  if (VersionOf(row.etag()) != before + 1) return ConcurrentChange(row.name());
  table[row.name()] = std::make_shared<const Message>(row);
  return absl::OkStatus();
}

bool InRegion(const std::string& region, const std::string& name) {
  return region.empty() || base::RegionOf(name) == region;
}

bool Concerns(const std::vector<std::string>& territories, const std::string& one,
              const std::string& other) {
  return InTerritories(territories, one) || InTerritories(territories, other);
}

}  // namespace

absl::StatusOr<v1::Shift> MemoryRosterLedger::GetShift(const std::string& name) {
  const auto found = rows_.shifts.find(name);
  if (found == rows_.shifts.end()) return ShiftNotFound(name);
  return *found->second;
}

absl::Status MemoryRosterLedger::PutShift(const v1::Shift& shift) {
  return PutRow(rows_.shifts, shift);
}

absl::StatusOr<std::vector<v1::Shift>> MemoryRosterLedger::ListShifts(const ShiftQuery& query) {
  const auto key = [](const v1::Shift& shift) {
    return std::pair(ToInstant(shift.start_time()), shift.name());
  };
  std::vector<v1::Shift> shown;
  for (const auto& [name, row] : rows_.shifts) {
    if (!InRegion(query.region, name) || !InTerritories(query.territories, row->territory()) ||
        (!query.subject.empty() && row->subject() != query.subject) ||
        ToInstant(row->end_time()) <= query.start || ToInstant(row->start_time()) >= query.end) {
      continue;
    }
    if (query.after.empty() || std::pair(query.after_start, query.after) < key(*row)) {
      shown.push_back(*row);
    }
  }
  std::sort(shown.begin(), shown.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  if (shown.size() > static_cast<std::size_t>(query.limit)) {
    shown.resize(static_cast<std::size_t>(query.limit));
  }
  return shown;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> MemoryRosterLedger::ListRosters() {
  std::set<std::pair<std::string, std::string>> found;
  for (const auto& [name, row] : rows_.shifts) {
    found.emplace(std::string(base::RegionOf(name)), row->territory());
  }
  return std::vector(found.begin(), found.end());
}

absl::StatusOr<std::optional<v1::Surge>> MemoryRosterLedger::FindSurge(const std::string& name) {
  const auto found = rows_.surges.find(name);
  if (found == rows_.surges.end()) return std::optional<v1::Surge>();
  return std::optional(*found->second);
}

absl::Status MemoryRosterLedger::PutSurge(const v1::Surge& surge) {
  return PutRow(rows_.surges, surge);
}

absl::StatusOr<std::vector<v1::Surge>> MemoryRosterLedger::ListSurges(const std::string& region) {
  std::vector<v1::Surge> shown;
  for (const auto& [name, row] : rows_.surges) {
    if (InRegion(region, name)) shown.push_back(*row);
  }
  return shown;
}

absl::StatusOr<v1::Coordinator> MemoryRosterLedger::GetCoordinator(const std::string& name) {
  const auto found = rows_.coordinators.find(name);
  if (found == rows_.coordinators.end()) return CoordinatorNotFound(name);
  return *found->second;
}

absl::Status MemoryRosterLedger::PutCoordinator(const v1::Coordinator& coordinator) {
  return PutRow(rows_.coordinators, coordinator);
}

absl::Status MemoryRosterLedger::DropCoordinator(const std::string& name) {
  return rows_.coordinators.erase(name) == 1 ? absl::OkStatus() : CoordinatorNotFound(name);
}

absl::StatusOr<std::vector<v1::Coordinator>> MemoryRosterLedger::ListCoordinators(
    const CoordinatorQuery& query) {
  std::vector<v1::Coordinator> shown;
  for (auto row = rows_.coordinators.upper_bound(query.after);
       row != rows_.coordinators.end() && static_cast<int>(shown.size()) < query.limit; ++row) {
    if (InRegion(query.region, row->first) &&
        InTerritories(query.territories, row->second->territory())) {
      shown.push_back(*row->second);
    }
  }
  return shown;
}

absl::Status MemoryNeighbourLedger::PutOffer(const OpenOffer& offer) {
  rows_.offers[offer.case_name] = offer;
  return absl::OkStatus();
}

absl::Status MemoryNeighbourLedger::DropOffer(const std::string& case_name) {
  rows_.offers.erase(case_name);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OpenOffer>> MemoryNeighbourLedger::ListOffers(const OfferQuery& query) {
  const auto key = [](const OpenOffer& offer) { return std::tie(offer.alarm, offer.case_name); };
  std::vector<OpenOffer> shown;
  for (const auto& [name, offer] : rows_.offers) {
    if (!InRegion(query.region, name) || !Concerns(query.territories, offer.from, offer.to)) {
      continue;
    }
    if (query.after.empty() || std::tie(query.after_alarm, query.after) < key(offer)) {
      shown.push_back(offer);
    }
  }
  std::sort(shown.begin(), shown.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  if (shown.size() > static_cast<std::size_t>(query.limit)) {
    shown.resize(static_cast<std::size_t>(query.limit));
  }
  return shown;
}

absl::StatusOr<v1::NeighbourConvention> MemoryNeighbourLedger::GetConvention(
    const std::string& name) {
  const auto found = rows_.conventions.find(name);
  if (found == rows_.conventions.end()) return ConventionNotFound(name);
  return *found->second;
}

absl::Status MemoryNeighbourLedger::PutConvention(const v1::NeighbourConvention& convention) {
  return PutRow(rows_.conventions, convention);
}

absl::StatusOr<std::vector<v1::NeighbourConvention>> MemoryNeighbourLedger::ListConventions(
    const ConventionQuery& query) {
  std::vector<v1::NeighbourConvention> shown;
  for (auto row = rows_.conventions.upper_bound(query.after);
       row != rows_.conventions.end() && static_cast<int>(shown.size()) < query.limit; ++row) {
    const v1::NeighbourConvention& each = *row->second;
    if (InRegion(query.region, row->first) &&
        (query.host.empty() || each.host_territory() == query.host)) {
      shown.push_back(each);
    }
  }
  return shown;
}

}  // namespace sas::regulation
