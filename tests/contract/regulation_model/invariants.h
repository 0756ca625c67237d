#pragma once

#include <map>
#include <string>
#include <utility>

#include "tests/contract/regulation_model/room.h"

namespace sas::regulation::model {

/// What must hold of the real room whatever the reference says (invariants I3 and I4, hazards H-09
/// to H-11): looks only at what the room shows, act after act.
class Invariants {
 public:
  /// After `act` got `answer` and the room shows `after`; `dossiers` were opened so far and `now`
  /// is the time since the beginning in seconds. What is broken, or empty.
  std::string Check(const Act& act, const Answer& answer, const Seen& after, int dossiers,
                    std::int64_t now);

 private:
  std::string CheckPlaces(const Seen& after, int dossiers) const;
  std::string CheckOwners(const Seen& after);
  std::string CheckOrder(const Act& act, const Answer& answer, const Seen& after) const;
  std::string CheckHeard(const Answer& answer, const Seen& after, std::int64_t now);

  std::map<std::pair<int, std::int64_t>, int> owners_;  ///< (dossier, claim version): who.
  std::map<int, std::pair<int, std::int64_t>> since_;   ///< Dossier: its level, since when so.
  Seen before_;
};

}  // namespace sas::regulation::model
