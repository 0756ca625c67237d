// How many holds somebody may have, and holds that end or change hands without their holder's
// doing.
#include <algorithm>

#include "common/base/status.h"
#include "services/slots/seat_failures.h"
#include "services/slots/seats_memory.h"

namespace sas::slots {

using Kind = SeatState::Kind;

// What was lost with its slot is no hold any more.
std::vector<std::string> MemorySeatBook::HoldsIf(
    const Region& region, const std::function<bool(const Seat&)>& counts) const {
  const base::Instant now = clock_.Now();
  std::vector<std::string> holds;
  for (const auto& [name, slot] : region.slots) {
    if (!IsOpen(region, name, slot)) continue;
    for (const Seat& seat : slot.all) {
      const bool living = seat.state.kind == Kind::kHeld || seat.state.kind == Kind::kPrepared;
      if (living && seat.state.expire > now && counts(seat)) holds.push_back(name);
    }
  }
  return holds;
}

absl::Status MemorySeatBook::CheckHoldsLocked(const Region& region,
                                              const HoldRequest& request) const {
  const auto mine =
      HoldsIf(region, [&](const Seat& seat) { return seat.holder == request.holder; });
  if (static_cast<int>(mine.size()) >= request.holds_max) return TooManyHolds(request.holds_max);
  if (request.order_holds_max > 0 && !request.order.empty()) {
    const auto same = HoldsIf(region, [&](const Seat& seat) {
      return seat.holder == request.holder && seat.order == request.order;
    });
    if (static_cast<int>(same.size()) >= request.order_holds_max) return OrderHeld(same.back());
  }
  if (request.organization.empty()) return absl::OkStatus();
  const auto together =
      HoldsIf(region, [&](const Seat& seat) { return seat.organization == request.organization; });
  const int most = request.organization_holds_max;
  return static_cast<int>(together.size()) < most ? absl::OkStatus() : HoldQuota(most);
}

absl::StatusOr<int> MemorySeatBook::ReleaseWatched(const base::Call& /*call*/,
                                                   std::string_view region_id,
                                                   const std::string& holder,
                                                   const std::string& watch) {
  return ReleaseIf(region_id,
                   [&](const Seat& seat) { return seat.holder == holder && seat.watch == watch; });
}

absl::StatusOr<int> MemorySeatBook::ReleaseOrders(const base::Call& /*call*/,
                                                  std::string_view region_id,
                                                  const std::vector<std::string>& orders) {
  return ReleaseIf(region_id, [&](const Seat& seat) {
    return !seat.order.empty() &&
           std::find(orders.begin(), orders.end(), seat.order) != orders.end();
  });
}

absl::StatusOr<int> MemorySeatBook::ReleaseIf(std::string_view region_id,
                                              const std::function<bool(const Seat&)>& ends) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, region_id));
  const base::Instant now = clock_.Now();
  int given = 0;
  for (auto& [name, slot] : region->slots) {
    for (Seat& seat : slot.all) {
      if (seat.state.expire <= now || !ends(seat)) continue;
      seat.held_until = {};  // A prepared one stays, and is no hold again.
      if (seat.state.kind != Kind::kHeld) continue;
      seat.Vacate(seat.sequence);
      ++given;
    }
    if (FindSlot(*region, name) != nullptr) Publish(*region, name, slot, now);
  }
  changed_.notify_all();
  return given;
}

absl::StatusOr<Hold> MemorySeatBook::HandOver(const base::Call& /*call*/, const HoldKey& hold,
                                              std::string_view new_holder) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, hold.region));
  Slot* slot = FindSlot(*region, hold.slot);
  if (slot == nullptr) return HoldLost(hold.slot);
  Seat* seat = FindHold(*slot, hold);
  if (seat == nullptr) {  // A repeat: it has gone over already.
    HoldKey gone = hold;
    gone.holder = new_holder;
    seat = FindHold(*slot, gone);
    if (seat == nullptr) return HoldLost(hold.slot);
  } else if (seat->state.kind == Kind::kHeld) {
    seat->holder = new_holder;
  }
  return ToHold(hold.slot, *slot, *seat);
}

}  // namespace sas::slots
