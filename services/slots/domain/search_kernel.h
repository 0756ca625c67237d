#pragma once

#include <cstddef>
#include <vector>

#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/search.h"

namespace sas::slots {

/// A slot that suits. Its reasons are made for what is shown (Explain).
struct Match {
  SlotRef slot;
  int distance_meters = 0;  ///< As the crow flies.
  Detour detour{};          ///< Around barriers; its label lives as long as the index.
  int score = 0;
  bool past_deadline = false;
  bool unverified = false;
  bool own_doctor = false;
  bool names_motif = false;
  bool speaks = false;          ///< A wished language.
  bool spares_the_way = false;  ///< At home or by video, for who has no vehicle.
  bool above_soft_cap = false;
};

/// A site within reach that offers nothing.
struct Excluded {
  SiteRef site;
  int distance_meters = 0;
  Exclusion exclusion = Exclusion::kNone;
  base::Instant next_start{};  ///< Zero when there is none.
};

struct Found {
  std::vector<Match> matches;      ///< Best first, at most limit.
  std::size_t total = 0;           ///< Matches in all.
  std::vector<Excluded> excluded;  ///< Nearest first, at most excluded_limit.
  std::size_t excluded_total = 0;  ///< Of all, unless excluded_limit is 0.
  /// The same by reason: of those in `excluded` the reason told there, of the others the rule that
  /// refuses them, or kNone.
  ExclusionCounts excluded_counts{};
};

/// Every site within the radius is matched or excluded with its reason (hazard H-18). Order is
/// lexicographic, so that neither equity nor distance outranks clinical delay (H-19): timely before
/// past deadline; the treating doctor's own slots; delay class (≤ 2 h, ≤ 4 h, ≤ 8 h, ≤ 24 h,
/// later); verified before unverified; distance band (≤ 30, 50 km, farther); days above their soft
/// cap after all others (S2-26); what the patient needs and wishes (H-20, H-21), because fairness
/// between practices never goes before the patient; rank of the rotation (rotation.h); then the
/// rest of the score; then start, then slot name. Deterministic.
Found Search(const RegionIndex& index, const Query& query);

/// How many slots suit beside those of `known`, and when the first of them starts.
struct Outline {
  std::size_t count = 0;
  base::Instant first_start{};  ///< Zero when there is none.
};

Outline Count(const RegionIndex& index, const Query& query, const std::vector<Match>& known);

}  // namespace sas::slots
