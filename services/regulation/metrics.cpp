#include "services/regulation/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

constexpr char kCreated[] = "sas_regulation_cases_created_total";
constexpr char kCreatedHelp[] = "Dossiers opened.";
constexpr char kDecisions[] = "sas_regulation_decisions_total";
constexpr char kDecisionsHelp[] = "Decisions of regulators, by level of care.";
constexpr char kCalls[] = "sas_regulation_calls_total";
constexpr char kCallsHelp[] = "Calls picked up, by the number dialled.";
constexpr char kProposals[] = "sas_regulation_repeat_searches_total";
constexpr char kProposalsHelp[] =
    "Searches for dossiers to which a call may belong, by what they found.";
constexpr char kRepeats[] = "sas_regulation_repeat_calls_total";
constexpr char kRepeatsHelp[] = "Calls attached to a dossier that was there, and detached again.";
constexpr char kReflex[] = "sas_regulation_reflex_departures_total";
constexpr char kReflexHelp[] = "Reflex departures launched.";
constexpr char kDisconnects[] = "sas_regulation_disconnect_releases_total";
constexpr char kDisconnectsHelp[] =
    "Dossiers and orders given back because the console of their owner was off.";

std::string LevelCode(CareLevel level) {
  return "R" + std::to_string(static_cast<int>(level));
}

double Seconds(base::Instant later, base::Instant earlier) {
  return std::chrono::duration<double>(later - earlier).count();
}

// A label that reads well beside P0: nobody has set it.
std::string PriorityLabel(const PriorityRule& rule) {
  return rule.priority == Priority::kUnspecified ? "unset" : std::string(rule.code);
}

prometheus::Counter& Proposals(observe::Metrics& metrics, bool found) {
  return metrics.Counter(kProposals, kProposalsHelp, {{"found", found ? "yes" : "no"}});
}

prometheus::Counter& Repeats(observe::Metrics& metrics, const char* act) {
  return metrics.Counter(kRepeats, kRepeatsHelp, {{"act", act}});
}

}  // namespace

struct RegulationMetrics::Room {
  struct Line {
    double waiting = 0;
    double oldest_seconds = 0;
  };

  double Read(double Room::*gauge) const {
    const std::lock_guard lock(mutex);
    return this->*gauge;
  }

  Line ReadLine(std::size_t priority) const {
    const std::lock_guard lock(mutex);
    return lines[priority];
  }

  mutable std::mutex mutex;
  std::array<Line, 6> lines;  ///< By Priority.
  double open_orders = 0;
  double open_entries = 0;
  double local_entries = 0;
  double due_seconds = 0;
  double lost_calls = 0;
  double ringing = 0;
  double ringing_seconds = 0;
};

RegulationMetrics::RegulationMetrics(observe::Metrics& metrics)
    : metrics_(metrics), room_(std::make_shared<Room>()) {
  // Made now, so that what has not happened reads 0 and not "no data".
  metrics_.Counter(kCreated, kCreatedHelp);
  metrics_.Counter(kReflex, kReflexHelp);
  metrics_.Counter(kDisconnects, kDisconnectsHelp);
  for (const bool found : {false, true}) Proposals(metrics_, found);
  for (const char* act : {"attached", "detached"}) Repeats(metrics_, act);
  for (const CareLevel level : {CareLevel::kR1, CareLevel::kR2, CareLevel::kR3, CareLevel::kR4}) {
    metrics_.Counter(kDecisions, kDecisionsHelp, {{"level", LevelCode(level)}});
  }
  for (const PriorityRule& rule : PriorityRules()) {
    const auto priority = static_cast<std::size_t>(rule.priority);
    const observe::Labels labels{{"priority", PriorityLabel(rule)}};
    metrics_.OnScrape("sas_regulation_cases_waiting", "Dossiers that wait for a regulator.", labels,
                      [room = room_, priority] { return room->ReadLine(priority).waiting; });
    metrics_.OnScrape("sas_regulation_wait_oldest_seconds", "The longest wait, 0 when none waits.",
                      labels,
                      [room = room_, priority] { return room->ReadLine(priority).oldest_seconds; });
  }
  const auto show = [this](const char* name, const char* help, double Room::*gauge) {
    metrics_.OnScrape(name, help, {}, [room = room_, gauge] { return room->Read(gauge); });
  };
  show("sas_regulation_orders_open", "Orders that the OSNP still works.", &Room::open_orders);
  show("sas_regulation_entries_open", "Of these, entries without regulation (file active).",
       &Room::open_entries);
  show("sas_regulation_local_entries_open",
       "Entries that structures organise themselves, outside the SAS; among no other orders.",
       &Room::local_entries);
  show("sas_regulation_order_due_seconds",
       "Time left to the soonest due time of an open order; negative when it has passed, 0 without "
       "orders.",
       &Room::due_seconds);
  show("sas_regulation_ringing", "Calls that ring and that nobody has picked up.", &Room::ringing);
  show("sas_regulation_ringing_oldest_seconds",
       "Since when the oldest of them rings; 0 when none does.", &Room::ringing_seconds);
  show("sas_regulation_lost_calls_open", "Calls that somebody must return.", &Room::lost_calls);
}

