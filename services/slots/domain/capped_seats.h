#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/hours_cap.h"

namespace sas::slots {

/// Counts seats that a site can give within its caps: what lies above a weekly cap of a
/// practitioner or a daily cap of the site is nobody's share. Slots of a day need not come
/// together.
class CappedSeats {
 public:
  /// 0: no cap.
  explicit CappedSeats(int daily_max, std::vector<HoursCap> hours = {})
      : daily_max_(daily_max), hours_(std::move(hours)) {}

  /// `weekly_max`: of the practitioner, 0: no cap. `week`, `day` and `hours_cap` as of PlannedSlot.
  void Add(std::string_view practitioner, int week, base::Instant day, int seats, int weekly_max,
           int hours_cap = 0);
  int Sum() const;

 private:
  struct Bounded {
    int seats = 0;
    int max = 0;  ///< 0: none.
  };

  int daily_max_;
  std::map<std::pair<std::string, int>, Bounded> weeks_;
  std::vector<HoursCap> hours_;
  std::map<base::Instant, std::map<int, int>> days_;  ///< Seats by cap of hours.
};

}  // namespace sas::slots
