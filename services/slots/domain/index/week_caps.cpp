#include "services/slots/domain/index/week_caps.h"

#include <algorithm>

#include "services/slots/domain/index/tile_build.h"

namespace sas::slots {
namespace {

int WeekOfRun(const Tile& tile, std::size_t run) {
  return WeekOfDay(tile.details[run].DayBegin(tile.runs[run]));
}

const SeriesText& TextOf(const Tile& tile, std::size_t run) {
  return *tile.series[tile.runs[run].series].text;
}

}  // namespace

void WeekCaps::Add(const SiteRef& site) {
  const std::lock_guard lock(mutex_);
  CountSite(site, 1);
}

void WeekCaps::Remove(const SiteRef& site) {
  const std::lock_guard lock(mutex_);
  CountSite(site, -1);
}

void WeekCaps::CountSite(const SiteRef& site, int sign) {
  const Tile& tile = site.tile();
  for (const WeekUse& each : site.record().earlier_this_week) {
    Count(each.practitioner, each.week, sign * each.used);
  }
  const std::uint32_t last = tile.cold[site.index() + 1].first_run;
  for (std::uint32_t i = tile.cold[site.index()].first_run; i < last; ++i) {
    const std::uint32_t run = tile.site_runs[i];
    const SeriesText& text = TextOf(tile, run);
    Count(text.practitioner, WeekOfRun(tile, run), sign * UsedInRun(tile, run));
    if (text.rules == nullptr) continue;
    Doctor& doctor = doctors_[text.practitioner];
    doctor.caps.insert(text.rules->weekly_appointment_max);
    if (sign > 0) doctor.sites.insert(site.name());
    if (sign < 0) doctor.sites.erase(site.name());
  }
}

void WeekCaps::Count(std::string_view practitioner, int week, int more) {
  if (more == 0 || practitioner.empty()) return;
  auto found = doctors_.find(practitioner);
  if (found == doctors_.end()) found = doctors_.emplace(practitioner, Doctor()).first;
  int& used = found->second.used[week];
  used += more;
  if (used == 0) found->second.used.erase(week);
}

bool WeekCaps::Use(const SlotRef& slot, int more) {
  const std::lock_guard lock(mutex_);
  const int week = slot.week();
  const int before = UsedLocked(slot.practitioner(), week);
  Count(slot.practitioner(), week, more);
  const auto doctor = doctors_.find(slot.practitioner());
  if (doctor == doctors_.end()) return false;
  return std::any_of(doctor->second.caps.begin(), doctor->second.caps.end(),
                     [&](int cap) { return (before >= cap) != (before + more >= cap); });
}

int WeekCaps::Used(std::string_view practitioner, int week) const {
  const std::lock_guard lock(mutex_);
  return UsedLocked(practitioner, week);
}

int WeekCaps::UsedLocked(std::string_view practitioner, int week) const {
  const auto found = doctors_.find(practitioner);
  if (found == doctors_.end()) return 0;
  const auto used = found->second.used.find(week);
  return used == found->second.used.end() ? 0 : used->second;
}

std::set<std::string> WeekCaps::Sites(std::string_view practitioner) const {
  const std::lock_guard lock(mutex_);
  const auto found = doctors_.find(practitioner);
  return found == doctors_.end() ? std::set<std::string>() : found->second.sites;
}

bool WeekCaps::IsCapped(const Tile& tile, std::size_t run) const {
  const SeriesText& text = TextOf(tile, run);
  return text.rules != nullptr &&
         Used(text.practitioner, WeekOfRun(tile, run)) >= text.rules->weekly_appointment_max;
}

}  // namespace sas::slots
