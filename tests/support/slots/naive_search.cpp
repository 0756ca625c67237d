#include "tests/support/slots/naive_search.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "common/base/status.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/index/unit_vector.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/domain/search_points.h"
#include "services/slots/domain/search_score.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots::naive {
namespace {

/// A match before its place is known.
struct Candidate {
  const IndexedSite* site = nullptr;
  const IndexedSlot* slot = nullptr;
  const EntryRule* rule = nullptr;
  int distance_meters = 0;
  int detour_meters = 0;
  bool unverified = false;
  bool past_deadline = false;
  bool own_doctor = false;
  bool above_soft_cap = false;
  int delay_class = 0;
  int distance_band = 0;
  int patient_points = 0;  ///< Of what he needs and wishes; a part of the score.
  int score = 0;

  /// Smaller is better.
  auto Key() const {
    return std::tuple(past_deadline, !own_doctor, delay_class, unverified, distance_band,
                      above_soft_cap, -patient_points, site->rotation_rank, -score,
                      slot->slot.start, std::string_view(slot->slot.name));
  }
};

bool IsUnverified(const Snapshot& snapshot, const IndexedSite& site, base::Instant now) {
  const bool own_source = site.verified != base::Instant{};
  const base::Instant vouched =
      own_source ? std::min(site.verified, snapshot.fresh) : snapshot.fresh;
  return now - vouched > kVerifiedFor;
}

bool IsUnverified(const IndexedSlot& slot, base::Instant now) {
  const auto& source = slot.slot.source;
  return source != nullptr && now - source->vouched() > kVerifiedFor;
}

bool NamesMotif(const IndexedSite& site, const Need& need) {
  const auto& motifs = site.rules.accepted_motifs;
  return std::any_of(motifs.begin(), motifs.end(),
                     [&](const MotifRule& rule) { return rule.motif_code == need.motif_code; });
}

bool Speaks(const IndexedSlot& slot, const Need& need) {
  if (slot.practitioner == nullptr) return false;
  const auto& spoken = slot.practitioner->language_codes;
  return std::any_of(need.languages.begin(), need.languages.end(), [&](const std::string& each) {
    return std::find(spoken.begin(), spoken.end(), each) != spoken.end();
  });
}

// The table beside ScoreTerm.
void Rank(Candidate& candidate, const Query& query) {
  const IndexedSlot& slot = *candidate.slot;
  const std::string& doctor = query.need.treating_doctor_rpps;
  const auto delay = slot.slot.start - query.now;
  const auto waited = static_cast<int>(std::max<std::chrono::minutes::rep>(
      0, std::chrono::duration_cast<std::chrono::minutes>(delay).count()));
  candidate.past_deadline = slot.slot.start > query.due;
  candidate.own_doctor = !doctor.empty() && slot.practitioner_rpps == doctor;
  candidate.delay_class = DelayClass(delay);
  const int way = candidate.distance_meters + candidate.detour_meters;
  candidate.distance_band = DistanceBand(way);
  int patient = 0;
  if (query.need.wheelchair && !candidate.site->rules.wheelchair) patient -= 40;
  const auto& pregnancy = candidate.site->rules.pregnancy;
  const bool pregnant = query.need.pregnancy == Answer::kYes;
  const bool perhaps = query.need.pregnancy == Answer::kUnknown;
  if ((pregnant && !pregnancy) || (perhaps && !pregnancy.value_or(false))) patient -= 40;
  const auto& modes = slot.slot.modes;
  const auto offers = [&modes](Mode mode) {
    return std::find(modes.begin(), modes.end(), mode) != modes.end();
  };
  if (query.need.without_vehicle && (offers(Mode::kHh) || offers(Mode::kVr))) patient += 60;
  if (Speaks(slot, query.need)) patient += 15;
  candidate.patient_points = patient;
  candidate.score = patient + std::max(0, 96 - waited / 15) + std::max(0, 50 - way / 1000);
  if (NamesMotif(*candidate.site, query.need)) candidate.score += 10;
  if (candidate.own_doctor) candidate.score += 200;
  if (candidate.above_soft_cap) candidate.score -= 200;
  if (candidate.unverified) candidate.score -= 100;
}

Match MatchOf(const Candidate& candidate) {
  Match match;
  match.site = candidate.site;
  match.slot = candidate.slot;
  match.rule = candidate.rule;
  match.distance_meters = candidate.distance_meters;
  match.detour_meters = candidate.detour_meters;
  match.past_deadline = candidate.past_deadline;
  match.unverified = candidate.unverified;
  match.score = candidate.score;
  return match;
}

/// Day of an instant in UTC: near enough to say why a site without slots has none.
care::Date UtcDate(base::Instant instant) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(instant));
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

