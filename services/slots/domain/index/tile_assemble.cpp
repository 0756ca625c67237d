#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {
namespace {

template <typename T>
void AppendRange(std::vector<T>& to, const std::vector<T>& from, std::size_t first,
                 std::size_t last) {
  to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(first),
            from.begin() + static_cast<std::ptrdiff_t>(last));
}

std::uint32_t Size(std::size_t size) {
  return static_cast<std::uint32_t>(size);
}

void Reserve(Tile& tile, const std::vector<TilePart>& parts) {
  std::size_t series = 0;
  std::size_t runs = 0;
  std::size_t rows = 0;
  for (const TilePart& part : parts) {
    const SiteCold& from = part.tile->cold[part.site];
    const SiteCold& end = part.tile->cold[part.site + 1];
    series += end.first_series - from.first_series;
    runs += end.first_run - from.first_run;
    rows += end.first_row - from.first_row;
  }
  tile.hot.reserve(parts.size());
  tile.cold.reserve(parts.size() + 1);
  tile.series.reserve(series);
  tile.runs.reserve(runs);
  tile.details.reserve(runs);
  tile.site_runs.reserve(runs);
  tile.free_seats.reserve(rows);
  tile.hold_expire.reserve(rows);
}

void AddPart(Tile& tile, const TilePart& part) {
  const Tile& from = *part.tile;
  const SiteCold& begin = from.cold[part.site];
  const SiteCold& end = from.cold[part.site + 1];
  const auto site = static_cast<std::uint16_t>(tile.hot.size());
  SiteCold cold = begin;
  cold.first_row = Size(tile.free_seats.size());
  cold.first_series = Size(tile.series.size());
  cold.first_run = Size(tile.runs.size());
  tile.hot.push_back(from.hot[part.site]);
  AppendRange(tile.series, from.series, begin.first_series, end.first_series);
  for (std::size_t i = cold.first_series; i < tile.series.size(); ++i) tile.series[i].site = site;
  for (std::size_t i = begin.first_run; i < end.first_run; ++i) {
    Run run = from.runs[from.site_runs[i]];
    RunDetail detail = from.details[from.site_runs[i]];
    run.site = site;
    run.series = run.series - begin.first_series + cold.first_series;
    detail.first_row = detail.first_row - begin.first_row + cold.first_row;
    tile.runs.push_back(run);
    tile.details.push_back(detail);
  }
  AppendRange(tile.free_seats, from.free_seats, begin.first_row, end.first_row);
  AppendRange(tile.hold_expire, from.hold_expire, begin.first_row, end.first_row);
  tile.cold.push_back(std::move(cold));
}

void AddEnd(Tile& tile) {
  SiteCold end;
  end.first_row = Size(tile.free_seats.size());
  end.first_series = Size(tile.series.size());
  end.first_run = Size(tile.runs.size());
  tile.cold.push_back(end);
}

