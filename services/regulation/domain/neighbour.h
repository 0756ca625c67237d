#pragma once

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {

inline constexpr int kHandoversMax = 20;  ///< Of one dossier.

/// How long an offer of this priority may stay unanswered (hazard H-12): 60 s for P0, P1 and what
/// nobody has sorted, 5 min for the others. [OUR ASSUMPTION], like PriorityRules.
std::chrono::seconds OfferPatience(Priority priority);

/// P0, P1 and what nobody has sorted: INVALID_ARGUMENT `REASON_REQUIRED` for a no without a reason.
absl::Status CheckDecline(Priority priority, bool reason_given);

/// Values equal NeighbourConvention.Hours.
enum class HelpHours { kUnspecified = 0, kAlways = 1, kPdsa = 2, kSas = 3 };

/// What two territories have agreed on, as the rules see it.
struct ConventionValue {
  std::string host;
  std::string helper;
  HelpHours hours = HelpHours::kUnspecified;
  base::Instant start{};
  base::Instant end{};  ///< Exclusive.
};

/// Does it apply at `now`, by the host's calendar?
bool InForce(const ConventionValue& convention, base::Instant now, const care::Zone& zone);

/// INVALID_ARGUMENT `CONVENTION_TERRITORIES` (with oneself), `CONVENTION_HOURS_REQUIRED`,
/// `CONVENTION_TIMES` (backwards, or longer than five years).
absl::Status CheckConvention(const ConventionValue& convention);

}  // namespace sas::regulation