void RegulationMetrics::Created() {
  metrics_.Counter(kCreated, kCreatedHelp).Increment();
}

void RegulationMetrics::ShowLines(const std::vector<std::string>& labels) {
  for (const std::string& line : labels) metrics_.Counter(kCalls, kCallsHelp, {{"line", line}});
}

void RegulationMetrics::Called(const std::string& line) {
  metrics_.Counter(kCalls, kCallsHelp, {{"line", line}}).Increment();
}

void RegulationMetrics::Proposed(bool found) {
  Proposals(metrics_, found).Increment();
}

void RegulationMetrics::Attached() {
  Repeats(metrics_, "attached").Increment();
}

void RegulationMetrics::Detached() {
  Repeats(metrics_, "detached").Increment();
}

void RegulationMetrics::Decided(CareLevel level) {
  metrics_.Counter(kDecisions, kDecisionsHelp, {{"level", LevelCode(level)}}).Increment();
}

void RegulationMetrics::ReflexDeparture() {
  metrics_.Counter(kReflex, kReflexHelp).Increment();
}

void RegulationMetrics::Disconnected(int count) {
  metrics_.Counter(kDisconnects, kDisconnectsHelp).Increment(count);
}

// A territory where nobody has a dossier any more reads 0.
void RegulationMetrics::ShowIdle(const RoomCount& count, base::Instant now) {
  std::map<std::string, double> seconds;
  for (const std::string& territory : idle_shown_) seconds[territory] = 0;
  for (const IdleClaim& idle : count.idle) {
    seconds[idle.territory] = Seconds(now, idle.claim.acted);
    idle_shown_.insert(idle.territory);
  }
  for (const auto& [territory, idle] : seconds) {
    metrics_
        .Gauge("sas_regulation_oldest_claim_idle_seconds",
               "Since the owner of a dossier last acted on it: of the claim where that is longest.",
               {{"territory", territory}})
        .Set(idle);
  }
}

void RegulationMetrics::Refresh(const RoomCount& count, base::Instant now) {
  ShowIdle(count, now);
  const std::lock_guard lock(room_->mutex);
  room_->lines = {};
  for (const WaitCount& line : count.lines) {
    room_->lines.at(static_cast<std::size_t>(line.priority)) = {static_cast<double>(line.waiting),
                                                                Seconds(now, line.oldest)};
  }
  room_->open_orders = count.open_orders;
  room_->open_entries = count.open_entries;
  room_->local_entries = count.local_entries;
  room_->due_seconds = count.open_orders == 0 ? 0 : Seconds(count.next_due, now);
  room_->lost_calls = count.lost_calls;
  room_->ringing = count.ringing;
  room_->ringing_seconds = count.ringing == 0 ? 0 : Seconds(now, count.oldest_ringing);
}

}  // namespace sas::regulation
