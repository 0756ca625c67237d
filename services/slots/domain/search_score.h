#pragma once

#include <chrono>
#include <string_view>
#include <tuple>

#include "services/slots/domain/search.h"
#include "services/slots/domain/search_rank.h"

namespace sas::slots {

/// A match before its reasons are written down: small, so that thousands can be ordered.
struct Candidate {
  const IndexedSite* site = nullptr;
  const IndexedSlot* slot = nullptr;
  const EntryRule* rule = nullptr;
  int distance_meters = 0;
  bool unverified = false;
  bool past_deadline = false;
  bool own_doctor = false;
  bool above_soft_cap = false;
  int delay_class = 0;
  int distance_band = 0;
  int rotation_rank = 0;  ///< Of the site, as the search found it.
  int score = 0;

  /// Smaller is better.
  auto Key() const {
    return std::tuple(past_deadline, !own_doctor, delay_class, unverified, distance_band,
                      rotation_rank, -score, slot->slot.start, std::string_view(slot->slot.name));
  }
};

/// Has nobody vouched for the site within kVerifiedFor?
bool IsUnverified(const Snapshot& snapshot, const IndexedSite& site, base::Instant now);
/// Has the source of a slot that lives elsewhere been silent for kVerifiedFor?
bool IsUnverified(const IndexedSlot& slot, base::Instant now);

/// Fills classes and score of a candidate whose site, slot, distance, `unverified` and
/// `above_soft_cap` are set.
void Rank(Candidate& candidate, const Query& query);

/// The match with its terms.
Match Explain(const Candidate& candidate, const Query& query);

}  // namespace sas::slots
