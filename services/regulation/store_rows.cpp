#include "services/regulation/store_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::regulation {
namespace {

bool IsClaimed(const CaseIndex& index, base::Instant now) {
  return index.state == CaseState::kActive && !index.owner.empty() && now < index.claim_expire;
}

bool ShowsState(v1::CaseListView view, const CaseIndex& index, base::Instant now) {
  const bool claimed = IsClaimed(index, now);
  const bool waiting = index.waits && !claimed;
  switch (view) {
    case v1::CASE_LIST_VIEW_WAITING:
      return waiting;
    case v1::CASE_LIST_VIEW_CLAIMED:
      return claimed;
    case v1::CASE_LIST_VIEW_CALLBACKS:
      return waiting && index.queue.priority == Priority::kP3 && now < index.queue.callback_end;
    case v1::CASE_LIST_VIEW_OPEN:
      return index.state == CaseState::kProgrammed || index.state == CaseState::kActive;
    case v1::CASE_LIST_VIEW_ENDED:
      return index.state >= CaseState::kCompleted && index.state <= CaseState::kFiled;
    case v1::CASE_LIST_VIEW_PROGRAMMED:
      return index.state == CaseState::kProgrammed;
    default:
      return waiting || claimed;
  }
}

}  // namespace

bool IsAmong(const std::vector<std::string>& wanted, const std::string& one) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), one) != wanted.end();
}

bool InTerritories(const std::vector<std::string>& territories, const std::string& territory) {
  return IsAmong(territories, territory);
}

void CountInto(RoomCount& room, const CaseIndex& index, base::Instant now) {
  if (ShowsState(v1::CASE_LIST_VIEW_CLAIMED, index, now)) ++room.claimed;
  if (!ShowsState(v1::CASE_LIST_VIEW_WAITING, index, now)) return;
  auto line = std::find_if(room.lines.begin(), room.lines.end(), [&](const WaitCount& count) {
    return count.priority == index.queue.priority;
  });
  if (line == room.lines.end()) {
    line = room.lines.insert(line, {index.queue.priority, 0, 0, index.queue.wait_start, {}});
  }
  ++line->waiting;
  line->oldest = std::min(line->oldest, index.queue.wait_start);
  if (index.alarm <= now) ++line->alarms;
  const base::Instant promised = index.queue.callback_end;
  if (promised != base::Instant{} &&
      (line->next_callback == base::Instant{} || promised < line->next_callback)) {
    line->next_callback = promised;
  }
}

WaitEntry WaitOf(const CaseIndex& index, base::Instant now) {
  return {index.queue.name, index.territory,          index.queue.priority, index.queue.wait_start,
          index.alarm,      index.queue.callback_end, IsClaimed(index, now)};
}

std::vector<WaitEntry> LongestFirst(std::vector<WaitEntry> waits,
                                    const std::optional<WaitEntry>& after, int limit) {
  const auto key = [](const WaitEntry& wait) { return std::tie(wait.start, wait.name); };
  if (after) {
    std::erase_if(waits, [&](const WaitEntry& wait) { return key(wait) <= key(*after); });
  }
  std::sort(waits.begin(), waits.end(),
            [&](const WaitEntry& a, const WaitEntry& b) { return key(a) < key(b); });
  waits.resize(std::min(waits.size(), static_cast<std::size_t>(limit)));
  return waits;
}

IdleClaim IdleOf(const v1::RegulationCase& row) {
  return {row.name(), row.case_number(), row.territory(), ToValue(row.claim())};
}

void CountIdle(RoomCount& room, const v1::RegulationCase& row, base::Instant now) {
  if (!ShowsState(v1::CASE_LIST_VIEW_CLAIMED, IndexOf(row), now)) return;
  IdleClaim idle = IdleOf(row);
  const auto known = std::find_if(room.idle.begin(), room.idle.end(), [&](const IdleClaim& each) {
    return each.territory == idle.territory;
  });
  if (known == room.idle.end()) {
    room.idle.push_back(std::move(idle));
  } else if (std::tie(idle.claim.acted, idle.case_name) <
             std::tie(known->claim.acted, known->case_name)) {
    *known = std::move(idle);
  }
}

