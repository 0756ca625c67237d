#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/observe/metrics.h"
#include "services/regulation/task_ledger.h"

namespace sas::regulation {

/// The figures of tasks. Thread-safe.
class TaskMetrics {
 public:
  explicit TaskMetrics(observe::Metrics& metrics);

  void Asked(v1::CareTask::Kind kind);
  /// Done, cancelled or escalated.
  void Ended(v1::CareTask::State state);
  /// What waits and what is late, counted now and then.
  void Refresh(const TaskCount& count, base::Instant now);

 private:
  struct Gauges {
    std::atomic<int> open{0};
    std::atomic<int> overdue{0};
    std::atomic<double> overdue_seconds{0};
  };

  observe::Metrics& metrics_;
  std::shared_ptr<Gauges> gauges_;  ///< Shared with the page: a scrape may outlive this object.
};

}  // namespace sas::regulation
