#include "services/slots/domain/indexed_site.h"

namespace sas::slots {

WeekLoad& WeekLoad::operator=(const WeekLoad& other) {
  if (this != &other) state_ = std::make_shared<State>();
  return *this;
}

int WeekLoad::Used(const std::vector<std::shared_ptr<const IndexedSite>>& sites,
                   std::string_view practitioner, int week) const {
  std::call_once(state_->once, [&] {
    for (const auto& site : sites) {
      for (const WeekUse& each : site->earlier_this_week) {
        state_->used[{each.practitioner, each.week}] += each.used;
      }
      for (const IndexedSlot& slot : site->slots) {
        const int used = slot.slot.seats - slot.free_seats;
        if (!slot.slot.staffed || used == 0) continue;
        state_->used[{slot.slot.practitioner, slot.slot.week}] += used;
      }
    }
  });
  const auto found = state_->used.find({practitioner, week});
  return found == state_->used.end() ? 0 : found->second;
}

int Snapshot::WeekUsed(const IndexedSlot& slot) const {
  return week_load.Used(sites, slot.slot.practitioner, slot.slot.week);
}

bool Snapshot::IsCapped(const IndexedSlot& slot) const {
  return slot.practitioner != nullptr &&
         WeekUsed(slot) >= slot.practitioner->weekly_appointment_max;
}

}  // namespace sas::slots
