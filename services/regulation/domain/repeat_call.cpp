#include "services/regulation/domain/repeat_call.h"

#include <algorithm>

namespace sas::regulation {

Resemblance Resembles(const RepeatCall& call, const RepeatFacts& facts) {
  Resemblance found;
  if (!facts.open && facts.ended + kEndedRecently <= call.now) return found;
  if (call.point && facts.point) found.distance_meters = DistanceMeters(*call.point, *facts.point);
  const bool lately = facts.last_call + kNearTime >= call.now;
  const bool same_number =
      !call.number.empty() &&
      std::find(facts.numbers.begin(), facts.numbers.end(), call.number) != facts.numbers.end();
  if (same_number) found.matches.push_back(RepeatMatch::kSameNumber);
  if (lately && found.distance_meters && *found.distance_meters <= kNearMeters) {
    found.matches.push_back(RepeatMatch::kNear);
  }
  if (lately && !call.insee_code.empty() && call.insee_code == facts.insee_code) {
    found.matches.push_back(RepeatMatch::kSameCommune);
  }
  const bool same_motif = !call.motif_code.empty() && call.motif_code == facts.motif_code;
  if (!found.matches.empty() && same_motif) found.matches.push_back(RepeatMatch::kSameMotif);
  return found;
}

bool IsBetter(const Resemblance& a, base::Instant a_called, const Resemblance& b,
              base::Instant b_called) {
  if (a.matches.front() != b.matches.front()) return a.matches.front() < b.matches.front();
  if (a.matches.size() != b.matches.size()) return a.matches.size() > b.matches.size();
  return a_called > b_called;
}

}  // namespace sas::regulation
