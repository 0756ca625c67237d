#include "services/regulation/store_memory.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/store_memory_rows.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation {
namespace {

using Rows = MemoryRegulationStore::Rows;

class MemoryTransaction final : public RegulationTransaction {
 public:
  MemoryTransaction(Rows& rows, ledger::Journal& journal, const base::Call& call,
                    const base::Clock& clock)
      : rows_(rows),
        journal_(journal),
        call_(call),
        clock_(clock),
        protocols_(rows.protocols),
        roster_(rows.roster),
        neighbours_(rows.roster),
        exchanges_(rows.exchanges),
        tasks_(rows.tasks),
        history_(rows.history),
        presence_(rows.presence),
        pickups_(rows.pickups) {}

  ledger::Journal& journal() override { return journal_; }

  ProtocolLedger& protocols() override { return protocols_; }

  RosterLedger& roster() override { return roster_; }

  NeighbourLedger& neighbours() override { return neighbours_; }

  ExchangeLedger& exchanges() override { return exchanges_; }

  TaskLedger& tasks() override { return tasks_; }

  HistoryLedger& history() override { return history_; }

  PresenceLedger& presence() override { return presence_; }

  PickupLedger& pickups() override { return pickups_; }

  absl::StatusOr<v1::RegulationCase> GetCase(const std::string& name) override {
    const auto found = rows_.cases.find(name);
    if (found == rows_.cases.end()) return CaseNotFound(name);
    return *found->second;
  }

