#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/indexed_site.h"
#include "services/slots/domain/search.h"

/// The rules of a search read one by one over plain sites and slots, without an index: what the
/// kernel (search_kernel.h) is held against.
namespace sas::slots::naive {

/// Seats in use by practitioner and week, over all sites of a snapshot: a doctor of two sites has
/// one cap (S2-53). Counted when first asked for, then kept; any thread.
class WeekLoad {
 public:
  WeekLoad() : state_(std::make_shared<State>()) {}

  // A copy is another snapshot's: it counts for itself.
  WeekLoad(const WeekLoad& /*other*/) : WeekLoad() {}

  WeekLoad& operator=(const WeekLoad& other);

  int Used(const std::vector<std::shared_ptr<const IndexedSite>>& sites,
           std::string_view practitioner, int week) const;

 private:
  struct State {
    std::once_flag once;
    std::map<std::pair<std::string_view, int>, int> used;
  };

  std::shared_ptr<State> state_;
};

/// A picture of one region.
struct Snapshot {
  base::Instant fresh{};  ///< When the feed was last heard.
  std::vector<std::shared_ptr<const IndexedSite>> sites;
  WeekLoad week_load{};
  std::shared_ptr<const Barriers> barriers{};  ///< Null: there are none.

  /// Seats in use of a practitioner in the week of a slot.
  int WeekUsed(const IndexedSlot& slot) const;
  /// Has who receives his SAS appointments of that week?
  bool IsCapped(const IndexedSlot& slot) const;
};

struct Match {
  const IndexedSite* site = nullptr;
  const IndexedSlot* slot = nullptr;
  const EntryRule* rule = nullptr;
  int distance_meters = 0;
  int detour_meters = 0;
  bool past_deadline = false;
  bool unverified = false;
  int score = 0;
  std::vector<ScoreTerm> terms;  ///< Their points add up to `score`.
  std::vector<std::string> unknown_criteria;
};

struct Excluded {
  const IndexedSite* site = nullptr;
  int distance_meters = 0;
  Exclusion exclusion = Exclusion::kNone;
  base::Instant next_start{};  ///< Zero when there is none.
};

struct Found {
  std::vector<Match> matches;      ///< Best first; those of [first, first + limit).
  std::size_t total = 0;           ///< Matches in all.
  std::vector<Excluded> excluded;  ///< Nearest first.
};

/// All sites of the snapshot, judged one by one. Slots of a site must be sorted by start.
Found Search(const Snapshot& snapshot, const Query& query);

/// An index of the same sites.
std::shared_ptr<RegionIndex> IndexOf(const Snapshot& snapshot);

/// The kernel's answer about the same sites, told in them.
Found KernelSearch(const Snapshot& snapshot, const Query& query);

}  // namespace sas::slots::naive
