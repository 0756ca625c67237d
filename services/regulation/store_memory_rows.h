#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/regulation/exchange_ledger_memory.h"
#include "services/regulation/history_ledger_memory.h"
#include "services/regulation/pickup_ledger_memory.h"
#include "services/regulation/presence_ledger_memory.h"
#include "services/regulation/protocol_ledger_memory.h"
#include "services/regulation/roster_ledger_memory.h"
#include "services/regulation/store_memory.h"
#include "services/regulation/task_ledger_memory.h"

namespace sas::regulation {

/// Messages are shared between copies and never changed in place: a copy is cheap.
struct MemoryRegulationStore::Rows {
  template <typename Message>
  using Table = std::map<std::string, std::shared_ptr<const Message>>;

  Table<v1::RegulationCase> cases;
  Table<v1::Decision> decisions;
  Table<v1::CareOrder> orders;
  Table<v1::LostCall> lost_calls;
  std::map<KpiMarkKey, KpiMark> marks;
  std::map<std::string, std::int64_t> counters;
  std::map<std::string, std::string> cursors;
  std::map<std::array<std::string, 3>, std::string> paper_forms;  // By region, territory, number.
  std::map<std::pair<std::string, std::string>, AttachedCall> attached;  // By dossier and call.
  MemoryProtocolRows protocols;
  MemoryRosterRows roster;
  MemoryExchangeRows exchanges;
  MemoryTaskRows tasks;
  MemoryHistoryRows history;
  MemoryPickupRows pickups;
  MemoryPresenceRows presence;
};

/// Keyset pages: what comes after `after`, at most `limit`.
template <typename Message>
std::vector<Message> Page(std::vector<std::pair<QueueKey, const Message*>> rows,
                          const std::optional<QueueKey>& after, int limit) {
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Message> page;
  for (const auto& [key, message] : rows) {
    if (static_cast<int>(page.size()) >= limit) break;
    if (!after || *after < key) page.push_back(*message);
  }
  return page;
}

}  // namespace sas::regulation
