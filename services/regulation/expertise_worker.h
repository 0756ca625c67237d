#pragma once

#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/exchange_metrics.h"
#include "services/regulation/expertise_client.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// Tells the platform of téléexpertise of the requests that are due, one at a time, with growing
/// pauses, until it takes them or refuses, or the attempts are used up: then who asked finds the
/// failure among what he has not read. Each attempt is written down before it is made, so that a
/// crash repeats it under the same reference and several replicas make none at the same time.
class ExpertiseWorker {
 public:
  /// All outlive the worker.
  ExpertiseWorker(RegulationStore& store, ExpertiseClient& client, ExchangeMetrics& metrics,
                  const base::Clock& clock)
      : store_(store), client_(client), metrics_(metrics), clock_(clock) {}

  /// Does what is due; for a periodic work of one thread.
  absl::Status Turn(const base::Call& call);

  /// UNAVAILABLE `PLATFORM_UNREACHABLE` while the last attempt was not taken.
  absl::Status Reachable() const;

 private:
  absl::StatusOr<bool> Begin(const base::Call& call, const std::string& name,
                             ExpertiseNotice& notice);
  absl::Status End(const base::Call& call, const std::string& name,
                   const ExpertiseOutcome& outcome);

  RegulationStore& store_;
  ExpertiseClient& client_;
  ExchangeMetrics& metrics_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::string last_reason_;
};

}  // namespace sas::regulation
