#pragma once

#include "common/observe/metrics.h"
#include "services/regulation/domain/community_request.h"

namespace sas::regulation {

/// The figures of the place de marché. What ends because the order got its appointment or ended is
/// counted with that. Thread-safe.
class CommunityMetrics {
 public:
  explicit CommunityMetrics(observe::Metrics& metrics);

  void Moved(DemandState state);
  /// The community said yes or no so long after it was asked.
  void Answered(DemandState state, base::Instant::duration after);

 private:
  observe::Metrics& metrics_;
  prometheus::Histogram& answer_;
};

}  // namespace sas::regulation
