#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/clock.h"

namespace sas::slots {

/// Counts seats that a site can give within its caps: what lies above a weekly cap of a
/// practitioner or a daily cap of the site is nobody's share. Slots of a day need not come
/// together.
class CappedSeats {
 public:
  /// 0: no cap.
  explicit CappedSeats(int daily_max) : daily_max_(daily_max) {}

  /// `weekly_max`: of the practitioner, 0: no cap. `week` and `day` as of PlannedSlot.
  void Add(std::string_view practitioner, int week, base::Instant day, int seats, int weekly_max);
  int Sum() const;

 private:
  struct Bounded {
    int seats = 0;
    int max = 0;  ///< 0: none.
  };

  int daily_max_;
  std::map<std::pair<std::string, int>, Bounded> weeks_;
  std::map<base::Instant, int> days_;
};

}  // namespace sas::slots