  absl::Status PutCase(const v1::RegulationCase& row) override {
    const auto found = rows_.cases.find(row.name());
    const std::int64_t before = found == rows_.cases.end() ? 0 : VersionOf(found->second->etag());
    if (VersionOf(row.etag()) != before + 1) return ConcurrentChange(row.name());
    rows_.cases[row.name()] = std::make_shared<const v1::RegulationCase>(row);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::RegulationCase>> ListCases(const CaseQuery& query) override {
    std::vector<std::pair<QueueKey, const v1::RegulationCase*>> shown;
    for (const auto& [name, row] : rows_.cases) {
      const CaseIndex index = IndexOf(*row);
      if (Shows(query, index)) shown.emplace_back(ListKeyOf(query, index), row.get());
    }
    return Page(std::move(shown), query.after, query.limit);
  }

  absl::StatusOr<std::string> NextCase(const CaseQuery& query) override {
    CaseQuery first = query;
    first.limit = 1;
    SAS_ASSIGN_OR_RETURN(const auto ready, NextCases(first));
    return ready.empty() ? std::string() : ready.front().name();
  }

  absl::StatusOr<std::vector<v1::RegulationCase>> NextCases(const CaseQuery& query) override {
    CaseQuery waiting = query;
    waiting.view = v1::CASE_LIST_VIEW_WAITING;
    std::vector<std::pair<QueueKey, const v1::RegulationCase*>> ready;
    for (const auto& [name, row] : rows_.cases) {
      const CaseIndex index = IndexOf(*row);
      if (!Shows(waiting, index) || !ReadyToTake(index.queue, query.now)) continue;
      ready.emplace_back(KeyOf(index.queue, query.now), row.get());
    }
    return Page(std::move(ready), std::nullopt, query.limit);
  }

  absl::StatusOr<std::vector<WaitEntry>> ListWaits(const std::optional<WaitEntry>& after,
                                                   base::Instant now, int limit) override {
    std::vector<WaitEntry> waits;
    for (const auto& [name, row] : rows_.cases) {
      const CaseIndex index = IndexOf(*row);
      if (index.waits) waits.push_back(WaitOf(index, now));
    }
    return LongestFirst(std::move(waits), after, limit);
  }

  absl::StatusOr<RoomCount> CountRoom(const std::string& region,
                                      const std::vector<std::string>& territories,
                                      base::Instant now) override {
    RoomCount room;
    const auto in = [&](const std::string& name, const std::string& territory) {
      return (region.empty() || name.rfind("regions/" + region + "/", 0) == 0) &&
             InTerritories(territories, territory);
    };
    for (const auto& [name, row] : rows_.cases) {
      if (!in(name, row->territory())) continue;
      CountInto(room, IndexOf(*row), now);
      CountIdle(room, *row, now);
    }
    for (const auto& [name, row] : rows_.lost_calls) {
      const bool open = row->state() == v1::LostCall::STATE_TO_CALL;
      if (open && in(name, row->territory())) ++room.lost_calls;
    }
    for (const auto& [name, row] : rows_.pickups) {
      const v1::WaitingCall& waiting = row->call;
      if (waiting.state() != v1::WaitingCall::STATE_RINGING) continue;
      if (!in(name, waiting.territory())) continue;
      const base::Instant arrival = ToInstant(waiting.arrival_time());
      if (room.ringing++ == 0 || arrival < room.oldest_ringing) room.oldest_ringing = arrival;
    }
    for (const auto& [name, row] : rows_.orders) {
      if (!IsOpen(ToValue(row->state())) || !in(name, row->territory())) continue;
      if (row->entry().local()) {
        ++room.local_entries;
        continue;
      }
      if (row->has_entry()) ++room.open_entries;
      const base::Instant due = ToInstant(row->due_time());
      if (room.open_orders++ == 0 || due < room.next_due) room.next_due = due;
    }
    return room;
  }

  absl::Status AddDecision(const v1::Decision& decision) override {
    rows_.decisions[decision.name()] = std::make_shared<const v1::Decision>(decision);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::Decision>> ListDecisions(const std::string& case_name,
                                                          const std::string& after,
                                                          int limit) override {
    const std::string prefix = case_name + "/";
    std::vector<v1::Decision> page;
    for (auto row = rows_.decisions.upper_bound(std::max(prefix, after));
         row != rows_.decisions.end() && row->first.rfind(prefix, 0) == 0 &&
         static_cast<int>(page.size()) < limit;
         ++row) {
      page.push_back(*row->second);
    }
    return page;
  }

  absl::StatusOr<std::string> KeepPaperForm(const PaperForm& form) override {
    const std::string region(base::RegionOf(form.case_name));
    const auto [kept, is_new] =
        rows_.paper_forms.try_emplace({region, form.territory, form.number}, form.case_name);
    return is_new ? std::string() : kept->second;
  }

  absl::Status DropPaperForm(const PaperForm& form) override {
    const std::string region(base::RegionOf(form.case_name));
    const auto kept = rows_.paper_forms.find({region, form.territory, form.number});
    if (kept != rows_.paper_forms.end() && kept->second == form.case_name) {
      rows_.paper_forms.erase(kept);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::RegulationCase>> FindRepeated(const RepeatQuery& query) override {
    const std::string prefix = "regions/" + query.region + "/";
    std::vector<v1::RegulationCase> rows;
    for (const auto& [name, row] : rows_.cases) {
      if (name.rfind(prefix, 0) == 0 && InTerritories(query.territories, row->territory())) {
        rows.push_back(*row);
      }
    }
    return BestOf(query, std::move(rows));
  }

  absl::Status KeepAttached(const AttachedCall& call) override {
    rows_.attached[{call.case_name, call.call_id}] = call;
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<AttachedCall>> ListAttached(const std::string& case_name) override {
    std::vector<AttachedCall> calls;
    for (const auto& [key, call] : rows_.attached) {
      if (key.first == case_name) calls.push_back(call);
    }
    std::sort(calls.begin(), calls.end(),
              [](const AttachedCall& a, const AttachedCall& b) { return a.version < b.version; });
    return calls;
  }

  absl::Status DropAttached(const std::string& case_name, const std::string& call_id) override {
    rows_.attached.erase({case_name, call_id});
    return absl::OkStatus();
  }

  absl::StatusOr<v1::CareOrder> GetOrder(const std::string& name) override {
    const auto found = rows_.orders.find(name);
    if (found == rows_.orders.end()) return OrderNotFound(name);
    return *found->second;
  }

  absl::Status PutOrder(const v1::CareOrder& order) override {
    const auto found = rows_.orders.find(order.name());
    const std::int64_t before = found == rows_.orders.end() ? 0 : found->second->version();
    if (order.version() != before + 1) return ConcurrentChange(order.name());
    rows_.orders[order.name()] = std::make_shared<const v1::CareOrder>(order);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::CareOrder>> ListOrders(const OrderQuery& query) override {
    const std::string prefix = query.unanswered_until    ? std::string()
                               : query.case_name.empty() ? "regions/" + query.region + "/"
                                                         : query.case_name + "/";
    std::vector<std::pair<QueueKey, const v1::CareOrder*>> shown;
    for (const auto& [name, row] : rows_.orders) {
      if (name.rfind(prefix, 0) == 0 && Shows(query, *row)) {
        shown.emplace_back(ListKeyOf(query, *row), row.get());
      }
    }
    return Page(std::move(shown), query.after, query.limit);
  }

  absl::StatusOr<v1::LostCall> GetLostCall(const std::string& name) override {
    const auto found = rows_.lost_calls.find(name);
    if (found == rows_.lost_calls.end()) return LostCallNotFound(name);
    return *found->second;
  }

  absl::StatusOr<std::optional<v1::LostCall>> FindLostCall(const std::string& region,
                                                           const std::string& number) override {
    std::optional<v1::LostCall> newest;
    const std::string prefix = "regions/" + region + "/";
    for (const auto& [name, row] : rows_.lost_calls) {
      if (name.rfind(prefix, 0) == 0 && row->state() == v1::LostCall::STATE_TO_CALL &&
          row->phone_number() == number && (!newest || ListKeyOf(*newest) < ListKeyOf(*row))) {
        newest = *row;
      }
    }
    return newest;
  }

  absl::Status PutLostCall(const v1::LostCall& lost_call) override {
    rows_.lost_calls[lost_call.name()] = std::make_shared<const v1::LostCall>(lost_call);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::LostCall>> ListLostCalls(const LostCallQuery& query) override {
    const std::string prefix = "regions/" + query.region + "/";
    std::vector<std::pair<QueueKey, const v1::LostCall*>> shown;
    for (const auto& [name, row] : rows_.lost_calls) {
      if (name.rfind(prefix, 0) == 0 && row->state() == v1::LostCall::STATE_TO_CALL &&
          InTerritories(query.territories, row->territory())) {
        shown.emplace_back(ListKeyOf(*row), row.get());
      }
    }
    return Page(std::move(shown), query.after, query.limit);
  }

  absl::Status AddMark(const KpiMark& mark) override {
    KpiMark kept = mark;
    kept.at = clock_.Now();
    kept.actor = call_.actor.subject;
    kept.role = call_.actor.role;
    rows_.marks[KeyOf(kept)] = kept;
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<KpiMark>> ListMarks(const KpiMarkQuery& query) override {
    std::vector<KpiMark> page;
    const std::string prefix = query.region.empty() ? "" : "regions/" + query.region + "/";
    const KpiMarkKey first{query.start, "", 0};
    auto row = query.after ? rows_.marks.upper_bound(*query.after) : rows_.marks.lower_bound(first);
    for (; row != rows_.marks.end() && row->first.at < query.end; ++row) {
      if (static_cast<int>(page.size()) >= query.limit) break;
      if (row->first.subject.rfind(prefix, 0) != 0) continue;
      if (!IsAmong(query.subjects, row->first.subject)) continue;
      if (InTerritories(query.territories, row->second.territory)) page.push_back(row->second);
    }
    return page;
  }

  absl::StatusOr<std::int64_t> NextCount(const std::string& key) override {
    return ++rows_.counters[key];
  }

  absl::StatusOr<std::string> GetCursor(const std::string& feed) override {
    const auto found = rows_.cursors.find(feed);
    return found == rows_.cursors.end() ? std::string() : found->second;
  }

  absl::Status PutCursor(const std::string& feed, const std::string& cursor) override {
    rows_.cursors[feed] = cursor;
    return absl::OkStatus();
  }

 private:
  Rows& rows_;
  ledger::Journal& journal_;
  const base::Call& call_;
  const base::Clock& clock_;
  MemoryProtocolLedger protocols_;
  MemoryRosterLedger roster_;
  MemoryNeighbourLedger neighbours_;
  MemoryExchangeLedger exchanges_;
  MemoryTaskLedger tasks_;
  MemoryHistoryLedger history_;
  MemoryPresenceLedger presence_;
  MemoryPickupLedger pickups_;
};

}  // namespace

MemoryRegulationStore::MemoryRegulationStore(const base::Clock& clock)
    : clock_(clock), rows_(std::make_unique<Rows>()) {}

MemoryRegulationStore::~MemoryRegulationStore() = default;

absl::Status MemoryRegulationStore::Write(const base::Call& call, const Work& work) {
  const std::lock_guard lock(mutex_);
  auto draft = std::make_unique<Rows>(*rows_);
  const std::unique_ptr<ledger::Journal> journal = ledger_.Begin(call, clock_);
  MemoryTransaction transaction(*draft, *journal, call, clock_);
  transaction.UseDelays(delays_);
  if (const absl::Status status = work(transaction); !status.ok()) return status;
  rows_ = std::move(draft);
  ledger_.Commit(*journal);
  return absl::OkStatus();
}

absl::Status MemoryRegulationStore::Read(const base::Call& call, const Work& work) {
  const std::lock_guard lock(mutex_);
  Rows draft = *rows_;
  const std::unique_ptr<ledger::Journal> journal = ledger_.Begin(call, clock_);
  MemoryTransaction transaction(draft, *journal, call, clock_);
  return work(transaction);
}

}  // namespace sas::regulation
