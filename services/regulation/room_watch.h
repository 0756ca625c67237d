#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/care/calendar.h"
#include "common/observe/metrics.h"
#include "sas/regulation/v1/board_service.pb.h"
#include "services/regulation/domain/call_silence.h"
#include "services/regulation/domain/kpi_mark.h"
#include "services/regulation/domain/roster.h"
#include "services/regulation/room_metrics.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// Looks every few seconds at what the room lacks: nobody on shift, no calls; and remembers the
/// acts of the last hour, from which presence and load follow. Owned by main; Look runs on the
/// thread of periodic works, the rest on any. A look that fails changes nothing, and when looks
/// fail for a minute calls are listened for anew: what was not heard is no silence (hazard H-43).
class RoomWatch {
 public:
  struct Rules {
    StaffingRules staffing;
    std::chrono::minutes ahead{30};
    CallBands bands;
  };

  /// What a person did in the last 60 min.
  struct Acts {
    int count = 0;
    base::Instant last{};
  };

  /// All outlive it.
  RoomWatch(RegulationStore& store, const base::Clock& clock, const care::Zone& zone, Rules rules,
            observe::Metrics& metrics);

  absl::Status Look(const base::Call& call);

  const Rules& rules() const { return rules_; }

  /// When it looked last; zero before.
  base::Instant looked() const;
  Acts ActsOf(const std::string& region, const std::string& subject) const;
  /// Signed in, or with an act in the last minutes (an act proves presence).
  bool Present(const std::string& region, const ShiftValue& shift, base::Instant now) const;
  CallVerdict CallsOf(const std::string& region, const std::string& territory) const;
  /// What a board of these territories (of all when empty) must say, by territory.
  std::vector<v1::RoomNotice> Notices(const std::string& region,
                                      const std::vector<std::string>& territories) const;
  /// Does a surge last in any territory of the region?
  bool Surging(const std::string& region) const;

 private:
  using Place = std::pair<std::string, std::string>;  ///< Region, territory.

  struct Room {
    std::map<Place, CallVerdict> calls;
    std::map<Place, std::vector<v1::RoomNotice>> notices;
    std::set<std::string> surging;  ///< Regions.
    base::Instant looked{};
  };

  absl::Status Hear(const base::Call& call, base::Instant now);
  void Judge(Room& room, base::Instant now);
  void ShowStaffing(Room& room, const Place& place, const std::vector<Attendance>& shifts,
                    base::Instant now);

  RegulationStore& store_;
  const base::Clock& clock_;
  const care::Zone& zone_;
  const Rules rules_;
  RoomMetrics metrics_;
  std::chrono::nanoseconds heard_at_{};  ///< Of Clock::Steady.
  base::Instant listening_{};            ///< Zero before the first look.
  base::Instant heard_{};                ///< Marks are known up to then.
  mutable std::mutex mutex_;             ///< Guards what follows.
  std::map<KpiMarkKey, KpiMark> marks_;  ///< Of the last hour.
  std::map<Place, Acts> acts_;           ///< The same by region and subject.
  Room room_;
};

}  // namespace sas::regulation
