#pragma once

#include <atomic>
#include <memory>

#include "common/observe/metrics.h"

namespace sas::regulation {

/// The figures of triage protocols. Thread-safe.
class ProtocolMetrics {
 public:
  explicit ProtocolMetrics(observe::Metrics& metrics);

  /// Answers were kept on a dossier.
  void Triaged(bool blocked);
  /// What the last reading of the directory came to.
  void Refused(int files);
  /// Counted with each reading.
  void Library(int in_force, int review_overdue);

 private:
  struct Gauges {
    std::atomic<int> refused{0};
    std::atomic<int> in_force{0};
    std::atomic<int> review_overdue{0};
  };

  observe::Metrics& metrics_;
  std::shared_ptr<Gauges> gauges_;  ///< Shared with the page: a scrape may outlive this object.
};

}  // namespace sas::regulation
