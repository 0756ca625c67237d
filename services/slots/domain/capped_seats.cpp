#include "services/slots/domain/capped_seats.h"

#include <algorithm>

namespace sas::slots {

void CappedSeats::Add(std::string_view practitioner, int week, base::Instant day, int seats,
                      int weekly_max, int hours_cap) {
  Bounded& bounded = weeks_[{std::string(practitioner), week}];
  bounded.max = weekly_max;
  const int more = weekly_max > 0 ? std::clamp(weekly_max - bounded.seats, 0, seats) : seats;
  bounded.seats += more;
  days_[day][hours_cap] += more;
}

int CappedSeats::Sum() const {
  int sum = 0;
  for (const auto& [day, hours] : days_) {
    int seats = 0;
    for (const auto& [cap, more] : hours) {
      const auto place = static_cast<std::size_t>(cap);
      seats += cap > 0 ? std::min(more, hours_.at(place - 1).appointment_max) : more;
    }
    sum += daily_max_ > 0 ? std::min(seats, daily_max_) : seats;
  }
  return sum;
}

}  // namespace sas::slots
