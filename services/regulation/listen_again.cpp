#include "services/regulation/listen_again.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/audit_chain.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/task_work.h"

namespace sas::regulation {
namespace {

constexpr int kPage = 200;
constexpr int kWaitsPage = 1000;
constexpr std::size_t kIdLength = 26;  // As other ids.
constexpr char kInstruction[] = "Réécouter l’appelant : son attente est oubliée";
constexpr char kWaitOver[] = "L’attente a pris fin";

// A territory that takes the dossier over listens by its own ARMs.
std::string TaskNameOf(const WaitEntry& wait) {
  const auto start = wait.start.time_since_epoch().count();
  const std::string key = wait.name + " " + wait.territory + " " + std::to_string(start);
  return "regions/" + std::string(base::RegionOf(wait.name)) + "/tasks/" +
         ledger::Sha256Hex(key).substr(0, kIdLength);
}

bool Starves(const WaitEntry& wait, const AlarmRules& rules, base::Instant now) {
  if (wait.claimed) return false;
  BoardLine line;
  line.territory = wait.territory;
  line.queue.priority = wait.priority;
  line.queue.wait_start = wait.start;
  line.queue.callback_end = wait.callback_end;
  line.limits.alarm = wait.alarm;
  return regulation::Starves(line, rules, now);
}

absl::StatusOr<bool> IsAsked(RegulationTransaction& transaction, const std::string& task) {
  const absl::Status found = transaction.tasks().GetTask(task).status();
  if (absl::IsNotFound(found)) return false;
  SAS_RETURN_IF_ERROR(found);
  return true;
}

v1::CareTask TaskFor(const std::string& name, const v1::RegulationCase& row, base::Instant now) {
  v1::CareTask task;
  task.set_name(name);
  task.set_kind(v1::CareTask::KIND_LISTEN_AGAIN);
  task.set_state(v1::CareTask::STATE_OPEN);
  task.set_territory(row.territory());
  task.set_role(sas::type::v1::ROLE_ARM);
  task.set_instruction(kInstruction);
  task.set_regulation_case(row.name());
  if (row.patients_size() == 1) task.set_patient(row.patients(0).name());
  *task.mutable_due_time() = ToTimestamp(now);
  return task;
}

struct Waits {
  std::map<std::string, std::string> starving;  // The dossier of each, by the name of its task.
  std::set<std::string> tasks;                  // Of all that wait, asked or not.
};

absl::StatusOr<Waits> ReadWaits(Desk& desk, const AlarmRules& rules, const base::Call& call) {
  Waits waits;
  const base::Instant now = desk.clock.Now();
  std::optional<WaitEntry> after;
  std::vector<WaitEntry> page;
  do {
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(page, transaction.ListWaits(after, now, kWaitsPage));
          return absl::OkStatus();
        }));
    for (const WaitEntry& wait : page) {
      const std::string task = TaskNameOf(wait);
      if (Starves(wait, rules, now)) waits.starving[task] = wait.name;
      waits.tasks.insert(task);
    }
    if (!page.empty()) after = page.back();
  } while (page.size() == static_cast<std::size_t>(kWaitsPage));
  return waits;
}

// Leaves those of which nobody has been asked.
absl::Status DropAsked(Desk& desk, const base::Call& call,
                       std::map<std::string, std::string>& starving) {
  auto next = starving.begin();
  while (next != starving.end()) {
    std::vector<std::string> asked;
    const auto begin = next;
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          asked.clear();
          next = begin;
          for (int read = 0; next != starving.end() && read < kPage; ++read, ++next) {
            SAS_ASSIGN_OR_RETURN(const bool known, IsAsked(transaction, next->first));
            if (known) asked.push_back(next->first);
          }
          return absl::OkStatus();
        }));
    for (const std::string& task : asked) starving.erase(task);
  }
  return absl::OkStatus();
}

absl::Status Ask(TaskDesk& desk, const AlarmRules& rules, const base::Call& call,
                 const std::string& task, const std::string& name) {
  bool asked = false;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
        asked = false;
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(name));
        const CaseIndex index = IndexOf(row);
        const WaitEntry wait = WaitOf(index, now);
        const bool over = !index.waits || TaskNameOf(wait) != task || !Starves(wait, rules, now);
        SAS_ASSIGN_OR_RETURN(const bool known, IsAsked(transaction, task));
        if (known || over) return absl::OkStatus();  // Taken meanwhile.
        asked = true;
        return TaskWork::New(transaction, call, now, TaskFor(task, row, now))
            .Save("task.created", "role=arm kind=LISTEN_AGAIN");
      }));
  if (asked) desk.metrics.Asked(v1::CareTask::KIND_LISTEN_AGAIN);
  return absl::OkStatus();
}

absl::Status End(TaskDesk& desk, const base::Call& call, const std::string& name) {
  bool ended = false;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
        ended = false;
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(TaskWork work, TaskWork::Open(transaction, call, now, name));
        if (work.value().state != TaskState::kOpen) return absl::OkStatus();
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row,
                             transaction.GetCase(work.row().regulation_case()));
        const CaseIndex index = IndexOf(row);
        if (index.waits && TaskNameOf(WaitOf(index, now)) == name) return absl::OkStatus();
        ended = true;
        work.End(v1::CareTask::STATE_CANCELLED).set_reason(kWaitOver);
        return work.Save("task.cancelled", "state=CANCELLED");
      }));
  if (ended) desk.metrics.Ended(v1::CareTask::STATE_CANCELLED);
  return absl::OkStatus();
}

// Those of this service that nobody has ended.
absl::StatusOr<std::vector<std::string>> LiveTasks(Desk& desk, const base::Call& call) {
  std::vector<std::string> names;
  TaskQuery query;
  query.seen_by = call.actor;
  query.limit = kPage;
  std::vector<v1::CareTask> rows;
  do {
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          SAS_ASSIGN_OR_RETURN(rows, transaction.tasks().ListTasks(query));
          return absl::OkStatus();
        }));
    for (const v1::CareTask& row : rows) {
      if (row.state() == v1::CareTask::STATE_OPEN) names.push_back(row.name());
    }
    if (!rows.empty()) query.after = TaskKeyOf(rows.back());
  } while (rows.size() == static_cast<std::size_t>(kPage));
  return names;
}

}  // namespace

absl::Status AskToListenAgain(TaskDesk& desk, const AlarmRules& rules, const base::Call& call) {
  // Tasks first: of one that is asked while we read, nothing is known here, and nothing is done.
  SAS_ASSIGN_OR_RETURN(const auto live, LiveTasks(desk.desk, call));
  SAS_ASSIGN_OR_RETURN(Waits waits, ReadWaits(desk.desk, rules, call));
  for (const std::string& task : live) {
    waits.starving.erase(task);
    if (waits.tasks.count(task) == 0) SAS_RETURN_IF_ERROR(End(desk, call, task));
  }
  SAS_RETURN_IF_ERROR(DropAsked(desk.desk, call, waits.starving));
  for (const auto& [task, name] : waits.starving) {
    SAS_RETURN_IF_ERROR(Ask(desk, rules, call, task, name));
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
