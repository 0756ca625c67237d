#include "services/slots/domain/index/tile_build.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/judge_parts.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {
namespace {

constexpr std::int64_t kNoSource = std::numeric_limits<std::int64_t>::max();

template <typename T>
T Clamp(std::int64_t value) {
  return static_cast<T>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<T>::max()));
}

std::uint8_t BitOf(Mode mode) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(mode));
}

std::uint8_t BitOf(SlotClass slot_class) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(slot_class));
}

template <typename T>
std::uint8_t MaskOf(const std::vector<T>& values) {
  std::uint8_t mask = 0;
  for (const T value : values) mask = static_cast<std::uint8_t>(mask | BitOf(value));
  return mask;
}

// "{agenda}-{stamp}" of a slot's name.
std::string_view AgendaOf(const PlannedSlot& slot) {
  constexpr std::size_t kStamp = sizeof("-20260101t0000z") - 1;
  const std::string_view name = slot.name;
  const std::string_view id = name.substr(name.rfind('/') + 1);
  return id.size() > kStamp ? id.substr(0, id.size() - kStamp) : id;
}

using TextKey = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view,
                           std::string_view, const PractitionerRules*, const FeedReading*>;

TextKey KeyOf(const IndexedSlot& slot) {
  return {AgendaOf(slot.slot),    slot.slot.plan,
          slot.slot.practitioner, slot.practitioner_display_name,
          slot.practitioner_rpps, slot.practitioner.get(),
          slot.slot.source.get()};
}

auto KeyOf(const Series& series) {
  return std::tuple(series.text.get(), series.minutes, series.modes, series.classes,
                    series.allocation, series.origin, series.seats, series.supernumerary_max,
                    series.staffed, series.withdrawn, series.release_moves,
                    series.give_back_minutes, series.own_patients_only, series.hours_cap);
}

// When the slot opens to others; 0 where it waits for nothing.
Minute ReleaseOf(const PlannedSlot& slot) {
  switch (slot.allocation) {
    case Allocation::kSameDay:
      return CeilMinute(std::max(slot.release, slot.day_begin));
    case Allocation::kSecretariat:
      return CeilMinute(slot.release);
    default:
      return 0;
  }
}

// A slot of one site as the rows want it.
struct Placed {
  const IndexedSlot* slot = nullptr;
  Minute start = 0;
  Minute release = 0;
  std::uint16_t into_day = 0;
  std::uint32_t series = 0;
};

// Slots at equal steps that differ in nothing but their series, and these in nothing but the
// allocation.
struct Grid {
  Minute start = 0;
  Minute step = 1;
  std::vector<Placed> slots;

  bool Takes(const Placed& placed) const {
    if (slots.size() == kRunSlotsMax || placed.start / kMinutesPerDay != start / kMinutesPerDay) {
      return false;
    }
    const Minute gap = placed.start - slots.back().start;
    return slots.size() == 1 ? gap > 0 && gap <= kRunStepMax : gap == step;
  }

  void Take(const Placed& placed) {
    if (slots.empty()) start = placed.start;
    if (slots.size() == 1) step = placed.start - start;
    slots.push_back(placed);
  }
};

class SiteBuilder {
 public:
  SiteBuilder(const IndexedSite& site, std::shared_ptr<const SiteRecord> record)
      : site_(site), tile_(std::make_shared<Tile>()) {
    AddSite(std::move(record));
    for (const IndexedSlot& slot : site.slots) Place(slot);
    for (const Grid& grid : grids_) AddRuns(grid);
  }

  // The parts of AssembleTile need not be sorted: it sorts.
  std::shared_ptr<Tile> Take() {
    SiteCold end;
    end.first_row = static_cast<std::uint32_t>(tile_->free_seats.size());
    end.first_series = static_cast<std::uint32_t>(tile_->series.size());
    end.first_run = static_cast<std::uint32_t>(tile_->site_runs.size());
    tile_->cold.push_back(end);
    return AssembleTile({{tile_.get(), 0}});
  }

 private:
  void AddSite(std::shared_ptr<const SiteRecord> record) {
    if (record == nullptr) {
      auto own = std::make_shared<SiteRecord>();
      own->rules = site_.rules;
      own->earlier_this_week = site_.earlier_this_week;
      record = std::move(own);
    }
    SiteHot hot;
    hot.place = ToRoundedPlace(site_.rules.point);
    const bool own_source = site_.verified != base::Instant{};
    hot.vouched.Store(own_source ? site_.verified.time_since_epoch().count() : kNoSource);
    hot.rank.Store(Clamp<std::uint8_t>(site_.rotation_rank));
    const unsigned flags =
        (site_.rules.daily_appointment_soft_max > 0 ? SiteHot::kSoftCapped : 0U) |
        (site_.rules.own_patients_only ? SiteHot::kOwnPatients : 0U) |
        (RefusesWheelchair(site_.rules) ? SiteHot::kNoWheelchair : 0U) |
        (site_.rules.wheelchair.has_value() ? 0U : SiteHot::kAskWheelchair) |
        (RefusesPregnancy(site_.rules) ? SiteHot::kNoPregnancy : 0U) |
        (site_.rules.pregnancy.has_value() ? 0U : SiteHot::kAskPregnancy) |
        (site_.rules.readers == nullptr ? 0U : SiteHot::kReadByName);
    hot.flags = static_cast<std::uint8_t>(flags);
    tile_->hot.push_back(hot);
    SiteCold cold;
    cold.record = std::move(record);
    cold.booked_recent.Store(site_.booked_recent);
    tile_->cold.push_back(cold);
  }

