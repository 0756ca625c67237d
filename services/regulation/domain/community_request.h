#pragma once

#include <chrono>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"

/// Place de marché: a community is asked whether somebody takes a patient for whom no slot was
/// found (domain.md §1.5).
namespace sas::regulation {

/// Values equal CommunityRequest.State.
enum class DemandState {
  kNone = 0,
  kAsked = 1,
  kAccepted = 2,
  kDeclined = 3,
  kWithdrawn = 4,
  kExpired = 5,
};

/// "ACCEPTED": of audit and figures.
std::string_view DemandCode(DemandState state);

/// An answer needs somebody to look at the telephone, and helps nobody much later. [OUR ASSUMPTION]
inline constexpr std::chrono::minutes kAnswerTimeMin{5};
inline constexpr std::chrono::hours kAnswerTimeMax{4};
inline constexpr int kPastDemandsMax = 20;  ///< Of an order; the oldest is forgotten.

/// A request as the rules see it.
struct Demand {
  DemandState state = DemandState::kNone;
  std::string_view community;
  base::Instant answer_due{};
};

/// Asked, and its time is over: as good as expired, also before somebody has noted it.
bool IsOver(const Demand& demand, base::Instant now);

/// FAILED_PRECONDITION `COMMUNITY_ASKED` while another is asked.
absl::Status CheckFreeToAsk(const Demand& demand, base::Instant now);

/// 5 min to 4 h from now and before `latest`, the latest start of care that is ordered or agreed.
/// INVALID_ARGUMENT `INVALID_ANSWER_DUE`.
absl::Status CheckAnswerDue(base::Instant answer_due, base::Instant latest, base::Instant now);

/// Effecteurs, secretariats and professionals answer for the structure of their credentials.
/// PERMISSION_DENIED `NOT_OWN_COMMUNITY`.
absl::Status CheckOwnCommunity(const base::Actor& actor, std::string_view community);

/// ABORTED `COMMUNITY_ANSWERED` when somebody was first, or its time is over.
absl::Status CheckUnanswered(const Demand& demand, base::Instant now);

/// The slot that is offered starts from now on and no later than `latest`. INVALID_ARGUMENT
/// `INVALID_SLOT_START`.
absl::Status CheckSlotStart(base::Instant start, base::Instant latest, base::Instant now);

}  // namespace sas::regulation
