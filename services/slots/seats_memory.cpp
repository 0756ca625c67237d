#include "services/slots/seats_memory.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/seat_failures.h"

namespace sas::slots {
namespace {

constexpr std::size_t kChangesKept = 65536;

using Kind = SeatState::Kind;

bool Living(const SeatState& state) {
  return state.kind == Kind::kHeld || state.kind == Kind::kPrepared;
}

Kind KindAt(const SeatState& state, base::Instant now) {
  return Living(state) && state.expire <= now ? Kind::kFree : state.kind;
}

}  // namespace

std::pair<int, base::Instant> MemorySeatBook::Summary(const Slot& slot, base::Instant now) {
  int occupied = 0;
  base::Instant first{};
  for (const Seat& seat : slot.all) {
    const Kind kind = KindAt(seat.state, now);
    if (kind != Kind::kFree) ++occupied;
    if (kind == Kind::kHeld || kind == Kind::kPrepared) {
      if (first == base::Instant{} || seat.state.expire < first) first = seat.state.expire;
    }
  }
  return {std::max(0, slot.seats - occupied), first};
}

void MemorySeatBook::Publish(Region& region, const std::string& name, Slot& slot,
                             base::Instant now) {
  const auto summary = Summary(slot, now);
  if (summary == slot.settled) return;
  slot.settled = summary;
  Tell(region, SeatChange{name, summary.first, summary.second, slot.epoch, now});
}

void MemorySeatBook::Tell(Region& region, Change change) {
  region.changes.push_back(std::move(change));
  if (region.changes.size() > kChangesKept) {
    region.changes.pop_front();
    ++region.changes_base;
  }
}

// A refresh closes what is of an older version of the directory than its site.
bool MemorySeatBook::IsOpen(const Region& region, std::string_view name, const Slot& slot) {
  if (slot.epoch == region.state.loading) return true;
  if (slot.epoch != region.state.epoch) return false;
  const auto site = region.sites.find(name.substr(0, name.find("/slots/")));
  return site == region.sites.end() || slot.version >= site->second;
}

MemorySeatBook::Slot* MemorySeatBook::FindSlot(Region& region, std::string_view name) {
  const auto found = region.slots.find(name);
  const bool open = found != region.slots.end() && IsOpen(region, name, found->second);
  return open ? &found->second : nullptr;
}

MemorySeatBook::Seat* MemorySeatBook::FindHold(Slot& slot, const HoldKey& hold) const {
  const base::Instant now = clock_.Now();
  for (Seat& seat : slot.all) {
    const Kind kind = KindAt(seat.state, now);
    if (kind != Kind::kHeld && kind != Kind::kPrepared) continue;
    if (seat.token == hold.token && seat.holder == hold.holder) return &seat;
  }
  return nullptr;
}

Hold MemorySeatBook::ToHold(std::string_view name, const Slot& slot, const Seat& seat) {
  Hold hold;
  hold.slot = name;
  hold.seat = static_cast<int>(&seat - slot.all.data());
  hold.token = seat.token;
  hold.holder = seat.holder;
  hold.order = seat.order;
  hold.profession = seat.profession;
  hold.beyond_reason = seat.beyond_reason;
  hold.lifted = seat.lifted;
  hold.criteria = seat.criteria;
  hold.appointment = seat.state.appointment;
  hold.fence = seat.fence;
  hold.expire = seat.state.expire;
  hold.renew_limit = seat.renew_limit;
  hold.after = {std::string(name), slot.settled.first, slot.settled.second, 0};
  return hold;
}

absl::StatusOr<const MemorySeatBook::Seat*> MemorySeatBook::RepeatedLocked(
    const Region& region, const HoldRequest& request) const {
  const base::Instant now = clock_.Now();
  const Seat* found = nullptr;
  for (const auto& [name, slot] : region.slots) {
    const bool here = name == request.slot;
    if (!here && (request.fingerprint.empty() || !IsOpen(region, name, slot))) continue;
    for (const Seat& seat : slot.all) {
      if (!Living(seat.state) || seat.state.expire <= now || seat.holder != request.holder ||
          seat.request_id != request.request_id) {
        continue;
      }
      const bool same = seat.fingerprint.empty() || seat.fingerprint == request.fingerprint;
      if (!here || !same) return RequestReused(request.request_id);
      found = &seat;
    }
  }
  return found;
}

absl::StatusOr<MemorySeatBook::Seat*> MemorySeatBook::ChooseLocked(
    Slot& slot, const HoldRequest& request) const {
  const base::Instant now = clock_.Now();
  const auto [free, first] = Summary(slot, now);
  if (request.beyond_max == 0 && free == 0) {
    return NoFreeSeat(request.slot, first.time_since_epoch().count());
  }
  if (request.beyond_max > 0 && free > 0) return SeatsAreFree(request.slot);
  const int begin = request.beyond_max > 0 ? slot.seats : 0;
  const int end = request.beyond_max > 0 ? slot.seats + request.beyond_max : slot.seats;
  for (int i = begin; i < end; ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (index >= slot.all.size()) slot.all.resize(index + 1);
    if (KindAt(slot.all[index].state, now) == Kind::kFree) return &slot.all[index];
  }
  return SupernumeraryExhausted(request.slot, request.beyond_max);
}

absl::Status MemorySeatBook::UpLocked() const {
  if (!down_) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE", "told to be down");
}

absl::StatusOr<MemorySeatBook::Region*> MemorySeatBook::OpenLocked(
    std::unique_lock<std::mutex>& lock, std::string_view region) {
  SAS_RETURN_IF_ERROR(UpLocked());
  Region& known = regions_[std::string(region)];
  if (known.state.epoch != 0 && known.state.epoch == expected_[std::string(region)]) return &known;
  const auto wake = wake_;
  lock.unlock();
  if (wake) wake(std::string(region));
  return Rebuilding(region);
}

absl::StatusOr<Hold> MemorySeatBook::TakeHold(const base::Call& /*call*/,
                                              const HoldRequest& request) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, request.region));
  const base::Instant now = clock_.Now();
  Slot* slot = FindSlot(*region, request.slot);
  if (slot == nullptr || slot->start <= now) return NotOpen(request.slot);
  SAS_ASSIGN_OR_RETURN(const Seat* const repeated, RepeatedLocked(*region, request));
  if (repeated != nullptr) return ToHold(request.slot, *slot, *repeated);
  SAS_RETURN_IF_ERROR(request.refusal);
  SAS_ASSIGN_OR_RETURN(Seat* const chosen, ChooseLocked(*slot, request));
  SAS_RETURN_IF_ERROR(CheckHoldsLocked(*region, request));
  chosen->state = {Kind::kHeld, std::min(now + request.duration, now + kHoldTotalMax), {}};
  chosen->token = request.token;
  chosen->holder = request.holder;
  chosen->order = request.order;
  chosen->profession = request.profession;
  chosen->lifted = request.lifted;
  chosen->criteria = request.criteria;
  chosen->request_id = request.request_id;
  chosen->fingerprint = request.fingerprint;
  chosen->organization = request.organization;
  chosen->beyond_reason = request.beyond_reason;
  chosen->watch = request.watch;
  chosen->fence = ++region->state.fence;
  chosen->renew_limit = now + kHoldTotalMax;
  Publish(*region, request.slot, *slot, now);
  changed_.notify_all();
  return ToHold(request.slot, *slot, *chosen);
}

