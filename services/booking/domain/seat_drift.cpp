#include "services/booking/domain/seat_drift.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sas::booking {
namespace {

bool Before(const TakenSeat& a, const TakenSeat& b) {
  return std::tie(a.slot, a.seat) < std::tie(b.slot, b.seat);
}

SeatDrift Of(SeatDrift::Kind kind, const TakenSeat& seat) {
  return {kind, seat.slot, seat.seat, seat.appointment};
}

}  // namespace

std::vector<SeatDrift> CompareSeats(std::vector<TakenSeat> ledger, std::vector<TakenSeat> slots) {
  std::sort(ledger.begin(), ledger.end(), Before);
  std::sort(slots.begin(), slots.end(), Before);
  std::vector<SeatDrift> drifts;
  auto ours = ledger.begin();
  auto theirs = slots.begin();
  while (ours != ledger.end() || theirs != slots.end()) {
    if (theirs == slots.end() || (ours != ledger.end() && Before(*ours, *theirs))) {
      drifts.push_back(Of(SeatDrift::Kind::kMissing, *ours++));
    } else if (ours == ledger.end() || Before(*theirs, *ours)) {
      drifts.push_back(Of(SeatDrift::Kind::kGhost, *theirs++));
    } else {
      if (ours->appointment != theirs->appointment) {
        drifts.push_back(Of(SeatDrift::Kind::kOther, *ours));
      }
      ++ours;
      ++theirs;
    }
  }
  return drifts;
}

std::vector<SeatDrift> Lasting(const std::vector<SeatDrift>& before,
                               const std::vector<SeatDrift>& after) {
  std::vector<SeatDrift> lasting;
  std::copy_if(after.begin(), after.end(), std::back_inserter(lasting), [&](const auto& each) {
    return std::find(before.begin(), before.end(), each) != before.end();
  });
  return lasting;
}

std::vector<SeatDrift> Without(const std::vector<SeatDrift>& drifts,
                               const std::vector<SeatDrift>& known) {
  std::vector<SeatDrift> rest;
  std::copy_if(drifts.begin(), drifts.end(), std::back_inserter(rest), [&](const auto& each) {
    return std::find(known.begin(), known.end(), each) == known.end();
  });
  return rest;
}

}  // namespace sas::booking
