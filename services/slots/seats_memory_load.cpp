#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/status.h"
#include "services/slots/seat_failures.h"
#include "services/slots/seats_memory.h"

namespace sas::slots {
namespace {

constexpr std::int64_t kFencesPerEpoch = std::int64_t{1} << 32;

}  // namespace

void MemorySeatBook::Expect(std::string_view region, std::int64_t epoch) {
  const std::lock_guard lock(mutex_);
  expected_[std::string(region)] = epoch;
}

void MemorySeatBook::OnStale(std::function<void(const std::string& region)> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

absl::StatusOr<BookState> MemorySeatBook::State(const base::Call& /*call*/,
                                                std::string_view region) {
  const std::lock_guard lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  return regions_[std::string(region)].state;
}

absl::Status MemorySeatBook::BeginLoad(const base::Call& /*call*/, const Load& load) {
  const std::lock_guard lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  Region& region = regions_[load.region];
  if (load.epoch <= std::max(region.state.epoch, region.state.loading)) {
    return LoadSuperseded(load.region);
  }
  region.state.loading = load.epoch;
  region.state.loading_since = clock_.Now();
  if (!load.keep_holds) {
    region.state.epoch = 0;
    region.state.seat_sequence = 0;
    region.slots.clear();
  }
  return absl::OkStatus();
}

absl::Status MemorySeatBook::OpenSlots(const base::Call& /*call*/, const Load& load,
                                       const std::vector<OpenSlot>& slots) {
  const std::lock_guard lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  Region& region = regions_[load.region];
  if (region.state.loading != load.epoch) return LoadSuperseded(load.region);
  for (const OpenSlot& opened : slots) Open(region, opened, load.epoch, 0, load.seat_sequence);
  region.state.loading_since = clock_.Now();
  return absl::OkStatus();
}

void MemorySeatBook::Open(Region& region, const OpenSlot& opened, std::int64_t epoch,
                          std::int64_t version, std::int64_t seat_sequence) {
  if (FindSlot(region, opened.slot) == nullptr) region.slots[opened.slot] = {};
  Slot& slot = region.slots[opened.slot];
  slot.epoch = epoch;
  slot.version = version;
  slot.seats = opened.seats;
  slot.start = opened.start;
  std::size_t top = std::max(slot.all.size(), static_cast<std::size_t>(opened.seats));
  for (const SeatFact& fact : opened.taken) {
    top = std::max(top, static_cast<std::size_t>(fact.seat) + 1);
  }
  slot.all.resize(top);
  for (std::size_t i = 0; i < top; ++i) {
    Seat& seat = slot.all[i];
    if (opened.patients_only) seat.held_until = {};  // A prepared one is the ledger's.
    const bool held = seat.state.kind == SeatState::Kind::kHeld;
    if (opened.patients_only && held) seat.Vacate(seat.sequence);
    if (seat.sequence > seat_sequence) continue;  // Heard after the ledger was read.
    const auto fact = std::find_if(
        opened.taken.begin(), opened.taken.end(),
        [i](const SeatFact& each) { return static_cast<std::size_t>(each.seat) == i; });
    if (fact != opened.taken.end()) {
      seat.Vacate(fact->sequence);
      seat.state = {SeatState::Kind::kTaken, {}, fact->appointment};
    } else if (seat.state.kind == SeatState::Kind::kTaken) {
      seat.Vacate(seat.sequence);
    }
  }
  slot.settled = Summary(slot, clock_.Now());
}

absl::Status MemorySeatBook::FinishLoad(const base::Call& /*call*/, const Load& load) {
  const std::lock_guard lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  Region& region = regions_[load.region];
  BookState& state = region.state;
  if (state.loading != load.epoch) return LoadSuperseded(load.region);
  state.epoch = load.epoch;
  state.loading = 0;
  state.loading_since = {};
  state.fence = std::max(state.fence, load.epoch * kFencesPerEpoch);
  state.seat_sequence = std::max(state.seat_sequence, load.seat_sequence);
  state.directory = load.directory;
  state.horizon = load.horizon;
  region.sites.clear();
  region.refreshing = 0;
  Tell(region, SeatChange{"", 0, {}, load.epoch, clock_.Now()});
  changed_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<MemorySeatBook::Region*> MemorySeatBook::RefreshableLocked(const Refresh& refresh) {
  SAS_RETURN_IF_ERROR(UpLocked());
  Region& region = regions_[refresh.region];
  const bool same = region.state.epoch != 0 && region.state.epoch == refresh.epoch;
  if (!same || region.state.loading != 0) return LoadSuperseded(refresh.region);
  return &region;
}

absl::StatusOr<bool> MemorySeatBook::BeginRefresh(const base::Call& /*call*/,
                                                  const Refresh& refresh, bool take_over) {
  const std::lock_guard lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, RefreshableLocked(refresh));
  if (region->state.DirectoryVersion() >= refresh.directory) return false;
  const base::Instant now = clock_.Now();
  const base::Instant since = region->refreshing_since;
  const bool living = region->refreshing != 0 && since <= now && now < since + kRefreshMax;
  if (living && (!take_over || region->refreshing > refresh.directory)) return false;
  region->refreshing = refresh.directory;
  region->refreshing_since = now;
  return true;
}

absl::Status MemorySeatBook::RefreshSite(const base::Call& /*call*/, const Refresh& refresh,
                                         std::string_view site,
                                         const std::vector<OpenSlot>& slots) {
  const std::lock_guard lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, RefreshableLocked(refresh));
  const auto known = region->sites.find(site);
  if (known != region->sites.end() && known->second > refresh.directory) return absl::OkStatus();
  for (const OpenSlot& opened : slots) {
    const Slot* slot = FindSlot(*region, opened.slot);
    if (slot != nullptr && slot->version > refresh.directory) continue;
    Open(*region, opened, refresh.epoch, refresh.directory, refresh.seat_sequence);
  }
  region->sites[std::string(site)] = refresh.directory;
  Tell(*region, SiteChange{std::string(site), refresh.directory});
  changed_.notify_all();
  return absl::OkStatus();
}

absl::Status MemorySeatBook::FinishRefresh(const base::Call& /*call*/, const Refresh& refresh) {
  const std::lock_guard lock(mutex_);
  SAS_ASSIGN_OR_RETURN(Region * region, RefreshableLocked(refresh));
  if (region->refreshing <= refresh.directory) region->refreshing = 0;
  if (region->state.DirectoryVersion() >= refresh.directory) return absl::OkStatus();
  region->state.directory = std::to_string(refresh.directory);
  Tell(*region, SiteChange{"", refresh.directory});
  changed_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<base::Instant> MemorySeatBook::Time(const base::Call& /*call*/) {
  const std::lock_guard lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  return clock_.Now();
}

absl::StatusOr<std::string> MemorySeatBook::ChangesHead(const base::Call& /*call*/,
                                                        std::string_view region_id) {
  const std::lock_guard lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  const Region& region = regions_[std::string(region_id)];
  return std::to_string(region.changes_base + static_cast<std::int64_t>(region.changes.size()));
}

absl::StatusOr<ChangeBatch> MemorySeatBook::Changes(const base::Call& call,
                                                    std::string_view region_id,
                                                    std::string_view position,
                                                    std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  SAS_RETURN_IF_ERROR(UpLocked());
  const Region& region = regions_[std::string(region_id)];
  std::int64_t from = 0;
  std::from_chars(position.data(), position.data() + position.size(), from);
  const auto end = [&region] {
    return region.changes_base + static_cast<std::int64_t>(region.changes.size());
  };
  changed_.wait_for(lock, wait, [&] { return end() > from || down_ || call.cancelled(); });
  SAS_RETURN_IF_ERROR(UpLocked());
  ChangeBatch batch;
  // As in Redis, where only who is far behind can have missed something.
  if (from < region.changes_base && end() >= region.changes_base + kChangesMax) {
    return ChangesTrimmed(region_id);
  }
  from = std::max(from, region.changes_base);
  const std::int64_t last = std::min(end(), from + kChangesMax);
  for (; from < last; ++from) {
    const Change& change = region.changes[static_cast<std::size_t>(from - region.changes_base)];
    if (const auto* seat = std::get_if<SeatChange>(&change)) batch.changes.push_back(*seat);
    if (const auto* site = std::get_if<SiteChange>(&change)) batch.sites.push_back(*site);
  }
  batch.position = std::to_string(from);
  if (batch.changes.empty() && batch.sites.empty()) batch.epoch = region.state.epoch;
  return batch;
}

void MemorySeatBook::FlushForTest() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, region] : regions_) {
    const std::int64_t end = region.changes_base + static_cast<std::int64_t>(region.changes.size());
    region = {};
    region.changes_base = end;  // Positions in Redis' stream grow with its clock.
  }
}

void MemorySeatBook::SetDownForTest(bool down) {
  const std::lock_guard lock(mutex_);
  down_ = down;
  changed_.notify_all();
}

}  // namespace sas::slots