bool Shows(const CaseQuery& query, const CaseIndex& index) {
  const bool chain = Covers(query.filiere, index.filiere) ||
                     std::find(query.any_chain.begin(), query.any_chain.end(), index.territory) !=
                         query.any_chain.end();
  return (query.region.empty() || index.region == query.region) &&
         InTerritories(query.territories, index.territory) && chain &&
         (query.state == CaseState::kUnspecified ||
          (index.state == query.state && index.opened <= query.opened_until)) &&
         ShowsState(query.view, index, query.now);
}

std::vector<v1::RegulationCase> BestOf(const RepeatQuery& query,
                                       std::vector<v1::RegulationCase> rows) {
  struct Candidate {
    v1::RegulationCase row;
    Resemblance resemblance;
    base::Instant called{};
  };

  std::vector<Candidate> found;
  for (v1::RegulationCase& row : rows) {
    const RepeatFacts facts = RepeatFactsOf(row);
    Resemblance resemblance = Resembles(query.call, facts);
    if (resemblance.matches.empty() || row.name() == query.except) continue;
    found.push_back({std::move(row), std::move(resemblance), facts.last_call});
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    if (IsBetter(a.resemblance, a.called, b.resemblance, b.called)) return true;
    if (IsBetter(b.resemblance, b.called, a.resemblance, a.called)) return false;
    return a.row.name() < b.row.name();
  });
  if (found.size() > kCandidatesMax) found.resize(kCandidatesMax);
  std::vector<v1::RegulationCase> best;
  for (Candidate& candidate : found) best.push_back(std::move(candidate.row));
  return best;
}

QueueKey ListKeyOf(const CaseQuery& query, const CaseIndex& index) {
  if (query.view != v1::CASE_LIST_VIEW_ENDED) return KeyOf(index.queue, query.now);
  return {0, 0, 0, -index.ended.time_since_epoch().count(), index.queue.name};
}

QueueKey ListKeyOf(const v1::CareOrder& order) {
  return {0, 0, 0, ToInstant(order.due_time()).time_since_epoch().count(), order.name()};
}

QueueKey ListKeyOf(const OrderQuery& query, const v1::CareOrder& order) {
  return query.entries_only ? EntryKeyOf(order) : ListKeyOf(order);
}

std::string AskedCommunity(const v1::CareOrder& order) {
  const v1::CommunityRequest& request = order.community_request();
  return request.state() == v1::CommunityRequest::STATE_ASKED ? request.community() : "";
}

bool Shows(const OrderQuery& query, const v1::CareOrder& order) {
  const std::string community = AskedCommunity(order);
  if (!query.community.empty() && !care::SameOrganization(community, query.community)) return false;
  if (query.unanswered_until &&
      (community.empty() ||
       ToInstant(order.community_request().answer_due_time()) > *query.unanswered_until)) {
    return false;
  }
  return InTerritories(query.territories, order.territory()) &&
         (query.include_ended || IsOpen(ToValue(order.state()))) &&
         (!query.entries_only || order.has_entry()) &&
         !(query.without_local && order.entry().local()) &&
         (!query.owner || CheckEntryRight(*query.owner, OwnerOf(order)).ok());
}

QueueKey ListKeyOf(const v1::LostCall& lost_call) {
  return {0, 0, 0, ToInstant(lost_call.arrival_time()).time_since_epoch().count(),
          lost_call.name()};
}

absl::Status CaseNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "CASE_NOT_FOUND",
                    "no such dossier; look it up in the list", {{"name", name}});
}

absl::Status OrderNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "ORDER_NOT_FOUND",
                    "no such order; look it up in the list", {{"name", name}});
}

absl::Status LostCallNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "LOST_CALL_NOT_FOUND",
                    "no such call to return; look it up in the list", {{"name", name}});
}

absl::Status ConcurrentChange(const std::string& name) {
  return base::FailRetryable(absl::StatusCode::kAborted, "CONCURRENT_CHANGE",
                             "somebody changed it at the same moment; repeat the request",
                             std::chrono::milliseconds(50), {{"name", name}});
}

}  // namespace sas::regulation
