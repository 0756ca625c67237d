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
  for (const OpenSlot& opened : slots) {
    if (FindSlot(region, opened.slot) == nullptr) region.slots[opened.slot] = {};
    Slot& slot = region.slots[opened.slot];
    slot.epoch = load.epoch;
    slot.seats = opened.seats;
    slot.start = opened.start;
    std::size_t top = std::max(slot.all.size(), static_cast<std::size_t>(opened.seats));
    for (const SeatFact& fact : opened.taken) {
      top = std::max(top, static_cast<std::size_t>(fact.seat) + 1);
    }
    slot.all.resize(top);
    for (std::size_t i = 0; i < top; ++i) {
      Seat& seat = slot.all[i];
      if (seat.sequence > load.seat_sequence) continue;  // Heard after the ledger was read.
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
  return absl::OkStatus();
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
  region.changes.push_back({"", 0, {}, load.epoch});
  changed_.notify_all();
  return absl::OkStatus();
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
  from = std::max(from, region.changes_base);
  for (; from < end() && static_cast<int>(batch.changes.size()) < kChangesMax; ++from) {
    batch.changes.push_back(region.changes[static_cast<std::size_t>(from - region.changes_base)]);
  }
  batch.position = std::to_string(from);
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
