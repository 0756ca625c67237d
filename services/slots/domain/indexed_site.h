#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

struct SiteWire;  // services/slots/wire_fragments.h

/// A slot on its way into the index.
struct IndexedSlot {
  PlannedSlot slot;
  std::string practitioner_display_name;
  std::string practitioner_rpps;
  std::shared_ptr<const PractitionerRules> practitioner;  ///< Null: unknown, no rule of his own.
  int free_seats = 0;
  base::Instant hold_expire{};  ///< Zero when no hold lives.
};

/// Seats that one practitioner has given in one week.
struct WeekUse {
  std::string practitioner;
  int week = 0;
  int used = 0;
};

/// A site with its slots sorted by start, on its way into the index.
struct IndexedSite {
  SiteRules rules;
  std::string directions;
  std::string direct_line;
  int kind = 0;              ///< Structure.Kind
  base::Instant verified{};  ///< When its own source vouched; zero: the feed of the snapshot does.
  int booked_recent = 0;     ///< Appointments of the last 28 days, for the fair share.
  int capacity_recent = 0;
  int rotation_rank = 0;  ///< 0 is served first, at most 255.
  /// Appointments of this week's days before today, which `slots` do not have.
  std::vector<WeekUse> earlier_this_week;
  std::vector<IndexedSlot> slots;
  /// What answers say of it, serialised; the rules do not look into it.
  std::shared_ptr<const SiteWire> wire{};
};

/// Seats in use by practitioner and week, over all sites of a snapshot: a doctor of two sites has
/// one cap (S2-53). Counted when first asked for, then kept; any thread. An index that keeps counts
/// of its own needs `earlier_this_week` to start from, and each change of a slot's free seats.
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

class RegionIndex;

/// An immutable picture of one region; readers never lock.
struct Snapshot {
  base::Instant fresh{};  ///< When the feed was last heard.
  std::vector<std::shared_ptr<const IndexedSite>> sites;
  WeekLoad week_load{};
  /// The same, made for searching; seats are stored into it in place. Null: there is none.
  std::shared_ptr<RegionIndex> index{};

  /// Seats in use of a practitioner in the week of a slot.
  int WeekUsed(const IndexedSlot& slot) const;
  /// Has who receives his SAS appointments of that week?
  bool IsCapped(const IndexedSlot& slot) const;
};

}  // namespace sas::slots