bool Intersect(const std::vector<Mode>& offered, const std::vector<Mode>& wanted) {
  if (wanted.empty()) return std::find(offered.begin(), offered.end(), Mode::kAmb) != offered.end();
  return std::any_of(wanted.begin(), wanted.end(), [&](Mode mode) {
    return std::find(offered.begin(), offered.end(), mode) != offered.end();
  });
}

/// Of a slot whose name is well-formed.
std::string AgendaOf(const PlannedSlot& slot) {
  return ParseSlotName(slot.name, "slot")->agenda;
}

/// One site judged against one query.
class SiteSearch {
 public:
  SiteSearch(const Snapshot& snapshot, const IndexedSite& site, const Query& query,
             base::Instant earliest)
      : snapshot_(snapshot),
        site_(site),
        query_(query),
        earliest_(earliest),
        present_(std::max(query.now, query.present)) {
    const SiteRules& rules = site.rules;
    if (rules.daily_appointment_max > 0 || rules.daily_appointment_soft_max > 0 ||
        !rules.hours_caps.empty()) {
      CountDays();
    }
  }

  /// What keeps the slot from this caller; kNone when nothing does.
  Exclusion JudgeSlot(const IndexedSlot& indexed) const {
    const PlannedSlot& slot = indexed.slot;
    if (slot.withdrawn || IsGivenBack(slot, present_)) return Exclusion::kNoSessionInWindow;
    if (!slot.staffed) return Exclusion::kUnstaffed;
    if (!Intersect(slot.modes, query_.need.modes)) return Exclusion::kModeNotOffered;
    const int minutes = static_cast<int>(
        std::chrono::duration_cast<std::chrono::minutes>(slot.end - slot.start).count());
    const Exclusion series =
        JudgeSeries(site_.rules, indexed.practitioner.get(), minutes, query_.need);
    if (series != Exclusion::kNone) return series;
    const bool released = IsReleased(slot, present_);
    if (!ClassesAllow(slot.classes, query_.need.entry_point) ||
        !AllocationAllows(slot.allocation, query_.need.entry_point,
                          HasOrMayOrder(query_.need, Strictness::kSearch), released)) {
      return Exclusion::kNoSessionInWindow;
    }
    const auto& readers = site_.rules.readers;
    if (readers != nullptr && !MayRead(*readers, query_.need.asker, AgendaOf(slot))) {
      return Exclusion::kNoSessionInWindow;
    }
    if (NeedsMembership(slot.classes, query_.need.entry_point) &&
        !MayHaveAsMember(site_.rules, query_.need.asker)) {
      return Exclusion::kCptsMembersOnly;
    }
    if (slot.own_patients_only && !IsOwnPatient(site_.rules, query_.need)) {
      return Exclusion::kOwnPatientsOnly;
    }
    if (indexed.free_seats <= 0 || DayIsFull(slot)) return Exclusion::kFull;
    return snapshot_.IsCapped(indexed) ? Exclusion::kCapped : Exclusion::kNone;
  }

  /// Has the slot's day more appointments than the site would like (S2-26)?
  bool AboveSoftCap(const PlannedSlot& slot) const {
    const int soft = site_.rules.daily_appointment_soft_max;
    return soft > 0 && UsedOn(slot) >= soft;
  }

  /// Calls `take` for each slot of the window that suits; otherwise the reason nearest to suiting.
  template <typename Take>
  Exclusion Window(Take take) const {
    bool taken = false;
    Exclusion nearest = Exclusion::kNone;
    for (auto slot = Begin(); slot != site_.slots.end() && slot->slot.start < query_.end; ++slot) {
      const Exclusion found = JudgeSlot(*slot);
      if (found == Exclusion::kNone) {
        taken = true;
        take(*slot);
      } else if (Nearness(found) > Nearness(nearest)) {
        nearest = found;
      }
    }
    if (taken) return Exclusion::kNone;
    return nearest == Exclusion::kNone ? WhyEmpty() : nearest;
  }

