#include "services/regulation/protocol_ledger_memory.h"

#include <algorithm>

#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {

absl::StatusOr<v1::Protocol> MemoryProtocolLedger::GetProtocol(const std::string& name) {
  const auto found = rows_.protocols.find(name);
  if (found == rows_.protocols.end()) return ProtocolNotFound(name);
  return *found->second;
}

absl::Status MemoryProtocolLedger::PutProtocol(const v1::Protocol& protocol) {
  const auto found = rows_.protocols.find(protocol.name());
  const std::int64_t before = found == rows_.protocols.end() ? 0 : VersionOf(found->second->etag());
  if (VersionOf(protocol.etag()) != before + 1) return ConcurrentChange(protocol.name());
  rows_.protocols[protocol.name()] = std::make_shared<const v1::Protocol>(protocol);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Protocol>> MemoryProtocolLedger::ListProtocols(
    const ProtocolQuery& query) {
  const std::string region = query.region.empty() ? "" : query.region + "/";
  const std::string prefix =
      query.protocol.empty() ? "regions/" + region : query.protocol + "/versions/";
  std::vector<v1::Protocol> page;
  for (auto row = rows_.protocols.upper_bound(query.after);
       row != rows_.protocols.end() && static_cast<int>(page.size()) < query.limit; ++row) {
    const std::string scope = ScopeOf(row->first);
    if (row->first.rfind(prefix, 0) == 0 && (query.scope.empty() || query.scope == scope) &&
        InTerritories(query.territories, TerritoryOfScope(scope))) {
      page.push_back(*row->second);
    }
  }
  return page;
}

absl::Status MemoryProtocolLedger::PutAcknowledgement(const std::string& version,
                                                      const v1::ProtocolAcknowledgement& row) {
  rows_.acknowledgements.try_emplace({version, row.actor().subject()}, row);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::ProtocolAcknowledgement>> MemoryProtocolLedger::ListAcknowledgements(
    const std::string& version, int limit) {
  std::vector<v1::ProtocolAcknowledgement> found;
  for (const auto& [key, row] : rows_.acknowledgements) {
    if (key.first == version) found.push_back(row);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return ToInstant(a.acknowledge_time()) < ToInstant(b.acknowledge_time());
  });
  if (static_cast<int>(found.size()) > limit) found.resize(static_cast<std::size_t>(limit));
  return found;
}

absl::Status MemoryProtocolLedger::AddTriage(const v1::TriageRecord& record) {
  rows_.triages[record.name()] = std::make_shared<const v1::TriageRecord>(record);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::TriageRecord>> MemoryProtocolLedger::ListTriages(
    const TriageQuery& query) {
  std::vector<v1::TriageRecord> found;
  for (const auto& [name, row] : rows_.triages) {
    if (ProtocolOfVersion(row->protocol()) == query.protocol &&
        ToInstant(row->record_time()) >= query.since) {
      found.push_back(*row);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(ToInstant(a.record_time()), a.name()) >
           std::pair(ToInstant(b.record_time()), b.name());
  });
  if (static_cast<int>(found.size()) > query.limit) {
    found.resize(static_cast<std::size_t>(query.limit));
  }
  return found;
}

}  // namespace sas::regulation