absl::StatusOr<Hold> MemorySeatBook::RenewHold(const base::Call& /*call*/, const HoldKey& hold,
                                               std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, hold.region));
  Slot* slot = FindSlot(*region, hold.slot);
  Seat* seat = slot == nullptr ? nullptr : FindHold(*slot, hold);
  if (seat == nullptr) return HoldLost(hold.slot);
  if (seat->state.kind == Kind::kHeld && duration.count() > 0) {
    seat->state.expire = std::min<base::Instant>(clock_.Now() + duration, seat->renew_limit);
  }
  Publish(*region, hold.slot, *slot, clock_.Now());
  changed_.notify_all();
  return ToHold(hold.slot, *slot, *seat);
}

absl::Status MemorySeatBook::ReleaseHold(const base::Call& /*call*/, const HoldKey& hold) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, hold.region));
  Slot* slot = FindSlot(*region, hold.slot);
  Seat* seat = slot == nullptr ? nullptr : FindHold(*slot, hold);
  if (seat != nullptr) seat->held_until = {};
  if (seat == nullptr || seat->state.kind != Kind::kHeld) return absl::OkStatus();
  seat->Vacate(seat->sequence);
  Publish(*region, hold.slot, *slot, clock_.Now());
  changed_.notify_all();
  return absl::OkStatus();
}

std::vector<absl::StatusOr<Hold>> MemorySeatBook::FindHolds(const base::Call& call,
                                                            const std::vector<HoldKey>& holds) {
  std::vector<absl::StatusOr<Hold>> found;
  found.reserve(holds.size());
  for (const HoldKey& hold : holds) found.push_back(RenewHold(call, hold, {}));
  return found;
}

std::vector<absl::StatusOr<Hold>> MemorySeatBook::PrepareAll(
    const base::Call& /*call*/, const std::vector<Preparation>& seats) {
  std::vector<absl::StatusOr<Hold>> prepared;
  prepared.reserve(seats.size());
  for (const Preparation& seat : seats) prepared.push_back(PrepareOne(seat));
  return prepared;
}

