#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/queue.h"

/// Calls before their dossier: they ring, an ARM picks up, a dossier is opened. What nobody answers
/// is a call to return.
namespace sas::regulation {

inline constexpr std::chrono::minutes kRingsAgain{30};  ///< So long an earlier call counts.
inline constexpr std::chrono::minutes kRingingMax{30};  ///< Then the telephone's link is dead.
/// Telephone systems count anew: a number of theirs from longer ago is another call.
inline constexpr std::chrono::hours kReferenceKept{24};
/// Of a call that has its dossier or was lost, which have its number, too.
inline constexpr std::chrono::days kSettledKept{30};
inline constexpr int kRingingCallsMax = 500;   ///< In a territory.
inline constexpr int kRingSecondsMax = 3'600;  ///< Of a call to return.

/// Values equal WaitingCall.State, and are kept in the ledger: never change one.
enum class WaitingState { kUnspecified = 0, kRinging = 1, kPickedUp = 2, kOnCase = 3, kLost = 4 };

enum class WaitingAct { kPickUp, kOpenCase, kEnd };

/// Nothing when the act does nothing in this state. A dossier is opened whether or not anybody
/// pressed pick-up, and also when the caller has hung up meanwhile.
std::optional<WaitingState> After(WaitingState state, WaitingAct act);

/// What the order of the queue looks at.
struct WaitingValue {
  std::string name;
  WaitingState state = WaitingState::kUnspecified;
  bool again = false;  ///< He rang before and was not answered.
  base::Instant arrival{};
  base::Instant pickup{};  ///< Zero: nobody has.
};

/// Nobody tells any more what becomes of it: it rings, or is picked up without a dossier, since
/// kRingingMax.
bool IsForgotten(const WaitingValue& call, base::Instant now);

/// What rings before what was picked up; then who rang before and was not answered, then the longer
/// ringing. `name` makes the order total.
QueueKey KeyOf(const WaitingValue& call);

/// What earlier calls of the same number, newest first, say of one that came at `arrival`.
struct Ringing {
  int calls = 1;       ///< Within kRingsAgain, this one included.
  bool again = false;  ///< The last of them was not answered.
};

Ringing RingingAfter(const std::vector<WaitingValue>& earlier, base::Instant arrival);

/// Is a new announcement with the telephone system's number of this call the same call?
bool IsSameCall(const WaitingValue& known, base::Instant now);

/// Until it was answered or ended; within what a call to return may hold.
int RingSeconds(base::Instant arrival, base::Instant until);

/// Who answers the telephone of the room.
constexpr bool PicksUp(base::Role role) {
  return role == base::Role::kArm || base::IsRegulator(role);
}

}  // namespace sas::regulation
