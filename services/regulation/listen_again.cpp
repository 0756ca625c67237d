#include "services/regulation/listen_again.h"

#include <string>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/audit_chain.h"
#include "services/regulation/board_rows.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/board_card.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/task_work.h"

namespace sas::regulation {
namespace {

constexpr int kPage = 200;
constexpr std::size_t kIdLength = 26;  // As other ids.
constexpr char kInstruction[] = "Réécouter l’appelant : son attente est oubliée";
constexpr char kWaitOver[] = "L’attente a pris fin";

// A territory that takes the dossier over listens by its own ARMs.
std::string TaskNameOf(const v1::RegulationCase& row) {
  const auto start = ToInstant(row.wait_start_time()).time_since_epoch().count();
  const std::string wait = row.name() + " " + row.territory() + " " + std::to_string(start);
  return "regions/" + std::string(base::RegionOf(row.name())) + "/tasks/" +
         ledger::Sha256Hex(wait).substr(0, kIdLength);
}

bool Starves(const v1::RegulationCase& row, const AlarmRules& rules, base::Instant now) {
  return CardOf(ToLine(row), rules, now).alarms.Has(BoardAlarm::kStarving);
}

absl::StatusOr<bool> IsAsked(RegulationTransaction& transaction, const v1::RegulationCase& row) {
  const absl::Status found = transaction.tasks().GetTask(TaskNameOf(row)).status();
  if (absl::IsNotFound(found)) return false;
  SAS_RETURN_IF_ERROR(found);
  return true;
}

v1::CareTask TaskFor(const v1::RegulationCase& row, base::Instant now) {
  v1::CareTask task;
  task.set_name(TaskNameOf(row));
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

// Names of the dossiers that starve and of which nobody has been asked.
absl::StatusOr<std::vector<std::string>> Starving(Desk& desk, const AlarmRules& rules,
                                                  const base::Call& call) {
  std::vector<std::string> names;
  CaseQuery query;
  query.view = v1::CASE_LIST_VIEW_WAITING;
  query.now = desk.clock.Now();
  query.limit = kPage;
  std::vector<v1::RegulationCase> rows;
  do {
    std::vector<std::string> found;
    SAS_RETURN_IF_ERROR(
        desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
          found.clear();
          SAS_ASSIGN_OR_RETURN(rows, transaction.ListCases(query));
          for (const v1::RegulationCase& row : rows) {
            if (!Starves(row, rules, query.now)) continue;
            SAS_ASSIGN_OR_RETURN(const bool asked, IsAsked(transaction, row));
            if (!asked) found.push_back(row.name());
          }
          return absl::OkStatus();
        }));
    names.insert(names.end(), found.begin(), found.end());
    if (!rows.empty()) query.after = ListKeyOf(query, IndexOf(rows.back()));
  } while (rows.size() == static_cast<std::size_t>(kPage));
  return names;
}

absl::Status Ask(TaskDesk& desk, const AlarmRules& rules, const base::Call& call,
                 const std::string& name) {
  bool asked = false;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
        asked = false;
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row, transaction.GetCase(name));
        SAS_ASSIGN_OR_RETURN(const bool known, IsAsked(transaction, row));
        if (known || !Starves(row, rules, now)) return absl::OkStatus();  // Taken meanwhile.
        asked = true;
        return TaskWork::New(transaction, call, now, TaskFor(row, now))
            .Save("task.created", "role=arm kind=LISTEN_AGAIN");
      }));
  if (asked) desk.metrics.Asked(v1::CareTask::KIND_LISTEN_AGAIN);
  return absl::OkStatus();
}

absl::Status EndIfOver(TaskDesk& desk, const base::Call& call, const std::string& name) {
  bool ended = false;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
        ended = false;
        SAS_ASSIGN_OR_RETURN(TaskWork work,
                             TaskWork::Open(transaction, call, desk.desk.clock.Now(), name));
        if (work.value().state != TaskState::kOpen) return absl::OkStatus();
        SAS_ASSIGN_OR_RETURN(const v1::RegulationCase row,
                             transaction.GetCase(work.row().regulation_case()));
        if (IndexOf(row).waits && TaskNameOf(row) == name) return absl::OkStatus();
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
  SAS_ASSIGN_OR_RETURN(const auto starving, Starving(desk.desk, rules, call));
  for (const std::string& name : starving) SAS_RETURN_IF_ERROR(Ask(desk, rules, call, name));
  SAS_ASSIGN_OR_RETURN(const auto live, LiveTasks(desk.desk, call));
  for (const std::string& name : live) SAS_RETURN_IF_ERROR(EndIfOver(desk, call, name));
  return absl::OkStatus();
}

}  // namespace sas::regulation
