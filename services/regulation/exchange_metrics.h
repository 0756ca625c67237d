#pragma once

#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/observe/metrics.h"

namespace sas::regulation {

/// The figures of what is exchanged. Thread-safe.
class ExchangeMetrics {
 public:
  explicit ExchangeMetrics(observe::Metrics& metrics);

  /// Something was written; `kind` as CaseExchange.Kind names it.
  void Exchanged(const std::string& kind);

  enum class Expertise { kRequested, kTold, kNotTaken, kFailed, kAnswered };

  void Expertised(Expertise outcome);

  /// What nobody has read; counted now and then.
  void Unread(int count, double oldest_seconds);

 private:
  struct Gauges;

  observe::Metrics& metrics_;
  std::shared_ptr<Gauges> gauges_;  ///< Shared with the page: a scrape may outlive this object.
};

}  // namespace sas::regulation
