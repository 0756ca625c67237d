#include "services/slots/domain/index/refs.h"

#include <algorithm>
#include <limits>

#include "services/slots/domain/slot_name.h"

namespace sas::slots {
namespace {

template <typename Value>
std::vector<Value> ValuesOf(std::uint8_t mask, int count) {
  std::vector<Value> values;
  for (int i = 1; i < count; ++i) {
    if (SlotRef::Has(mask, i)) values.push_back(static_cast<Value>(i));
  }
  return values;
}

base::Instant FromMicros(std::int64_t micros) {
  return base::Instant(std::chrono::microseconds(micros));
}

}  // namespace

std::string SlotRef::name() const {
  return SlotName(rules().name, agenda(), start());
}

base::Instant SlotRef::release() const {
  const Minute first = detail().release;
  if (first == 0) return {};
  const bool moves = series().release_moves;
  return ToInstant(moves ? first + (run().StartOf(slot_) - run().start) : first);
}

base::Instant SlotRef::give_back() const {
  const int lead = series().give_back_minutes;
  return lead == 0 ? base::Instant{} : start() - std::chrono::minutes(lead);
}

std::vector<Mode> SlotRef::modes() const {
  return ValuesOf<sas::slots::Mode>(series().modes, kModes);
}

std::vector<SlotClass> SlotRef::classes() const {
  return ValuesOf<SlotClass>(series().classes, kClasses);
}

base::Instant SlotRef::hold_expire() const {
  return FromMicros(tile_->hold_expire[row()].Load());
}

PlannedSlot SlotRef::Planned() const {
  PlannedSlot slot;
  slot.name = name();
  slot.plan = plan();
  slot.practitioner = practitioner();
  slot.start = start();
  slot.end = end();
  slot.day_begin = day_begin();
  slot.hours_cap = hours_cap();
  slot.week = week();
  slot.release = release();
  slot.give_back = give_back();
  slot.modes = modes();
  slot.classes = classes();
  slot.allocation = allocation();
  slot.origin = origin();
  slot.seats = seats();
  slot.supernumerary_max = supernumerary_max();
  slot.own_patients_only = own_patients_only();
  slot.staffed = staffed();
  slot.withdrawn = withdrawn();
  slot.source = source();
  return slot;
}

SiteRef SlotRef::site() const {
  return {*tile_, run().site};
}

bool SlotIdLess(const SlotRef& a, const SlotRef& b) {
  // Agendas may begin alike, and their names go on with the stamp.
  return a.agenda() != b.agenda() ? a.name() < b.name() : a.start_minute() < b.start_minute();
}

base::Instant SiteRef::verified() const {
  const std::int64_t micros = tile_->hot[site_].vouched.Load();
  return micros == std::numeric_limits<std::int64_t>::max() ? base::Instant{} : FromMicros(micros);
}

std::vector<SlotRef> SiteRef::Slots(base::Instant from, base::Instant to) const {
  std::vector<SlotRef> slots;
  ForEachSlot(CeilMinute(from), CeilMinute(to),
              [&](const SlotRef& slot) { slots.push_back(slot); });
  std::sort(slots.begin(), slots.end(), [](const SlotRef& a, const SlotRef& b) {
    return a.start_minute() != b.start_minute() ? a.start_minute() < b.start_minute()
                                                : SlotIdLess(a, b);
  });
  return slots;
}

SlotRef SiteRef::Find(std::string_view agenda, Minute start) const {
  SlotRef found;
  ForEachSlot(start, start + 1, [&](const SlotRef& slot) {
    if (slot.agenda() == agenda) found = slot;
  });
  return found;
}

const std::uint32_t* FirstRun(const Tile& tile, std::size_t site, Minute from) {
  // A run stays within its UTC day.
  const Minute day = from / kMinutesPerDay * kMinutesPerDay;
  return std::lower_bound(
      tile.site_runs.data() + tile.cold[site].first_run,
      tile.site_runs.data() + tile.cold[site + 1].first_run, day,
      [&tile](std::uint32_t run, Minute minute) { return tile.runs[run].start < minute; });
}

}  // namespace sas::slots