  std::shared_ptr<const SeriesText> TextOf(const IndexedSlot& slot) {
    auto& text = texts_[KeyOf(slot)];
    if (text == nullptr) {
      text = std::make_shared<const SeriesText>(
          SeriesText{std::string(AgendaOf(slot.slot)), slot.slot.plan, slot.slot.practitioner,
                     slot.practitioner_display_name, slot.practitioner_rpps, slot.practitioner,
                     slot.slot.source});
    }
    return text;
  }

  Series SeriesOf(const IndexedSlot& indexed) {
    const PlannedSlot& slot = indexed.slot;
    Series series;
    series.text = TextOf(indexed);
    series.minutes = Clamp<std::uint16_t>(CeilMinute(slot.end) - FloorMinute(slot.start));
    series.modes = MaskOf(slot.modes);
    series.classes = MaskOf(slot.classes);
    series.allocation = slot.allocation;
    series.origin = slot.origin;
    series.seats = Clamp<std::uint8_t>(slot.seats);
    series.supernumerary_max = Clamp<std::uint8_t>(slot.supernumerary_max);
    series.own_patients_only = slot.own_patients_only;
    series.hours_cap = Clamp<std::uint8_t>(slot.hours_cap);
    series.staffed = slot.staffed;
    series.withdrawn = slot.withdrawn;
    series.release_moves =
        slot.allocation == Allocation::kSecretariat && slot.release != base::Instant{};
    if (slot.give_back != base::Instant{}) {
      const auto lead = std::chrono::floor<std::chrono::minutes>(slot.start - slot.give_back);
      series.give_back_minutes = Clamp<std::uint16_t>(lead.count());
    }
    return series;
  }

  void Place(const IndexedSlot& slot) {
    const Series series = SeriesOf(slot);
    Placed placed;
    placed.slot = &slot;
    placed.start = FloorMinute(slot.slot.start);
    placed.into_day = Clamp<std::uint16_t>(std::int64_t{placed.start} -
                                           std::int64_t{FloorMinute(slot.slot.day_begin)});
    placed.release = ReleaseOf(slot.slot);
    const auto [found, made] =
        series_.try_emplace(KeyOf(series), static_cast<std::uint32_t>(tile_->series.size()));
    placed.series = found->second;
    if (made) tile_->series.push_back(series);
    // What the slots of a run share beside their series. A release that moves does so with the
    // start, by the lead that all slots of the plan have.
    Series other = series;
    other.allocation = Allocation::kAnybody;
    other.release_moves = false;
    const auto key = std::pair(KeyOf(other), FloorMinute(slot.slot.day_begin));
    auto open = open_.find(key);
    if (open != open_.end() && placed.start <= grids_[open->second].slots.back().start) return;
    if (open == open_.end() || !grids_[open->second].Takes(placed)) {
      open = open_.insert_or_assign(key, grids_.size()).first;
      grids_.emplace_back();
    }
    grids_[open->second].Take(placed);
  }

  void AddRuns(const Grid& grid) {
    const auto first_row = static_cast<std::uint32_t>(tile_->free_seats.size());
    std::map<std::tuple<std::uint32_t, Minute>, std::size_t> runs;
    for (std::size_t i = 0; i < grid.slots.size(); ++i) {
      const Placed& placed = grid.slots[i];
      const auto ahead = static_cast<Minute>(i) * grid.step;
      const bool moves = tile_->series[placed.series].release_moves;
      const Minute release = moves ? placed.release - ahead : placed.release;
      const auto [run, made] =
          runs.try_emplace(std::tuple(placed.series, release), tile_->runs.size());
      if (made) AddRun(grid, placed, first_row, release);
      tile_->details[run->second].members |= 1U << i;
      tile_->free_seats.emplace_back(Clamp<std::uint8_t>(placed.slot->free_seats));
      tile_->hold_expire.emplace_back(placed.slot->hold_expire.time_since_epoch().count());
    }
  }

  void AddRun(const Grid& grid, const Placed& placed, std::uint32_t first_row, Minute release) {
    Run run;
    run.start = grid.start;
    run.series = placed.series;
    run.step = static_cast<std::uint8_t>(grid.step);
    run.count = static_cast<std::uint8_t>(grid.slots.size());
    RunDetail detail;
    detail.first_row = first_row;
    detail.release = release;
    detail.into_day = grid.slots.front().into_day;
    tile_->site_runs.push_back(static_cast<std::uint32_t>(tile_->runs.size()));
    tile_->runs.push_back(run);
    tile_->details.push_back(detail);
  }

  const IndexedSite& site_;
  std::shared_ptr<Tile> tile_;
  std::map<TextKey, std::shared_ptr<const SeriesText>> texts_;
  std::map<decltype(KeyOf(Series{})), std::uint32_t> series_;
  std::map<std::pair<decltype(KeyOf(Series{})), Minute>, std::size_t> open_;
  std::vector<Grid> grids_;
};

}  // namespace

bool SiteNameLess(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  const int order = a.substr(0, common).compare(b.substr(0, common));
  if (order != 0 || a.size() == b.size()) return order < 0;
  return a.size() < b.size() ? '/' < b[common] : a[common] < '/';
}

std::shared_ptr<Tile> MakeSiteTile(const IndexedSite& site,
                                   std::shared_ptr<const SiteRecord> record) {
  return SiteBuilder(site, std::move(record)).Take();
}

}  // namespace sas::slots
