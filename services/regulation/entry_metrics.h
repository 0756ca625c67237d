#pragma once

#include "common/observe/metrics.h"
#include "services/regulation/domain/entry.h"
#include "services/regulation/domain/reorientation.h"

namespace sas::regulation {

/// The figures of entries without regulation. Thread-safe.
class EntryMetrics {
 public:
  explicit EntryMetrics(observe::Metrics& metrics);

  void Submitted(EntryOutcome outcome, bool local);
  void Reoriented(Destination destination);

 private:
  observe::Metrics& metrics_;
};

}  // namespace sas::regulation
