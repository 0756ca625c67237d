#include "services/regulation/task_metrics.h"

#include <prometheus/counter.h>

#include <chrono>

namespace sas::regulation {
namespace {

constexpr char kTasks[] = "sas_regulation_tasks_total";
constexpr char kTasksHelp[] = "Tasks asked, by kind.";
constexpr char kEnded[] = "sas_regulation_tasks_ended_total";
constexpr char kEndedHelp[] = "Tasks that ended, by how.";

std::string WithoutPrefix(const std::string& name) {
  return name.substr(name.find('_') + 1);
}

}  // namespace

TaskMetrics::TaskMetrics(observe::Metrics& metrics)
    : metrics_(metrics), gauges_(std::make_shared<Gauges>()) {
  // Made now, so that what has not happened reads 0 and not "no data".
  for (int kind = v1::CareTask::KIND_CALL_BACK; kind < v1::CareTask::Kind_ARRAYSIZE; ++kind) {
    const std::string name = v1::CareTask::Kind_Name(static_cast<v1::CareTask::Kind>(kind));
    metrics_.Counter(kTasks, kTasksHelp, {{"kind", WithoutPrefix(name)}});
  }
  for (const auto state :
       {v1::CareTask::STATE_DONE, v1::CareTask::STATE_CANCELLED, v1::CareTask::STATE_ESCALATED}) {
    metrics_.Counter(kEnded, kEndedHelp,
                     {{"state", WithoutPrefix(v1::CareTask::State_Name(state))}});
  }
  metrics_.OnScrape("sas_regulation_tasks_open", "Tasks that have not ended.", {},
                    [gauges = gauges_] { return gauges->open.load(); });
  metrics_.OnScrape("sas_regulation_tasks_overdue", "Of these, past their due time.", {},
                    [gauges = gauges_] { return gauges->overdue.load(); });
  metrics_.OnScrape("sas_regulation_task_overdue_seconds",
                    "Since the oldest overdue task was due; 0 when none is.", {},
                    [gauges = gauges_] { return gauges->overdue_seconds.load(); });
}

void TaskMetrics::Asked(v1::CareTask::Kind kind) {
  metrics_.Counter(kTasks, kTasksHelp, {{"kind", WithoutPrefix(v1::CareTask::Kind_Name(kind))}})
      .Increment();
}

void TaskMetrics::Ended(v1::CareTask::State state) {
  metrics_.Counter(kEnded, kEndedHelp, {{"state", WithoutPrefix(v1::CareTask::State_Name(state))}})
      .Increment();
}

void TaskMetrics::Refresh(const TaskCount& count, base::Instant now) {
  gauges_->open = count.open;
  gauges_->overdue = count.overdue;
  gauges_->overdue_seconds =
      count.overdue == 0 ? 0 : std::chrono::duration<double>(now - count.oldest_due).count();
}

}  // namespace sas::regulation
