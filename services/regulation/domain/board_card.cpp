#include "services/regulation/domain/board_card.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace sas::regulation {
namespace {

// Sections of the board, first digit of a key.
constexpr int kCases = 1;
constexpr int kLostCalls = 2;
constexpr int kOrders = 3;
constexpr int kRinging = 4;

std::string Key(int section, const QueueKey& key, const std::string& name) {
  char text[64];
  // The rank is negative or zero: 9 repeat calls come first.
  std::snprintf(text, sizeof text, "%d%d%d%d%019lld", section, key.band, key.not_due,
                kRepeatCallsCounted + key.rank, static_cast<long long>(key.wait_start_us));
  return std::string(text) + name;
}

std::string TimeKey(int section, base::Instant instant, const std::string& name, int rank = 0) {
  QueueKey key;
  key.not_due = 0;
  key.rank = rank;
  key.wait_start_us = instant.time_since_epoch().count();
  return Key(section, key, name);
}

BoardCard CaseCard(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardCard card;
  card.claimed = IsLive(line.claim, now);
  if (card.claimed) {
    card.column = BoardColumn::kInRegulation;
    card.alarms = ClaimAlarms(line, rules, now);
  } else if (line.waits) {
    const bool promised = line.queue.priority == Priority::kP3 && !ReadyToTake(line.queue, now);
    card.column = promised ? BoardColumn::kPromised : BoardColumn::kToTake;
    card.alarms = WaitAlarms(line, rules, now);
  } else if (IsVitalMotifLow(line)) {
    card.column = BoardColumn::kReview;
  }
  card.alarms.Add(CaseAlarms(line, rules, now));
  if (!line.offered_to.empty() && line.offer_alarm <= now) {
    card.alarms.Add(BoardAlarm::kOfferUnanswered);
  }
  if (card.column != BoardColumn::kHidden) {
    card.order_key = Key(kCases, KeyOf(line.queue, now), line.name);
  }
  return card;
}

BoardCard OrderCard(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardCard card;
  if (!MayShow(line)) return card;
  card.claimed = IsLive(line.claim, now);
  card.column = line.order_state == OrderState::kBooked ? BoardColumn::kOrderBooked
                : card.claimed                          ? BoardColumn::kOrderInWork
                                                        : BoardColumn::kOrderToDo;
  card.alarms = OrderAlarms(line, rules, now);
  card.order_key = TimeKey(kOrders, line.due, line.name);
  return card;
}

BoardCard LostCallCard(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardCard card;
  card.claimed = IsLive(line.claim, now);
  card.column = BoardColumn::kLostCall;
  card.alarms = LostCallAlarms(line, rules, now);
  card.order_key = TimeKey(kLostCalls, line.arrival, line.name);
  return card;
}

// In the order in which they are picked up (domain/waiting_call).
BoardCard RingingCard(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  BoardCard card;
  card.column = BoardColumn::kRinging;
  card.alarms = RingingAlarms(line, rules, now);
  card.order_key = TimeKey(kRinging, line.arrival, line.name, line.again ? -1 : 0);
  return card;
}

bool IsUrgent(Priority priority) {
  return RuleOf(priority).band <= RuleOf(Priority::kUnspecified).band;
}

}  // namespace

BoardCard CardOf(const BoardLine& line, const AlarmRules& rules, base::Instant now) {
  switch (line.kind) {
    case BoardKind::kCase:
      return CaseCard(line, rules, now);
    case BoardKind::kOrder:
      return OrderCard(line, rules, now);
    case BoardKind::kWaitingCall:
      return RingingCard(line, rules, now);
    case BoardKind::kLostCall:
      break;
  }
  return LostCallCard(line, rules, now);
}

bool MayShow(const BoardLine& line) {
  switch (line.kind) {
    case BoardKind::kCase:
      return line.waits || !line.claim.owner.empty() || IsVitalMotifLow(line);
    case BoardKind::kOrder:
      return IsOpen(line.order_state) && !line.local;
    case BoardKind::kWaitingCall:
    case BoardKind::kLostCall:
      break;
  }
  return true;
}

BoardScope ScopeOf(base::Role role, std::vector<std::string> territories, Filiere filiere) {
  BoardScope scope;
  scope.territories = std::move(territories);
  std::sort(scope.territories.begin(), scope.territories.end());
  scope.filiere = filiere;
  switch (role) {
    case base::Role::kArm:
    case base::Role::kRegulatorAmu:
    case base::Role::kRegulatorMg:
    case base::Role::kSupervisor:
      scope.cases = scope.lost_calls = scope.orders = true;
      break;
    case base::Role::kOsnp:
      scope.orders = true;
      break;
    default:
      break;
  }
  return scope;
}

BoardShape ShapeOf(const BoardLine& line, const BoardCard& card) {
  return {line.kind,      card.column != BoardColumn::kHidden,
          line.territory, line.offered_to,
          line.filiere,   line.queue.priority};
}

bool Sees(const BoardScope& scope, const BoardShape& shape) {
  if (!shape.visible) return false;
  const auto works_for = [&](const std::string& territory) {
    return std::find(scope.territories.begin(), scope.territories.end(), territory) !=
           scope.territories.end();
  };
  if (!scope.territories.empty() && !works_for(shape.territory) &&
      !(scope.offers && works_for(shape.offered_to))) {
    return false;
  }
  switch (shape.kind) {
    case BoardKind::kLostCall:
    case BoardKind::kWaitingCall:
      return scope.lost_calls;
    case BoardKind::kOrder:
      return scope.orders;
    case BoardKind::kCase:
      break;
  }
  if (!scope.cases) return false;
  return Covers(scope.filiere, shape.filiere) || IsUrgent(shape.priority);
}

}  // namespace sas::regulation
