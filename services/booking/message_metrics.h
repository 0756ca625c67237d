#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/observe/metrics.h"
#include "services/booking/domain/message_plan.h"

namespace sas::booking {

/// What is counted of messages. Label sets are closed lists. Thread-safe.
class MessageMetrics {
 public:
  explicit MessageMetrics(observe::Metrics& metrics);

  /// `outcome`: sent, retried, received, failed, void, task; another word counts as other.
  void Counted(MessageKind kind, std::string_view outcome);
  /// Whether the way of telling is set up.
  void Channel(MessageKind kind, bool configured);
  /// Messages that are due, the age of the oldest, and tasks that nobody has closed.
  void Backlog(std::int64_t waiting, double lag_seconds, std::int64_t open_tasks);

 private:
  struct Figures {
    std::atomic<std::int64_t> waiting{0};
    std::atomic<double> lag_seconds{0};
    std::atomic<std::int64_t> open_tasks{0};
  };

  observe::Metrics& metrics_;
  const std::shared_ptr<Figures> figures_ = std::make_shared<Figures>();
};

}  // namespace sas::booking
