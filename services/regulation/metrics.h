#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/observe/metrics.h"
#include "services/regulation/domain/values.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// The figures of regulation. Gauges show the room as it was counted last (Refresh, each second or
/// two), so that a scrape never waits for the ledger.
class RegulationMetrics {
 public:
  explicit RegulationMetrics(observe::Metrics& metrics);

  void Created();
  /// Makes the figures of these lines, so that what has not happened reads 0.
  void ShowLines(const std::vector<std::string>& labels);
  /// A call was picked up; `line` is a label of Lines.
  void Called(const std::string& line);
  /// Dossiers were proposed for a call, or none was found.
  void Proposed(bool found);
  /// A call was attached to a dossier, or taken off again.
  void Attached();
  void Detached();
  void Decided(CareLevel level);
  void ReflexDeparture();
  /// Dossiers and orders were given back for somebody whose console is off.
  void Disconnected(int count);

  /// By one thread.
  void Refresh(const RoomCount& room, base::Instant now);

 private:
  struct Room;

  void ShowIdle(const RoomCount& room, base::Instant now);

  observe::Metrics& metrics_;
  std::set<std::string> idle_shown_;  ///< Territories where somebody had a dossier.
  std::shared_ptr<Room> room_;        ///< Shared with the gauges: a scrape may outlive this object.
};

}  // namespace sas::regulation
