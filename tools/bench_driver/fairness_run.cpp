#include "tools/bench_driver/fairness_run.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "services/slots/domain/capped_seats.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/domain/search_rank.h"

namespace sas::bench {
namespace {

using slots::SlotRef;

constexpr std::chrono::hours kWindow{48};
constexpr int kRadiusMeters = 30'000;
constexpr int kHorizonDays = 3;  ///< What a booking of this run can reach.
constexpr char kSeed[] = "banc";

slots::Query QueryOf(const FairRequest& request) {
  slots::Query query;
  query.centre = request.point;
  query.radius_meters = kRadiusMeters;
  query.now = query.start = request.at;
  query.end = query.due = request.at + kWindow;
  query.need = request.need;
  query.excluded_limit = 0;
  return query;
}

/// The order of a policy beside the search's own: smaller is better.
std::tuple<int, std::int64_t, std::int64_t, std::string> KeyOf(const slots::Match& match,
                                                               FairPolicy policy,
                                                               base::Instant now) {
  const auto meters = static_cast<std::int64_t>(match.distance_meters);
  const auto start = static_cast<std::int64_t>(match.slot.start_minute());
  const int delay_class =
      policy == FairPolicy::kNearestOfClass ? slots::DelayClass(match.slot.start() - now) : 0;
  if (policy == FairPolicy::kEarliest) return {0, start, meters, match.slot.name()};
  return {delay_class, meters, start, match.slot.name()};
}

const slots::Match& Choose(const std::vector<slots::Match>& matches, FairPolicy policy,
                           base::Instant now) {
  if (policy == FairPolicy::kRotation) return matches.front();
  return *std::min_element(matches.begin(), matches.end(), [&](const auto& a, const auto& b) {
    return KeyOf(a, policy, now) < KeyOf(b, policy, now);
  });
}

}  // namespace

FairRun::FairRun(const FairTerritory& territory, const care::Date& first, const care::Date& last,
                 FairPolicy policy)
    : territory_(territory),
      first_(first),
      last_(last),
      policy_(policy),
      zone_(*care::Zone::Load("Europe/Paris")),
      frame_{kSeed, first} {
  std::vector<std::shared_ptr<const slots::Tile>> tiles;
  for (std::size_t i = 0; i < territory.sites.size(); ++i) {
    const slots::IndexedSite& site = territory.sites[i];
    tiles.push_back(slots::MakeSiteTile(site));
    for (const slots::IndexedSlot& slot : site.slots) {
      slots_[slot.slot.name] = {i, &slot};
      left_[slot.slot.name] = slot.free_seats;
    }
    slots::SiteShare share;
    share.site = site.rules.name;
    share.territories = site.rules.territories;
    share.competes = TakesPart(site);
    shares_.push_back(std::move(share));
  }
  auto index = slots::RegionIndex::Build(std::move(tiles));
  if (!index.ok()) throw std::runtime_error(std::string(index.status().message()));
  index_ = *std::move(index);
  booked_.resize(territory.sites.size());
}

int FairRun::Offered(std::size_t site, const care::Date& first, const care::Date& last) const {
  const base::Instant from = zone_.At(first, {0});
  const base::Instant to = zone_.At(care::AddDays(last, 1), {0});
  slots::CappedSeats seats(territory_.sites[site].rules.daily_appointment_max);
  for (const slots::IndexedSlot& slot : territory_.sites[site].slots) {
    if (slot.slot.start < from || slot.slot.start >= to || !OpenToLines(slot)) continue;
    const int cap = slot.practitioner == nullptr ? 0 : slot.practitioner->weekly_appointment_max;
    seats.Add(slot.slot.practitioner, slot.slot.week, slot.slot.day_begin, slot.slot.seats, cap);
  }
  return seats.Sum();
}

void FairRun::NewDay(const care::Date& day) {
  frame_.day = day;
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    const care::Date from = care::AddDays(day, -slots::kRotationDays);
    shares_[i].offered_days = slots::kRotationDays + kHorizonDays;
    shares_[i].offered_seats = Offered(i, from, care::AddDays(day, kHorizonDays - 1));
    const base::Instant since = zone_.At(from, {0});
    shares_[i].booked =
        static_cast<int>(std::count_if(booked_[i].begin(), booked_[i].end(),
                                       [since](base::Instant start) { return start >= since; }));
    const care::Date opening = territory_.sites[i].rules.opening_date;
    shares_[i].days_open = care::DaysBetween(opening, day);
  }
  Turn();
}

void FairRun::Turn() {
  const std::vector<std::uint8_t> ranks = slots::RotationRanks(frame_, shares_);
  for (std::size_t i = 0; i < ranks.size(); ++i) index_->StoreRank(shares_[i].site, ranks[i]);
}

void FairRun::Take(const SlotRef& slot, FairOutcome& outcome) {
  const std::string name = slot.name();
  const Booked& taken = slots_.at(name);
  const slots::PlannedSlot& planned = taken.slot->slot;
  const slots::SiteRules& rules = territory_.sites[taken.site].rules;
  const int left = --left_.at(name);
  const int week = ++weeks_[{planned.practitioner, planned.week}];
  const int day = ++days_[{taken.site, planned.day_begin}];
  const auto& doctor = taken.slot->practitioner;
  if (left < 0) ++outcome.caps_broken;
  if (doctor != nullptr && week > doctor->weekly_appointment_max) ++outcome.caps_broken;
  if (rules.daily_appointment_max > 0 && day > rules.daily_appointment_max) ++outcome.caps_broken;
  booked_[taken.site].push_back(planned.start);
  ++shares_[taken.site].booked;
  index_->StoreSlot(name, std::max(left, 0), {});
  Turn();
}

void FairRun::Answer(const FairRequest& request, FairOutcome& outcome) {
  index_->StoreFresh(request.at);
  const slots::Found found = slots::Search(*index_, QueryOf(request));
  if (found.matches.empty()) {
    ++outcome.unserved;
    return;
  }
  const auto delay_class = [&request](const slots::Match& match) {
    return slots::DelayClass(match.slot.start() - request.at);
  };
  const slots::Match& chosen = Choose(found.matches, policy_, request.at);
  const bool left = std::any_of(found.matches.begin(), found.matches.end(), [&](const auto& match) {
    return delay_class(match) < delay_class(chosen);
  });
  if (left) ++outcome.delay_left;
  ++outcome.served;
  outcome.meters += chosen.distance_meters;
  outcome.wait_hours +=
      std::chrono::duration<double>(chosen.slot.start() - request.at).count() / 3600;
  Take(chosen.slot, outcome);
}

FairOutcome FairRun::Play(const std::vector<FairRequest>& requests) {
  FairOutcome outcome;
  care::Date day{};
  for (const FairRequest& request : requests) {
    const care::Date now = zone_.DateOf(request.at);
    if (now != day) NewDay(day = now);
    Answer(request, outcome);
  }
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    const int offered = Offered(i, first_, last_);
    if (!shares_[i].competes || offered == 0) continue;
    const auto booked = static_cast<std::int64_t>(booked_[i].size());
    outcome.loads.push_back(static_cast<int>(booked * 1'000'000 / offered));
  }
  return outcome;
}

}  // namespace sas::bench
