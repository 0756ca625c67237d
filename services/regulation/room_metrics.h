#pragma once

#include <string>

#include "common/observe/metrics.h"
#include "services/regulation/domain/roster.h"

namespace sas::regulation {

/// The figures of the room: who is on shift, whether calls come, what is on offer. Thread-safe.
class RoomMetrics {
 public:
  explicit RoomMetrics(observe::Metrics& metrics);

  void Staffed(const std::string& territory, RosterQueue queue, int on_shift, int present,
               CoverageState state);
  /// `watched`: the calls were held against a band.
  void Calls(const std::string& territory, bool silent, bool watched);
  void Surges(int lasting);
  void Offers(int open, int late);

 private:
  observe::Metrics& metrics_;
};

}  // namespace sas::regulation