std::vector<absl::StatusOr<bool>> MemorySeatBook::CommitAll(const base::Call& /*call*/,
                                                            const std::vector<SeatFact>& facts) {
  std::vector<absl::StatusOr<bool>> effects;
  effects.reserve(facts.size());
  for (const SeatFact& fact : facts) effects.push_back(CommitOne(fact));
  return effects;
}

absl::StatusOr<Hold> MemorySeatBook::PrepareOne(const Preparation& wanted) {
  const HoldKey& hold = wanted.hold;
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, hold.region));
  Slot* slot = FindSlot(*region, hold.slot);
  Seat* seat = slot == nullptr ? nullptr : FindHold(*slot, hold);
  if (seat == nullptr) return HoldLost(hold.slot);
  if (seat->state.kind == Kind::kPrepared) {
    if (seat->state.appointment != wanted.appointment) return HoldLost(hold.slot);
    return ToHold(hold.slot, *slot, *seat);
  }
  seat->held_until = seat->state.expire;
  seat->state = {Kind::kPrepared, clock_.Now() + kPrepareMax, wanted.appointment};
  Publish(*region, hold.slot, *slot, clock_.Now());
  changed_.notify_all();
  return ToHold(hold.slot, *slot, *seat);
}

absl::StatusOr<bool> MemorySeatBook::CommitOne(const SeatFact& fact) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, base::RegionOf(fact.slot)));
  region->state.seat_sequence = std::max(region->state.seat_sequence, fact.sequence);
  Slot* slot = FindSlot(*region, fact.slot);
  if (slot == nullptr) return false;
  const auto index = static_cast<std::size_t>(fact.seat);
  if (index >= slot->all.size()) slot->all.resize(index + 1);
  Seat& seat = slot->all[index];
  if (fact.sequence < seat.sequence) return false;
  seat.sequence = fact.sequence;
  const bool owner = seat.state.appointment == fact.appointment && !seat.state.appointment.empty();
  if (fact.taken ? (seat.state.kind == Kind::kTaken && owner) : !owner) return false;
  const base::Instant now = clock_.Now();
  const bool hold_lives = KindAt(seat.state, now) == Kind::kPrepared && seat.held_until > now;
  if (!fact.taken && hold_lives) {  // Refused: it is its holder's again.
    seat.state = {Kind::kHeld, seat.held_until, ""};
  } else {
    seat.Vacate(fact.sequence);
  }
  if (fact.taken) seat.state = {Kind::kTaken, {}, fact.appointment};
  Publish(*region, fact.slot, *slot, clock_.Now());
  changed_.notify_all();
  return true;
}

absl::StatusOr<int> MemorySeatBook::Sweep(const base::Call& /*call*/, std::string_view region_id,
                                          int limit) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, region_id));
  const base::Instant now = clock_.Now();
  int freed = 0;
  for (auto& [name, slot] : region->slots) {
    for (Seat& seat : slot.all) {
      if (freed == limit) break;
      if (!Living(seat.state) || seat.state.expire > now) continue;
      seat.Vacate(seat.sequence);
      ++freed;
    }
    if (FindSlot(*region, name) != nullptr) Publish(*region, name, slot, now);
  }
  changed_.notify_all();
  return freed;
}

SeatsOfSlots MemorySeatBook::LookAll(const base::Call& /*call*/, std::string_view region_id,
                                     const std::vector<std::string>& slots) {
  std::unique_lock lock(mutex_);
  const auto region = OpenLocked(lock, region_id);
  if (!region.ok()) return SeatsOfSlots(slots.size(), region.status());
  SeatsOfSlots all;
  for (const std::string& name : slots) {
    const Slot* slot = FindSlot(**region, name);
    if (slot == nullptr) {
      all.emplace_back(NotOpen(name));
      continue;
    }
    std::vector<SeatState>& seats = *all.emplace_back(std::vector<SeatState>());
    for (const Seat& seat : slot->all) {
      const bool free = KindAt(seat.state, clock_.Now()) == Kind::kFree;
      seats.push_back(free ? SeatState() : seat.state);
    }
  }
  return all;
}

absl::StatusOr<std::vector<SeatChange>> MemorySeatBook::Count(
    const base::Call& /*call*/, std::string_view region_id, const std::vector<std::string>& slots) {
  std::unique_lock lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, OpenLocked(lock, region_id));
  std::vector<SeatChange> counts;
  for (const std::string& name : slots) {
    const Slot* slot = FindSlot(*region, name);
    const auto [free, first] =
        slot == nullptr ? std::pair(-1, base::Instant()) : Summary(*slot, clock_.Now());
    counts.push_back({name, free, first, 0});
  }
  return counts;
}

}  // namespace sas::slots
