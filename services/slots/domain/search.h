#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/care/geo.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

/// A slot in the index.
struct IndexedSlot {
  PlannedSlot slot;
  std::string practitioner_display_name;
  std::string practitioner_rpps;
  int free_seats = 0;
  base::Instant hold_expire{};  ///< Zero when no hold lives.
};

/// A site with its slots sorted by start.
struct IndexedSite {
  SiteRules rules;
  std::string directions;
  std::string direct_line;
  int kind = 0;  ///< Structure.Kind
  base::Instant verified{};
  int booked_recent = 0;  ///< Appointments of the last 28 days, for the fair share.
  int capacity_recent = 0;
  std::vector<IndexedSlot> slots;
};

/// An immutable picture of one region; readers never lock.
struct Snapshot {
  base::Instant fresh{};  ///< When the feed was last heard.
  std::vector<std::shared_ptr<const IndexedSite>> sites;
};

struct Query {
  care::Point centre;
  int radius_meters = 30000;
  base::Instant start{};
  base::Instant end{};
  base::Instant due{};
  base::Instant now{};
  Need need;
};

struct ScoreTerm {
  const char* code;
  int points;
  std::string label;
};

struct Match {
  const IndexedSite* site = nullptr;
  const IndexedSlot* slot = nullptr;
  const EntryRule* rule = nullptr;
  int distance_meters = 0;
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
  std::vector<Match> matches;      ///< Best first.
  std::vector<Excluded> excluded;  ///< Nearest first.
};

/// Every site within the radius is matched or excluded with its reason (hazard H-18). Order is
/// lexicographic, so that neither equity nor distance outranks clinical delay (H-19): timely before
/// past deadline; the treating doctor's own slots; delay class (≤ 2 h, ≤ 4 h, ≤ 8 h, ≤ 24 h, later);
/// verified before unverified; distance band (≤ 5, 10, 20, 30, 50 km, farther); then score; then start,
/// then slot name. Pure and deterministic.
Found Search(const Snapshot& snapshot, const Query& query);

}  // namespace sas::slots