// By UTC day, site, start; sorts runs and details and fills site_runs and day_runs.
void SortRuns(Tile& tile) {
  std::vector<std::uint32_t> order(tile.runs.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto key = [&tile](std::uint32_t i) {
    const Run& run = tile.runs[i];
    return std::tuple(run.start / kMinutesPerDay, run.site, run.start,
                      std::countr_zero(tile.details[i].members),
                      std::string_view(tile.series[run.series].text->agenda));
  };
  std::stable_sort(order.begin(), order.end(),
                   [&key](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  std::vector<Run> runs;
  std::vector<RunDetail> details;
  runs.reserve(order.size());
  details.reserve(order.size());
  for (const std::uint32_t i : order) {
    runs.push_back(tile.runs[i]);
    details.push_back(tile.details[i]);
  }
  tile.runs = std::move(runs);
  tile.details = std::move(details);

  tile.site_runs.resize(tile.runs.size());
  std::vector<std::uint32_t> next;
  next.reserve(tile.hot.size());
  for (std::size_t i = 0; i < tile.hot.size(); ++i) next.push_back(tile.cold[i].first_run);
  for (std::uint32_t i = 0; i < Size(tile.runs.size()); ++i) {
    tile.site_runs[next[tile.runs[i].site]++] = i;  // Days in order, then starts: by start.
  }
}

void FillDays(Tile& tile) {
  tile.day_runs.clear();
  if (tile.runs.empty()) {
    tile.day_runs.push_back(0);
    return;
  }
  tile.first_day = tile.runs.front().start / kMinutesPerDay;
  for (std::uint32_t i = 0; i < Size(tile.runs.size()); ++i) {
    const std::uint32_t day = tile.runs[i].start / kMinutesPerDay - tile.first_day;
    while (tile.day_runs.size() <= day) tile.day_runs.push_back(i);
  }
  tile.day_runs.push_back(Size(tile.runs.size()));
}

// Runs of the same site and local day. They lie within two UTC days, hence near one another.
template <typename Visit>
void ForDay(const Tile& tile, std::size_t run, Visit visit) {
  const SiteCold& begin = tile.cold[tile.runs[run].site];
  const SiteCold& end = tile.cold[tile.runs[run].site + 1];
  const Minute day = tile.details[run].DayBegin(tile.runs[run]);
  const auto* first = tile.site_runs.data() + begin.first_run;
  const auto* last = tile.site_runs.data() + end.first_run;
  const Minute from = day < kMinutesPerDay ? 0 : day - kMinutesPerDay;
  first = std::lower_bound(first, last, from, [&tile](std::uint32_t i, Minute minute) {
    return tile.runs[i].start < minute;
  });
  for (; first != last && tile.runs[*first].start < day + 2 * kMinutesPerDay; ++first) {
    if (tile.details[*first].DayBegin(tile.runs[*first]) == day) visit(*first);
  }
}

std::size_t CapOf(const Tile& tile, std::size_t run) {
  return std::min<std::size_t>(tile.series[tile.runs[run].series].hours_cap, kHoursCapsMax);
}

void StoreDay(Tile& tile, std::size_t run) {
  const SiteRules& rules = tile.cold[tile.runs[run].site].record->rules;
  const bool capped = rules.daily_appointment_max > 0 || !rules.hours_caps.empty();
  if (!capped && rules.daily_appointment_soft_max <= 0) return;
  std::array<int, kHoursCapsMax + 1> used_by_cap{};
  ForDay(tile, run,
         [&](std::size_t each) { used_by_cap.at(CapOf(tile, each)) += UsedInRun(tile, each); });
  const int used = std::accumulate(used_by_cap.begin(), used_by_cap.end(), 0);
  const auto hours_are_full = [&](std::size_t cap) {
    return cap != 0 && cap <= rules.hours_caps.size() &&
           used_by_cap.at(cap) >= rules.hours_caps[cap - 1].appointment_max;
  };
  const bool full = rules.daily_appointment_max > 0 && used >= rules.daily_appointment_max;
  const bool above =
      rules.daily_appointment_soft_max > 0 && used >= rules.daily_appointment_soft_max;
  ForDay(tile, run, [&](std::size_t each) {
    StoreFlag(tile, each, RunDetail::kAboveSoftCap, above);
    StoreFlag(tile, each, RunDetail::kDayFull, full || hours_are_full(CapOf(tile, each)));
  });
}

}  // namespace

std::uint32_t FreeBits(const Tile& tile, std::size_t run) {
  const RunDetail& detail = tile.details[run];
  std::uint32_t bits = 0;
  if (!tile.series[tile.runs[run].series].staffed) return 0;
  for (std::uint32_t rest = detail.members; rest != 0; rest &= rest - 1) {
    const int slot = std::countr_zero(rest);
    const bool free = tile.free_seats[detail.first_row + static_cast<unsigned>(slot)].Load() > 0;
    bits |= free ? 1U << slot : 0U;
  }
  return bits;
}

int UsedInRun(const Tile& tile, std::size_t run) {
  const RunDetail& detail = tile.details[run];
  const Series& series = tile.series[tile.runs[run].series];
  int used = 0;
  for (std::uint32_t rest = detail.members; rest != 0; rest &= rest - 1) {
    const auto row = detail.first_row + static_cast<unsigned>(std::countr_zero(rest));
    used += series.seats - tile.free_seats[row].Load();
  }
  return used;
}

int UsedOnDay(const Tile& tile, std::size_t run) {
  int used = 0;
  ForDay(tile, run, [&](std::size_t each) { used += UsedInRun(tile, each); });
  return used;
}

int UsedInHours(const Tile& tile, std::size_t run) {
  int used = 0;
  ForDay(tile, run, [&](std::size_t each) {
    if (CapOf(tile, each) == CapOf(tile, run)) used += UsedInRun(tile, each);
  });
  return used;
}

void StoreFlag(Tile& tile, std::size_t run, std::uint8_t flag, bool set) {
  RunDetail& detail = tile.details[run];
  const unsigned before = detail.flags.Load();
  const unsigned flags = set ? before | flag : before & ~static_cast<unsigned>(flag);
  detail.flags.Store(static_cast<std::uint8_t>(flags));
  const bool capped = (flags & (RunDetail::kDayFull | RunDetail::kCapped)) != 0;
  tile.runs[run].free.Store(capped ? 0 : FreeBits(tile, run));
}

int StoreSeats(Tile& tile, std::size_t run, int slot, int free_seats, base::Instant hold_expire) {
  const std::size_t row = tile.details[run].first_row + static_cast<unsigned>(slot);
  SiteCold& site = tile.cold[tile.runs[run].site];
  const int before = tile.free_seats[row].Load();
  const int free = std::clamp(free_seats, 0, 255);
  tile.hold_expire[row].Store(hold_expire.time_since_epoch().count());
  tile.free_seats[row].Store(static_cast<std::uint8_t>(free));
  if (free == before) return 0;
  // Seats in use also count for the site's share, so that the next search already turns to another.
  // What is not offered has no part in that.
  if (tile.series[tile.runs[run].series].staffed) {
    site.booked_recent.Store(site.booked_recent.Load() + before - free);
  }
  StoreFlag(tile, run, 0, false);
  StoreDay(tile, run);
  return before - free;
}

std::shared_ptr<Tile> AssembleTile(std::vector<TilePart> parts) {
  SAS_CHECK(parts.size() < kTileSitesMax, "more sites in one tile than a run can tell apart");
  std::sort(parts.begin(), parts.end(), [](const TilePart& a, const TilePart& b) {
    return SiteNameLess(a.tile->cold[a.site].record->rules.name,
                        b.tile->cold[b.site].record->rules.name);
  });
  auto tile = std::make_shared<Tile>();
  Reserve(*tile, parts);
  for (const TilePart& part : parts) AddPart(*tile, part);
  AddEnd(*tile);
  SortRuns(*tile);
  FillDays(*tile);
  for (std::size_t run = 0; run < tile->runs.size(); ++run) {
    StoreFlag(*tile, run, 0, false);
    StoreDay(*tile, run);
  }
  return tile;
}

}  // namespace sas::slots
