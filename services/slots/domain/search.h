#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/care/geo.h"
#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/indexed_site.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

struct Query {
  care::Point centre;
  int radius_meters = 30000;
  base::Instant start{};
  base::Instant end{};
  base::Instant due{};
  base::Instant now{};
  Need need;
  std::size_t first = 0;         ///< Matches before it are counted and not made.
  std::size_t limit = SIZE_MAX;  ///< Matches made at most.
  std::size_t excluded_limit = SIZE_MAX;
  SlotRef after;  ///< Only matches that rank behind this slot are made, be it free or not.
};

/// One reason for a score. The table, by which a match can be explained to the practices:
///
/// | code            | points                                                                  |
/// |-----------------|-------------------------------------------------------------------------|
/// | DELAY           | 96, minus 1 for each quarter of an hour until the start, at least 0      |
/// | DISTANCE        | 50, minus 1 for each kilometre, at least 0                               |
/// | ROTATION        | 0: the place in the rotation counts before all points (S2-25, S2-27)      |
/// | MOTIF           | 10 when the site's protocol names the motif                              |
/// | TREATING_DOCTOR | 200, his own slots                                                       |
/// | LANGUAGE        | 15 when who receives speaks a language that was wished for               |
/// | SOFT_CAP        | -200 when the site's day is above its soft cap: after all others (S2-26) |
/// | UNVERIFIED      | -100, nobody has vouched for the slot for 30 s                           |
///
/// Points decide only between slots of one delay class and one distance band.
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
  std::vector<Match> matches;      ///< Best first; those of [first, first + limit).
  std::size_t total = 0;           ///< Matches in all.
  std::vector<Excluded> excluded;  ///< Nearest first.
};

/// Without a word of its source for so long a slot is "non vérifié".
inline constexpr std::chrono::seconds kVerifiedFor{30};

/// Every site within the radius is matched or excluded with its reason (hazard H-18). Order is
/// lexicographic, so that neither equity nor distance outranks clinical delay (H-19): timely before
/// past deadline; the treating doctor's own slots; delay class (≤ 2 h, ≤ 4 h, ≤ 8 h, ≤ 24 h,
/// later); verified before unverified; distance band (≤ 30, 50 km, farther); rank of the
/// rotation (rotation.h); then score; then start, then slot name. Pure and deterministic. Slots of
/// a site must be sorted by start.
Found Search(const Snapshot& snapshot, const Query& query);

}  // namespace sas::slots