  /// First start after the window that would suit.
  base::Instant NextStart() const {
    for (auto slot = Begin(); slot != site_.slots.end(); ++slot) {
      if (slot->slot.start >= query_.end && JudgeSlot(*slot) == Exclusion::kNone) {
        return slot->slot.start;
      }
    }
    return {};
  }

 private:
  std::vector<IndexedSlot>::const_iterator Begin() const {
    return std::lower_bound(
        site_.slots.begin(), site_.slots.end(), earliest_,
        [](const IndexedSlot& slot, base::Instant start) { return slot.slot.start < start; });
  }

  void CountDays() {
    for (const IndexedSlot& slot : site_.slots) {
      // Offered or not: who is booked in a withdrawn slot is expected that day.
      const int used = slot.slot.seats - slot.free_seats;
      used_[slot.slot.day_begin] += used;
      used_in_hours_[{slot.slot.day_begin, slot.slot.hours_cap}] += used;
    }
  }

  int UsedOn(const PlannedSlot& slot) const {
    const auto day = used_.find(slot.day_begin);
    return day == used_.end() ? 0 : day->second;
  }

  bool DayIsFull(const PlannedSlot& slot) const {
    const int cap = site_.rules.daily_appointment_max;
    return (cap > 0 && UsedOn(slot) >= cap) || HoursAreFull(slot);
  }

  bool HoursAreFull(const PlannedSlot& slot) const {
    if (slot.hours_cap == 0) return false;
    const auto place = static_cast<std::size_t>(slot.hours_cap - 1);
    const auto used = used_in_hours_.find({slot.day_begin, slot.hours_cap});
    return used != used_in_hours_.end() &&
           used->second >= site_.rules.hours_caps.at(place).appointment_max;
  }

  /// Of several reasons the one is told that was the last obstacle.
  static int Nearness(Exclusion exclusion) {
    switch (exclusion) {
      case Exclusion::kCapped:
        return 9;
      case Exclusion::kFull:
        return 8;
      case Exclusion::kOwnPatientsOnly:
        return 7;
      case Exclusion::kCptsMembersOnly:
        return 6;
      case Exclusion::kNoSessionInWindow:
        return 5;
      case Exclusion::kSlotTooShort:
        return 4;
      case Exclusion::kMotifNotForPractitioner:
        return 3;
      case Exclusion::kModeNotOffered:
        return 2;
      case Exclusion::kUnstaffed:
        return 1;
      default:
        return 0;
    }
  }

  Exclusion WhyEmpty() const {
    if (site_.rules.opening_date > UtcDate(query_.end)) return Exclusion::kNotOpenYet;
    if (site_.rules.end_date && *site_.rules.end_date < UtcDate(earliest_)) {
      return Exclusion::kEnded;
    }
    return Exclusion::kNoSessionInWindow;
  }

  const Snapshot& snapshot_;
  const IndexedSite& site_;
  const Query& query_;
  const base::Instant earliest_;
  const base::Instant present_;
  std::map<base::Instant, int> used_;  ///< Seats of each day that are held or booked.
  std::map<std::pair<base::Instant, int>, int> used_in_hours_;  ///< The same by cap of hours.
};

/// Distance in metres when the site is within the radius.
std::optional<int> WithinRadius(const IndexedSite& site, const Query& query) {
  const int meters = MetersBetween(ToRoundedPlace(site.rules.point), ToUnitVector(query.centre));
  return meters > query.radius_meters ? std::nullopt : std::optional(meters);
}

/// Around all barriers of the region that hold when the window begins, be they near or not.
int DetourMeters(const Snapshot& snapshot, const IndexedSite& site, const Query& query) {
  if (snapshot.barriers == nullptr) return 0;
  std::vector<const Barrier*> all;
  for (const Barrier& each : *snapshot.barriers) {
    if (HoldsAt(each, std::max(query.start, query.now))) all.push_back(&each);
  }
  return DetourBetween(all, query.centre, site.rules.point).meters;
}

