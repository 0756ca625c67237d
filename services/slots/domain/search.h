#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/clock.h"
#include "common/care/geo.h"
#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

struct Query {
  care::Point centre;
  int radius_meters = 30000;
  base::Instant start{};
  base::Instant end{};
  base::Instant due{};
  base::Instant now{};      ///< Ranks.
  base::Instant present{};  ///< When a later page is asked, which `now` of the first one ranks:
                            ///< what has begun or gone back to its practice since is left out.
  Need need;
  std::size_t limit = SIZE_MAX;  ///< Matches made at most.
  std::size_t excluded_limit = SIZE_MAX;
};

/// One reason for a score. The table, by which a match can be explained to the practices:
///
/// | code            | points                                                                  |
/// |-----------------|-------------------------------------------------------------------------|
/// | DELAY           | 96, minus 1 for each quarter of an hour until the start, at least 0      |
/// | DISTANCE        | 50, minus 1 for each kilometre, at least 0; a detour around a barrier is  |
/// |                 | a part of the distance, also of its band (H-20)                          |
/// | ROTATION        | 0: the place in the rotation is no point, it counts as told below (S2-25) |
/// | MOTIF           | 10 when the site's protocol names the motif                              |
/// | TREATING_DOCTOR | 200, his own slots                                                       |
/// | LANGUAGE        | 15 when who receives speaks a language that was wished for               |
/// | NO_WAY          | 60 for a slot at home or by video, when the patient has no vehicle (H-20) |
/// | SOFT_CAP        | -200 when the site's day is above its soft cap: after all others (S2-26) |
/// | TO_ASK          | -40 when it is not known whether the site receives a wheelchair, and -40  |
/// |                 | when it is not known of a pregnant patient, or of one who may be (H-21)   |
/// | UNVERIFIED      | -100, nobody has vouched for the slot for 30 s                           |
///
/// Points decide only between slots of one delay class and one distance band, and not as one sum:
/// SOFT_CAP first, then the sum of what the patient needs and wishes (NO_WAY, TO_ASK, LANGUAGE),
/// then the place in the rotation, then DELAY, DISTANCE and MOTIF. Fairness between practices
/// (S2-27) never goes before the patient.
struct ScoreTerm {
  const char* code;
  int points;
  std::string label;
};

/// Without a word of its source for so long a slot is "non vérifié".
inline constexpr std::chrono::seconds kVerifiedFor{30};

}  // namespace sas::slots
