#include <algorithm>
#include <utility>

#include "services/regulation/domain/kpi.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

constexpr std::int64_t kLostWait = 15;  // Seconds (K04).

double Seconds(base::Instant from, base::Instant to) {
  return std::chrono::duration<double>(to - from).count();
}

std::int64_t HourOf(base::Instant at) {
  return std::chrono::floor<std::chrono::hours>(at.time_since_epoch()).count();
}

}  // namespace

void KpiFold::Add(const KpiMark& mark) {
  if (mark.at < start_ || mark.at >= end_) return;
  ++marks_;
  Worked(mark);
  switch (mark.act) {
    case KpiAct::kOpened: {
      Dossier& dossier = dossiers_[mark.subject];
      dossier.arrival = mark.start;
      dossier.pickup = mark.end;
      dossier.priority = mark.priority;
      dossier.entry = mark.code;
      AddCall(mark);
      break;
    }
    case KpiAct::kCalled:
      AddCall(mark);
      AddPriority(mark);  // A call on an NR dossier unsets its priority.
      break;
    case KpiAct::kPrioritized:
      AddPromise(mark);
      AddPriority(mark);
      break;
    case KpiAct::kTaken:
      AddTaken(mark);
      break;
    case KpiAct::kCalledBack:
      KeepPromises(mark);
      break;
    case KpiAct::kDecided:
      AddPromise(mark);
      AddDecision(mark);
      break;
    case KpiAct::kOrdered:
    case KpiAct::kOrderMoved:
      AddOrder(mark);
      break;
    case KpiAct::kCallEnded:
      talks_.push_back({Seconds(mark.start, mark.end), mark.code, mark.priority, mark.filiere});
      break;
    case KpiAct::kLostCall:
      ++lost_;
      if (mark.amount > kLostWait) ++lost_after_15s_;
      break;
    default:
      break;
  }
}

void KpiFold::Worked(const KpiMark& mark) {
  const auto hour = std::make_pair(mark.actor, HourOf(mark.at));
  const bool opens = mark.act == KpiAct::kOpened || mark.act == KpiAct::kCalled;
  if (mark.role == base::Role::kArm && opens) arm_hours_.insert(hour);
  if (IsRegulator(mark.role) && (mark.act == KpiAct::kTaken || mark.act == KpiAct::kDecided)) {
    regulator_hours_.insert(hour);
  }
}

// Without an arrival nothing is known of the wait: such a call is in no figure of waits.
void KpiFold::AddCall(const KpiMark& mark) {
  // Who enters his own dossier has dialled nothing.
  if (mark.amount > 0 || mark.code.rfind("LINE_", 0) == 0) {
    ++dialled_[lines_.LabelOf(UnpackDialled(mark.amount))];
  }
  if (mark.start == base::Instant{} || mark.end < mark.start) return;
  waits_.push_back(Seconds(mark.start, mark.end));
}

// Times of a call are no window: an act that sets the priority makes a promise, or a decision.
void KpiFold::AddPromise(const KpiMark& mark) {
  if (mark.priority != Priority::kP3 || mark.end == base::Instant{}) return;
  auto& promises = promises_[mark.subject];
  const bool known =
      !promises.empty() && promises.back().start == mark.start && promises.back().end == mark.end;
  if (!known) promises.push_back({mark.start, mark.end, false});
}

void KpiFold::AddPriority(const KpiMark& mark) {
  const auto dossier = dossiers_.find(mark.subject);
  if (dossier == dossiers_.end()) return;
  if (IsRaise(dossier->second.priority, mark.priority)) dossier->second.raised = true;
  dossier->second.priority = mark.priority;
}

void KpiFold::KeepPromises(const KpiMark& mark) {
  const auto found = promises_.find(mark.subject);
  if (found == promises_.end()) return;
  for (Promise& promise : found->second) {
    promise.kept = promise.kept || (promise.start <= mark.at && mark.at <= promise.end);
  }
}

void KpiFold::AddTaken(const KpiMark& mark) {
  if (!IsRegulator(mark.role)) return;
  KeepPromises(mark);
  const auto dossier = dossiers_.find(mark.subject);
  if (dossier == dossiers_.end() || dossier->second.taken != base::Instant{}) return;
  dossier->second.taken = mark.at;
  dossier->second.taken_priority = mark.priority;
}

void KpiFold::AddDecision(const KpiMark& mark) {
  ++levels_[mark.level];
  ++codes_[mark.code];
  const auto dossier = dossiers_.find(mark.subject);
  if (dossier == dossiers_.end()) return;
  if (dossier->second.decided == base::Instant{}) dossier->second.decided = mark.at;
  if (mark.role == base::Role::kRegulatorMg) dossier->second.by_generalist = true;
}

void KpiFold::AddOrder(const KpiMark& mark) {
  if (mark.act == KpiAct::kOrdered) {
    Order& made = orders_[mark.subject];
    made = {mark.at, mark.start, mark.code, mark.order_state, false, {}, {}, {}, 0, {}};
    if (!IsOpen(mark.order_state)) made.ended = mark.at;  // Sent elsewhere by its entry.
    return;
  }
  const auto found = orders_.find(mark.subject);
  if (found == orders_.end()) return;  // Of an earlier period.
  Order& order = found->second;
  order.state = mark.order_state;
  order.refused = std::max(order.refused, mark.amount);
  if (mark.order_state == OrderState::kPendingAcceptance) order.third_party = true;
  if (mark.order_state == OrderState::kBooked) {
    if (order.booked == base::Instant{}) order.booked = mark.at;
    order.start = mark.end;
    order.channel = mark.code;
  }
  order.ended = IsOpen(mark.order_state) ? base::Instant{} : mark.at;
}

}  // namespace sas::regulation