void SortExcluded(std::vector<Excluded>& excluded) {
  std::sort(excluded.begin(), excluded.end(), [](const Excluded& a, const Excluded& b) {
    if (a.distance_meters != b.distance_meters) return a.distance_meters < b.distance_meters;
    return SiteNameLess(a.site->rules.name, b.site->rules.name);
  });
}

}  // namespace

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
        if (used == 0) continue;
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

Found Search(const Snapshot& snapshot, const Query& query) {
  Found found;
  std::vector<Candidate> candidates;
  const base::Instant earliest = std::max({query.start, query.now, query.present});
  for (const auto& site : snapshot.sites) {
    const std::optional<int> distance = WithinRadius(*site, query);
    if (!distance) continue;
    Candidate candidate;
    candidate.site = site.get();
    candidate.distance_meters = *distance;
    candidate.detour_meters = DetourMeters(snapshot, *site, query);
    const bool unverified = IsUnverified(snapshot, *site, query.now);
    Exclusion exclusion = Judge(site->rules, query.need, Strictness::kSearch, &candidate.rule);
    base::Instant next{};
    if (exclusion == Exclusion::kNone) {
      const SiteSearch search(snapshot, *site, query, earliest);
      exclusion = search.Window([&](const IndexedSlot& slot) {
        candidate.slot = &slot;
        candidate.unverified = unverified || IsUnverified(slot, query.now);
        candidate.above_soft_cap = search.AboveSoftCap(slot.slot);
        Rank(candidate, query);
        candidates.push_back(candidate);
      });
      if (exclusion != Exclusion::kNone) next = search.NextStart();
    }
    if (exclusion != Exclusion::kNone) {
      found.excluded.push_back({site.get(), *distance, exclusion, next});
    }
  }
  const auto better = [](const Candidate& a, const Candidate& b) { return a.Key() < b.Key(); };
  const std::size_t last = std::min(query.limit, candidates.size());
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(last),
                    candidates.end(), better);
  for (std::size_t i = 0; i < last; ++i) found.matches.push_back(MatchOf(candidates[i]));
  found.total = candidates.size();
  SortExcluded(found.excluded);
  return found;
}

std::shared_ptr<RegionIndex> IndexOf(const Snapshot& snapshot) {
  std::vector<std::shared_ptr<const Tile>> tiles;
  for (const auto& site : snapshot.sites) tiles.push_back(MakeSiteTile(*site));
  const auto index = RegionIndex::Build(std::move(tiles));
  SAS_CHECK(index.ok(), "a snapshot of a test fits an index");
  (*index)->StoreFresh(snapshot.fresh);
  (*index)->SetBarriers(snapshot.barriers);
  return *index;
}

Found KernelSearch(const Snapshot& snapshot, const Query& query) {
  std::map<std::string, const IndexedSite*> sites;
  std::map<std::string, const IndexedSlot*> slots;
  for (const auto& site : snapshot.sites) {
    sites[site->rules.name] = site.get();
    for (const IndexedSlot& slot : site->slots) slots[slot.slot.name] = &slot;
  }
  const auto index = IndexOf(snapshot);
  Found told;
  const slots::Found found = slots::Search(*index, query);
  for (const slots::Match& match : found.matches) {
    const Explanation why = Explain(match, query);
    const IndexedSite* const site = sites.at(match.slot.site().name());
    Match& out = told.matches.emplace_back();
    out.site = site;
    out.slot = slots.at(match.slot.name());
    // The index has its own copy of the rules.
    if (why.rule != nullptr) {
      out.rule = &site->rules.entry_rules[static_cast<std::size_t>(
          why.rule - match.slot.rules().entry_rules.data())];
    }
    out.distance_meters = match.distance_meters;
    out.detour_meters = match.detour.meters;
    out.past_deadline = match.past_deadline;
    out.unverified = match.unverified;
    out.score = match.score;
    out.terms = why.terms;
    out.unknown_criteria = why.unknown_criteria;
  }
  told.total = found.total;
  for (const slots::Excluded& each : found.excluded) {
    told.excluded.push_back(
        {sites.at(each.site.name()), each.distance_meters, each.exclusion, each.next_start});
  }
  return told;
}

}  // namespace sas::slots::naive
